"""Hints: addresses inside an invite at which the inviter may answer (``docs/protocol.md``, section 1).

    counts     1   low nibble: count of IPv4, high nibble: count of IPv6
    IPv4       6   each: address 4 (network order) | port 2
    IPv6      18   each: address 16 (network order) | port 2

An invite comes from anybody, so a hint is advice and may be false; what nobody could sensibly dial is dropped.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import TypeAlias

from crypto.encoding import Reader, Writer
from crypto.errors import LocalError, MalformedError

IPAddress: TypeAlias = IPv4Address | IPv6Address

_COUNTS_BYTES = 1
_NIBBLE_BITS = 4
_NIBBLE_MASK = 0x0F
_IPV4_BYTES = 4
_IPV6_BYTES = 16
_PORT_BYTES = 2


@dataclass(frozen=True, slots=True)
class Hint:
    """An address and port where the inviter may answer.

    Raises:
        LocalError: nobody can be dialled there from another computer (or, for loopback, from this one).
    """

    address: IPAddress
    port: int

    def __post_init__(self) -> None:
        if not is_dialable(self.address, self.port):
            raise LocalError("not an address to be handed out")


def is_dialable(address: IPAddress, port: int) -> bool:
    """Whether an invite may name this address: unicast, meaningful away from one network card, in its one spelling."""
    if not 0 < port <= 0xFFFF:
        return False
    if isinstance(address, IPv6Address) and (address.ipv4_mapped is not None or address.scope_id is not None):
        return False
    is_broadcast = isinstance(address, IPv4Address) and address.is_reserved
    return not (address.is_link_local or address.is_multicast or address.is_unspecified or is_broadcast)


def fitting_hints(hints: Iterable[Hint], max_bytes: int) -> tuple[Hint, ...]:
    """The hints, IPv4 first and else in their order, of which :func:`encode_hints` makes at most ``max_bytes``."""
    kept: tuple[Hint, ...] = ()
    for hint in _ordered(hints):
        if hints_size((*kept, hint)) <= max_bytes:
            kept = (*kept, hint)
    return kept


def hints_size(hints: Iterable[Hint]) -> int:
    """Bytes that :func:`encode_hints` makes of the hints."""
    return _COUNTS_BYTES + sum(len(hint.address.packed) + _PORT_BYTES for hint in hints)


def encode_hints(hints: Iterable[Hint]) -> bytes:
    """The bytes of the table above; at most 15 of each kind."""
    ordered = _ordered(hints)
    ipv4_count = sum(hint.address.version == 4 for hint in ordered)
    writer = Writer().u8(ipv4_count | (len(ordered) - ipv4_count) << _NIBBLE_BITS)
    for hint in ordered:
        writer.raw(hint.address.packed).u16(hint.port)
    return writer.finish()


def decode_hints(reader: Reader, *, max_bytes: int) -> tuple[Hint, ...]:
    """The hints that follow in ``reader``, without those that nobody should be told to dial.

    Raises:
        MalformedError: truncated, or more than ``max_bytes``.
    """
    counts = reader.u8()
    ipv4_count, ipv6_count = counts & _NIBBLE_MASK, counts >> _NIBBLE_BITS
    ipv4_bytes = ipv4_count * (_IPV4_BYTES + _PORT_BYTES)
    ipv6_bytes = ipv6_count * (_IPV6_BYTES + _PORT_BYTES)
    if _COUNTS_BYTES + ipv4_bytes + ipv6_bytes > max_bytes:
        raise MalformedError("too many hints")
    named: list[tuple[IPAddress, int]] = []
    named += [(IPv4Address(reader.raw(_IPV4_BYTES)), reader.u16()) for _ in range(ipv4_count)]
    named += [(IPv6Address(reader.raw(_IPV6_BYTES)), reader.u16()) for _ in range(ipv6_count)]
    return tuple(Hint(address, port) for address, port in named if is_dialable(address, port))


def _ordered(hints: Iterable[Hint]) -> tuple[Hint, ...]:
    return tuple(sorted(hints, key=lambda hint: hint.address.version))
