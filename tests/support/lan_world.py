"""A crowd on one bridge, on a virtual clock: the machines that decide are real, the air between them is modelled.

Real are :class:`~net.discovery.beacon.Beacon`, :func:`~net.discovery.announcement.announce`,
:class:`~net.discovery.sightings.Sightings`, :class:`~net.paths.Paths` and the door, :class:`~net.gate.Gate`.  A packet
reaches each of the others or is lost, and waits for its turn there: reading one takes time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_network
from itertools import count
from random import Random as Chance  # noqa: TID251 - seeded

from crypto.primitives import sha256
from crypto.secret import Secret
from net.dialling import OwnEndpoints
from net.discovery.announcement import announce
from net.discovery.beacon import Beacon
from net.discovery.sightings import Sightings
from net.endpoint import Endpoint
from net.errors import RemoteError
from net.events import PathClass
from net.gate import Gate
from net.limits import MIN_ANNOUNCEMENT_INTERVAL_S
from net.paths import Paths
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.support.links import scattered
from tests.support.machine_world import Machine, MachineWorld

NETWORK = ip_network("10.77.0.0/16")
AIR_S = 0.005
READING_S = 0.001
"""Several times what it takes, so that a slow computer is one of the crowd."""


@dataclass(eq=False)
class Neighbour:
    """One Kith on the bridge."""

    machine: Machine
    friends: dict[PeerId, LinkKey]
    beacon: Beacon
    sightings: Sightings
    announced_as: str = ""
    refused: int = 0
    """Announcements that came too fast to be read."""
    reads_until: float = 0.0
    heard: set[str] = field(default_factory=set)
    timer: float | None = None

    @property
    def is_content(self) -> bool:
        """Whether all friends are online."""
        return self.friends.keys() == self.machine.online.keys()


class LanWorld(MachineWorld):
    """A ring: each knows the ``friends`` next to it on either side, and nothing but a key of them."""

    path = PathClass.LAN

    def __init__(self, size: int, friends: int, *, loss: float) -> None:
        self._chance = Chance(size)
        self._loss = loss
        self._names = count()
        self.packets = 0
        """Sent to everybody so far."""
        self.neighbours = [self._neighbour(number, size, friends) for number in range(size)]
        self._by_machine = {neighbour.machine: neighbour for neighbour in self.neighbours}
        super().__init__(neighbour.machine for neighbour in self.neighbours)

    def start(self, *, at: Callable[[int], float]) -> None:
        """Everybody starts at the moment that ``at`` names for its number."""
        for number, neighbour in enumerate(self.neighbours):
            if not neighbour.machine.is_there:
                continue
            self.at(at(number), lambda neighbour=neighbour: self._start(neighbour))  # type: ignore[misc]

    def leave_out(self, number: int) -> None:
        """This one does not start."""
        self.neighbours[number].machine.is_there = False

    def has_met_all_who_are_there(self, neighbour: Neighbour) -> bool:
        there = {each.machine.peer_id for each in self.neighbours if each.machine.is_there}
        return neighbour.friends.keys() & there == neighbour.machine.online.keys()

    def came_online(self, machine: Machine, peer_id: PeerId) -> None:
        neighbour = self._by_machine[machine]
        neighbour.beacon.set_linked(peer_id, self.now, linked=True)
        self._arm_beacon(neighbour)

    def _neighbour(self, number: int, size: int, friends: int) -> Neighbour:
        others = {(number + step) % size for step in range(-friends, friends + 1)} - {number}
        endpoint = Endpoint.parse(f"10.77.{number >> 8}.{number & 255}:4000")
        paths = Paths(scattered(number))
        own = OwnEndpoints(endpoints=frozenset({endpoint}), networks=frozenset({NETWORK}))
        paths.set_own_endpoints(own, 0.0)
        machine = Machine(_id_of(number), endpoint, paths, Gate(0.0))
        keys = {_id_of(other): _key_of(*sorted((number, other))) for other in sorted(others)}
        return Neighbour(machine, keys, Beacon(scattered(number + size)), Sightings(0.0))

    def _start(self, neighbour: Neighbour) -> None:
        for friend, key in neighbour.friends.items():
            controls = neighbour.machine.peer_id < friend
            peer = Peer(peer_id=friend, keys=(key,), controls=controls, wanted=True)
            self.perform(neighbour.machine, neighbour.machine.paths.set_peer(peer, self.now))
            neighbour.beacon.set_peer(friend, (key.secret.reveal(),), self.now)
            neighbour.sightings.set_peer(friend, (key.secret.reveal(),))
        self._arm_beacon(neighbour)

    # --- Announcements

    def _arm_beacon(self, neighbour: Neighbour) -> None:
        wake_at = neighbour.timer = neighbour.beacon.wake_at()

        def ring() -> None:
            if neighbour.timer == wake_at:
                self._announce(neighbour)

        if wake_at is not None:
            self.at(wake_at, ring)

    def _announce(self, neighbour: Neighbour) -> None:
        keys = neighbour.beacon.handle_timer(self.now, crowd=neighbour.sightings.crowd)
        self._arm_beacon(neighbour)
        if keys is None:
            return
        former, name = neighbour.announced_as, str(next(self._names))
        text = announce(keys, [neighbour.machine.endpoint], self._chance.randbytes)
        neighbour.announced_as = name
        self._broadcast(neighbour, lambda other: self._hear(other, name, text))
        self.at(self.now + MIN_ANNOUNCEMENT_INTERVAL_S, lambda: self._repeat(neighbour, name, text))
        if former:
            self._broadcast(neighbour, lambda other: other.sightings.forget(former))

    def _repeat(self, neighbour: Neighbour, name: str, text: bytes) -> None:
        if neighbour.announced_as == name:
            self._broadcast(neighbour, lambda other: self._hear(other, name, text))

    def _broadcast(self, neighbour: Neighbour, arrive: Callable[[Neighbour], None]) -> None:
        self.packets += 1
        for other in self.neighbours:
            if other is neighbour or not other.machine.is_there or self._chance.random() < self._loss:
                continue
            other.reads_until = max(self.now + AIR_S, other.reads_until) + READING_S
            self.at(other.reads_until, lambda other=other: arrive(other))  # type: ignore[misc]

    def _hear(self, neighbour: Neighbour, name: str, text: bytes) -> None:
        if name in neighbour.heard:
            return  # mDNS tells of it once
        neighbour.heard.add(name)
        try:
            found = neighbour.sightings.hear(name, text, self.now)
        except RemoteError:
            neighbour.refused += 1
            return
        for each in found:
            effects = neighbour.machine.paths.found_near(each.peer, each.endpoints, self.now)
            self.perform(neighbour.machine, effects)


def _id_of(number: int) -> PeerId:
    return PeerId(number.to_bytes(4, "big"))


def _key_of(low: int, high: int) -> LinkKey:
    return LinkKey(LinkKind.CONTACT, Secret(sha256(b"%d and %d" % (low, high))))
