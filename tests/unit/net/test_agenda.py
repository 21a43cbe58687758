from hypothesis import given
from hypothesis import strategies as st

from net.agenda import Agenda


def test_what_is_due_comes_earliest_first_and_once() -> None:
    agenda = Agenda[str]()
    for key, moment in (("c", 3.0), ("a", 1.0), ("b", 2.0)):
        agenda.set(key, moment)
    assert agenda.next_at() == 1.0
    assert agenda.take_due(2.0) == ["a", "b"]
    assert agenda.take_due(2.0) == []
    assert agenda.next_at() == 3.0


def test_a_change_of_mind_replaces_the_moment() -> None:
    agenda = Agenda[str]()
    agenda.set("a", 5.0)
    agenda.set("a", 1.0)
    agenda.set("b", 2.0)
    agenda.set("b", None)
    assert (agenda.moment_of("a"), agenda.moment_of("b")) == (1.0, None)
    assert agenda.take_due(9.0) == ["a"]
    assert agenda.next_at() is None


@given(st.lists(st.tuples(st.integers(0, 5), st.none() | st.floats(0, 100))))
def test_the_heap_agrees_with_a_plain_dict(changes: list[tuple[int, float | None]]) -> None:
    agenda, moments = Agenda[int](), dict[int, float]()
    for key, moment in changes * 30:
        agenda.set(key, moment)
        if moment is None:
            moments.pop(key, None)
        else:
            moments[key] = moment
        assert agenda.next_at() == min(moments.values(), default=None)
    assert len(agenda._heap) <= 2 * len(moments) + 65
    assert sorted(agenda.take_due(100.0)) == sorted(moments)
