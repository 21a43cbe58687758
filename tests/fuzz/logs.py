"""The log while an input is looked at: a warning there means that something happened which nobody thought of."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.log_records import Collector


@contextmanager
def no_warnings() -> Iterator[None]:
    """Raises what was logged inside at WARNING or above: the exception of the record, where it has one."""
    collector, root = Collector(), logging.getLogger()
    root.addHandler(collector)
    try:
        yield
    finally:
        root.removeHandler(collector)
    for record in collector.records:
        cause = record.exc_info[1] if record.exc_info else None
        raise AssertionError(f"{record.name} logged: {record.getMessage()}") from cause
