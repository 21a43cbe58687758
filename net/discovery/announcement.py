"""What a Kith says of itself on the LAN: the TXT record of its mDNS service (``docs/protocol.md``, section 4).

Strings of RFC 6763, ``u8 length ‖ key=value``, below 400 bytes in all; keys not listed here are ignored:

====  =================================================================================================
key   value
====  =================================================================================================
v     the digit 1
n     nonce, 8 random bytes, new with every announcement
a4    where to connect: address 4 ‖ port 2, big-endian, up to 6 times
a6    where to connect: address 16 ‖ port 2, big-endian, up to 4 times
h0    hints of 4 bytes, 32 of them
h1    the other 32 (a string holds 255 bytes)
====  =================================================================================================

    lan_key = HKDF("", link key, "kith1 lan hint", 32)         of every link key that both sides hold
    hint    = BLAKE2b-32(key = lan_key, listed(n, a4, a6))     random where there is nobody to announce

To whoever lacks the key a hint is random, and the next announcement shares none with this one.  A hint covers the
addresses, so that a record copied elsewhere leads nobody anywhere else.  They stand here and not only in A and AAAA
records, which come in any order and number, and one hint for each would quarter the contacts that fit.  There is no
clock in it: ships have wrong ones.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address
from typing import Self

from crypto.encoding import listed
from crypto.labels import LAN_HINT_KEY
from crypto.primitives import KEY_BYTES, Random, hkdf
from crypto.secret import Secret
from net.endpoint import Endpoint
from net.errors import LocalError, RemoteError
from net.limits import ANNOUNCED_HINTS, MAX_ANNOUNCED_IPV4, MAX_ANNOUNCED_IPV6, MAX_ANNOUNCEMENT_BYTES

NONCE_BYTES = 8
HINT_BYTES = 4

_VERSION = b"1"
_IPV4 = struct.Struct(">4sH")
_IPV6 = struct.Struct(">16sH")
_HINTS_A_STRING = 32


def lan_key(link_key: Secret) -> Secret:
    """The key of the hints between two that share ``link_key``, 32 bytes."""
    return Secret(hkdf(salt=b"", ikm=link_key.reveal(), info=LAN_HINT_KEY, size_bytes=KEY_BYTES))


@dataclass(frozen=True, slots=True)
class Announcement:
    """One TXT record, read or to be written."""

    nonce: bytes
    ipv4: bytes
    """The value of ``a4``."""
    ipv6: bytes
    """The value of ``a6``."""
    hints: frozenset[bytes]

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Where the announcer listens, IPv4 first."""
        return (
            *(Endpoint(IPv4Address(address), port) for address, port in _IPV4.iter_unpack(self.ipv4)),
            *(Endpoint(IPv6Address(address), port) for address, port in _IPV6.iter_unpack(self.ipv6)),
        )

    @classmethod
    def decode(cls, text: bytes) -> Self:
        """Read the data of a TXT record.

        Raises:
            RemoteError: it is no announcement, or not of this version.
        """
        if len(text) > MAX_ANNOUNCEMENT_BYTES:
            raise RemoteError("announcement too long")
        values = _values(text)
        if values.get(b"v") != _VERSION:
            raise RemoteError("not an announcement of this version")
        announcement = cls(
            nonce=values.get(b"n", b""),
            ipv4=_checked(values.get(b"a4", b""), _IPV4.size, MAX_ANNOUNCED_IPV4),
            ipv6=_checked(values.get(b"a6", b""), _IPV6.size, MAX_ANNOUNCED_IPV6),
            hints=frozenset(_pieces(values.get(b"h0", b"")) + _pieces(values.get(b"h1", b""))),
        )
        if len(announcement.nonce) != NONCE_BYTES or not (announcement.ipv4 or announcement.ipv6):
            raise RemoteError("an announcement without nonce or address")
        return announcement

    def matches(self, keys: Iterable[bytes]) -> list[int]:
        """The positions of the LAN keys that a hint is under; one in 67 million times a hint fits by chance."""
        # Written out: this loop over all keys is what any neighbour can make us run.
        message, hints = listed(self.nonce, self.ipv4, self.ipv6), self.hints
        return [
            position
            for position, key in enumerate(keys)
            if blake2b(message, digest_size=HINT_BYTES, key=key).digest() in hints
        ]


def announce(keys: Sequence[bytes], endpoints: Sequence[Endpoint], random: Random) -> bytes:
    """A new TXT record for up to 64 LAN keys, the rest of its hints random.

    Raises:
        LocalError: more keys or endpoints than fit, or no endpoint.
    """
    ipv4 = b"".join(_IPV4.pack(each.address.packed, each.port) for each in endpoints if each.address.version == 4)
    ipv6 = b"".join(_IPV6.pack(each.address.packed, each.port) for each in endpoints if each.address.version == 6)
    too_many = len(ipv4) > _IPV4.size * MAX_ANNOUNCED_IPV4 or len(ipv6) > _IPV6.size * MAX_ANNOUNCED_IPV6
    if not endpoints or too_many or len(keys) > ANNOUNCED_HINTS:
        raise LocalError("nothing to announce, or too much")
    nonce = random(NONCE_BYTES)
    message = listed(nonce, ipv4, ipv6)
    hints = b"".join(blake2b(message, digest_size=HINT_BYTES, key=key).digest() for key in keys)
    hints += random((ANNOUNCED_HINTS - len(keys)) * HINT_BYTES)
    half = _HINTS_A_STRING * HINT_BYTES
    values = {b"v": _VERSION, b"n": nonce, b"a4": ipv4, b"a6": ipv6, b"h0": hints[:half], b"h1": hints[half:]}
    strings = [key + b"=" + value for key, value in values.items() if value]
    return b"".join(bytes([len(string)]) + string for string in strings)


def _values(text: bytes) -> dict[bytes, bytes]:
    """The strings of a TXT record by their keys; a string without "=" has an empty value."""
    values: dict[bytes, bytes] = {}
    for string in _strings(text):
        key, _, value = string.partition(b"=")
        if key in values:
            raise RemoteError("a key occurs twice")
        values[key] = value
    return values


def _strings(text: bytes) -> Iterator[bytes]:
    position = 0
    while position < len(text):
        end = position + 1 + text[position]
        if end > len(text):
            raise RemoteError("truncated string")
        yield text[position + 1 : end]
        position = end


def _checked(value: bytes, size_bytes: int, most: int) -> bytes:
    if len(value) % size_bytes or len(value) > size_bytes * most:
        raise RemoteError("bad addresses")
    return value


def _pieces(value: bytes) -> list[bytes]:
    if len(value) % HINT_BYTES:
        raise RemoteError("bad hints")
    return [value[start : start + HINT_BYTES] for start in range(0, len(value), HINT_BYTES)]
