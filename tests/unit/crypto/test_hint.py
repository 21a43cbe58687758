"""Addresses in invites: which may be named, and their bytes."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest

from crypto.encoding import Reader
from crypto.errors import LocalError, MalformedError
from crypto.hint import Hint, decode_hints, encode_hints, fitting_hints, hints_size, is_dialable

HOME = Hint(IPv4Address("192.168.1.7"), 40_000)
PUBLIC = Hint(IPv4Address("203.0.113.9"), 443)
SIXTH = Hint(IPv6Address("2001:db8::1"), 40_001)

UNDIALABLE = [
    "0.0.0.0",
    "169.254.7.7",
    "224.0.0.251",
    "255.255.255.255",
    "240.0.0.1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "2001:db8::1%eth0",
    "ff02::fb",
    "::ffff:192.168.1.7",
]


def test_the_bytes_are_those_of_the_protocol() -> None:
    assert encode_hints([SIXTH, HOME]) == bytes.fromhex("11 c0a80107 409c 20010db8000000000000000000000001 419c")
    assert encode_hints([]) == b"\0"


def test_hints_survive_the_wire_with_ipv4_first() -> None:
    encoded = encode_hints([SIXTH, PUBLIC, HOME])
    reader = Reader(encoded)
    assert decode_hints(reader, max_bytes=64) == (PUBLIC, HOME, SIXTH)
    reader.finish()
    assert hints_size([SIXTH, PUBLIC, HOME]) == len(encoded)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "100.64.0.1", "fd00::1", "8.8.8.8"])
def test_loopback_private_and_public_addresses_may_be_named(address: str) -> None:
    assert Hint(ip_address(address), 1).port == 1


@pytest.mark.parametrize("address", UNDIALABLE)
def test_addresses_without_meaning_elsewhere_may_not(address: str) -> None:
    with pytest.raises(LocalError):
        Hint(ip_address(address), 4000)


@pytest.mark.parametrize("port", [-1, 0, 65_536])
def test_a_port_out_of_range_may_not(port: int) -> None:
    assert not is_dialable(HOME.address, port)
    with pytest.raises(LocalError):
        Hint(HOME.address, port)


@pytest.mark.parametrize("address", [text for text in UNDIALABLE if "%" not in text])
def test_received_hints_to_such_addresses_are_dropped_and_others_kept(address: str) -> None:
    packed = ip_address(address).packed
    bad, good = packed + b"\xa0\x0f", HOME.address.packed + b"\x40\x9c"
    encoded = b"\x02" + bad + good if len(packed) == 4 else b"\x11" + good + bad
    assert decode_hints(Reader(encoded), max_bytes=64) == (HOME,)


def test_a_received_port_of_zero_is_dropped() -> None:
    assert decode_hints(Reader(b"\x01" + HOME.address.packed + b"\0\0"), max_bytes=64) == ()


@pytest.mark.parametrize("encoded", [b"", b"\x01", encode_hints([HOME])[:-1], encode_hints([SIXTH])[:-1]])
def test_truncated_hints_are_refused(encoded: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_hints(Reader(encoded), max_bytes=64)


def test_more_hints_than_allowed_are_refused() -> None:
    encoded = encode_hints([HOME, PUBLIC])
    assert decode_hints(Reader(encoded), max_bytes=13) == (HOME, PUBLIC)
    with pytest.raises(MalformedError):
        decode_hints(Reader(encoded), max_bytes=12)


def test_the_hints_that_fit_are_chosen_in_order() -> None:
    assert fitting_hints([SIXTH, HOME, PUBLIC], 13) == (HOME, PUBLIC)
    assert fitting_hints([SIXTH, HOME, PUBLIC], 31) == (HOME, PUBLIC, SIXTH)
    assert fitting_hints([SIXTH, HOME], 19) == (HOME,)
    assert fitting_hints([SIXTH], 19) == (SIXTH,)
    assert fitting_hints([SIXTH], 18) == ()
