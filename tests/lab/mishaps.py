"""What happens to three people and their network in the course of a day, drawn by chance.

A mishap begins on entering its context and is over on leaving it, but for what stays another way for good: a router
of another kind, an address, a computer that is elsewhere.  Several may overlap; no two befall the same person or
router at a time.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

from tests.lab.neighbours import DELAY_MS, Neighbour, Neighbourhood
from tests.lab.public_side import DHT_NODES
from tests.lab.router import Nat

Mishap: TypeAlias = Callable[[Neighbourhood], AbstractContextManager[None]]

SLOW_MS = 150.0
"""A round trip to a server takes 300 ms then, one to another home 600."""

MTU_BYTES, NARROW_MTU_BYTES = 1_500, 1_280
MIN_NODES = 10
KINDS = (Nat.CONE, Nat.CONE, Nat.SYMMETRIC, Nat.RST_ANSWERING, Nat.UDP_BLOCKED)


@contextmanager
def restart(there: Neighbourhood) -> Iterator[None]:
    """Somebody, or two, end Kith, and start it again later or at once."""
    with _away(there, Neighbour.stop):
        yield


@contextmanager
def kill(there: Neighbourhood) -> Iterator[None]:
    """The same, by ``kill -9``."""
    with _away(there, Neighbour.kill):
        yield


@contextmanager
def sleep(there: Neighbourhood) -> Iterator[None]:
    """A computer sleeps."""
    (person,) = there.befall(there.people)
    with person.asleep():
        yield


@contextmanager
def cable(there: Neighbourhood) -> Iterator[None]:
    """Somebody stumbles over a cable."""
    (person,) = there.befall(there.people)
    person.computer.unplug()
    yield
    person.computer.plug()


@contextmanager
def travel(there: Neighbourhood) -> Iterator[None]:
    """A computer is carried to another home, or back."""
    (person,) = there.befall(there.people)
    if person.at is not person.own_home:
        person.go_to(person.own_home, number=2)
    else:
        home = there.dice.choice([home for home in there.lab.homes if home is not person.at])
        person.go_to(home, there.guest_number())
    yield


@contextmanager
def router_restarts(there: Neighbourhood) -> Iterator[None]:
    """A router is switched off and on, and knows nothing any more."""
    (home,) = there.befall(there.lab.homes)
    home.disconnect()
    yield
    home.reconnect()


@contextmanager
def router_forgets(there: Neighbourhood) -> Iterator[None]:
    """A router loses its mappings, and nothing else."""
    (home,) = there.befall(there.lab.homes)
    home.router.forget()
    yield


@contextmanager
def another_address(there: Neighbourhood) -> Iterator[None]:
    """A provider gives a home another address."""
    (home,) = there.befall(there.lab.homes)
    home.move()
    yield


@contextmanager
def another_router(there: Neighbourhood) -> Iterator[None]:
    """A router becomes one of another kind; only one of them blocks UDP at a time."""
    (home,) = there.befall(there.lab.homes)
    kinds = [kind for kind in KINDS if kind is not there.kind_at(home)]
    if Nat.UDP_BLOCKED in there.kinds:
        kinds = [kind for kind in kinds if kind is not Nat.UDP_BLOCKED]
    there.become(home, there.dice.choice(kinds))
    yield


@contextmanager
def open_port(there: Neighbourhood) -> Iterator[None]:
    """A router begins to open ports, or the one that does ceases to."""
    if there.open is not None:
        there.open.router.stop_upnp()
        there.open = None
    else:
        there.open = there.dice.choice(there.lab.homes)
        there.open.router.serve_upnp()
    yield


@contextmanager
def relay_dies(there: Neighbourhood) -> Iterator[None]:
    """The STUN and TURN server dies, and comes back."""
    there.relay.stop()
    yield
    there.relay.start()


@contextmanager
def nodes_die(there: Neighbourhood) -> Iterator[None]:
    """A part of the DHT dies, and comes back."""
    there.lab.public.silence_dht(there.dice.randint(MIN_NODES, DHT_NODES - MIN_NODES))
    yield
    there.lab.public.silence_dht(0)


@contextmanager
def loss(there: Neighbourhood) -> Iterator[None]:
    """A line loses packets."""
    (home,) = there.befall(there.lab.homes)
    home.disturb(delay_ms=DELAY_MS, loss=there.dice.uniform(0.05, 0.2))
    yield
    home.disturb(delay_ms=DELAY_MS)


@contextmanager
def latency(there: Neighbourhood) -> Iterator[None]:
    """A line goes round the world."""
    (home,) = there.befall(there.lab.homes)
    home.disturb(delay_ms=SLOW_MS)
    yield
    home.disturb(delay_ms=DELAY_MS)


@contextmanager
def narrow(there: Neighbourhood) -> Iterator[None]:
    """A line takes small packets only."""
    (home,) = there.befall(there.lab.homes)
    there.lab.narrow(home, NARROW_MTU_BYTES)
    yield
    there.lab.narrow(home, MTU_BYTES)


@contextmanager
def _away(there: Neighbourhood, end: Callable[[Neighbour], None]) -> Iterator[None]:
    ended = there.befall(there.people, most=there.dice.choice((1, 1, 2)))
    for person in ended:
        end(person)
    yield
    for person in ended:
        person.start()


ALL: tuple[Mishap, ...] = (
    restart,
    kill,
    sleep,
    cable,
    travel,
    router_restarts,
    router_forgets,
    another_address,
    another_router,
    open_port,
    relay_dies,
    nodes_die,
    loss,
    latency,
    narrow,
)
