"""All peers at once: whom to dial, and which link to each survives.

Sans-IO: facts go in as calls with ``now``, what is to be done comes out as values.  Links of one peer are grouped by
what their key stands for: contact links carry envelopes; links of an invite or a reset carry a handshake until they are
adopted by the contact that it makes, and never compete with the contact's own.  On the inviter's side links of one
invite belong to different newcomers, so each stands alone and a nomination is simply confirmed.  The inviter dials
nobody, but for who calls by that invite, for a while and until a link is up.

What is known of a peer is in :mod:`net.counterpart`, which of its links survives in :mod:`net.peer_links`, how it is
dialled in :mod:`net.dials`.
"""

from dataclasses import dataclass

from crypto.primitives import Random
from net.agenda import Agenda
from net.counterpart import Counterpart
from net.dialling import DialId, OwnEndpoints, is_dialable
from net.dials import Dials
from net.endpoint import Endpoint
from net.errors import LocalError
from net.events import CloseReason, LinkId, PathClass
from net.limits import CALL_S, FRESH_RECORD_S, MAX_LINKS_PER_INVITE, MAX_LINKS_PER_PEER
from net.nat_kind import NatKind
from net.path_effects import CloseLink, Effect, Offline
from net.peer import LinkKind, Peer, PeerId
from net.peer_links import PeerLinks
from net.survivor import Confirm

AT_ONCE = 0.0
"""A moment that has come on every clock."""


@dataclass(slots=True)
class _Link:
    peer: PeerId
    kind: LinkKind
    path: PathClass
    stands_alone: bool


