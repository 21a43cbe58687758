"""All peers at once: whom to dial, and which link to each survives.

Sans-IO: facts go in as calls with ``now``, what is to be done comes out as values.  Links of one peer are grouped by
what their key stands for: contact links carry envelopes; links of an invite or a reset carry a handshake until they are
adopted by the contact that it makes, and never compete with the contact's own.  On the inviter's side links of one
invite belong to different newcomers, so each stands alone and a nomination is simply confirmed.  The inviter dials
nobody, but for who calls by that invite, for a while and until a link is up.

Rounds of dialling start in the order in which they fall due, and no more of them at a time than the system has room
for; who was just announced near by need not stand in line.

Where neither side can be reached, both hold a SYN to the other's NAT (:class:`~net.dialling.Way`): as long as one of
them does, it suffices that the other begins.  A program that has just started does not know what the one before it has
left in the NAT, so it holds another one where there is nothing of that.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from crypto.primitives import Random
from net.agenda import Agenda
from net.dial_budget import DialBudget
from net.dialling import (
    DialId,
    Dialling,
    OwnEndpoints,
    Target,
    Way,
    dialable,
    is_dialable,
    is_free_aside,
    is_punchable,
    nearby,
)
from net.endpoint import Endpoint
from net.errors import LocalError
from net.events import CloseReason, LinkId, PathClass
from net.limits import (
    CALL_S,
    FAREWELL_REST_S,
    FRESH_RECORD_S,
    MAX_DIALS,
    MAX_LINKS_PER_INVITE,
    MAX_LINKS_PER_PEER,
    RESERVED_FOR_PUNCHING,
)
from net.nat_kind import NatKind
from net.peer import LinkKey, LinkKind, Peer, PeerId
from net.survivor import Confirm, Controller, Demand, Follower, Nominate, Supersede, Survivor, Use
from net.windows import Windows

# --- What is to be done


@dataclass(frozen=True, slots=True, eq=False)
class Dial:
    """Connect there and send a first flight under this key."""

    dial: DialId
    peer: PeerId
    endpoint: Endpoint
    key: LinkKey
    way: Way = Way.DIRECT
    controls: bool = False
    """Should the other side dial us at the same moment, and the first flights cross, ours stands."""


@dataclass(frozen=True, slots=True)
class MovePort:
    """Listen on one more port, and punch from there: from the present one it does not succeed."""


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


Effect: TypeAlias = Dial | StopDial | MovePort | CloseLink | Online | Offline | Nominate | Confirm

AT_ONCE = 0.0
"""A moment that has come on every clock."""

_SAME_RECORD_S = 2.0
"""Times of one record, told by two clocks that both go in whole seconds."""

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
    target: Target


@dataclass(slots=True)
class _PeerState:
    peer: Peer
    dialling: Dialling
    near: tuple[Endpoint, ...] = ()
    """Where it was announced on the LAN."""
    far: tuple[Endpoint, ...] = ()
    """Where its record on the DHT says that it is."""
    is_symmetric: bool = False
    """Its record says that nobody can be told where to knock."""
    record_at: float = float("-inf")
    """When the newest record that we know of was made."""
    expected_until: float = 0.0
    """So long there is reason to believe that it is there."""
    left_at: float = float("-inf")
    """When it closed a link in order, as who ends the program does; no record of a later moment is known."""
    is_new: bool = True
    """Nothing has come of it yet in this process, neither a link nor a window beside our ports."""
    is_suspect: bool = False
    """Nobody answers on the link in use."""
    answers_until: float | None = None
    """So long somebody is dialled that is not wanted otherwise: who holds an invite of ours, and has called us."""
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

    @property
    def is_sought(self) -> bool:
        """Whether it is dialled."""
        return bool(self.peer.keys) and (self.peer.wanted or self.answers_until is not None)

    def wake_at(self, *, stands_in_line: bool) -> float | None:
        round_at = None if stands_in_line else self.dialling.wake_at()
        moments = [round_at, self.answers_until, *(survivor.wake_at() for survivor in self.survivors.values())]
        return min((moment for moment in moments if moment is not None), default=None)

    def controls(self, kind: LinkKind) -> bool:
        """Whether this side decides which link of this kind survives, and whose first flight stands."""
        return self.peer.controls or (kind is LinkKind.INVITE and self.peer.wanted)


class Paths:
    """Every peer's dials and links."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._own = OwnEndpoints()
        self._peers: dict[PeerId, _PeerState] = {}
        self._links: dict[LinkId, _Link] = {}
        self._dials: dict[DialId, _Dialled] = {}
        self._budget = DialBudget()
        self._windows = Windows()
        self._line: dict[PeerId, None] = {}
        """Whose round is due and waits for room."""
        self._dial_ids = map(DialId, itertools.count(1))
        self._agenda = Agenda[PeerId]()

    # --- What the engine wants

    def set_own_endpoints(self, own: OwnEndpoints, now: float) -> list[Effect]:
        """Where we are or listen has changed: what is under way leaves from a place that may be gone; begin anew."""
        self._own = own
        self._windows.moved()
        effects: list[Effect] = []
        for state in self._peers.values():
            effects += self._abandon(state, None)
            self._want(state, now)
            state.dialling.nudge(now)
            self._schedule(state)
        return effects

    def learn_own_endpoints(self, own: OwnEndpoints, now: float) -> None:
        """More is known of where we are, or we listen there as well: what is under way goes on."""
        if own.endpoints != self._own.endpoints:
            self._windows.moved()
        if own != self._own:
            self._own = own
            for state in self._peers.values():
                self._want(state, now)

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
        begun = list(self._stop(state, lambda target: target.endpoint in endpoints))
        self._want(state, now)
        state.dialling.nudge(now)
        self._schedule(state)
        return [*begun]

    def peer(self, peer_id: PeerId) -> Peer | None:
        """What was declared of somebody."""
        state = self._peers.get(peer_id)
        return None if state is None else state.peer

    def may_send_to(self, peer_id: PeerId, endpoint: Endpoint, now: float) -> bool:
        """Whether a peer may make us send there by UDP; counts like a dial.

        That a place is in a network of ours frees nobody from the count, or whoever names our neighbours' addresses
        would have us scan their ports.  That the peer was announced there does; so does that a relay has led to it
        there, since the relay's operator lets us and the peer's offers are rationed.
        """
        state = self._peers.get(peer_id)
        is_announced = state is not None and endpoint.address in {each.address for each in self._near(state)}
        is_free = is_announced or self._budget.is_relayed(peer_id, endpoint)
        return is_dialable(endpoint, self._own) and (is_free or self._budget.take(peer_id, endpoint, now))

    def may_tell(self, endpoint: Endpoint) -> bool:
        """Whether anybody may make us connect there, or, a server, tell our peers that we are there: they dial by the
        same rules.
        """
        return is_dialable(endpoint, self._own)

    def peers(self) -> tuple[Peer, ...]:
        """Everybody declared."""
        return tuple(state.peer for state in self._peers.values())

    def found_far(
        self,
        peer_id: PeerId,
        endpoints: tuple[Endpoint, ...],
        now: float,
        *,
        nat: NatKind = NatKind.UNKNOWN,
        age_s: float | None = None,
    ) -> list[Effect]:
        """The peer says on the DHT that it is there: a later word than what it told us before.

        ``age_s`` is how long ago, as far as its clock and ours agree; None if it does not matter.
        """
        state = self._peers.get(peer_id)
        if state is None:
            return []
        state.far = endpoints
        state.is_symmetric = nat is NatKind.SYMMETRIC
        self._want(state, now)
        if age_s is not None and abs(age_s) <= FRESH_RECORD_S:
            self._heard_of(state, made_at=now - age_s, now=now)
        return []

    def expect(self, peer_id: PeerId, now: float) -> None:
        """The peer is there: it has called us, or is about to hear that we call it."""
        if (state := self._peers.get(peer_id)) is not None:
            state.expected_until = max(state.expected_until, now + CALL_S)
            if state.dialled_kind is LinkKind.INVITE and not state.peer.wanted:
                state.answers_until = state.expected_until
                self._want(state, now)
            state.dialling.nudge(now)
            self._schedule(state)

    def proved(self, peer_id: PeerId, endpoint: Endpoint) -> None:
        """A link to the peer came up there, whoever dialled: its address may be dialled as back-off has it."""
        self._budget.proved(peer_id, endpoint)

    def relayed(self, peer_id: PeerId, endpoint: Endpoint) -> None:
        """A link to the peer came up by a relay, which had us send there by UDP."""
        self._budget.relayed(peer_id, endpoint)

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

    def path_of(self, endpoint: Endpoint, *, crossed: bool = False) -> PathClass:
        """The class of a TCP path: our own networks, private and loopback addresses are near.

        ``crossed``: both sides dialled, and neither was listened to.
        """
        if endpoint.address.is_private or self._own.is_near(endpoint):
            return PathClass.LAN
        return PathClass.PUNCHED if crossed else PathClass.DIRECT

    def path_of_link(self, link: LinkId) -> PathClass:
        """The class of a link that is up."""
        return self._links[link].path

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
            self._windows.closed(dial)
            self._peers[dialled.peer].dialling.succeeded(dial)
            self.proved(dialled.peer, dialled.target.endpoint)
        if path is PathClass.PUNCHED:
            self._windows.succeeded()
        # Who wants the peer of an invite has joined it; who does not has posted it, and each link is a newcomer's.
        state = self._peers[peer_id]
        stands_alone = kind is LinkKind.INVITE and not state.peer.wanted
        answered = self._end_answering(state, now) if stands_alone else []
        return answered + self._join(link, _Link(peer_id, kind, path, stands_alone), now)

    def link_down(self, link: LinkId, now: float, *, farewell: bool = False) -> list[Effect]:
        """A link has ended, by whomever; ``farewell``: the peer said that it would."""
        if link not in self._links:
            return []
        if farewell:
            self._peers[self._links[link].peer].left_at = now
        return self._leave(link, now)

    def dial_failed(self, dial: DialId, now: float) -> list[Effect]:
        """An attempt came to nothing."""
        dialled = self._dials.pop(dial, None)
        if dialled is None:
            return []
        state = self._peers[dialled.peer]
        needs_port = self._windows.failed(dial, now, expected=now < state.expected_until)
        state.dialling.failed(dial, now)
        match dialled.target.way:
            case Way.PUNCH:
                state.dialling.rest(dialled.target, self._windows.rests_until(dialled.target))
            case Way.ASIDE:
                state.is_new = False
                self._want(state, now)
            case Way.DIRECT:
                pass
        self._schedule(state)
        return [MovePort()] if needs_port else []

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

    def suspect(self, link: LinkId, now: float) -> list[Effect]:
        """Nobody answers on a link: look for another one, and keep it meanwhile, for the peer may just be busy."""
        return self._doubt(link, now, silent=True)

    def trust(self, link: LinkId, now: float) -> list[Effect]:
        """Somebody answers again."""
        return self._doubt(link, now, silent=False)

    def _doubt(self, link: LinkId, now: float, *, silent: bool) -> list[Effect]:
        fact = self._links.get(link)
        if fact is None or fact.stands_alone:
            return []
        state = self._peers[fact.peer]
        state.survivors[fact.kind].doubt(link, silent=silent)
        if fact.kind is not state.dialled_kind or state.in_use(fact.kind) != link:
            return []
        state.is_suspect = silent
        self._want(state, now)
        if silent:
            state.dialling.restart(now)
            self._schedule(state)
            return []
        state.dialling.connected()
        self._schedule(state)
        return list(self._abandon(state, fact))

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
            if state.answers_until is not None and now >= state.answers_until:
                effects += self._end_answering(state, now)
            if self._near(state):
                effects += self._start_dials(state, now)
            elif state.dialling.is_due(now):
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
            state.is_new = state.is_suspect = False
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
                state.is_suspect = False
                self._windows.renew(self._wanted_endpoints(state))
                self._want(state, now)
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
        state.held_back = ()
        state.dialling.set_wanted(self._targets(state), now, wanted=state.is_sought)
        self._schedule(state)

    def _targets(self, state: _PeerState) -> tuple[Target, ...]:
        endpoints = self._wanted_endpoints(state)
        punchable = [] if state.is_symmetric else [each for each in endpoints if is_punchable(each, self._own)]
        # Between the ports of a link that may be dead there is no room for another yet, and a peer may have moved.
        aside = punchable if state.is_suspect else [each for each in punchable if each in state.peer.proven]
        return (
            *(Target(Way.DIRECT, endpoint) for endpoint in endpoints),
            *(Target(Way.PUNCH, endpoint) for endpoint in punchable),
            *(Target(Way.ASIDE, each) for each in aside if is_free_aside(each) and (state.is_new or state.is_suspect)),
        )

    def _wanted_endpoints(self, state: _PeerState) -> tuple[Endpoint, ...]:
        return tuple(dict.fromkeys((*self._near(state), *dialable((*state.far, *state.peer.endpoints), self._own))))

    def _heard_of(self, state: _PeerState, *, made_at: float, now: float) -> None:
        """The peer was there a while ago; a record newer than the last is news."""
        state.expected_until = max(state.expected_until, min(made_at, now) + FRESH_RECORD_S)
        if made_at > state.left_at:
            state.left_at = float("-inf")
        if made_at > state.record_at + _SAME_RECORD_S:
            state.dialling.nudge(now)
            self._schedule(state)
        state.record_at = max(state.record_at, made_at)

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
        return [] if state.is_sought else list(self._abandon(state, None))

    def _end_answering(self, state: _PeerState, now: float) -> list[Effect]:
        """The holder of an invite of ours that called us is linked, or was only somebody who called."""
        if state.answers_until is None:
            return []
        state.answers_until, state.far = None, ()
        self._want(state, now)
        return list(self._stop_unwanted_dials(state))

    def _start_dials(self, state: _PeerState, now: float) -> list[Effect]:
        """Begin what is due of a round."""
        peer, near, targets = state.peer, self._near(state), self._targets(state)
        is_expected = now < state.expected_until
        held_back: list[Endpoint] = []

        def may_dial(target: Target) -> bool:
            endpoint = target.endpoint
            is_window = target.way is not Way.DIRECT
            if is_window and (until := self._rests_until(state, target, now)) > now:
                state.dialling.rest(target, until)
                return False
            if is_window and not self._windows.has_room(target, expected=is_expected):
                return False
            reserve = 0 if is_window or Target(Way.PUNCH, endpoint) not in targets else RESERVED_FOR_PUNCHING
            allowed = endpoint in near or self._budget.take(peer.peer_id, endpoint, now, reserve=reserve)
            if not allowed:
                held_back.append(endpoint)
            return allowed

        self._line.pop(peer.peer_id, None)
        effects: list[Effect] = []
        if state.dialling.is_due(now):
            started = state.dialling.handle_timer(now, may_dial)
            effects += [self._dial(state, dial, target) for dial, target in started]
            dialled = {target.endpoint for _, target in started}
            still = (endpoint for endpoint in state.held_back if endpoint not in dialled)
            state.held_back = tuple(dict.fromkeys((*still, *held_back)))
        self._schedule(state)
        return effects

    def _rests_until(self, state: _PeerState, target: Target, now: float) -> float:
        """When a window to there may be opened."""
        rests_until = 0.0 if now < state.expected_until else self._windows.rests_until(target)
        return max(rests_until, state.left_at + FAREWELL_REST_S)

    def _dial(self, state: _PeerState, dial: DialId, target: Target) -> Dial:
        peer, key = state.peer, state.peer.keys[0]
        self._dials[dial] = _Dialled(peer.peer_id, target)
        self._windows.opened(dial, target)
        return Dial(dial, peer.peer_id, target.endpoint, key, target.way, controls=state.controls(key.kind))

    def _abandon(self, state: _PeerState, better_than: _Link | None) -> Iterator[StopDial]:
        """Give up attempts, all or those that could not better the link that is up."""

        def is_hopeless(target: Target) -> bool:
            if better_than is None or better_than.kind is not LinkKind.CONTACT:
                return True
            path = self.path_of(target.endpoint, crossed=target.way is not Way.DIRECT)
            return _ORDER[path] >= _ORDER[better_than.path]

        return self._stop(state, is_hopeless)

    def _stop(self, state: _PeerState, is_hopeless: Callable[[Target], bool]) -> Iterator[StopDial]:
        for dial in state.dialling.abandon(is_hopeless):
            self._dials.pop(dial, None)
            self._windows.closed(dial)
            yield StopDial(dial)
