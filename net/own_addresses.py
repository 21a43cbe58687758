"""Where others find us, by the word of others (``docs/protocol.md``, section 6, "Own addresses").  Sans-IO.

    links of contacts ──┐
    STUN servers ───────┼─▶ who agrees with whom ─┬─▶ external addresses ─┬─▶ endpoints to publish
    nodes of the DHT ───┘                         └─▶ kind of NAT         │
    the port that the router opened ──────────────────────────────────────┘

One liar must not aim all our contacts at a victim: an address that is not ours by this computer's own word counts once
two unrelated observers name it (:mod:`net.observation`), or the DHT's nodes elect it.  What was heard elsewhere is
forgotten when this computer moves.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from net.endpoint import Endpoint
from net.events import LinkId
from net.interfaces import IPAddress
from net.limits import (
    DHT_VOTE_MAJORITY,
    MAX_ENDPOINTS,
    MAX_EXTERNAL_ADDRESSES,
    MAX_HEARD_LINKS,
    MAX_PAST_OBSERVATIONS,
    MIN_DHT_VOTES,
    PAST_OBSERVATION_LIFE_S,
)
from net.nat_kind import NatKind
from net.observation import Observation, Observer, ObserverKind, Transport, two_unrelated
from net.peer import PeerId


@dataclass(frozen=True, slots=True)
class _Heard:
    observation: Observation
    counts: bool
    """It comes from a contact; who has but an invite of ours may be anybody, as often as he likes."""


@dataclass(frozen=True, slots=True)
class _Past:
    observation: Observation
    ended_at: float


@dataclass(frozen=True, slots=True)
class AskedRound:
    """What has come of asking ``asked`` servers or nodes."""

    asked: int
    observations: tuple[Observation, ...] = ()
    is_over: bool = False
    """Who has not answered by now will not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressFacts:
    """What there is to tell a person."""

    nat: NatKind
    believed: tuple[IPAddress, ...]
    """Where others see us come from, be it an address of ours or our router's."""
    external: tuple[IPAddress, ...]
    """Of those the ones that are none of this computer's own."""
    named: Mapping[ObserverKind, Mapping[IPAddress, int]]
    """How many of each kind name which address, believed or not."""
    rounds: Mapping[tuple[ObserverKind, Transport], AskedRound]
    """What came of asking, the last time."""


