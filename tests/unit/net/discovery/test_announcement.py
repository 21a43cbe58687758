"""Announcements: what they hold, whom they tell it, and what is refused."""

import os

import pytest

from crypto.primitives import blake2b, hkdf
from crypto.secret import Secret
from net.discovery.announcement import HINT_BYTES, NONCE_BYTES, Announcement, announce, lan_key
from net.endpoint import Endpoint
from net.errors import LocalError, RemoteError
from net.limits import ANNOUNCED_HINTS, MAX_ANNOUNCED_IPV4, MAX_ANNOUNCED_IPV6, MAX_ANNOUNCEMENT_BYTES
from tests.support.sessions import Randomness

HERE = (Endpoint.parse("192.168.1.7:40000"), Endpoint.parse("[fd00::7]:40000"))
KEYS = [bytes([number]) * 32 for number in range(1, 4)]


def read(text: bytes) -> Announcement:
    return Announcement.decode(text)


def test_who_holds_a_key_finds_the_announcer() -> None:
    announcement = read(announce(KEYS, HERE, Randomness()))
    assert announcement.endpoints == HERE
    assert announcement.matches(KEYS) == [0, 1, 2]


def test_who_holds_none_finds_nobody() -> None:
    assert read(announce(KEYS, HERE, Randomness())).matches([b"x" * 32]) == []


def test_an_announcement_is_as_long_and_holds_as_many_hints_whomever_it_is_for() -> None:
    texts = [announce(keys, HERE, os.urandom) for keys in ([], KEYS, KEYS * 21)]
    assert len({len(text) for text in texts}) == 1
    assert len(read(texts[0]).hints) == ANNOUNCED_HINTS


def test_two_announcements_share_no_hint() -> None:
    random = Randomness()
    one, other = (read(announce(KEYS, HERE, random)) for _ in range(2))
    assert one.nonce != other.nonce
    assert not one.hints & other.hints


@pytest.mark.parametrize("elsewhere", [HERE[:1], (Endpoint.parse("192.168.1.8:40000"), HERE[1])])
def test_hints_copied_to_other_addresses_lead_nobody_there(elsewhere: tuple[Endpoint, ...]) -> None:
    genuine = read(announce(KEYS, HERE, Randomness()))
    lure = read(announce([], elsewhere, Randomness()))
    copied = Announcement(nonce=genuine.nonce, ipv4=lure.ipv4, ipv6=lure.ipv6, hints=genuine.hints)
    assert copied.matches(KEYS) == []


def test_three_ipv4_addresses_are_not_one_of_ipv6() -> None:
    """They have the same size, but not the same hints."""
    ipv4 = tuple(Endpoint.parse(f"192.168.1.{number}:40000") for number in range(3))
    genuine = read(announce(KEYS, ipv4, Randomness()))
    lure = Announcement(nonce=genuine.nonce, ipv4=b"", ipv6=genuine.ipv4, hints=genuine.hints)
    assert lure.matches(KEYS) == []


def test_the_largest_announcement_stays_below_its_limit() -> None:
    endpoints = [Endpoint.parse(f"10.0.{number}.1:40000") for number in range(MAX_ANNOUNCED_IPV4)]
    endpoints += [Endpoint.parse(f"[fd00:{number}::1]:40000") for number in range(1, MAX_ANNOUNCED_IPV6 + 1)]
    text = announce(KEYS, endpoints, Randomness())
    assert len(text) < MAX_ANNOUNCEMENT_BYTES
    assert read(text).endpoints == tuple(endpoints)


def test_the_bytes_are_those_of_the_protocol() -> None:
    """Put together by hand from docs/protocol.md."""
    random = Randomness()
    nonce = random(NONCE_BYTES)
    ipv4, ipv6 = HERE[0].address.packed + b"\x9c\x40", HERE[1].address.packed + b"\x9c\x40"
    covered = b"".join(len(field).to_bytes(2, "little") + field for field in (nonce, ipv4, ipv6))
    hints = [blake2b(covered, size_bytes=HINT_BYTES, key=key) for key in KEYS]
    both = b"".join(hints) + random((ANNOUNCED_HINTS - 3) * HINT_BYTES)
    strings = [b"v=1", b"n=" + nonce, b"a4=" + ipv4, b"a6=" + ipv6, b"h0=" + both[:128], b"h1=" + both[128:]]
    assert announce(KEYS, HERE, Randomness()) == b"".join(bytes([len(string)]) + string for string in strings)


def test_the_lan_key_is_derived_from_the_link_key() -> None:
    derived = lan_key(Secret(b"l" * 32)).reveal()
    assert derived == hkdf(salt=b"", ikm=b"l" * 32, info=b"kith1 lan hint", size_bytes=32)


def test_keys_that_a_later_version_adds_are_ignored() -> None:
    text = announce(KEYS, HERE, Randomness()) + b"\x05zz=42\x02yy"
    assert read(text).matches(KEYS) == [0, 1, 2]


def one(**values: bytes) -> bytes:
    """The text of an announcement with some of its values replaced."""
    fields = {"v": b"1", "n": bytes(8), "a4": bytes([10, 0, 0, 1, 0x9C, 0x40]), "h0": bytes(4)} | values
    strings = [key.encode() + b"=" + value for key, value in fields.items()]
    return b"".join(bytes([len(string)]) + string for string in strings)


def test_a_small_announcement_is_one() -> None:
    assert read(one()).endpoints == (Endpoint.parse("10.0.0.1:40000"),)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        one(v=b"2"),
        one(v=b""),
        one(n=bytes(7)),
        one(n=b""),
        one(a4=b""),
        one(a4=bytes(5)),
        one(a4=bytes(6 * 7)),
        one(a6=bytes(17)),
        one(a6=bytes(18 * 5)),
        one(h0=bytes(5)),
        one(h1=bytes(3)),
        one() + b"\x03v=1",
        one() + b"\x03z=",
        one() + b"\x07z",
        one(x=bytes(200), y=bytes(200)),
    ],
)
def test_anything_else_is_refused_as_the_neighbours_fault(text: bytes) -> None:
    with pytest.raises(RemoteError):
        read(text)


def test_more_than_fits_is_our_own_fault() -> None:
    with pytest.raises(LocalError):
        announce(KEYS * 22, HERE, Randomness())
    with pytest.raises(LocalError):
        announce(KEYS, [], Randomness())
    with pytest.raises(LocalError):
        announce(KEYS, [Endpoint.parse(f"10.0.{number}.1:40000") for number in range(7)], Randomness())
