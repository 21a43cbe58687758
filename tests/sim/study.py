"""One simulated day, and what came of it."""

import gc
from dataclasses import dataclass, replace
from random import Random  # noqa: TID251 - a run comes again from its seed

from tests.sim.dht import Calls
from tests.sim.meetings import Tally
from tests.sim.nats import Means
from tests.sim.people import DAY_S, HOUR_S, clustering, contacts, people
from tests.sim.world import Features, World

WARM_UP_S = 6 * HOUR_S
"""Of the night: everybody starts switched off."""

MEASURED_S = DAY_S


@dataclass(frozen=True, slots=True)
class Load:
    """What one user asked of the DHT on the measured day."""

    contacts: int
    online_h: float
    asked: Calls


@dataclass(frozen=True, slots=True)
class Day:
    """The measured day of all users."""

    features: Features
    mean_contacts: float
    clustering: float
    tallies: dict[tuple[Means, str], Tally]
    loads: tuple[Load, ...]

    def tally(self, *means: Means) -> Tally:
        """Of all pairs that these connect; of all pairs without."""
        total = Tally()
        for (each, _), tally in self.tallies.items():
            if not means or each in means:
                total.add(tally)
        return total

    @property
    def asked(self) -> Calls:
        total = Calls()
        for load in self.loads:
            total = total.plus(load.asked)
        return total

    @property
    def online_h(self) -> float:
        return sum(load.online_h for load in self.loads)


def simulate(users: int, features: Features, seed: int) -> Day:
    """Six hours of a night, and then the day that is measured."""
    random = Random(seed)
    known = contacts(users, random)
    persons = people(users, 2, random)
    world = World(persons, known, features, seed)
    world.meetings.count_from = WARM_UP_S
    gc.freeze()  # millions of objects that live to the end need not be looked through again and again
    world.run(WARM_UP_S)
    before = [replace(user.asked) for user in world.users]
    end_s = WARM_UP_S + MEASURED_S
    world.run(end_s)
    world.meetings.end_all(end_s)
    loads = tuple(
        Load(
            contacts=len(user.peers),
            online_h=sum(_overlap_s(each.start_s, each.end_s, end_s) for each in user.person.sessions) / HOUR_S,
            asked=user.asked.minus(before[user.number]),
        )
        for user in world.users
    )
    mean_contacts = sum(map(len, known)) / users
    return Day(features, mean_contacts, clustering(known, random), dict(world.meetings.tallies), loads)


def _overlap_s(start_s: float, end_s: float, measured_until_s: float) -> float:
    return max(0.0, min(end_s, measured_until_s) - max(start_s, WARM_UP_S))
