"""Makes new inputs out of known ones: small changes in many places, and what fits together put apart.

It knows no format.  That of a target shows in its samples and words, and in what its check does before it parses: put
a right checksum behind the fields, or seal them as a hostile contact could.
"""

from collections.abc import Callable, Sequence
from random import Random  # noqa: TID251 - inputs come again from their seed
from typing import Literal

_EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0xFFFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 2**63 - 1, 2**64 - 1)
_SIZES = (1, 1, 2, 2, 3, 4, 4, 8)
_MAX_CHANGES = 8
_NOISE_ODDS, _GROWTH_ODDS = 50, 200
"""One input in so many is noise; one is blown up to the largest size."""


class Mutator:
    """An endless stream of inputs of at most ``max_bytes``, the same for the same seed."""

    def __init__(self, samples: Sequence[bytes], *, words: Sequence[bytes], max_bytes: int, seed: str) -> None:
        self._samples = [sample for sample in samples if sample] or [b"\0"]
        self._words = words
        self._max_bytes = max_bytes
        self._dice = Random(seed)
        self._changes: list[Callable[[bytearray], None]] = [
            self._flip_bit,
            self._set_byte,
            self._set_integer,
            self._set_integer,
            self._insert_noise,
            self._delete,
            self._repeat,
            self._truncate,
            self._splice,
            self._splice,
        ]
        if words:
            self._changes += [self._insert_word, self._insert_word]

    def next(self) -> bytes:
        dice = self._dice
        if dice.randrange(_NOISE_ODDS) == 0:
            return dice.randbytes(dice.randrange(min(self._max_bytes, 512)))
        data = bytearray(dice.choice(self._samples))
        for _ in range(dice.randint(1, _MAX_CHANGES)):
            dice.choice(self._changes)(data)
        if dice.randrange(_GROWTH_ODDS) == 0:
            self._grow(data)
        return bytes(data[: self._max_bytes])

    # --- Changes

    def _flip_bit(self, data: bytearray) -> None:
        if data:
            data[self._dice.randrange(len(data))] ^= 1 << self._dice.randrange(8)

    def _set_byte(self, data: bytearray) -> None:
        if data:
            data[self._dice.randrange(len(data))] = self._dice.randrange(256)

    def _set_integer(self, data: bytearray) -> None:
        """An integer at the edge of some size, or next to the one that is there."""
        size = self._dice.choice(_SIZES)
        if len(data) < size:
            return
        place = self._dice.randrange(len(data) - size + 1)
        order: Literal["little", "big"] = "big" if self._dice.randrange(2) else "little"
        if self._dice.randrange(2):
            value = self._dice.choice(_EDGES)
        else:
            value = int.from_bytes(data[place : place + size], order) + self._dice.choice((-1, 1))
        data[place : place + size] = (value % (1 << 8 * size)).to_bytes(size, order)

    def _insert_noise(self, data: bytearray) -> None:
        place = self._dice.randint(0, len(data))
        data[place:place] = self._dice.randbytes(self._dice.choice((1, 1, 2, 4, 16, 64)))

    def _insert_word(self, data: bytearray) -> None:
        place = self._dice.randint(0, len(data))
        end = place + self._dice.choice((0, 0, 1, len(data)))
        data[place:end] = self._dice.choice(self._words)

    def _delete(self, data: bytearray) -> None:
        start, end = self._span(data)
        del data[start:end]

    def _repeat(self, data: bytearray) -> None:
        start, end = self._span(data)
        data[end:end] = data[start:end] * self._dice.choice((1, 1, 2, 8, 64))
        del data[self._max_bytes :]

    def _truncate(self, data: bytearray) -> None:
        del data[self._dice.randint(0, len(data)) :]

    def _splice(self, data: bytearray) -> None:
        """A part of another sample over or between what is there."""
        other = self._dice.choice(self._samples)
        start, end = self._span(other)
        place = self._dice.randint(0, len(data))
        data[place : place + self._dice.choice((0, end - start))] = other[start:end]

    def _grow(self, data: bytearray) -> None:
        start, end = self._span(data)
        block = bytes(data[start:end]) or b"\0"
        data[end:end] = block * (self._max_bytes // len(block) + 1)

    def _span(self, data: bytes | bytearray) -> tuple[int, int]:
        start = self._dice.randint(0, len(data))
        return start, min(len(data), start + self._dice.choice((1, 2, 4, 8, 16, 32, 64, len(data))))
