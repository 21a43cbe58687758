"""Signals: what one side tells the other before there is a link, strictly read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import MalformedError, RemoteError, UnsupportedVersionError
from crypto.signal import MAX_SIGNAL_CONTENT_BYTES
from net.discovery.signal import Signal
from net.endpoint import Endpoint
from net.errors import LocalError
from net.limits import MAX_ENDPOINTS, MAX_SIGNAL_BYTES
from net.nat_kind import NatKind

HERE = (Endpoint.of("1.2.3.4", 5), Endpoint.of("2001:db8::1", 6))


@given(
    st.integers(0, 2**64 - 1),
    st.integers(0, MAX_ENDPOINTS),
    st.binary(max_size=MAX_SIGNAL_BYTES),
    st.sampled_from(NatKind),
)
def test_a_signal_survives(time_ms: int, endpoints: int, content: bytes, nat: NatKind) -> None:
    signal = Signal(time_ms, HERE[1:] * endpoints, content, nat)
    assert Signal.decode(signal.encode()) == signal


def test_the_bytes_are_those_of_the_protocol() -> None:
    encoded = Signal(0x0102030405060708, HERE[:1], b"\x01ice", NatKind.SYMMETRIC).encode()
    assert encoded == bytes.fromhex("01 0807060504030201 03 01 04 01020304 0500 01") + b"ice"


def test_the_largest_signal_fits_into_its_item() -> None:
    largest = Signal(1, (HERE[1],) * MAX_ENDPOINTS, bytes(MAX_SIGNAL_BYTES)).encode()
    assert len(largest) == 675 <= MAX_SIGNAL_CONTENT_BYTES


def test_more_than_it_holds_is_refused_on_both_sides() -> None:
    with pytest.raises(LocalError):
        Signal(1, HERE, bytes(MAX_SIGNAL_BYTES + 1)).encode()
    with pytest.raises(MalformedError):
        Signal.decode(Signal(1, HERE, bytes(MAX_SIGNAL_BYTES)).encode() + b"x")


def test_another_version_is_refused() -> None:
    with pytest.raises(UnsupportedVersionError):
        Signal.decode(b"\x02" + Signal(1, HERE, b"").encode()[1:])


def test_a_signal_cut_short_is_refused() -> None:
    encoded = Signal(1, HERE, b"").encode()
    for size_bytes in range(len(encoded)):
        with pytest.raises(MalformedError):
            Signal.decode(encoded[:size_bytes])


@given(st.binary(max_size=800))
def test_any_bytes_are_a_signal_or_refused(content: bytes) -> None:
    try:
        signal = Signal.decode(content)
    except RemoteError:
        return
    assert len(signal.endpoints) <= MAX_ENDPOINTS
    assert len(signal.content) <= MAX_SIGNAL_BYTES
