"""Strict, bounded encoding: little-endian integers, exact lengths, nothing left over (``docs/protocol.md``).

Every decoder of the package and of the payloads above it reads through :class:`Reader`, so that a truncated,
oversized or trailing byte is refused in one place with one error.
"""

import struct
from typing import Self

from crypto.errors import MalformedError

_U16_MAX = 0xFFFF


def listed(*fields: bytes) -> bytes:
    """Join fields unambiguously for hashing or signing: ``u16 length ‖ field`` each, at most 65,535 bytes a field."""
    return b"".join(len(field).to_bytes(2, "little") + field for field in fields)


class Writer:
    """Builds bytes field by field; the mirror of :class:`Reader`."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def u8(self, value: int) -> Self:
        return self._integer(value, 1)

    def u16(self, value: int) -> Self:
        return self._integer(value, 2)

    def u32(self, value: int) -> Self:
        return self._integer(value, 4)

    def u64(self, value: int) -> Self:
        return self._integer(value, 8)

    def raw(self, value: bytes) -> Self:
        """Append bytes whose length the reader knows."""
        self._parts.append(value)
        return self

    def sized(self, value: bytes) -> Self:
        """Append ``u16 length ‖ bytes``."""
        return self.u16(len(value)).raw(value)

    def finish(self) -> bytes:
        return b"".join(self._parts)

    def _integer(self, value: int, size_bytes: int) -> Self:
        self._parts.append(value.to_bytes(size_bytes, "little"))
        return self


class Reader:
    """Reads untrusted bytes front to back; every method raises :class:`MalformedError` on anything but a full field."""

    __slots__ = ("_data", "_offset")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._offset = 0

    def u8(self) -> int:
        return self._integer(1)

    def u16(self) -> int:
        return self._integer(2)

    def u32(self) -> int:
        return self._integer(4)

    def u64(self) -> int:
        return self._integer(8)

    def raw(self, size_bytes: int) -> bytes:
        """Exactly ``size_bytes`` bytes."""
        end = self._offset + size_bytes
        if end > len(self._data):
            raise MalformedError("truncated")
        field = self._data[self._offset : end]
        self._offset = end
        return field

    def sized(self, max_bytes: int = _U16_MAX) -> bytes:
        """``u16 length ‖ bytes``, refused above ``max_bytes``."""
        size_bytes = self.u16()
        if size_bytes > max_bytes:
            raise MalformedError("field too long")
        return self.raw(size_bytes)

    def rest(self) -> bytes:
        """Everything not read yet."""
        return self.raw(len(self._data) - self._offset)

    def finish(self) -> None:
        """Refuse trailing bytes."""
        if self._offset != len(self._data):
            raise MalformedError("trailing bytes")

    def unpack(self, layout: struct.Struct) -> tuple[int | bytes, ...]:
        """Several fixed fields at once, by a ``struct`` layout."""
        return layout.unpack(self.raw(layout.size))

    def _integer(self, size_bytes: int) -> int:
        return int.from_bytes(self.raw(size_bytes), "little")
