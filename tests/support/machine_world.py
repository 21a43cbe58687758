"""Many machines with :class:`net.paths.Paths` each, and a network between them, on a virtual clock.

The doors are real, :class:`net.gate.Gate`; connections, deadlines and frames are modelled.
"""

import heapq
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from net.dialling import DialId
from net.endpoint import Endpoint
from net.events import LinkId, PathClass
from net.gate import Gate, Source, source_of
from net.limits import CONNECT_TIMEOUT_S, HANDSHAKE_TIMEOUT_S
from net.path_effects import CloseLink, Dial, Effect, MovePort, Offline, Online, StopDial
from net.paths import Paths
from net.peer import LinkKind, PeerId
from net.survivor import Confirm, Nominate

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


class MachineWorld:
    """Events in order of their moment."""

    path = PathClass.DIRECT
    """The class of every link."""

    def __init__(self, machines: Iterable[Machine]) -> None:
        self.now = 0.0
        self._machines = {machine.endpoint: machine for machine in machines}
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._link_ids = itertools.count(1)
        self._timers: dict[Machine, float] = {}

    def at(self, moment: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (moment, next(self._order), action))

    def run(self, until: float) -> None:
        """Let time pass."""
        while self._queue and self._queue[0][0] <= until:
            moment, _, action = heapq.heappop(self._queue)
            self.now = max(self.now, moment)
            action()
        self.now = until

    # --- One machine

    def came_online(self, machine: Machine, peer_id: PeerId) -> None:
        """Told of every machine that comes online with a peer, or has another link to it."""

    def perform(self, machine: Machine, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case Dial():
                    self._dial(machine, effect)
                case StopDial(dial=dial):
                    machine.dials.pop(dial, None)
                case MovePort():
                    raise AssertionError("nobody is behind a NAT here")
                case CloseLink(link=link):
                    self._close(machine, link)
                case Nominate(link=link):
                    self._carry(machine, link, lambda other, end: other.paths.nominated(end))
                case Confirm(link=link):
                    self._carry(machine, link, lambda other, end: other.paths.confirmed(end, self.now))
                case Online(peer=peer_id):
                    machine.online[peer_id] = self.now
                    self.came_online(machine, peer_id)
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
                self.perform(machine, machine.paths.handle_timer(self.now))

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
                self.end(end, its_link)
            return
        link = LinkId(next(self._link_ids))
        wire.ends[machine] = link
        machine.links[link] = wire
        machine.paths.proved(other.peer_id, other.endpoint)
        effects = machine.paths.link_up(link, other.peer_id, LinkKind.CONTACT, self.path, dial, self.now)
        self.perform(machine, effects)

    def _carry(self, machine: Machine, link: LinkId, deliver: Callable[[Machine, LinkId], list[Effect]]) -> None:
        wire = machine.links.get(link)
        if wire is None or (other := wire.other(machine)) is None:
            return

        def arrive() -> None:
            if (end := wire.ends.get(other)) is not None:
                self.perform(other, deliver(other, end))

        self.at(self.now + LATENCY_S, arrive)

    def _close(self, machine: Machine, link: LinkId) -> None:
        wire = machine.links.get(link)
        if wire is None:
            return
        other = wire.other(machine)
        if other is not None:
            self.at(self.now + LATENCY_S, lambda: self.end(other, wire.ends.get(other)))
        self.end(machine, link)

    def end(self, machine: Machine, link: LinkId | None) -> None:
        wire = None if link is None else machine.links.pop(link, None)
        if wire is not None and link is not None:
            del wire.ends[machine]
            self.perform(machine, machine.paths.link_down(link, self.now))