class Paths:
    """Every peer's dials and links."""

    def __init__(self, random: Random) -> None:
        self._peers: dict[PeerId, Counterpart] = {}
        self._links: dict[LinkId, _Link] = {}
        self._dials = Dials(random)
        self._agenda = Agenda[PeerId]()

    # --- What the engine wants

    def set_own_endpoints(self, own: OwnEndpoints, now: float) -> list[Effect]:
        """Where we are or listen has changed: what is under way leaves from a place that may be gone; begin anew."""
        self._dials.move(own)
        effects: list[Effect] = []
        for state in self._peers.values():
            effects += self._dials.abandon(state)
            self._want(state, now)
            state.dialling.nudge(now)
            self._schedule(state)
        return effects

    def learn_own_endpoints(self, own: OwnEndpoints, now: float) -> None:
        """More is known of where we are, or we listen there as well: what is under way goes on."""
        if self._dials.learn(own):
            for state in self._peers.values():
                self._want(state, now)

    def set_peer(self, peer: Peer, now: float) -> list[Effect]:
        """Declare or replace a peer; links that are up stay up, whatever keys are listed now."""
        state = self._peers.get(peer.peer_id)
        if state is None:
            state = self._peers[peer.peer_id] = Counterpart(peer, self._dials.dialling(), PeerLinks(peer.peer_id))
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
        effects: list[Effect] = [*self._dials.abandon(state)]
        self._dials.forget(peer_id)
        for link in state.links.all():
            del self._links[link]
            effects.append(CloseLink(link, CloseReason.REMOVED))
        self._agenda.set(peer_id, None)
        if state.links.in_use(LinkKind.CONTACT) is not None:
            effects.append(Offline(peer_id))
        return effects

    def found_near(self, peer_id: PeerId, endpoints: tuple[Endpoint, ...], now: float) -> list[Effect]:
        """The peer is announced there on the LAN: try it now, however long it has been away."""
        state = self._peers.get(peer_id)
        if state is None:
            return []
        state.near = endpoints
        self._dials.leave_line(peer_id)
        # What was begun before may hang for seconds yet.
        begun = self._dials.stop(state, lambda target: target.endpoint in endpoints)
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
        near = () if state is None else state.near_endpoints(self._dials.own)
        return self._dials.may_send_to(peer_id, endpoint, near, now)

    def may_tell(self, endpoint: Endpoint) -> bool:
        """Whether anybody may make us connect there, or, a server, tell our peers that we are there: they dial by the
        same rules.
        """
        return is_dialable(endpoint, self._dials.own)

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
            state.heard_of(made_at=now - age_s, now=now)
            self._schedule(state)
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
        self._dials.proved(peer_id, endpoint)

    def relayed(self, peer_id: PeerId, endpoint: Endpoint) -> None:
        """A link to the peer came up by a relay, which had us send there by UDP."""
        self._dials.relayed(peer_id, endpoint)

    def not_dialled(self, peer_id: PeerId) -> tuple[Endpoint, ...]:
        """Endpoints of a peer that nobody makes us connect to."""
        state = self._peers.get(peer_id)
        if state is None:
            return ()
        wanted = state.wanted_endpoints(self._dials.own)
        named = dict.fromkeys((*state.far, *state.peer.endpoints))
        return tuple(endpoint for endpoint in named if endpoint not in wanted)

    def held_back(self, peer_id: PeerId) -> tuple[Endpoint, ...]:
        """Endpoints of a peer that were dialled too often in vain."""
        state = self._peers.get(peer_id)
        return () if state is None else state.held_back

    def path_of(self, endpoint: Endpoint, *, crossed: bool = False) -> PathClass:
        """The class of a TCP path; ``crossed``: both sides dialled, and neither was listened to."""
        return self._dials.path_of(endpoint, crossed=crossed)

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
        return None if state is None else state.links.in_use(LinkKind.CONTACT)

    # --- What happened

    def may_come_up(self, peer_id: PeerId, kind: LinkKind) -> bool:
        """Whether one more link is acceptable: the peer is known and has not too many already."""
        limit = MAX_LINKS_PER_INVITE if kind is LinkKind.INVITE else MAX_LINKS_PER_PEER
        return peer_id in self._peers and len(self._peers[peer_id].links.all()) < limit

    def link_up(
        self, link: LinkId, peer_id: PeerId, kind: LinkKind, path: PathClass, dial: DialId | None, now: float
    ) -> list[Effect]:
        """A link is authenticated; ``dial`` if it was our attempt."""
        self._dials.linked(dial, path)
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
        failed = self._dials.failed(dial, now)
        if failed is None:
            return []
        state, effects = failed
        self._schedule(state)
        return [*effects]

    def nominated(self, link: LinkId) -> list[Effect]:
        """A nominate frame came in."""
        fact = self._links.get(link)
        if fact is None:
            return []
        if fact.stands_alone:
            return [Confirm(link)]
        state = self._peers[fact.peer]
        effects = state.links.nominated(link, fact.kind)
        self._schedule(state)
        return effects

    def confirmed(self, link: LinkId, now: float) -> list[Effect]:
        """A confirm frame came in."""
        fact = self._links.get(link)
        if fact is None or fact.stands_alone:
            return []
        state = self._peers[fact.peer]
        effects = state.links.confirmed(link, fact.kind, now)
        self._schedule(state)
        return effects

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
        state.links.doubt(link, fact.kind, silent=silent)
        if fact.kind is not state.dialled_kind or state.links.in_use(fact.kind) != link:
            return []
        if silent and self._has_another(link, state):
            return []  # found already, and about to take over
        state.is_suspect = silent
        self._want(state, now)
        if silent:
            state.dialling.restart(now)
            self._schedule(state)
            return []
        state.dialling.connected()
        self._schedule(state)
        return self._abandon_worse(state, fact)

    def _has_another(self, link: LinkId, state: Counterpart) -> bool:
        """Whether another link that competes with this one is up."""
        others = (self._links[other] for other in state.links.all() if other != link)
        return any(other.kind is self._links[link].kind and not other.stands_alone for other in others)

    # --- Time

    def wake_at(self) -> float | None:
        """When to call :meth:`handle_timer`, at the latest."""
        return self._agenda.next_at() if self._dials.next_in_line() is None else AT_ONCE

    def handle_timer(self, now: float) -> list[Effect]:
        """Start the dials and nominate the links whose time has come."""
        effects: list[Effect] = []
        for peer_id in self._agenda.take_due(now):
            state = self._peers[peer_id]
            effects += state.links.handle_timer(now)
            if state.answers_until is not None and now >= state.answers_until:
                effects += self._end_answering(state, now)
            if state.near_endpoints(self._dials.own):
                effects += self._dials.start(state, now)
            elif state.dialling.is_due(now):
                self._dials.stand_in_line(peer_id)
            self._schedule(state)
        while (first := self._dials.next_in_line()) is not None:
            effects += self._dials.start(self._peers[first], now)
            self._schedule(self._peers[first])
        return effects

    def _schedule(self, state: Counterpart) -> None:
        peer_id = state.peer.peer_id
        self._agenda.set(peer_id, state.wake_at(stands_in_line=self._dials.stands_in_line(peer_id)))

    # --- Links come and go

    def _join(self, link: LinkId, fact: _Link, now: float) -> list[Effect]:
        self._links[link] = fact
        state = self._peers[fact.peer]
        if fact.stands_alone:
            state.links.add(link)
            return []
        effects: list[Effect] = []
        if fact.kind is state.dialled_kind:
            state.is_new = state.is_suspect = False
            state.dialling.connected()
            effects += self._abandon_worse(state, fact)
        effects += state.links.join(link, fact.kind, fact.path, now, controls=state.controls(fact.kind))
        self._schedule(state)
        return effects

    def _leave(self, link: LinkId, now: float) -> list[Effect]:
        fact = self._links.pop(link)
        state = self._peers[fact.peer]
        if fact.stands_alone:
            state.links.remove(link)
            return []
        effects = state.links.leave(link, fact.kind, now)
        if fact.kind is state.dialled_kind and state.links.in_use(fact.kind) is None:
            state.is_suspect = False
            self._dials.unlinked(state)
            self._want(state, now)
            state.dialling.disconnected(now)
        self._schedule(state)
        return effects

    # --- Dials come and go

    def _want(self, state: Counterpart, now: float) -> None:
        self._dials.want(state, now)
        self._schedule(state)

    def _abandon_worse(self, state: Counterpart, than: _Link) -> list[Effect]:
        """Give up attempts that could not better the link that is up; one is enough to shake hands."""
        return [*self._dials.abandon(state, than.path if than.kind is LinkKind.CONTACT else None)]

    def _adjust_to_key(self, state: Counterpart, peer: Peer, now: float) -> list[Effect]:
        """Another key to dial with makes attempts under the old one pointless, and may want a link of another kind."""
        old, state.peer = state.peer.keys, peer
        if not old or not peer.keys or old[0].secret.matches(peer.keys[0].secret):
            return []
        if state.links.in_use(peer.keys[0].kind) is not None:
            state.dialling.connected()
        else:
            state.dialling.restart(now)
        return [*self._dials.abandon(state)]

    def _stop_unwanted_dials(self, state: Counterpart) -> list[Effect]:
        return [] if state.is_sought else [*self._dials.abandon(state)]

    def _end_answering(self, state: Counterpart, now: float) -> list[Effect]:
        """The holder of an invite of ours that called us is linked, or was only somebody who called."""
        if state.answers_until is None:
            return []
        state.answers_until, state.far = None, ()
        self._want(state, now)
        return self._stop_unwanted_dials(state)
