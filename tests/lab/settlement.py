"""After a mishap: who comes together again, how soon, and what is known of those who do not."""

import json
import time
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from tests.lab.neighbours import Neighbour, Neighbourhood
from tests.support.people import Pair, Person

SLOW_S = 40.0
"""After so long it is told what is missing."""

BOUND_S = 150.0
"""Within which those who can come together do."""

GRACE_S = 600.0
"""How long more is waited for those who do not, to see whether they ever do."""

POLL_S = 0.2


class Settlement:
    """Everybody says something to everybody, and it arrives where the two can come together."""

    def __init__(self, there: Neighbourhood, unharmed: Collection[Neighbour], say: Callable[[str], None]) -> None:
        self._there = there
        self._unharmed = unharmed
        self._say = say
        self._waiting = [pair for pair in there.pairs if there.can_link(pair)]

    def wait(self) -> dict[Pair, float]:
        """The seconds that each pair took; raises TimeoutError if one never comes together."""
        for pair in self._there.pairs:
            one, other = pair.people
            one.write(other, 1)
            other.write(one, 1)
        began_at, took = time.monotonic(), dict[Pair, float]()
        notices = [(SLOW_S, self._tell_what_is_missing), (BOUND_S, self._tell_all_there_is)]
        while self._waiting:
            for pair in [pair for pair in self._waiting if _are_well(pair)]:
                self._waiting.remove(pair)
                pair.agree(self._unharmed)
                took[pair] = time.monotonic() - began_at
            elapsed_s = time.monotonic() - began_at
            if notices and elapsed_s > notices[0][0]:
                notices.pop(0)[1]()
            if elapsed_s > BOUND_S + GRACE_S:
                raise TimeoutError(f"not even within {elapsed_s:.0f} s")
            time.sleep(POLL_S)
        return took

    def _tell_what_is_missing(self) -> None:
        """Which of two see a link, and what each has written that has not arrived."""
        for pair in self._waiting:
            for person, other in (pair.people, pair.people[::-1]):
                rows = person.process.call("messages.list", contact=other.contact, limit=200)
                states = Counter(row["state"] for row in rows if row["mine"])
                self._say(f"    slow: {person.name} to {other.name}: {row_of(person, other)['path']}, {dict(states)}")

    def _tell_all_there_is(self) -> None:
        """What each of two knows of it, and what the routers remember."""
        for pair in self._waiting:
            for person, other in (pair.people, pair.people[::-1]):
                knows = {
                    "person": person.name,
                    "contact": row_of(person, other),
                    "status": person.process.call("network.status"),
                    "findings": person.process.call("network.doctor", contact=other.contact)["findings"],
                }
                self._say(f"    overdue: {json.dumps(knows)}")
        for home in self._there.lab.homes if self._waiting else ():
            self._say(f"    router {home.number}, {home.address}:\n{home.router.namespace.run('conntrack', '-L')}")


def row_of(person: Person, other: Person) -> dict[str, Any]:
    """What ``contacts.list`` says of the other."""
    (row,) = [row for row in person.process.call("contacts.list") if row["contact"] == other.contact]
    return dict(row)


def _are_well(pair: Pair) -> bool:
    one, other = pair.people
    return pair.is_settled() and row_of(one, other)["online"] and row_of(other, one)["online"]
