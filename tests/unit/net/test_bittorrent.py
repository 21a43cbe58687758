"""How sessions of libtorrent begin and end."""

import gc
import threading
import time
import weakref

import libtorrent
import pytest

from net.bittorrent import drop, outlive, quiet_settings
from net.endpoint import Endpoint
from tests.support.aio import run


class Session:
    """Something to hold on to."""


def held() -> "tuple[list[libtorrent.session], weakref.ref[Session]]":
    session = Session()
    return [session], weakref.ref(session)  # type: ignore[list-item]


def test_a_session_begins_with_nothing_switched_on() -> None:
    settings = quiet_settings([Endpoint.parse("1.2.3.4:0"), Endpoint.parse("[::]:5")], 3)
    assert settings["listen_interfaces"] == "1.2.3.4:0,[::]:5"
    assert settings["alert_mask"] == 3
    assert settings["dht_bootstrap_nodes"] == ""
    assert not any(value for name, value in settings.items() if name.startswith("enable_"))
    assert {"enable_dht", "enable_lsd", "enable_upnp", "enable_natpmp", "enable_incoming_tcp"} <= settings.keys()


def test_a_dropped_session_is_gone() -> None:
    sessions, is_there = held()
    run(drop(sessions))
    assert is_there() is None


def test_a_session_with_a_question_open_is_kept_until_no_answer_can_come(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions, is_there = held()
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        gc.collect()
        assert is_there() is not None
        slept.append(seconds)

    monkeypatch.setattr(time, "sleep", sleep)
    outlive(sessions)
    [thread] = [thread for thread in threading.enumerate() if thread.name == "end of port mapping"]
    assert thread.daemon
    thread.join()
    assert is_there() is None
    assert slept[0] > 30
