"""All peers at once: whom to dial, and which link to each survives.

Sans-IO: facts go in as calls with ``now``, what is to be done comes out as values.  Links of one peer are grouped by
what their key stands for: contact links carry envelopes; links of an invite or a reset carry a handshake until they are
adopted by the contact that it makes, and never compete with the contact's own.  On the inviter's side links of one
invite belong to different newcomers, so each stands alone and a nomination is simply confirmed.

Rounds of dialling start in the order in which they fall due, and no more of them at a time than the system has room
for; who was just announced near by need not stand in line.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from crypto.primitives import Random
from net.agenda import Agenda
from net.dial_budget import DialBudget
from net.dialling import DialId, Dialling, OwnEndpoints, dialable, nearby
from net.endpoint import Endpoint
from net.errors import LocalError
from net.events import CloseReason, LinkId, PathClass
from net.limits import MAX_DIALS, MAX_LINKS_PER_INVITE, MAX_LINKS_PER_PEER
from net.peer import LinkKey, LinkKind, Peer, PeerId
from net.survivor import Confirm, Controller, Demand, Follower, Nominate, Supersede, Survivor, Use

# --- What is to be done


@dataclass(frozen=True, slots=True, eq=False)
class Dial:
    """Connect there and send a first flight under this key."""

    dial: DialId
    peer: PeerId
    endpoint: Endpoint
    key: LinkKey


@dataclass(frozen=True, slots=True)
class StopDial:
    """Give an attempt up; nothing needs to be reported of it."""

    dial: DialId


@dataclass(frozen=True, slots=True)
class CloseLink:
    """End a link; its end is then reported like any other."""

    link: LinkId
    reason: CloseReason


@dataclass(frozen=True, slots=True)
class Online:
    """The peer's envelopes go over this link from now on."""

    peer: PeerId
    link: LinkId


@dataclass(frozen=True, slots=True)
class Offline:
    """The peer's last contact link is gone."""

    peer: PeerId


Effect: TypeAlias = Dial | StopDial | CloseLink | Online | Offline | Nominate | Confirm

AT_ONCE = 0.0
"""A moment that has come on every clock."""

_ORDER = {path: position for position, path in enumerate(PathClass)}


@dataclass(slots=True)
class _Link:
    peer: PeerId
    kind: LinkKind
    path: PathClass
    stands_alone: bool


@dataclass(frozen=True, slots=True)
class _Dialled:
    peer: PeerId
    endpoint: Endpoint


@dataclass(slots=True)
class _PeerState:
    peer: Peer
    dialling: Dialling
    near: tuple[Endpoint, ...] = ()
    """Where it was announced on the LAN."""
    far: tuple[Endpoint, ...] = ()
    """Where its record on the DHT says that it is."""
    held_back: tuple[Endpoint, ...] = ()
    """Where it was not dialled in the last round, since that was done too often in vain."""
    survivors: dict[LinkKind, Survivor] = field(default_factory=dict)
    links: set[LinkId] = field(default_factory=set)

    @property
    def dialled_kind(self) -> LinkKind | None:
        return self.peer.keys[0].kind if self.peer.keys else None

    def in_use(self, kind: LinkKind | None) -> LinkId | None:
        survivor = None if kind is None else self.survivors.get(kind)
        return None if survivor is None else survivor.in_use

    def wake_at(self, *, stands_in_line: bool) -> float | None:
        round_at = None if stands_in_line else self.dialling.wake_at()
        moments = [round_at, *(survivor.wake_at() for survivor in self.survivors.values())]
        return min((moment for moment in moments if moment is not None), default=None)

    def controls(self, kind: LinkKind) -> bool:
        """Whether this side decides which link of this kind survives."""
        return self.peer.controls or kind is LinkKind.INVITE


