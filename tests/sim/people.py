"""Who there is: contacts in circles, machines that sleep, days and nights.

Assumed, but for two figures that are held against a source: clustering (Ugander et al., arXiv 1111.4503: of a median
Facebook user's friends 14 % of pairs are friends) and that a few know very many.  Small circles, which people who had
to give each other a link would form, cluster more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import combinations
from random import Random  # noqa: TID251 - a run comes again from its seed

from tests.sim.nats import SHARES, Nat, Spot

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S

CIRCLES_EACH = 2.4
CIRCLE_SIZE = (2.35, 0.5)
"""Of the logarithm: 10 people in the middle, 30 in the largest."""
KNOWN_IN_CIRCLE = 0.65
STRANGERS_EACH = 2.0
POPULAR_SHARE = 0.001
POPULAR_CONTACTS = 300

MOVED_ASIDE_H = 2.0
"""Standard deviation of people's hours; every fifth circle lives in another time zone."""


class Habit(Enum):
    """When a machine is awake and Kith runs on it."""

    ALWAYS = "always on"
    OFFICE = "office"
    EVENING = "evening"
    LAPTOP = "laptop"


HABITS = {Habit.ALWAYS: 0.10, Habit.OFFICE: 0.25, Habit.EVENING: 0.25, Habit.LAPTOP: 0.40}

ADDRESS_KEPT = {Habit.ALWAYS: 0.5, Habit.OFFICE: 0.95, Habit.EVENING: 0.8, Habit.LAPTOP: 0.7}
"""How often a session begins where the one before at this spot ended."""


@dataclass(frozen=True, slots=True)
class Session:
    """One stretch of time in which a machine is awake and Kith runs."""

    start_s: float
    end_s: float
    spot: Spot
    is_fresh: bool
    """Kith was started; otherwise the machine wakes, and before it fell asleep without a word."""
    is_moved: bool
    """The address is another than in the last session at this spot."""


@dataclass(frozen=True, slots=True)
class Person:
    home: Spot
    sessions: tuple[Session, ...]


def contacts(size: int, random: Random) -> list[set[int]]:
    """Whom everybody knows; circles overlap."""
    known: list[set[int]] = [set() for _ in range(size)]
    for circle in _circles(size, random):
        for one, other in combinations(circle, 2):
            if random.random() < KNOWN_IN_CIRCLE:
                _introduce(known, one, other)
    for _ in range(int(size * STRANGERS_EACH / 2)):
        _introduce(known, random.randrange(size), random.randrange(size))
    for popular in random.sample(range(size), int(size * POPULAR_SHARE)):
        for _ in range(min(POPULAR_CONTACTS, size // 4)):
            _introduce(known, popular, random.randrange(size))
    return known


def clustering(known: list[set[int]], random: Random, samples: int = 20_000) -> float:
    """How often two contacts of somebody know each other."""
    tried = closed = 0
    while tried < samples:
        friends = known[random.randrange(len(known))]
        if len(friends) > 1:
            one, other = random.sample(sorted(friends), 2)
            tried += 1
            closed += other in known[one]
    return closed / tried


def people(size: int, days: int, random: Random) -> list[Person]:
    """Everybody, with all sessions; whoever has a low number lives in the main time zone."""
    return [_person(number, days, random) for number in range(size)]


def _circles(size: int, random: Random) -> Iterator[list[int]]:
    """People near each other by number are likelier to share one: families and colleagues overlap."""
    left = int(size * CIRCLES_EACH)
    while left > 0:
        count = min(max(2, int(random.lognormvariate(*CIRCLE_SIZE))), 40, size)
        middle = random.randrange(size)
        yield sorted({int(random.gauss(middle, 25)) % size for _ in range(count)})
        left -= count


def _introduce(known: list[set[int]], one: int, other: int) -> None:
    if one != other:
        known[one].add(other)
        known[other].add(one)


def _person(number: int, days: int, random: Random) -> Person:
    (habit,) = random.choices(list(HABITS), list(HABITS.values()))
    home = Spot(2 * number, _nat(random))
    away = Spot(2 * number + 1, _nat(random))
    shift_h = random.gauss(0.0, MOVED_ASIDE_H) + (8.0 if number // 50 % 5 == 0 else 0.0)
    hours = sorted(_hours(habit, days, random))
    sessions: list[Session] = []
    for start_h, length_h in hours:
        start_s = max(0.0, (start_h + shift_h) * HOUR_S)
        if sessions and start_s < sessions[-1].end_s + 60.0:
            continue
        is_away = habit is Habit.LAPTOP and random.random() < 0.35
        is_fresh = habit is not Habit.LAPTOP or not sessions or random.random() < 0.1
        sessions.append(
            Session(
                start_s=start_s,
                end_s=start_s + length_h * HOUR_S,
                spot=away if is_away else home,
                is_fresh=is_fresh,
                is_moved=random.random() > ADDRESS_KEPT[habit],
            )
        )
    return Person(home, tuple(sessions))


def _nat(random: Random) -> Nat:
    (nat,) = random.choices(list(SHARES), list(SHARES.values()))
    return nat


def _hours(habit: Habit, days: int, random: Random) -> Iterator[tuple[float, float]]:
    """Beginnings, in hours from the first midnight, and lengths."""
    if habit is Habit.ALWAYS:
        start = 0.0
        while start < 24 * days:
            length = random.expovariate(1 / 48.0) + 1.0  # a restart, an update, a new address
            yield start, length
            start += length + 0.05
        return
    for day in range(days):
        midnight = 24.0 * day
        match habit:
            case Habit.OFFICE:
                yield midnight + random.gauss(8.5, 0.7), random.gauss(8.5, 1.0)
            case Habit.EVENING:
                if random.random() < 0.9:
                    yield midnight + random.gauss(18.5, 1.5), min(random.expovariate(1 / 2.5) + 0.2, 7.0)
            case Habit.LAPTOP:
                for _ in range(random.randint(3, 6)):
                    yield midnight + random.uniform(7.5, 22.5), min(random.expovariate(1 / 1.0) + 0.1, 4.0)
