"""Binding requests of STUN, against the samples of RFC 5769 and against whatever bytes there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.endpoint import Endpoint
from net.errors import RemoteError
from net.stun import Answer, answer, answer_bytes, question

TRANSACTION = bytes.fromhex("b7e7a701bc34d686fa87dfae")

RFC_5769_IPV4 = bytes.fromhex(
    "0101003c2112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220002000080001a147e112a643"
    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
    "80280004c07d4c96"
)
RFC_5769_IPV6 = bytes.fromhex(
    "010100482112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220"
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
    "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
    "80280004c8fb0b4c"
)
PLAIN = bytes.fromhex("0101000c2112a442") + TRANSACTION + bytes.fromhex("000100080001 1234 01020304")


def test_a_question_is_a_bare_header() -> None:
    assert question(TRANSACTION) == bytes.fromhex("000100002112a442") + TRANSACTION


def test_the_answers_of_the_standard_are_read() -> None:
    assert answer(RFC_5769_IPV4) == Answer(TRANSACTION, Endpoint.parse("192.0.2.1:32853"))
    expected = Endpoint.parse("[2001:db8:1234:5678:11:2233:4455:6677]:32853")
    assert answer(RFC_5769_IPV6) == Answer(TRANSACTION, expected)


def test_an_old_server_that_hides_nothing_is_understood() -> None:
    assert answer(PLAIN).seen == Endpoint.parse("1.2.3.4:4660")


def test_of_two_addresses_the_one_that_no_router_rewrites_counts() -> None:
    hidden = bytes.fromhex("00200008 0001a147 e112a643")
    both = bytes.fromhex("010100182112a442") + TRANSACTION + PLAIN[20:] + hidden
    assert answer(both).seen == Endpoint.parse("192.0.2.1:32853")


def test_over_a_stream_the_header_says_how_much_follows() -> None:
    assert answer_bytes(RFC_5769_IPV4[:20]) == len(RFC_5769_IPV4)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        question(TRANSACTION),
        RFC_5769_IPV4[:-1],
        RFC_5769_IPV4 + b"more",
        b"\x01\x11" + RFC_5769_IPV4[2:],  # an error
        RFC_5769_IPV4[:4] + bytes(4) + RFC_5769_IPV4[8:],  # of before STUN had a cookie
        bytes.fromhex("010100002112a442") + TRANSACTION,  # no address
        bytes.fromhex("010100082112a442") + TRANSACTION + bytes.fromhex("0001000800011234"),  # cut off
        bytes.fromhex("0101000c2112a442") + TRANSACTION + bytes.fromhex("000100080002123401020304"),  # IPv6 in 4 bytes
        bytes.fromhex("0101000c2112a442") + TRANSACTION + bytes.fromhex("000100040001123401020304"),  # no address in it
        bytes.fromhex("0101ffff2112a442") + TRANSACTION,
    ],
)
def test_what_is_no_whole_answer_is_refused(message: bytes) -> None:
    with pytest.raises(RemoteError):
        answer(message)


@given(st.binary(max_size=80), st.sampled_from([b"", RFC_5769_IPV4[:20], PLAIN[:24]]))
def test_nothing_but_a_remote_error_comes_of_bytes(tail: bytes, head: bytes) -> None:
    try:
        told = answer(head + tail)
    except RemoteError:
        return
    assert len(told.transaction) == 12
