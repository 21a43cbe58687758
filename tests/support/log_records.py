"""Keeps what is logged, for whoever must not see it or wants to."""

import logging


class Collector(logging.Handler):
    """Keeps the records at WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
