"""Two sides of :class:`net.paths.Paths` and a network between them, on a virtual clock.

Dials take time and may fail; frames are delayed, in order within a link; links are cut with a sign, which both sides
notice soon, or without one, which each notices by its pings only.  Behind a NAT only the dials from the port on which a
side listens, or beside it, lead anywhere: where both sides hold one of a kind at once, a connection comes of them.
"""

import heapq
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import ip_network

from crypto.primitives import Random
from crypto.secret import Secret
from net.dialling import DialId, OwnEndpoints, Way
from net.endpoint import Endpoint
from net.events import LinkId, PathClass
from net.limits import ASIDE_WINDOW_S, PUNCH_WINDOW_S
from net.path_effects import CloseLink, Dial, Effect, MovePort, Offline, Online, StopDial
from net.paths import Paths
from net.peer import LinkKey, LinkKind, Peer, PeerId
from net.survivor import Confirm, Nominate

PEER = PeerId(b"the other")
KEY = LinkKey(LinkKind.CONTACT, Secret(b"k" * 32))
OWN = OwnEndpoints(networks=frozenset({ip_network("10.0.0.0/16")}), shared_versions=frozenset({4}))
"""Both sides are on one LAN, as far as an address is one of it."""
DIAL_TIMEOUT_S = 10.0
HELD_FOR_S = {Way.PUNCH: PUNCH_WINDOW_S, Way.ASIDE: ASIDE_WINDOW_S}
SUSPECT_AFTER_S = (4.5, 17.5)
DEAD_AFTER_S = (20.0, 60.0)
"""A link that was cut without a sign is suspect and given up at one of these times, depending on the side."""


@dataclass(frozen=True, slots=True)
class Place:
    """An endpoint of one side as the network sees it."""

    endpoint: Endpoint
    latency_s: float
    is_reachable: bool = True
    is_behind_nat: bool = False
    """Not reachable, but for whom the side itself dials at that moment."""
    reachable_from: float = 0.0
    """That moment; SYNs of before are sent again."""
    ice_path: PathClass | None = None
    """It is a pair of addresses that ICE found, and no endpoint that is dialled."""

    @property
    def path(self) -> PathClass:
        if self.ice_path is not None:
            return self.ice_path
        if self.endpoint.address.is_private:
            return PathClass.LAN
        return PathClass.PUNCHED if self.is_behind_nat else PathClass.DIRECT


@dataclass(slots=True, eq=False)
class Connection:
    """One link with its two ends; ``None`` for an end that is not up, or not any more."""

    place: Place
    ends: list[LinkId | None] = field(default_factory=lambda: [None, None])
    is_cut: bool = False
    arrivals: list[float] = field(default_factory=lambda: [0.0, 0.0])


class Side:
    """One machine and what it has been told to do."""

    def __init__(self, number: int, places: tuple[Place, ...], random: Random) -> None:
        self.number = number
        self.places = {place.endpoint: place for place in places}
        self.paths = Paths(random)
        self.paths.set_own_endpoints(OWN, 0.0)
        self.links: dict[LinkId, Connection] = {}
        self.dials: dict[DialId, None] = {}
        self.held: dict[DialId, Way] = {}
        """Dials to a NAT of the other side, which wait for the other side's of the same kind."""
        self.ports_taken = 0
        self.online: LinkId | None = None
        self.is_doubting = False
        """Nobody answers on that link."""
        self.history: list[LinkId | None] = []


