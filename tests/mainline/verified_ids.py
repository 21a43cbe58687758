"""Addresses for node ids, as BEP 42 binds the two: the first 21 bits of an id are those of a checksum of its address.

The checksum is linear, so an address for any id is the solution of a set of equations, and the bits of the address that
the checksum leaves out are free.
"""

from ipaddress import IPv4Address
from random import Random  # noqa: TID251 - a run comes again from its seed

BOUND_BITS = 21
_MASK = 0x030F3FFF
"""Of the address: what the checksum is made of."""

_NUMBER_BIT = 29
"""Where the number stands above it, in the highest bits of the first byte."""

_IGNORED = frozenset((3, 6, 7, 9, 11, 19, 21, 22, 25, 26, 28, 29, 30, 33, 34, 48, 56))
"""First bytes of addresses to which libtorrent does not listen (``dht_ignore_dark_internet``)."""

_NOT_ALL_PUBLIC = frozenset((0, 10, 100, 127, 169, 172, 192, 198, 203, *range(224, 256)))
"""First bytes of networks of which a part is no internet (RFC 6890)."""

_UNUSED = _IGNORED | _NOT_ALL_PUBLIC
_CASTAGNOLI = 0x82F63B78


def bound_bits(address: int, number: int) -> int:
    """The first 21 bits of an id whose last byte ends in ``number``, 0 to 7, at that address."""
    return _crc32c((address & _MASK) | number << _NUMBER_BIT) >> (32 - BOUND_BITS)


def verified_address(first_bits: int, random: Random) -> tuple[IPv4Address, int]:
    """A public address whose ids begin with these 21 bits, and the number that their last byte has to end in."""
    solution, rest = 0, first_bits ^ _AT_ZERO
    while rest:
        change, by = _SOLVED[rest.bit_length() - 1]
        rest, solution = rest ^ change, solution ^ by
    while True:
        chosen = solution
        for without_effect in _KERNEL:
            chosen ^= without_effect * random.getrandbits(1)
        address = IPv4Address(chosen & _MASK | random.getrandbits(32) & ~_MASK)
        if address.packed[0] not in _UNUSED:
            return address, chosen >> _NUMBER_BIT


def _crc32c(word: int) -> int:
    crc = 0xFFFFFFFF
    for byte in word.to_bytes(4, "big"):
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (_CASTAGNOLI if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def _solve() -> tuple[dict[int, tuple[int, int]], list[int]]:
    """For each bit a change of address and number that changes no higher one, and the changes that change nothing."""
    solved: dict[int, tuple[int, int]] = {}
    kernel: list[int] = []
    for bit in range(32):
        by = 1 << bit
        if not (_MASK >> bit & 1 or bit >= _NUMBER_BIT):
            continue
        change = _AT_ZERO ^ _crc32c(by) >> (32 - BOUND_BITS)
        while change and (pivot := change.bit_length() - 1) in solved:
            change ^= solved[pivot][0]
            by ^= solved[pivot][1]
        if change:
            solved[pivot] = change, by
        else:
            kernel.append(by)
    return solved, kernel


_AT_ZERO = bound_bits(0, 0)
"""The checksum is linear but for this."""

_SOLVED, _KERNEL = _solve()
