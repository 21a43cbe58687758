"""What happens to three people and their network in the course of a day, drawn by chance.

Each mishap is over when its function returns, but for what stays another way for good: a router of another kind, an
address, a computer that is elsewhere.  Meanwhile people write.
"""

from collections.abc import Callable
from typing import TypeAlias

from tests.lab.neighbours import DELAY_MS, Neighbour, Neighbourhood
from tests.lab.public_side import DHT_NODES
from tests.lab.router import Nat

Mishap: TypeAlias = Callable[[Neighbourhood], list[Neighbour]]
"""Something that happens; returns those whose Kith has ended meanwhile."""

SLOW_MS = 150.0
"""A round trip to a server takes 300 ms then, one to another home 600."""

MTU_BYTES, NARROW_MTU_BYTES = 1_500, 1_280
MIN_NODES_DYING = 10
KINDS = (Nat.CONE, Nat.CONE, Nat.SYMMETRIC, Nat.RST_ANSWERING, Nat.UDP_BLOCKED)


def restart(there: Neighbourhood) -> list[Neighbour]:
    """Somebody, or two, end Kith and start it again, after a while or at once."""
    return _start_again(there, Neighbour.stop)


def kill(there: Neighbourhood) -> list[Neighbour]:
    """The same, by ``kill -9``."""
    return _start_again(there, Neighbour.kill)


def sleep(there: Neighbourhood) -> list[Neighbour]:
    """A computer sleeps."""
    with there.dice.choice(there.people).asleep():
        there.chat(there.dice.uniform(5, 70))
    return []


def cable(there: Neighbourhood) -> list[Neighbour]:
    """Somebody stumbles over a cable."""
    person = there.dice.choice(there.people)
    person.computer.unplug()
    there.chat(there.dice.uniform(3, 90))
    person.computer.plug()
    return []


def travel(there: Neighbourhood) -> list[Neighbour]:
    """A computer is carried to another home, or back."""
    person = there.dice.choice(there.people)
    if person.at is not person.own_home:
        person.go_to(person.own_home, number=2)
    else:
        home = there.dice.choice([home for home in there.lab.homes if home is not person.at])
        person.go_to(home, there.guest_number())
    return []


def router_restarts(there: Neighbourhood) -> list[Neighbour]:
    """A router is switched off and on, and knows nothing any more."""
    home = there.dice.choice(there.lab.homes)
    home.disconnect()
    there.chat(there.dice.uniform(2, 40))
    home.reconnect()
    return []


def another_address(there: Neighbourhood) -> list[Neighbour]:
    """A provider gives a home another address."""
    there.dice.choice(there.lab.homes).move()
    return []


def another_router(there: Neighbourhood) -> list[Neighbour]:
    """A router becomes one of another kind; only one of them blocks UDP at a time."""
    number = there.dice.randrange(len(there.kinds))
    others = there.kinds[:number] + there.kinds[number + 1 :]
    kinds = [kind for kind in KINDS if kind is not there.kinds[number]]
    kind = there.dice.choice([kind for kind in kinds if kind is not Nat.UDP_BLOCKED or kind not in others])
    there.lab.homes[number].router.become(kind)
    there.kinds[number] = kind
    return []


def upnp(there: Neighbourhood) -> list[Neighbour]:
    """A router begins to open ports, or ceases to."""
    number = there.dice.randrange(len(there.kinds))
    router = there.lab.homes[number].router
    if number in there.open:
        router.stop_upnp()
    else:
        router.serve_upnp()
    there.open ^= {number}
    return []


def relay_dies(there: Neighbourhood) -> list[Neighbour]:
    """The STUN and TURN server dies, and comes back."""
    there.relay.stop()
    there.chat(there.dice.uniform(5, 90))
    there.relay.start()
    return []


def nodes_die(there: Neighbourhood) -> list[Neighbour]:
    """A part of the DHT dies, and comes back."""
    there.lab.public.silence_dht(there.dice.randint(MIN_NODES_DYING, DHT_NODES - MIN_NODES_DYING))
    there.chat(there.dice.uniform(10, 90))
    there.lab.public.silence_dht(0)
    return []


def loss(there: Neighbourhood) -> list[Neighbour]:
    """A line loses packets."""
    home = there.dice.choice(there.lab.homes)
    home.disturb(delay_ms=DELAY_MS, loss=there.dice.uniform(0.05, 0.2))
    there.chat(there.dice.uniform(20, 90))
    home.disturb(delay_ms=DELAY_MS)
    return []


def latency(there: Neighbourhood) -> list[Neighbour]:
    """A line goes round the world."""
    home = there.dice.choice(there.lab.homes)
    home.disturb(delay_ms=SLOW_MS)
    there.chat(there.dice.uniform(20, 90))
    home.disturb(delay_ms=DELAY_MS)
    return []


def narrow(there: Neighbourhood) -> list[Neighbour]:
    """A line takes small packets only."""
    home = there.dice.choice(there.lab.homes)
    there.lab.narrow(home, NARROW_MTU_BYTES)
    there.chat(there.dice.uniform(20, 60))
    there.lab.narrow(home, MTU_BYTES)
    return []


def _start_again(there: Neighbourhood, end: Callable[[Neighbour], None]) -> list[Neighbour]:
    ended = there.dice.sample(there.people, there.dice.choice((1, 1, 2)))
    for person in ended:
        end(person)
        there.write()
    there.chat(there.dice.choice((0, 0, 5, 30)) * there.dice.random())
    for person in ended:
        person.start()
    return ended


ALL: tuple[Mishap, ...] = (
    restart,
    kill,
    sleep,
    cable,
    travel,
    router_restarts,
    another_address,
    another_router,
    upnp,
    relay_dies,
    nodes_die,
    loss,
    latency,
    narrow,
)
