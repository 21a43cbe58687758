"""The log on stderr, which never tells what people say, what they are called or where they are.

Any module logs by ``logging.getLogger(__name__)``; nothing has to be imported from here for that.  What protects
people is the formatter, and it decides by type instead of guessing at contents:

==========================================  =====================================================================
an argument                                 prints as
==========================================  =====================================================================
``None``, bool, int, float                  itself
enum member, class                          its name
stack (``traceback.extract_tb``)            functions and line numbers
exception                                   the name of its class: a message may quote what it tripped over
address (``Endpoint``, ``IPv4Address`` …)   itself in a DEBUG record, ``<Endpoint>`` in all others
anything else, ``str`` and ``bytes`` too    ``<str>``, ``<bytes>``, ``<Contact>``: the name of its class
==========================================  =====================================================================

The words of a record are literals (the linter bans composed ones) and appear for Kith's own packages.  Of a library's
record only its place is printed, since its words may be anything.  Tracebacks list files, lines and functions,
without messages, source lines or values.
"""

import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from enum import Enum, IntEnum
from ipaddress import IPv4Address, IPv6Address
from typing import TextIO

from net.endpoint import Endpoint

OWN_PACKAGES = frozenset({"app", "net"})

_ADDRESSES = (Endpoint, IPv4Address, IPv6Address)
_logger = logging.getLogger(__name__)


class LogLevel(IntEnum):
    """What ``--log-level`` takes."""

    ERROR = logging.ERROR
    WARNING = logging.WARNING
    INFO = logging.INFO
    DEBUG = logging.DEBUG


def start(level: LogLevel, stream: TextIO | None = None) -> None:
    """Send every record from ``level`` on, and every exception nobody caught, to ``stream`` (stderr), redacted."""
    handler = RedactingHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(RedactingFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    _log_uncaught_exceptions()


class RedactingHandler(logging.StreamHandler[TextIO]):
    """A stream handler that stays silent where the standard one prints a failed record's arguments."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the standard library's name)
        """Drop the record: stderr is closed, and there is nowhere else to tell."""


class RedactingFormatter(logging.Formatter):
    """``2026-11-22T21:15:01.123Z INFO net.node:120 link up after 3 tries``; see the module for what it hides."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = f"{at} {record.levelname} {record.name}:{record.lineno} {words(record)}"
        if record.exc_info and record.exc_info[1]:
            line += "\n" + "\n".join(outline(record.exc_info[1]))
        return line


def words(record: logging.LogRecord) -> str:
    """The message with its arguments redacted."""
    if record.name.partition(".")[0] not in OWN_PACKAGES or not isinstance(record.msg, str):
        return f"<{record.module}.{record.funcName}>"
    if not record.args:
        return record.msg
    debugging = record.levelno <= logging.DEBUG
    given = record.args if isinstance(record.args, tuple) else (record.args,)  # logging unwraps a lone mapping
    arguments = tuple(redacted(value, debugging=debugging) for value in given)
    try:
        return record.msg % arguments
    except (TypeError, ValueError):  # a hidden value under %d, or a mapping
        return record.msg


def redacted(value: object, *, debugging: bool) -> object:
    """``value`` as far as it may be printed, by its type."""
    if isinstance(value, Enum):
        return value.name
    if value is None or type(value) in {bool, int, float}:
        return value
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, BaseException):
        return type(value).__name__
    if isinstance(value, traceback.StackSummary):
        return " > ".join(f"{frame.name}:{frame.lineno}" for frame in value)
    if debugging and isinstance(value, _ADDRESSES):
        return str(value)
    return f"<{type(value).__name__}>"


def outline(error: BaseException) -> list[str]:
    """The exception, its members and its causes, each by class and frames alone."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:  # an exception may be its own cause
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return [line for cause in chain for line in _outline_of_one(cause, "from " if cause is not error else "")]


def _outline_of_one(error: BaseException, prefix: str) -> list[str]:
    lines = [prefix + type(error).__name__]
    for frame, line in traceback.walk_tb(error.__traceback__):
        lines.append(f"  at {frame.f_globals.get('__name__', '?')}:{line} in {frame.f_code.co_name}")
    if isinstance(error, BaseExceptionGroup):
        lines += [f"  {line}" for member in error.exceptions for line in outline(member)]
    return lines


def _log_uncaught_exceptions() -> None:
    """The interpreter would print messages and source lines; each of its hooks logs instead."""
    sys.excepthook = lambda _, error, __: _uncaught(error)
    threading.excepthook = lambda caught: _uncaught(caught.exc_value)
    sys.unraisablehook = lambda caught: _uncaught(caught.exc_value)


def _uncaught(error: BaseException | None) -> None:
    if error is not None:
        _logger.critical("uncaught exception", exc_info=error)
