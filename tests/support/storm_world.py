"""One busy machine and hundreds of contacts that all come back at once: :class:`net.paths.Paths` on a virtual clock.

The machine's door is a real :class:`net.gate.Gate`; connections, deadlines and frames are modelled.
"""

import heapq
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from crypto.secret import Secret
from net.dialling import DialId
from net.endpoint import Endpoint
from net.events import LinkId, PathClass
from net.gate import Gate, Source, source_of
from net.limits import CONNECT_TIMEOUT_S, HANDSHAKE_TIMEOUT_S
from net.paths import CloseLink, Dial, Effect, Offline, Online, Paths, StopDial
from net.peer import LinkKey, LinkKind, Peer, PeerId
from net.survivor import Confirm, Nominate
from tests.support.links import scattered

HUB = PeerId(b"hub")
HUB_AT = Endpoint.parse("9.9.9.9:4000")
LATENCY_S = 0.02
ROUND_TRIP_S = 2 * LATENCY_S


@dataclass(eq=False)
class Machine:
    """One machine, whom it is online with, and what it is doing."""

    peer_id: PeerId
    endpoint: Endpoint
    paths: Paths
    gate: Gate
    is_there: bool = True
    knows_where: bool = True
    """It was told the other's address; otherwise it waits to be dialled."""
    links: "dict[LinkId, Wire]" = field(default_factory=dict)
    dials: dict[DialId, Endpoint] = field(default_factory=dict)
    online: dict[PeerId, float] = field(default_factory=dict)
    """Since when."""
    most_dials: int = 0
    dialled: int = 0


@dataclass(eq=False)
class Wire:
    """A link: its two ends."""

    ends: dict[Machine, LinkId]

    def other(self, machine: Machine) -> Machine | None:
        return next((end for end in self.ends if end is not machine), None)


