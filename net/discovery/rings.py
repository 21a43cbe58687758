"""Who rings: callers at our doorbells, compared with what peers ring by (``docs/protocol.md``, section 6).  Sans-IO.

Anybody who learns a bell may announce anything there, and a ring stays for most of an hour.  So what fits is heeded
once a minute and then ever more seldom, and no more of it at a time than a flood may cost us.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from crypto.signal import ring_hints
from net.endpoint import Endpoint
from net.limits import (
    FIRST_RING_QUIET_S,
    MAX_REMEMBERED_RINGS,
    MAX_RING_QUIET_S,
    MAX_RINGS_A_REPLY,
    PEER_RING_GAP_S,
    RING_BURST,
    RINGS_PER_SECOND,
)
from net.peer import LinkKey, Peer, PeerId
from net.token_bucket import TokenBucket


@dataclass(frozen=True, slots=True, eq=False)
class Rung:
    """This peer wants us to look for it, and rang by this key."""

    peer: PeerId
    key: LinkKey


@dataclass(slots=True)
class _Heard:
    quiet_s: float
    quiet_until: float


class Rings:
    """Recognises callers; ``peers`` is looked at whenever somebody rings."""

    def __init__(self, peers: Mapping[PeerId, Peer], now: float) -> None:
        self._peers = peers
        self._tables: dict[bytes, dict[int, list[Rung]]] = {}
        """By bell, and then by hint: whose it is."""
        self._heard: dict[tuple[PeerId, Endpoint], _Heard] = {}  # the longest unheard first
        self._heeded_at: dict[PeerId, float] = {}
        self._ration = TokenBucket(per_second=RINGS_PER_SECOND, burst=RING_BURST, now=now)

    def changed(self) -> None:
        """Other peers, or other keys, than before."""
        self._tables.clear()

    def forget(self, peer_id: PeerId) -> None:
        """What was heard of this peer does not count any more."""
        for ring in [ring for ring in self._heard if ring[0] == peer_id]:
            del self._heard[ring]
        self._heeded_at.pop(peer_id, None)

    def hear(
        self, bell: bytes, owner: PeerId, callers: Iterable[Endpoint], now: float, *, linked: Collection[PeerId] = ()
    ) -> list[Rung]:
        """One node says that these have announced themselves at the bell of this owner: who is to be heeded.

        Who is ``linked`` is not, and its old rings use up no ration.
        """
        table = self._table(bell, owner)
        rung_by = ((rung, caller) for caller in callers for rung in table.get(caller.port, ()))
        known = [(rung, caller) for rung, caller in rung_by if rung.peer not in linked]
        known.sort(key=lambda pair: self._last_heeded(pair[0].peer))  # whom a flood has kept waiting comes first
        heeded: list[Rung] = []
        for rung, caller in known:
            if len(heeded) < MAX_RINGS_A_REPLY and self._is_news(rung.peer, caller, now):
                heeded.append(rung)
        return heeded

    def _last_heeded(self, peer_id: PeerId) -> float:
        return self._heeded_at.get(peer_id, float("-inf"))

    def _is_news(self, peer_id: PeerId, caller: Endpoint, now: float) -> bool:
        heard = self._heard.pop((peer_id, caller), None)
        if heard is None:
            heard = _Heard(FIRST_RING_QUIET_S / 2, now)
        free_at = max(heard.quiet_until, self._last_heeded(peer_id) + PEER_RING_GAP_S)
        is_news = now >= free_at and self._ration.take(now)
        if is_news:
            self._heeded_at[peer_id] = now
            heard.quiet_s = min(2 * heard.quiet_s, MAX_RING_QUIET_S)
            heard.quiet_until = now + heard.quiet_s
        self._heard[peer_id, caller] = heard
        if len(self._heard) > MAX_REMEMBERED_RINGS:
            del self._heard[next(iter(self._heard))]
        return is_news

    def _who_may_ring(self, owner: PeerId) -> list[Peer]:
        """At an invite's bell its holders, at our account's whom we want: a request learns nothing of us."""
        if owner in self._peers:
            return [self._peers[owner]]
        return [peer for peer in self._peers.values() if peer.wanted]

    def _table(self, bell: bytes, owner: PeerId) -> dict[int, list[Rung]]:
        if bell not in self._tables:
            table = self._tables[bell] = {}
            for peer in self._who_may_ring(owner):
                for key in peer.keys:
                    for hint in ring_hints(key.secret, bell):
                        table.setdefault(hint, []).append(Rung(peer.peer_id, key))
        return self._tables[bell]
