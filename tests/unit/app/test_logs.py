import io
import logging
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator
from ipaddress import ip_address
from types import SimpleNamespace

import pytest

from app import logs
from app.logs import LogLevel
from crypto.secret import Secret
from net.endpoint import Endpoint
from net.server import TurnTransport

pytestmark = pytest.mark.expect_log

SECRETS = ("hunter2", "Ann Example", "meet me at noon")


class Contact:
    def __repr__(self) -> str:
        return "Contact('Ann Example')"


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """A log started at DEBUG, and everything put back after the test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    for module, hook in ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(module, hook, getattr(module, hook))
    text = io.StringIO()
    logs.start(LogLevel.DEBUG, text)
    yield text
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_tells_time_level_and_place(stream: io.StringIO) -> None:
    record = logging.LogRecord("net.node", logging.INFO, "node.py", 12, "link up after %d tries", (3,), None)
    record.created = 1_795_000_000.25
    assert logs.RedactingFormatter().format(record) == (
        "2026-11-18T11:06:40.250Z INFO net.node:12 link up after 3 tries"
    )


def test_numbers_enums_and_classes_are_shown(stream: io.StringIO) -> None:
    logging.getLogger("net.node").info("%d %.1f %s %s %s %s", 7, 0.5, True, None, TurnTransport.TCP, Contact)
    assert "7 0.5 True None TCP Contact" in stream.getvalue()


@pytest.mark.parametrize(
    "value",
    [
        "hunter2",
        b"hunter2",
        Secret(b"hunter2"),
        Contact(),
        ("meet me at noon",),
        {"Ann Example": "hunter2"},
        ValueError("meet me at noon"),
        OSError(2, "no such file", "/home/Ann Example"),
    ],
)
def test_whatever_could_be_a_secret_name_or_text_is_hidden(stream: io.StringIO, value: object) -> None:
    logger = logging.getLogger("app.services.inbox")
    logger.error("first %s", value)
    logger.error("second %r and %d", value, 1)
    lines = stream.getvalue()
    assert lines.count("\n") == 2
    assert not any(secret in lines for secret in SECRETS)


def test_a_value_in_place_of_the_words_is_hidden(stream: io.StringIO) -> None:
    logging.getLogger("app").error(ValueError("hunter2"))
    assert "hunter2" not in stream.getvalue()


def test_a_hidden_value_shows_its_class(stream: io.StringIO) -> None:
    logging.getLogger("app").warning("from %s: %s", "Ann Example", KeyError("hunter2"))
    assert stream.getvalue().endswith("from <str>: KeyError\n")


def test_a_hidden_value_under_a_number_s_directive_costs_only_the_words() -> None:
    record = logging.LogRecord("app", logging.ERROR, "module.py", 1, "%d of %s", ("hunter2", 1), None)
    assert logs.words(record) == "%d of %s"


def test_addresses_are_shown_at_debug_only(stream: io.StringIO) -> None:
    logger = logging.getLogger("net.link")
    logger.debug("dial %s on %s", Endpoint(ip_address("192.0.2.7"), 5), ip_address("::7"))
    assert "dial 192.0.2.7:5 on ::7" in stream.getvalue()
    logger.info("dial %s on %s", Endpoint(ip_address("192.0.2.9"), 5), ip_address("::9"))
    assert "dial <Endpoint> on <IPv6Address>" in stream.getvalue()


def test_of_a_library_s_record_only_its_place_is_shown(stream: io.StringIO) -> None:
    logging.getLogger("zeroconf").warning("registered Ann Example %s", "hunter2")
    assert "zeroconf:" in stream.getvalue()
    assert not any(secret in stream.getvalue() for secret in SECRETS)


def test_a_warning_is_logged_without_its_words(stream: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("meet me at noon", UserWarning, stacklevel=1)
    assert "py.warnings" in stream.getvalue()
    assert "noon" not in stream.getvalue()


def test_a_traceback_lists_frames_without_messages(stream: io.StringIO) -> None:
    def inner(text: str) -> None:
        raise ValueError(text)

    try:
        try:
            inner("meet me at noon")
        except ValueError as error:
            raise RuntimeError("hunter2") from error
    except RuntimeError:
        logging.getLogger("app").exception("failed")
    lines = stream.getvalue()
    assert "failed\nRuntimeError\n" in lines
    assert "from ValueError\n" in lines
    assert "in inner" in lines
    assert not any(secret in lines for secret in SECRETS)
    assert 'inner("' not in lines


def test_a_stack_shows_functions_and_lines_alone(stream: io.StringIO) -> None:
    with pytest.raises(KeyError) as caught:
        dict[str, int]()["hunter2"]
    logging.getLogger("app").error("%s at %s", caught.value, traceback.extract_tb(caught.tb))
    assert re.search(r"KeyError at test_a_stack_shows_functions_and_lines_alone:\d+\n$", stream.getvalue())


def test_a_group_lists_its_members_and_a_cycle_ends(stream: io.StringIO) -> None:
    member = KeyError("hunter2")
    member.__cause__ = member
    assert logs.outline(ExceptionGroup("Ann Example", [member])) == ["ExceptionGroup", "  KeyError"]


def test_exceptions_that_nobody_caught_are_logged_the_same_way(stream: io.StringIO) -> None:
    error = ValueError("hunter2")
    sys.excepthook(ValueError, error, None)
    threading.excepthook(threading.ExceptHookArgs((ValueError, error, None, None)))
    sys.unraisablehook(SimpleNamespace(exc_value=error))
    assert stream.getvalue().count("CRITICAL app.logs") == 3
    assert "hunter2" not in stream.getvalue()


def test_records_below_the_level_are_dropped(stream: io.StringIO) -> None:
    logs.start(LogLevel.ERROR, stream)
    logging.getLogger("net").warning("quiet")
    logging.getLogger("net").error("loud")
    assert stream.getvalue().count("\n") == 1


def test_a_closed_stream_is_silent(stream: io.StringIO, capfd: pytest.CaptureFixture[str]) -> None:
    stream.close()
    logging.getLogger("app").error("lost %s", "hunter2")
    assert capfd.readouterr() == ("", "")
