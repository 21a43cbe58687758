"""One user: the machines of ``net`` that decide what its Kith asks of the DHT, and where it is.

Its clock stands still while it sleeps, as the one that Kith waits by does on Linux and macOS.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from ipaddress import IPv4Address
from typing import TypeAlias

from crypto.secret import Secret
from net.discovery.calls import Calls as OwnCalls
from net.discovery.doorbell import Doorbell
from net.discovery.inquiries import Inquiries
from net.discovery.neighbourhoods import Neighbourhoods
from net.discovery.publication import Publication
from net.discovery.rings import Rings
from net.endpoint import Endpoint
from net.limits import STORED_COPIES
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.sim.dht import Calls
from tests.sim.nats import Nat, Spot
from tests.sim.people import Person, Session

NEVER, NEVER_COMES = float("-inf"), float("inf")

NEIGHBOURS = tuple(Endpoint(IPv4Address("192.0.2.0") + number, 6_881) for number in range(STORED_COPIES))
"""Of any place, and they all answer."""

RandomBytes: TypeAlias = Callable[[int], bytes]


def id_of(number: int) -> PeerId:
    return PeerId(number.to_bytes(4, "big"))


def number_of(peer_id: PeerId) -> int:
    return int.from_bytes(peer_id, "big")


@cache
def bell_of(number: int, epoch: int) -> bytes:
    """The infohash at which somebody is rung: for the simulation any 20 bytes of its own will do."""
    return blake2b(b"%d %d" % (number, epoch), digest_size=20).digest()


def peer_of(number: int, contact: int) -> Peer:
    """The contact as ``number`` declares it; both hold the same key."""
    low, high = sorted((number, contact))
    key = LinkKey(LinkKind.CONTACT, Secret(blake2b(b"%d %d" % (low, high), digest_size=32).digest()))
    return Peer(peer_id=id_of(contact), keys=(key,), controls=number < contact, wanted=True)


class Machines:
    """Of one run of Kith."""

    def __init__(self, number: int, peers: dict[PeerId, Peer], random: RandomBytes, now: float) -> None:
        own = id_of(number)
        self.is_running = False
        self.publication = Publication(random)
        self.inquiries = Inquiries(random, now)
        self.doorbell = Doorbell(random)
        self.neighbourhoods = Neighbourhoods()
        self.rings = Rings(peers, now)
        self.calls = OwnCalls(random, now)
        self.publication.set_owners({own: None}, now)
        self.doorbell.set_owners([own], now)
        for peer_id in peers:
            self.inquiries.want(peer_id, now)

    def start(self, now: float, *, with_doorbell: bool) -> None:
        """The DHT takes calls."""
        self.is_running = True
        self.publication.start(now)
        self.inquiries.start(now)
        if with_doorbell:
            self.doorbell.start(now)

    def restart(self, now: float) -> None:
        """The machine has slept, or is somewhere else; as in :class:`net.discovery.wan.WanDiscovery`."""
        self.neighbourhoods.forget()
        self.publication.restart(now)
        self.inquiries.restart(now)
        self.calls.renew_all()
        self.doorbell.attend(now)

    def takes_a_search(self, bell: bytes, now: float) -> bool:
        """Whether looking at a bell takes a search now; if not, three of its nodes are asked."""
        asked = self.neighbourhoods.ask(bell, now)
        for node in asked:
            self.neighbourhoods.answered(bell, node)
        if not asked:
            self.neighbourhoods.found(bell, NEIGHBOURS, now)
        return not asked

    def wake_at(self, now: float) -> float:
        """When the first of them is to be woken; infinite if never."""
        put, get = self.publication.wake_at(), self.inquiries.wake_at(now)
        poll, ring = self.doorbell.wake_at(), self.calls.wake_at(now)
        return min(
            NEVER_COMES if put is None else put,
            NEVER_COMES if get is None else get,
            NEVER_COMES if poll is None else poll,
            NEVER_COMES if ring is None else ring,
        )


@dataclass(slots=True, eq=False)
class User:
    number: int
    person: Person
    peers: dict[PeerId, Peer]
    machines: Machines
    address: int
    spot: Spot
    session: Session | None = None
    slept_s: float = 0.0
    left_at: float = 0.0
    wake_at: float | None = None
    linked: set[int] = field(default_factory=set)
    heard: list[Endpoint] = field(default_factory=list)
    """Who rang at the last poll that was compared with what contacts ring by."""
    heard_at: float = NEVER
    asked: Calls = field(default_factory=Calls)

    @property
    def contacts(self) -> list[int]:
        return [number_of(peer_id) for peer_id in self.peers]

    @property
    def nat(self) -> Nat:
        return self.spot.nat

    def clock(self, now: float) -> float:
        """What its machines take for now."""
        return now - self.slept_s


@dataclass(slots=True)
class Side:
    """What one user does about one contact."""

    known: int
    """The address of the contact that it would dial."""
    tries_since: float = 0.0
    record_at: float = 0.0
    """When the newest record was made that it read."""
    window_until: float = NEVER
    """So long it holds, or held, a SYN."""
    round_at: float | None = None
