"""Keys of messages that were jumped over, kept until those come late (Double Ratchet rev 3, sections 2.6 and 4.3).

    {header key: {number: (message key, recorded at)}}      chains and numbers in the order in which they were skipped

A value is never changed in place, since the states before and after a message share it.  A change copies the one
chain it concerns, at most 2,000 keys.
"""

import struct
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice

from crypto.encoding import Reader, Writer
from crypto.errors import MalformedError
from crypto.labels import MAX_SKIPPED_AGE_S, MAX_SKIPPED_CHAINS, MAX_SKIPPED_KEYS
from crypto.primitives import KEY_BYTES
from crypto.secret import KeyHolder

_Chain = Mapping[int, tuple[bytes, int]]

_ENTRY = struct.Struct("<IQ32s")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SkippedKeys(KeyHolder):
    """At most 2,000 keys of at most 64 chains; the oldest make room for the newest."""

    chains: Mapping[bytes, _Chain]
    oldest_s: int
    """No key here was recorded before this time, in seconds; it spares looking at each."""

    @property
    def header_keys(self) -> Collection[bytes]:
        """Of the chains that still have skipped messages, oldest first."""
        return self.chains.keys()

    def find(self, header_key: bytes, number: int) -> bytes | None:
        """The key of message ``number`` in the chain of ``header_key``, 32 bytes, if it is kept."""
        entry = self.chains.get(header_key, {}).get(number)
        return None if entry is None else entry[0]

    def without(self, header_key: bytes, number: int) -> "SkippedKeys":
        """The others, once the key that :meth:`find` found is used."""
        chain = {other: entry for other, entry in self.chains[header_key].items() if other != number}
        return SkippedKeys(_replaced(self.chains, header_key, chain), self.oldest_s)

    def adding(self, header_key: bytes, keys: Mapping[int, bytes], *, now_s: int) -> "SkippedKeys":
        """With the ``keys`` that one message jumped over in the newest chain."""
        chain = {**self.chains.get(header_key, {}), **{number: (key, now_s) for number, key in keys.items()}}
        oldest_s = min(self.oldest_s, now_s) if self.chains else now_s
        return SkippedKeys(_bounded(_replaced(self.chains, header_key, chain)), oldest_s)

    def expire(self, *, now_s: int) -> "SkippedKeys":
        """Without the keys older than 14 days; itself if there is none."""
        earliest_s = now_s - MAX_SKIPPED_AGE_S
        if self.oldest_s >= earliest_s or not self.chains:
            return self
        young = {header_key: _younger(chain, earliest_s) for header_key, chain in self.chains.items()}
        return _measured({header_key: chain for header_key, chain in young.items() if chain})

    def write(self, writer: Writer) -> None:
        """Append them for storage.

        ``chains u16 | chains × (header key 32 | keys u16 | keys × (number u32 | recorded at u64 | message key 32))``
        """
        writer.u16(len(self.chains))
        for header_key, chain in self.chains.items():
            writer.raw(header_key).u16(len(chain))
            writer.raw(b"".join(_ENTRY.pack(number, recorded_s, key) for number, (key, recorded_s) in chain.items()))

    @classmethod
    def read(cls, reader: Reader) -> "SkippedKeys":
        """What :meth:`write` wrote.

        Raises:
            MalformedError: truncated, over a limit, a chain without keys, or something twice.
        """
        chains: dict[bytes, _Chain] = {}
        chain_count = reader.u16()
        for _ in range(chain_count):
            header_key, key_count = reader.raw(KEY_BYTES), reader.u16()
            entries = _ENTRY.iter_unpack(reader.raw(key_count * _ENTRY.size))
            chain = {number: (key, recorded_s) for number, recorded_s, key in entries}
            if not key_count or len(chain) != key_count:
                raise MalformedError("a chain without keys, or a message twice")
            chains[header_key] = chain
        if len(chains) != chain_count:
            raise MalformedError("a chain twice")
        if chain_count > MAX_SKIPPED_CHAINS or _key_count(chains) > MAX_SKIPPED_KEYS:
            raise MalformedError("too many skipped keys")
        return _measured(chains)


NONE = SkippedKeys({}, 0)


def _replaced(chains: Mapping[bytes, _Chain], header_key: bytes, chain: _Chain) -> dict[bytes, _Chain]:
    """``chains`` with another ``chain`` in its place, or without it if it is empty."""
    copy = dict(chains)
    if chain:
        copy[header_key] = chain
    else:
        copy.pop(header_key, None)
    return copy


def _bounded(chains: dict[bytes, _Chain]) -> dict[bytes, _Chain]:
    """``chains`` within both limits."""
    while len(chains) > MAX_SKIPPED_CHAINS:
        del chains[next(iter(chains))]
    while (surplus := _key_count(chains) - MAX_SKIPPED_KEYS) > 0:
        header_key, oldest = next(iter(chains.items()))
        chains = _replaced(chains, header_key, dict(islice(oldest.items(), surplus, None)))
    return chains


def _key_count(chains: Mapping[bytes, _Chain]) -> int:
    return sum(map(len, chains.values()))


def _younger(chain: _Chain, earliest_s: int) -> _Chain:
    return {number: entry for number, entry in chain.items() if entry[1] >= earliest_s}


def _measured(chains: Mapping[bytes, _Chain]) -> SkippedKeys:
    oldest_s = min((recorded_s for chain in chains.values() for _, recorded_s in chain.values()), default=0)
    return SkippedKeys(chains, oldest_s)