class Paths:
    """Every peer's dials and links."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._own = OwnEndpoints()
        self._peers: dict[PeerId, _PeerState] = {}
        self._links: dict[LinkId, _Link] = {}
        self._dials: dict[DialId, _Dialled] = {}
        self._budget = DialBudget()
        self._line: dict[PeerId, None] = {}
        """Whose round is due and waits for room."""
        self._dial_ids = map(DialId, itertools.count(1))
        self._agenda = Agenda[PeerId]()

    # --- What the engine wants

    def set_own_endpoints(self, own: OwnEndpoints, now: float) -> list[Effect]:
        """Where we are or listen has changed: what is under way leaves from a place that may be gone; begin anew."""
        self._own = own
        effects: list[Effect] = []
        for state in self._peers.values():
            effects += self._abandon(state, None)
            self._want(state, now)
            state.dialling.nudge(now)
            self._schedule(state)
        return effects

    def set_peer(self, peer: Peer, now: float) -> list[Effect]:
        """Declare or replace a peer; links that are up stay up, whatever keys are listed now."""
        state = self._peers.get(peer.peer_id)
        if state is None:
            state = _PeerState(peer, Dialling(self._random, lambda: next(self._dial_ids)))
            self._peers[peer.peer_id] = state
        for endpoint in peer.proven:
            self.proved(peer.peer_id, endpoint)
        effects = self._adjust_to_key(state, peer, now)
        self._want(state, now)
        return effects + self._stop_unwanted_dials(state)

    def remove_peer(self, peer_id: PeerId) -> list[Effect]:
        """Forget a peer; its links are to be closed."""
        state = self._peers.pop(peer_id, None)
        if state is None:
            return []
        effects: list[Effect] = list(self._abandon(state, None))
        self._budget.forget(peer_id)
        self._line.pop(peer_id, None)
        for link in sorted(state.links):
            del self._links[link]
            effects.append(CloseLink(link, CloseReason.REMOVED))
        self._agenda.set(peer_id, None)
        if state.in_use(LinkKind.CONTACT) is not None:
            effects.append(Offline(peer_id))
        return effects

    def found_near(self, peer_id: PeerId, endpoints: tuple[Endpoint, ...], now: float) -> list[Effect]:
        """The peer is announced there on the LAN: try it now, however long it has been away."""
        state = self._peers.get(peer_id)
        if state is None:
            return []
        state.near = endpoints
        self._line.pop(peer_id, None)
        # What was begun before may hang for seconds yet.
        begun = [StopDial(dial) for dial in state.dialling.abandon(lambda endpoint: endpoint in endpoints)]
        for stop in begun:
            self._dials.pop(stop.dial, None)
        self._want(state, now)
        state.dialling.nudge(now)
        self._schedule(state)
        return list(begun)

    def peers(self) -> tuple[Peer, ...]:
        """Everybody declared."""
        return tuple(state.peer for state in self._peers.values())

    def found_far(self, peer_id: PeerId, endpoints: tuple[Endpoint, ...], now: float) -> list[Effect]:
        """The peer says on the DHT that it is there: a later word than what it told us before."""
        state = self._peers.get(peer_id)
        if state is not None:
            state.far = endpoints
            self._want(state, now)
        return []

    def proved(self, peer_id: PeerId, endpoint: Endpoint) -> None:
        """A link to the peer came up there, whoever dialled: its address may be dialled as back-off has it."""
        self._budget.proved(peer_id, endpoint)

    def not_dialled(self, peer_id: PeerId) -> tuple[Endpoint, ...]:
        """Endpoints of a peer that nobody makes us connect to."""
        state = self._peers.get(peer_id)
        if state is None:
            return ()
        wanted = self._wanted_endpoints(state)
        named = dict.fromkeys((*state.far, *state.peer.endpoints))
        return tuple(endpoint for endpoint in named if endpoint not in wanted)

    def held_back(self, peer_id: PeerId) -> tuple[Endpoint, ...]:
        """Endpoints of a peer that were dialled too often in vain."""
        state = self._peers.get(peer_id)
        return () if state is None else state.held_back

    def path_of(self, endpoint: Endpoint) -> PathClass:
        """The class of a TCP path: our own networks, private and loopback addresses are near."""
        is_near = endpoint.address.is_private or self._own.is_near(endpoint)
        return PathClass.LAN if is_near else PathClass.DIRECT

    def nudge(self, peer_id: PeerId, now: float) -> None:
        """There is reason to try this peer now."""
        if (state := self._peers.get(peer_id)) is not None:
            state.dialling.nudge(now)
            self._schedule(state)

    def adopt(self, link: LinkId, peer_id: PeerId, now: float) -> list[Effect]:
        """An invite's or a reset's link becomes the contact's.

        Raises:
            LocalError: there is no such link or no such peer.
        """
        if link not in self._links or peer_id not in self._peers:
            raise LocalError("no such link, or no such peer")
        known = self._links[link]
        if known.peer == peer_id and known.kind is LinkKind.CONTACT:
            return []  # a first contact that was answered twice
        fact = _Link(peer_id, LinkKind.CONTACT, known.path, stands_alone=False)
        return self._leave(link, now) + self._join(link, fact, now)

    def link_in_use(self, peer_id: PeerId) -> LinkId | None:
        """The link for the peer's envelopes."""
        state = self._peers.get(peer_id)
        return None if state is None else state.in_use(LinkKind.CONTACT)

    # --- What happened

    def may_come_up(self, peer_id: PeerId, kind: LinkKind) -> bool:
        """Whether one more link is acceptable: the peer is known and has not too many already."""
        limit = MAX_LINKS_PER_INVITE if kind is LinkKind.INVITE else MAX_LINKS_PER_PEER
        return peer_id in self._peers and len(self._peers[peer_id].links) < limit

    def link_up(
        self, link: LinkId, peer_id: PeerId, kind: LinkKind, path: PathClass, dial: DialId | None, now: float
    ) -> list[Effect]:
        """A link is authenticated; ``dial`` if it was our attempt."""
        if dial is not None and (dialled := self._dials.pop(dial, None)) is not None:
            self._peers[peer_id].dialling.succeeded(dial)
            self.proved(peer_id, dialled.endpoint)
        # Who wants the peer of an invite has joined it; who does not has posted it, and each link is a newcomer's.
        stands_alone = kind is LinkKind.INVITE and not self._peers[peer_id].peer.wanted
        return self._join(link, _Link(peer_id, kind, path, stands_alone), now)

    def link_down(self, link: LinkId, now: float) -> list[Effect]:
        """A link has ended, by whomever."""
        return self._leave(link, now) if link in self._links else []

    def dial_failed(self, dial: DialId, now: float) -> None:
        """An attempt came to nothing."""
        dialled = self._dials.pop(dial, None)
        if dialled is not None and (state := self._peers.get(dialled.peer)) is not None:
            state.dialling.failed(dial, now)
            self._schedule(state)

    def nominated(self, link: LinkId) -> list[Effect]:
        """A nominate frame came in."""
        fact = self._links.get(link)
        if fact is None:
            return []
        if fact.stands_alone:
            return [Confirm(link)]
        state = self._peers[fact.peer]
        return self._carry_out(state, fact.kind, state.survivors[fact.kind].nominated(link))

    def confirmed(self, link: LinkId, now: float) -> list[Effect]:
        """A confirm frame came in."""
        fact = self._links.get(link)
        if fact is None or fact.stands_alone:
            return []
        state = self._peers[fact.peer]
        return self._carry_out(state, fact.kind, state.survivors[fact.kind].confirmed(link, now))

    # --- Time

    def wake_at(self) -> float | None:
        """When to call :meth:`handle_timer`, at the latest."""
        return AT_ONCE if self._line and self._has_room() else self._agenda.next_at()

    def handle_timer(self, now: float) -> list[Effect]:
        """Start the dials and nominate the links whose time has come."""
        effects: list[Effect] = []
        for peer_id in self._agenda.take_due(now):
            state = self._peers[peer_id]
            for kind, survivor in state.survivors.items():
                effects += self._carry_out(state, kind, survivor.handle_timer(now))
            if self._near(state):
                effects += self._start_dials(state, now)
            elif state.dialling.has_round(now):
                self._line[peer_id] = None
            self._schedule(state)
        while self._line and self._has_room():
            effects += self._start_dials(self._peers[next(iter(self._line))], now)
        return effects

    def _schedule(self, state: _PeerState) -> None:
        peer_id = state.peer.peer_id
        self._agenda.set(peer_id, state.wake_at(stands_in_line=peer_id in self._line))

    def _has_room(self) -> bool:
        return len(self._dials) < MAX_DIALS

    # --- Links come and go

    def _join(self, link: LinkId, fact: _Link, now: float) -> list[Effect]:
        self._links[link] = fact
        state = self._peers[fact.peer]
        state.links.add(link)
        if fact.stands_alone:
            return []
        survivor = state.survivors.get(fact.kind)
        if survivor is None:
            by_class = fact.kind is LinkKind.CONTACT
            survivor = Controller(by_class=by_class) if state.controls(fact.kind) else Follower()
            state.survivors[fact.kind] = survivor
        effects: list[Effect] = []
        if fact.kind is state.dialled_kind:
            state.dialling.connected()
            effects += self._abandon(state, fact)
        return effects + self._carry_out(state, fact.kind, survivor.link_up(link, fact.path, now))

    def _leave(self, link: LinkId, now: float) -> list[Effect]:
        fact = self._links.pop(link)
        state = self._peers[fact.peer]
        state.links.discard(link)
        if fact.stands_alone:
            return []
        survivor = state.survivors[fact.kind]
        demands = survivor.link_down(link, now)
        if survivor.in_use is None:
            del state.survivors[fact.kind]
            if fact.kind is state.dialled_kind:
                state.dialling.disconnected(now)
        return self._carry_out(state, fact.kind, demands)

    def _carry_out(self, state: _PeerState, kind: LinkKind, demands: list[Demand]) -> list[Effect]:
        """A survivor's demands as effects; only contact links make a peer online."""
        self._schedule(state)
        effects: list[Effect] = []
        for demand in demands:
            match demand:
                case Nominate() | Confirm():
                    effects.append(demand)
                case Supersede(link=link):
                    effects.append(CloseLink(link, CloseReason.SUPERSEDED))
                case Use(link=link):
                    if kind is LinkKind.CONTACT:
                        effects.append(
                            Offline(state.peer.peer_id) if link is None else Online(state.peer.peer_id, link)
                        )
        return effects

    # --- Dials come and go

    def _want(self, state: _PeerState, now: float) -> None:
        peer = state.peer
        endpoints = self._wanted_endpoints(state)
        state.held_back = ()
        state.dialling.set_wanted(endpoints, now, wanted=peer.wanted and bool(peer.keys))
        self._schedule(state)

    def _wanted_endpoints(self, state: _PeerState) -> tuple[Endpoint, ...]:
        return tuple(dict.fromkeys((*self._near(state), *dialable((*state.far, *state.peer.endpoints), self._own))))

    def _near(self, state: _PeerState) -> tuple[Endpoint, ...]:
        return nearby(state.near, self._own)

    def _adjust_to_key(self, state: _PeerState, peer: Peer, now: float) -> list[Effect]:
        """Another key to dial with makes attempts under the old one pointless, and may want a link of another kind."""
        old, state.peer = state.peer.keys, peer
        if not old or not peer.keys or old[0].secret.matches(peer.keys[0].secret):
            return []
        if state.in_use(peer.keys[0].kind) is not None:
            state.dialling.connected()
        else:
            state.dialling.restart(now)
        return list(self._abandon(state, None))

    def _stop_unwanted_dials(self, state: _PeerState) -> list[Effect]:
        return [] if state.peer.wanted else list(self._abandon(state, None))

    def _start_dials(self, state: _PeerState, now: float) -> list[Effect]:
        """Begin a round, if one is due."""
        peer, near = state.peer, self._near(state)
        held_back: list[Endpoint] = []

        def may_dial(endpoint: Endpoint) -> bool:
            allowed = endpoint in near or self._budget.take(peer.peer_id, endpoint, now)
            if not allowed:
                held_back.append(endpoint)
            return allowed

        self._line.pop(peer.peer_id, None)
        effects: list[Effect] = []
        if state.dialling.has_round(now):
            for dial, endpoint in state.dialling.handle_timer(now, may_dial):
                self._dials[dial] = _Dialled(peer.peer_id, endpoint)
                effects.append(Dial(dial, peer.peer_id, endpoint, peer.keys[0]))
            state.held_back = tuple(held_back)
        self._schedule(state)
        return effects

    def _abandon(self, state: _PeerState, better_than: _Link | None) -> Iterator[StopDial]:
        """Give up attempts, all or those that could not better the link that is up."""

        def is_hopeless(endpoint: Endpoint) -> bool:
            if better_than is None or better_than.kind is not LinkKind.CONTACT:
                return True
            return _ORDER[self.path_of(endpoint)] >= _ORDER[better_than.path]

        for dial in state.dialling.abandon(is_hopeless):
            self._dials.pop(dial, None)
            yield StopDial(dial)
