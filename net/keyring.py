"""The link keys we answer to, and the first flights each has already seen (``docs/protocol.md``, section 4)."""

from collections.abc import Iterable

import crypto.errors
from crypto.link import FirstFlight, find_key, respond
from crypto.primitives import KeyPair
from net.limits import REMEMBERED_FLIGHTS
from net.link.machine import Answer, Party
from net.peer import LinkKey, Peer, PeerId


class _Entry:
    """One key of one peer, with the newest ephemeral keys of authentic first flights under it."""

    __slots__ = ("_seen", "key", "party")

    def __init__(self, peer_id: PeerId, key: LinkKey) -> None:
        self.key = key
        self.party = Party(peer_id, key.kind)
        self._seen: dict[bytes, None] = {}

    def answer(self, flight: FirstFlight, ephemeral: KeyPair, binding: bytes) -> Answer | None:
        """The second flight; None for a replay or a forgery."""
        if flight.ephemeral in self._seen:
            return None
        try:
            second_flight, secrets = respond(self.key.secret, flight, ephemeral, binding)
        except crypto.errors.RemoteError:
            return None
        self._seen[flight.ephemeral] = None
        if len(self._seen) > REMEMBERED_FLIGHTS:
            del self._seen[next(iter(self._seen))]
        return Answer(self.party, second_flight, secrets)


class Keyring:
    """Finds whose key a first flight is under, and answers it once."""

    def __init__(self) -> None:
        self._entries: dict[PeerId, tuple[_Entry, ...]] = {}
        self._scanned: tuple[tuple[bytes, ...], tuple[_Entry, ...]] | None = None
        self._spoken: dict[bytes, None] = {}
        """Ephemeral keys of our own newest first flights."""

    def set_peer(self, peer: Peer) -> None:
        """Answer to these keys of the peer and no others; what is remembered of a key that stays, stays."""
        old = self._entries.get(peer.peer_id, ())
        self._entries[peer.peer_id] = tuple(_kept(old, peer.peer_id, peer.keys))
        self._scanned = None

    def remove_peer(self, peer_id: PeerId) -> None:
        self._entries.pop(peer_id, None)
        self._scanned = None

    def spoke(self, ephemeral: bytes) -> None:
        """This is the ephemeral key of a first flight of ours: who sends it back is an echo, or we ourselves."""
        self._spoken[ephemeral] = None
        if len(self._spoken) > REMEMBERED_FLIGHTS:
            del self._spoken[next(iter(self._spoken))]

    def answer(self, flight: FirstFlight, ephemeral: KeyPair, binding: bytes = b"") -> Answer | None:
        """The second flight to an authentic, new first flight of somebody else; None is silence."""
        if flight.ephemeral in self._spoken:
            return None
        if self._scanned is None:
            entries = tuple(entry for entries in self._entries.values() for entry in entries)
            self._scanned = tuple(entry.key.secret.reveal() for entry in entries), entries
        psks, entries = self._scanned
        position = find_key(psks, flight)
        return None if position is None else entries[position].answer(flight, ephemeral, binding)


def _kept(old: Iterable[_Entry], peer_id: PeerId, keys: Iterable[LinkKey]) -> Iterable[_Entry]:
    old = tuple(old)
    for key in keys:
        same = (entry for entry in old if entry.key.kind is key.kind and entry.key.secret.matches(key.secret))
        yield next(same, None) or _Entry(peer_id, key)
