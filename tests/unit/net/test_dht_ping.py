"""Pings of the DHT: a node of libtorrent answers them; whatever else comes is refused."""

import socket
from contextlib import suppress
from typing import Any

import libtorrent
import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.dht_ping import answer, question
from net.endpoint import Endpoint
from net.errors import RemoteError
from net.stun import Answer
from tests.support.private_dht import private_dht

HERE = bytes([1, 2, 3, 4, 0x12, 0x34])


def encoded(**fields: Any) -> bytes:
    answer: dict[str, Any] = {"r": {"id": bytes(20)}, "t": b"abcd", "y": b"r", "ip": HERE, **fields}
    return libtorrent.bencode(answer)


def test_a_question_is_a_ping_that_asks_not_to_be_kept() -> None:
    decoded = libtorrent.bdecode(question(b"abcd"))
    assert decoded == {b"a": {b"id": b"abcd" * 5}, b"q": b"ping", b"ro": 1, b"t": b"abcd", b"y": b"q"}


def test_a_real_node_says_from_where_it_was_asked() -> None:
    with private_dht(1) as (node,), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.bind(("127.1.1.1", 0))
        ours.settimeout(0.2)
        for _ in range(100):  # it answers once it runs
            ours.sendto(question(b"abcd"), (str(node.address), node.port))
            with suppress(TimeoutError):
                assert answer(ours.recv(2_000)) == Answer(b"abcd", Endpoint.of(*ours.getsockname()))
                return
        pytest.fail("no answer")


def test_the_address_may_be_of_either_family() -> None:
    assert answer(encoded()) == Answer(b"abcd", Endpoint.parse("1.2.3.4:4660"))
    packed = bytes.fromhex("20010db8000000000000000000000001 1234")
    assert answer(encoded(ip=packed)).seen == Endpoint.parse("[2001:db8::1]:4660")


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"d",
        b"i1e",
        b"le",
        b"d" * 1_000,
        question(b"abcd"),
        encoded(y=b"e"),
        encoded(ip=HERE[:5]),
        encoded(ip=[1]),
        encoded(t=5),
        encoded(v=bytes(2_000)),
    ],
)
def test_what_is_no_answer_or_does_not_say_is_refused(message: bytes) -> None:
    with pytest.raises(RemoteError):
        answer(message)


@given(st.binary(max_size=100), st.integers(0, 100))
def test_nothing_but_a_remote_error_comes_of_bytes(tail: bytes, kept: int) -> None:
    try:
        told = answer(encoded()[:kept] + tail)
    except RemoteError:
        return
    assert isinstance(told.transaction, bytes)
