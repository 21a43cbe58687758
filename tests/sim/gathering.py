"""Everybody comes, and nobody leaves: what must be true in the end."""

from tests.sim.people import Person, Session


def gather(persons: list[Person], at_s: float, until_s: float) -> list[Person]:
    """The same people, who all come within ten minutes of ``at_s``, after what they did before, and stay."""
    return [_stay(person, at_s + 600.0 * number / len(persons), until_s) for number, person in enumerate(persons)]


def _stay(person: Person, from_s: float, until_s: float) -> Person:
    before = [each for each in person.sessions if each.end_s < from_s - 60.0]
    last = Session(from_s, until_s, person.home, is_fresh=len(before) % 2 == 0, is_moved=len(before) % 3 == 0)
    if not before:
        last = Session(from_s, until_s, person.home, is_fresh=True, is_moved=True)
    return Person(person.home, (*before, last))
