"""Which nodes are asked again, and when it takes a search, in virtual time."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from net.discovery.neighbourhoods import Neighbourhoods
from net.endpoint import Endpoint
from net.limits import (
    ASKED_AT_ONCE,
    FIRST_SEARCH_GAP_S,
    MAX_MISSED_ANSWERS,
    MAX_NEIGHBOURHOODS,
    MAX_SEARCH_GAP_S,
    NEIGHBOURS_LIFE_S,
)

BELL = b"b" * 20
NODES = [Endpoint.of(f"81.0.{number}.1", 6_881) for number in range(8)]
NOW = 1000.0


def known() -> Neighbourhoods:
    neighbourhoods = Neighbourhoods()
    neighbourhoods.found(BELL, NODES, NOW)
    return neighbourhoods


def test_the_first_look_takes_a_search_and_the_next_ask_three_each_in_turn() -> None:
    neighbourhoods = Neighbourhoods()
    assert neighbourhoods.ask(BELL, NOW) == []
    assert neighbourhoods.search(BELL, NOW)
    neighbourhoods.found(BELL, NODES, NOW)
    asked = [neighbourhoods.ask(BELL, NOW) for _ in range(3)]
    assert [len(each) for each in asked] == [ASKED_AT_ONCE] * 3
    assert {node for each in asked for node in each} == set(NODES)


def test_they_are_looked_for_anew_after_some_time() -> None:
    neighbourhoods = known()
    assert neighbourhoods.ask(BELL, NOW + NEIGHBOURS_LIFE_S - 1)
    assert neighbourhoods.ask(BELL, NOW + NEIGHBOURS_LIFE_S) == []
    assert neighbourhoods.search(BELL, NOW + NEIGHBOURS_LIFE_S)


def asked_until_a_search(neighbourhoods: Neighbourhoods, answering: list[Endpoint]) -> list[Endpoint]:
    asked: list[Endpoint] = []
    while (nodes := neighbourhoods.ask(BELL, NOW)) and len(asked) < 200:
        asked += nodes
        for node in set(nodes) & set(answering):
            neighbourhoods.answered(BELL, node)
    return asked


def test_whoever_leaves_three_questions_unanswered_is_asked_no_more_and_half_of_them_are_enough() -> None:
    assert len(asked_until_a_search(known(), NODES[:4])) >= 200
    asked = asked_until_a_search(known(), NODES[:3])
    assert len(asked) < 200
    assert all(asked.count(node) <= MAX_MISSED_ANSWERS for node in NODES[3:])


def test_where_there_is_one_node_it_is_asked() -> None:
    neighbourhoods = Neighbourhoods()
    neighbourhoods.found(BELL, NODES[:1], NOW)
    assert neighbourhoods.ask(BELL, NOW) == NODES[:1]
    neighbourhoods.answered(BELL, NODES[5])  # nobody asked it
    assert neighbourhoods.ask(BELL, NOW) == NODES[:1]


def test_searches_that_find_nobody_become_seldom_and_one_that_does_ends_that() -> None:
    neighbourhoods = Neighbourhoods()
    moments = [second for second in range(600) if neighbourhoods.search(BELL, NOW + second)]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert gaps == sorted(gaps)
    assert (gaps[0], gaps[-1]) == (FIRST_SEARCH_GAP_S, MAX_SEARCH_GAP_S)
    neighbourhoods.found(BELL, [], NOW + 600)
    assert not neighbourhoods.search(BELL, NOW + moments[-1] + MAX_SEARCH_GAP_S - 1)
    neighbourhoods.found(BELL, NODES, NOW + 600)
    assert neighbourhoods.search(BELL, NOW + 700)
    assert neighbourhoods.search(BELL, NOW + 700 + FIRST_SEARCH_GAP_S)


def test_after_sleep_nothing_is_known_any_more() -> None:
    neighbourhoods = known()
    neighbourhoods.forget()
    assert neighbourhoods.ask(BELL, NOW) == []


@given(st.lists(st.integers(0, 400)))
def test_no_more_places_are_remembered_than_the_bound(numbers: list[int]) -> None:
    neighbourhoods = known()
    for number in numbers:
        neighbourhoods.found(number.to_bytes(20, "big"), NODES, NOW)
    assert len(neighbourhoods._places) <= MAX_NEIGHBOURHOODS
    assert bool(neighbourhoods.ask(BELL, NOW)) == (len(set(numbers)) < MAX_NEIGHBOURHOODS)
