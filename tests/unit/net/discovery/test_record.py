"""Records: where somebody can be reached, strictly read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import MalformedError, RemoteError, UnsupportedVersionError
from net.discovery.record import Record
from net.endpoint import Endpoint
from net.limits import MAX_ENDPOINTS
from net.nat_kind import NatKind

HERE = (Endpoint.of("1.2.3.4", 5), Endpoint.of("2001:db8::1", 6))


def test_a_record_survives() -> None:
    record = Record(1_795_000_000, HERE, NatKind.SYMMETRIC)
    assert Record.decode(record.encode()) == record


def test_the_bytes_are_those_of_the_protocol() -> None:
    assert Record(0x0102030405060708, HERE[:1], NatKind.CONE).encode() == bytes.fromhex(
        "01 0807060504030201 02 01 04 01020304 0500"
    )


def test_at_most_eight_endpoints_are_told() -> None:
    many = tuple(Endpoint.of("1.2.3.4", port) for port in range(1, 20))
    assert Record.decode(Record(1, many).encode()).endpoints == many[:MAX_ENDPOINTS]


def test_a_kind_of_nat_that_later_versions_may_name_is_unknown() -> None:
    encoded = bytearray(Record(1, HERE, NatKind.NONE).encode())
    encoded[9] = 77
    assert Record.decode(bytes(encoded)) == Record(1, HERE, NatKind.UNKNOWN)


def test_what_later_versions_append_is_ignored() -> None:
    assert Record.decode(Record(1, HERE).encode() + b"more") == Record(1, HERE)


def test_another_version_is_refused() -> None:
    with pytest.raises(UnsupportedVersionError):
        Record.decode(b"\x02" + Record(1, HERE).encode()[1:])


def test_a_record_cut_short_is_refused() -> None:
    encoded = Record(1, HERE).encode()
    for size_bytes in range(len(encoded)):
        with pytest.raises(MalformedError):
            Record.decode(encoded[:size_bytes])


@given(st.binary(max_size=200))
def test_nothing_but_a_remote_error_comes_of_bytes(content: bytes) -> None:
    try:
        record = Record.decode(content)
    except RemoteError:
        return
    assert len(record.endpoints) <= MAX_ENDPOINTS
