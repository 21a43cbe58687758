"""One busy machine and hundreds of contacts that all come back at once: :class:`net.paths.Paths` on a virtual clock."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from crypto.secret import Secret
from net.endpoint import Endpoint
from net.gate import Gate
from net.paths import Paths
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.support.links import scattered
from tests.support.machine_world import Machine, MachineWorld

HUB = PeerId(b"hub")
HUB_AT = Endpoint.parse("9.9.9.9:4000")


class StormWorld(MachineWorld):
    """The machine is the hub."""

    def __init__(self, contacts: Iterable[Endpoint]) -> None:
        self.hub = Machine(HUB, HUB_AT, Paths(scattered(0)), Gate(0.0))
        self.contacts = [
            Machine(PeerId(number.to_bytes(4, "big")), endpoint, Paths(scattered(number)), Gate(0.0))
            for number, endpoint in enumerate(contacts, 1)
        ]
        super().__init__((self.hub, *self.contacts))

    def introduce(self, *, at: Callable[[Machine], float]) -> None:
        """The hub and its contacts learn of each other; a contact at the moment that ``at`` names."""
        for contact in self.contacts:
            key = _key_of(contact)
            self._tell(self.hub, contact, key, controls=True)
            if contact.is_there:
                self.at(at(contact), lambda contact=contact, key=key: self._tell(contact, self.hub, key))  # type: ignore[misc]

    def lose_sight(self) -> None:
        """From now on the hub cannot dial anybody: it waits to be dialled."""
        self.hub.knows_where = False
        for contact in self.contacts:
            self._tell(self.hub, contact, _key_of(contact), controls=True)

    def drop_all(self) -> None:
        """The hub's network fails for a moment: every link is lost on both sides."""
        for wire in list(self.hub.links.values()):
            for machine, link in list(wire.ends.items()):
                self.end(machine, link)

    def _tell(self, machine: Machine, other: Machine, key: LinkKey, *, controls: bool = False) -> None:
        endpoints = (other.endpoint,) if machine.knows_where else ()
        peer = Peer(peer_id=other.peer_id, keys=(key,), controls=controls, wanted=True, endpoints=endpoints)
        self.perform(machine, machine.paths.set_peer(peer, self.now))

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
