"""What neighbours announce by mDNS."""

from collections.abc import Sequence
from contextlib import suppress
from ipaddress import ip_address

from crypto.secret import Secret
from net.discovery.announcement import Announcement, announce, lan_key
from net.discovery.sightings import Sightings
from net.endpoint import Endpoint
from net.errors import RemoteError
from net.limits import MAX_ENDPOINTS
from net.peer import PeerId
from tests.fuzz.target import Target, always
from tests.support.sessions import Randomness

_KEYS = [lan_key(Secret(bytes([number]) * 32)).reveal() for number in range(3)]
_ENDPOINTS = [Endpoint(ip_address(address), 4_000) for address in ("192.0.2.1", "198.51.100.7", "2001:db8::1")]
_PEERS = {PeerId(b"ben"): (_KEYS[0], _KEYS[1]), PeerId(b"cid"): (_KEYS[2],)}


def announcements() -> Sequence[bytes]:
    random = Randomness("fuzz announcements")
    return [
        announce(_KEYS[:1], _ENDPOINTS, random),
        announce(_KEYS, _ENDPOINTS[:1], random),
        announce([], _ENDPOINTS[2:], random),
        b"\x03v=1\x09n=12345678\x09a4=123456\x02h0",
    ]


def check(data: bytes) -> None:
    """A record is an announcement or refused; whoever holds no key of ours is nobody."""
    sightings = Sightings(0.0)
    for peer, keys in _PEERS.items():
        sightings.set_peer(peer, keys)
    with suppress(RemoteError):
        announcement = Announcement.decode(data)
        found = sightings.hear("service", data, 1.0)
        assert bool(found) == bool(announcement.matches(_KEYS))
        for each in found:
            assert each.endpoints
            assert set(each.endpoints) <= set(announcement.endpoints)
            assert len(each.endpoints) <= MAX_ENDPOINTS
        assert sightings.hear("service", data, 1.0) == []


TARGETS = [
    Target(
        "announcement",
        announcements,
        always(check),
        words=[b"\x03v=1", b"\x03v=2", b"\x02h0", b"\x03h0=", b"\x00", b"\x01=", b"\xff"],
        max_bytes=512,
    )
]