class StormWorld:
    """Events in order of their moment."""

    def __init__(self, contacts: Iterable[Endpoint]) -> None:
        self.now = 0.0
        self.hub = Machine(HUB, HUB_AT, Paths(scattered(0)), Gate(0.0))
        self.contacts = [
            Machine(PeerId(number.to_bytes(4, "big")), endpoint, Paths(scattered(number)), Gate(0.0))
            for number, endpoint in enumerate(contacts, 1)
        ]
        self._machines = {machine.endpoint: machine for machine in (self.hub, *self.contacts)}
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._link_ids = itertools.count(1)
        self._timers: dict[Machine, float] = {}

    def introduce(self, *, at: Callable[[Machine], float]) -> None:
        """The hub and its contacts learn of each other; a contact at the moment that ``at`` names."""
        for contact in self.contacts:
            key = _key_of(contact)
            self._tell(self.hub, contact, key, controls=True)
            if contact.is_there:
                self.at(at(contact), lambda contact=contact, key=key: self._tell(contact, self.hub, key))  # type: ignore[misc]

    def at(self, moment: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (moment, next(self._order), action))

    def run(self, until: float) -> None:
        """Let time pass."""
        self._arm(self.hub)
        while self._queue and self._queue[0][0] <= until:
            moment, _, action = heapq.heappop(self._queue)
            self.now = max(self.now, moment)
            action()
        self.now = until

    def lose_sight(self) -> None:
        """From now on the hub cannot dial anybody: it waits to be dialled."""
        self.hub.knows_where = False
        for contact in self.contacts:
            self._tell(self.hub, contact, _key_of(contact), controls=True)

    def drop_all(self) -> None:
        """The hub's network fails for a moment: every link is lost on both sides."""
        for wire in list(self.hub.links.values()):
            for machine, link in list(wire.ends.items()):
                self._end(machine, link)

    # --- One machine

    def _tell(self, machine: Machine, other: Machine, key: LinkKey, *, controls: bool = False) -> None:
        endpoints = (other.endpoint,) if machine.knows_where else ()
        peer = Peer(peer_id=other.peer_id, keys=(key,), controls=controls, wanted=True, endpoints=endpoints)
        self._perform(machine, machine.paths.set_peer(peer, self.now))

    def _perform(self, machine: Machine, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case Dial():
                    self._dial(machine, effect)
                case StopDial(dial=dial):
                    machine.dials.pop(dial, None)
                case CloseLink(link=link):
                    self._close(machine, link)
                case Nominate(link=link):
                    self._carry(machine, link, lambda other, end: other.paths.nominated(end))
                case Confirm(link=link):
                    self._carry(machine, link, lambda other, end: other.paths.confirmed(end, self.now))
                case Online(peer=peer_id):
                    machine.online[peer_id] = self.now
                case Offline(peer=peer_id):
                    del machine.online[peer_id]
        self._arm(machine)

    def _arm(self, machine: Machine) -> None:
        wake_at = machine.paths.wake_at()
        if wake_at is None or self._timers.get(machine, float("inf")) <= wake_at:
            return
        self._timers[machine] = wake_at

        def ring() -> None:
            if self._timers.get(machine) == wake_at:
                del self._timers[machine]
                self._perform(machine, machine.paths.handle_timer(self.now))

        self.at(wake_at, ring)

    # --- Dials and links

    def _dial(self, machine: Machine, effect: Dial) -> None:
        machine.dials[effect.dial] = effect.endpoint
        machine.dialled += 1
        machine.most_dials = max(machine.most_dials, len(machine.dials))
        other = self._machines[effect.endpoint]
        if other.is_there:
            self.at(self.now + ROUND_TRIP_S, lambda: self._knock(machine, effect.dial, other))
        else:
            self._fail_later(machine, effect.dial, CONNECT_TIMEOUT_S)

    def _knock(self, machine: Machine, dial: DialId, other: Machine) -> None:
        """A connection stands; the first flight asks for an answer."""
        source: Source = source_of(machine.endpoint.address)
        admitted = other.gate.enter(source)
        if other.gate.may_scan(source, self.now) and other.gate.may_answer(machine.peer_id, self.now):
            self.at(self.now + ROUND_TRIP_S, lambda: self._open(machine, dial, other))
            self.at(self.now + ROUND_TRIP_S, lambda: other.gate.leave(admitted.guest))
        else:
            self._fail_later(machine, dial, HANDSHAKE_TIMEOUT_S)
            self.at(self.now + HANDSHAKE_TIMEOUT_S, lambda: other.gate.leave(admitted.guest))

    def _fail_later(self, machine: Machine, dial: DialId, delay_s: float) -> None:
        def fail() -> None:
            if machine.dials.pop(dial, None) is not None:
                machine.paths.dial_failed(dial, self.now)
                self._arm(machine)

        self.at(self.now + delay_s, fail)

    def _open(self, machine: Machine, dial: DialId, other: Machine) -> None:
        if machine.dials.pop(dial, None) is None:
            return
        wire = Wire({})
        self._up(machine, other, wire, dial)
        self._up(other, machine, wire, None)

    def _up(self, machine: Machine, other: Machine, wire: Wire, dial: DialId | None) -> None:
        if not machine.paths.may_come_up(other.peer_id, LinkKind.CONTACT):
            for end, its_link in list(wire.ends.items()):
                self._end(end, its_link)
            return
        link = LinkId(next(self._link_ids))
        wire.ends[machine] = link
        machine.links[link] = wire
        machine.paths.proved(other.peer_id, other.endpoint)
        effects = machine.paths.link_up(link, other.peer_id, LinkKind.CONTACT, PathClass.DIRECT, dial, self.now)
        self._perform(machine, effects)

    def _carry(self, machine: Machine, link: LinkId, deliver: Callable[[Machine, LinkId], list[Effect]]) -> None:
        wire = machine.links.get(link)
        if wire is None or (other := wire.other(machine)) is None:
            return

        def arrive() -> None:
            if (end := wire.ends.get(other)) is not None:
                self._perform(other, deliver(other, end))

        self.at(self.now + LATENCY_S, arrive)

    def _close(self, machine: Machine, link: LinkId) -> None:
        wire = machine.links.get(link)
        if wire is None:
            return
        other = wire.other(machine)
        if other is not None:
            self.at(self.now + LATENCY_S, lambda: self._end(other, wire.ends.get(other)))
        self._end(machine, link)

    def _end(self, machine: Machine, link: LinkId | None) -> None:
        wire = None if link is None else machine.links.pop(link, None)
        if wire is not None and link is not None:
            del wire.ends[machine]
            self._perform(machine, machine.paths.link_down(link, self.now))

    def links_by_contact(self) -> dict[PeerId, int]:
        """How many links the hub has with each contact."""
        counted: dict[PeerId, int] = defaultdict(int)
        for wire in self.hub.links.values():
            other = wire.other(self.hub)
            assert other is not None, "a link with one end"
            counted[other.peer_id] += 1
        return counted


def _key_of(contact: Machine) -> LinkKey:
    return LinkKey(LinkKind.CONTACT, Secret(contact.peer_id.ljust(32, b"k")))