class World:
    """Events in order of their moment."""

    def __init__(
        self, places: tuple[tuple[Place, ...], tuple[Place, ...]], random: Random, *, have_met: bool = False
    ) -> None:
        self.now = 0.0
        self._have_met = have_met
        self.sides = tuple(Side(number, places[number], random) for number in (0, 1))
        self.connections: list[Connection] = []
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._link_ids = itertools.count(1)

    def at(self, moment: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (moment, next(self._order), action))

    def introduce(self, side: Side) -> None:
        """The side learns of the other and where it may be."""
        other = self.sides[1 - side.number]
        peer = Peer(
            peer_id=PEER,
            keys=(KEY,),
            controls=side.number == 0,
            wanted=True,
            endpoints=tuple(other.places),
            proven=tuple(other.places) if self._have_met else (),
        )
        self.perform(side, side.paths.set_peer(peer, self.now))

    def introduce_both(self, late_s: float = 0.0) -> None:
        """Each learns of the other, the second so much later."""
        first, second = self.sides
        self.introduce(first)
        self.at(late_s, lambda: self.introduce(second))

    def run(self, until: float) -> None:
        """Let time pass."""
        while (moment := self._next_moment()) <= until:
            self.now = max(self.now, moment)
            if self._queue and self._queue[0][0] <= moment:
                heapq.heappop(self._queue)[2]()
                continue
            self._handle_timers()
        self.now = until

    def cut(self, connection: Connection, *, with_sign: bool) -> None:
        """The connection dies."""
        connection.is_cut = True
        for side in self.sides:
            delay_s = connection.place.latency_s if with_sign else DEAD_AFTER_S[side.number]
            self.at(self.now + delay_s, lambda side=side: self._end(side, connection))  # type: ignore[misc]
            if not with_sign:
                suspect_at = self.now + SUSPECT_AFTER_S[side.number]
                self.at(suspect_at, lambda side=side: self._doubt(side, connection, silent=True))  # type: ignore[misc]

    def doubt(self, side: Side, connection: Connection, until: float) -> None:
        """The other side is busy so long, and does not answer."""
        self._doubt(side, connection, silent=True)
        self.at(until, lambda: self._doubt(side, connection, silent=False))

    def _doubt(self, side: Side, connection: Connection, *, silent: bool) -> None:
        link = connection.ends[side.number]
        if link is not None and (silent or not connection.is_cut):
            self.perform(side, (side.paths.suspect if silent else side.paths.trust)(link, self.now))
            if side.online == link:
                side.is_doubting = silent
                self._changed(side)

    def perform(self, side: Side, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case Dial():
                    self._dial(side, effect)
                case StopDial(dial=dial):
                    side.dials.pop(dial, None)
                    side.held.pop(dial, None)
                case MovePort():
                    side.ports_taken += 1
                case CloseLink(link=link):
                    self._close(side, link)
                case Nominate(link=link):
                    self._carry(side, link, lambda other, end: other.paths.nominated(end))
                case Confirm(link=link):
                    self._carry(side, link, lambda other, end: other.paths.confirmed(end, self.now))
                case Online(link=link):
                    assert link != side.online, "a change that is none"
                    side.online = link
                    side.history.append(link)
                    side.is_doubting = False
                    self._changed(side)
                case Offline():
                    assert side.online is not None
                    side.online = None
                    side.history.append(None)
                    self._changed(side)

    def _next_moment(self) -> float:
        queued = [self._queue[0][0]] if self._queue else []
        return min([moment for moment in self._wake_at() if moment is not None] + queued, default=float("inf"))

    def _wake_at(self) -> list[float | None]:
        return [side.paths.wake_at() for side in self.sides]

    def _handle_timers(self) -> None:
        for side in self.sides:
            self.perform(side, side.paths.handle_timer(self.now))

    def _changed(self, side: Side) -> None:
        """The side uses another link, or none, or doubts the one that it uses."""

    def _dial(self, side: Side, effect: Dial) -> None:
        other = self.sides[1 - side.number]
        place = other.places[effect.endpoint]
        side.dials[effect.dial] = None
        if effect.way is not Way.DIRECT and (place.is_behind_nat or effect.way is Way.ASIDE):
            self._hold(side, effect, place)
            return
        waits_s = max(0.0, place.reachable_from - self.now)
        if not place.is_reachable or place.is_behind_nat or waits_s >= DIAL_TIMEOUT_S:
            self.at(self.now + DIAL_TIMEOUT_S, lambda: self._fail(side, effect.dial))
            return
        connection = Connection(place)
        # SYN, SYN-ACK, first flight, second flight; then the first frame, which is what the listener waits for.
        self.at(self.now + waits_s + 4 * place.latency_s, lambda: self._open(side, connection, effect.dial))

    def _hold(self, side: Side, effect: Dial, place: Place) -> None:
        dial, way = effect.dial, effect.way
        side.held[dial] = way
        self.at(self.now + HELD_FOR_S[way], lambda: self._fail(side, dial))
        other = self.sides[1 - side.number]
        theirs = next((held for held, their_way in other.held.items() if their_way is way), None)
        if theirs is not None and place.is_behind_nat:
            del side.held[dial]
            del other.held[theirs]
            dials = (dial, theirs) if side.number == 0 else (theirs, dial)
            self.at(self.now + 4 * place.latency_s, lambda: self._cross(Connection(place), dials))

    def _cross(self, connection: Connection, dials: tuple[DialId, DialId]) -> None:
        """The first flights have crossed, and the second has come, if nobody has given up meanwhile."""
        first, second = self.sides
        if any(dial not in side.dials for side, dial in zip(self.sides, dials, strict=True)):
            for side, dial in zip(self.sides, dials, strict=True):
                self._fail(side, dial)
            return
        del first.dials[dials[0]]
        self.connections.append(connection)
        connection.arrivals[1] = self.now + connection.place.latency_s
        self.at(connection.arrivals[1], lambda: self._come_up_crossed(second, connection, dials[1]))
        self._up(first, connection, dials[0])

    def _come_up_crossed(self, side: Side, connection: Connection, dial: DialId) -> None:
        if dial in side.dials and not connection.is_cut and connection.ends[0] is not None:
            del side.dials[dial]
            self._up(side, connection, dial)
            return
        self._fail(side, dial)
        self.at(self.now + connection.place.latency_s, lambda: self._end(self.sides[0], connection))

    def _fail(self, side: Side, dial: DialId) -> None:
        if dial in side.dials:
            del side.dials[dial]
            side.held.pop(dial, None)
            self.perform(side, side.paths.dial_failed(dial, self.now))

    def _open(self, side: Side, connection: Connection, dial: DialId) -> None:
        if dial not in side.dials:
            return
        del side.dials[dial]
        self.connections.append(connection)
        connection.arrivals[1 - side.number] = self.now + connection.place.latency_s
        self.at(self.now + connection.place.latency_s, lambda: self._accept(self.sides[1 - side.number], connection))
        self._up(side, connection, dial)

    def _accept(self, side: Side, connection: Connection) -> None:
        if not connection.is_cut and connection.ends[1 - side.number] is not None:
            self._up(side, connection, None)

    def _up(self, side: Side, connection: Connection, dial: DialId | None) -> None:
        if not side.paths.may_come_up(PEER, LinkKind.CONTACT):
            self.cut(connection, with_sign=True)
            return
        link = LinkId(next(self._link_ids))
        connection.ends[side.number] = link
        side.links[link] = connection
        effects = side.paths.link_up(link, PEER, LinkKind.CONTACT, connection.place.path, dial, self.now)
        self.perform(side, effects)

    def _carry(self, side: Side, link: LinkId, deliver: Callable[[Side, LinkId], list[Effect]]) -> None:
        connection = side.links.get(link)
        if connection is None:
            return
        other = self.sides[1 - side.number]
        arrival = max(self.now + connection.place.latency_s, connection.arrivals[other.number])
        connection.arrivals[other.number] = arrival

        def arrive() -> None:
            end = connection.ends[other.number]
            if end is not None and not connection.is_cut:
                self.perform(other, deliver(other, end))

        self.at(arrival, arrive)

    def _close(self, side: Side, link: LinkId) -> None:
        connection = side.links.get(link)
        if connection is None:
            return
        other = self.sides[1 - side.number]
        arrival = max(self.now + connection.place.latency_s, connection.arrivals[other.number])
        if not connection.is_cut:
            self.at(arrival, lambda: self._end(other, connection))
        self._end(side, connection)

    def _end(self, side: Side, connection: Connection) -> None:
        link, connection.ends[side.number] = connection.ends[side.number], None
        if link is not None:
            del side.links[link]
            self.perform(side, side.paths.link_down(link, self.now))