class OwnAddresses:
    """Everything heard about our own addresses, where we are now."""

    def __init__(self) -> None:
        self._listening: tuple[Endpoint, ...] = ()
        self._links: dict[LinkId, _Heard] = {}
        self._past: list[_Past] = []
        self._asked: dict[tuple[ObserverKind, Transport], AskedRound] = {}
        """The latest round of each kind."""
        self._opened: int | None = None
        """The router's port that leads to us, as it says."""

    # --- Facts

    def listen(self, local: Sequence[Endpoint]) -> None:
        """We listen there: wildcards spelled out, so every address of this computer with each port."""
        self._listening = tuple(local)

    def moved(self, local: Sequence[Endpoint]) -> None:
        """This computer is somewhere else: only what links say that still stand from an address of ours counts on."""
        self.listen(local)
        own = {endpoint.address for endpoint in local}
        self._links = {link: heard for link, heard in self._links.items() if heard.observation.local.address in own}
        self._past.clear()
        self._asked.clear()

    def observed(self, link: LinkId, observation: Observation, *, by_contact: bool) -> None:
        """The other end of a link tells where it sees us; its latest word counts."""
        self._links[link] = _Heard(observation, by_contact)

    def adopted(self, link: LinkId, peer: PeerId) -> None:
        """The link of an invite has become this contact's."""
        if (heard := self._links.get(link)) is not None:
            observer = replace(heard.observation.observer, name=peer)
            self._links[link] = _Heard(replace(heard.observation, observer=observer), counts=True)

    def link_down(self, link: LinkId, now: float) -> None:
        """The link is gone; what it said counts for some minutes yet."""
        heard = self._links.pop(link, None)
        if heard is not None and heard.counts:
            self._past = [*self._past, _Past(heard.observation, now)][-MAX_PAST_OBSERVATIONS:]

    def asked(self, kind: ObserverKind, transport: Transport, found: AskedRound) -> None:
        """What has come of asking up to now; the round before no longer counts."""
        self._asked[kind, transport] = found

    def has_asked(self, kind: ObserverKind, transport: Transport) -> bool:
        """Whether anything of such a round counts."""
        return (kind, transport) in self._asked

    def ceased(self, kind: ObserverKind) -> None:
        """Nobody of that kind is asked any more."""
        self._asked = {key: found for key, found in self._asked.items() if key[0] is not kind}

    def opened(self, external_port: int | None) -> None:
        """The router leads this port of its own to one of ours; None: it leads none."""
        self._opened = external_port

    # --- What follows

    def external(self, now: float) -> tuple[IPAddress, ...]:
        """Where others see us come from, if that is none of this computer's own addresses."""
        own = self._own()
        return tuple(address for address in self._believed(now) if address not in own)[:MAX_EXTERNAL_ADDRESSES]

    def published(self, now: float) -> tuple[Endpoint, ...]:
        """What others may be told, the best first, at most eight: public addresses of ours; those of our router with
        the port that it opened, where others came in, and with the port that routers tend to keep; then private ones,
        which help where a network swallows multicast.
        """
        public = [endpoint for endpoint in self._listening if endpoint.address.is_global]
        external = self.external(now)
        opened = [Endpoint(address, self._opened) for address in external if self._opened and address.version == 4]
        kept = [
            replace(endpoint, address=address)
            for address in external
            for endpoint in self._listening
            if endpoint.address.version == address.version
        ]
        told = (*public, *opened, *self._seen_listening(now), *kept, *self._listening)
        return tuple(dict.fromkeys(told))[:MAX_ENDPOINTS]

    def external_endpoints(self, now: float) -> tuple[Endpoint, ...]:
        """Of the published endpoints those at an address where others see us come from, be it ours or our router's."""
        believed = self._believed(now)
        return tuple(endpoint for endpoint in self.published(now) if endpoint.address in believed)

    def nat(self, now: float) -> NatKind:
        """What stands between us and the others."""
        if self._lacks_udp(now):
            return NatKind.NO_UDP
        kinds = (self._nat_of(version, now) for version in (4, 6))
        return next((kind for kind in kinds if kind is not NatKind.UNKNOWN), NatKind.UNKNOWN)

    def facts(self, now: float) -> AddressFacts:
        """All of this at once."""
        named: dict[ObserverKind, Counter[IPAddress]] = {}
        for observer, seen in {(each.observer, each.seen.address) for each in self._heard(now)}:
            named.setdefault(observer.kind, Counter())[seen] += 1
        return AddressFacts(
            nat=self.nat(now),
            believed=self._believed(now),
            external=self.external(now),
            named=named,
            rounds=dict(self._asked),
        )

    def is_settled(self, now: float) -> bool:
        """Whether there is nothing to ask: address, NAT and the port by which we can be reached are known."""
        match self.nat(now):
            case NatKind.UNKNOWN | NatKind.NO_UDP:
                return False
            case NatKind.CONE:
                kept = (each.seen.port == each.local.port for each in self._heard(now) if not each.accepted)
                return bool(self._believed(now)) and (any(kept) or bool(self._seen_listening(now)))
            case NatKind.NONE | NatKind.SYMMETRIC:
                return bool(self._believed(now))

    # --- Who agrees with whom

    def _own(self) -> set[IPAddress]:
        return {endpoint.address for endpoint in self._listening}

    def _heard(self, now: float) -> list[Observation]:
        """What counts, the latest first.  Who is near sees us on this side of the router."""
        counting = (heard.observation for heard in reversed(self._links.values()) if heard.counts)
        linked = tuple(islice(counting, MAX_HEARD_LINKS))
        past = [past.observation for past in reversed(self._past) if now - past.ended_at < PAST_OBSERVATION_LIFE_S]
        asked = [observation for found in self._asked.values() for observation in found.observations]
        return [
            observation
            for observation in (*linked, *asked, *past)
            if observation.observer.address.is_global and observation.seen.address.is_global
        ]

    def _believed(self, now: float) -> tuple[IPAddress, ...]:
        heard = self._heard(now)
        elected = _elected(observation for observation in heard if observation.observer.kind is ObserverKind.DHT)
        named: dict[IPAddress, list[Observer]] = {}
        for observation in heard:
            if observation.observer.kind is ObserverKind.DHT:
                continue
            named.setdefault(observation.seen.address, []).append(observation.observer)
        agreed = [address for address, observers in named.items() if two_unrelated(observers)]
        return tuple(dict.fromkeys((*elected, *agreed)))

    def _seen_listening(self, now: float) -> list[Endpoint]:
        """Endpoints of ours, seen by two unrelated observers, that lead to a port on which we listen."""
        ports = {endpoint.port for endpoint in self._listening}
        seen: dict[Endpoint, list[Observer]] = {}
        for observation in self._heard(now):
            if observation.transport is Transport.TCP and observation.local.port in ports:
                seen.setdefault(observation.seen, []).append(observation.observer)
        return [endpoint for endpoint, observers in seen.items() if two_unrelated(observers)]

    def _lacks_udp(self, now: float) -> bool:
        """Nobody answers over UDP, while somebody far off does over TCP."""
        rounds = [found for (_, transport), found in self._asked.items() if transport is Transport.UDP and found.asked]
        if not rounds or not all(found.is_over and not found.observations for found in rounds):
            return False
        return any(observation.transport is Transport.TCP for observation in self._heard(now))

    def _nat_of(self, version: int, now: float) -> NatKind:
        believed = {address for address in self._believed(now) if address.version == version}
        if believed and believed <= self._own():
            return NatKind.NONE
        sockets: dict[tuple[Transport, Endpoint], list[Observation]] = {}
        for observation in self._heard(now):
            if observation.seen.address.version == version and not observation.accepted:
                sockets.setdefault((observation.transport, observation.local), []).append(observation)
        verdicts = {_verdict(observations) for observations in sockets.values()}
        return next((kind for kind in (NatKind.CONE, NatKind.SYMMETRIC) if kind in verdicts), NatKind.UNKNOWN)


def _elected(votes: Iterable[Observation]) -> list[IPAddress]:
    """The address of each family that most nodes name, one vote a network; a few votes elect nobody."""
    ballots: dict[int, dict[bytes, IPAddress]] = {4: {}, 6: {}}
    for vote in votes:
        ballots[vote.seen.address.version].setdefault(vote.observer.provider, vote.seen.address)
    firsts = [(ballot, *Counter(ballot.values()).most_common(1)[0]) for ballot in ballots.values() if ballot]
    return [
        address
        for ballot, address, count in firsts
        if count >= MIN_DHT_VOTES and count >= DHT_VOTE_MAJORITY * len(ballot)
    ]


def _verdict(observations: Sequence[Observation]) -> NatKind:
    """What is said about the port of one socket.  That two unrelated observers agree outweighs who differs, or one liar
    would keep us from trying.
    """
    by_port: dict[int, list[Observer]] = {}
    for observation in observations:
        by_port.setdefault(observation.seen.port, []).append(observation.observer)
    if any(two_unrelated(observers) for observers in by_port.values()):
        return NatKind.CONE
    if two_unrelated(observation.observer for observation in observations):
        return NatKind.SYMMETRIC
    return NatKind.UNKNOWN
