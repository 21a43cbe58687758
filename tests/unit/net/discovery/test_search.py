"""A search waits for no dead node, ends in time, and asks no more than its bound, whatever nodes say."""

from collections.abc import Iterable
from hashlib import blake2b
from ipaddress import IPv4Address

from hypothesis import given
from hypothesis import strategies as st

from net.discovery.krpc import Answer, Contact
from net.discovery.search import Search
from net.endpoint import Endpoint
from net.limits import (
    MAX_SEARCH_QUESTIONS,
    SEARCH_AT_ONCE,
    SEARCH_PATIENCE_S,
    SEARCH_SLOW_S,
    SEARCH_TIMEOUT_S,
    STORED_COPIES,
)
from tests.support.sessions import Randomness

TARGET = bytes(20)
START = 1000.0
STEP_S = 0.05


def node(number: int) -> Contact:
    node_id = blake2b(number.to_bytes(4, "big"), digest_size=20).digest()
    return Contact(node_id, Endpoint(IPv4Address("81.0.0.0") + 256 * number, 6_881))


def distance(number: int) -> int:
    return int.from_bytes(node(number).node_id, "big")  # to a target of zeros


class World:
    """Nodes that each name some of those nearest to whatever they are asked for; some of them are dead."""

    def __init__(self, count: int, dead: Iterable[int] = ()) -> None:
        self.nodes = {node(number).endpoint: node(number) for number in range(count)}
        self.dead = {node(number).endpoint for number in dead}
        self.nearest = [node(number) for number in sorted(range(count), key=distance)]
        self.asked: list[Endpoint] = []
        self.now = START

    def alive_nearest(self) -> list[Endpoint]:
        return [each.endpoint for each in self.nearest if each.endpoint not in self.dead][:STORED_COPIES]

    def search(self, start: Iterable[Endpoint] | None = None) -> list[Endpoint]:
        """Run one from these, or from twelve, to its end: where it would store."""
        start = list(self.nodes)[:12] if start is None else start
        search = Search(TARGET, start, Randomness("search"), self.now)
        while not search.is_over(self.now):
            for endpoint, transaction in search.handle_timer(self.now):
                self.asked.append(endpoint)
                if endpoint not in self.dead:
                    named = tuple(self.nearest[len(self.asked) % 3 :][:STORED_COPIES])
                    search.received(endpoint, Answer(transaction, self.nodes[endpoint].node_id, named, b"t", 3))
            self.now += STEP_S
        assert {(answer.token, answer.seq) for _, answer in search.found()} <= {(b"t", 3)}
        return [endpoint for endpoint, _ in search.found()]


def test_the_eight_nearest_are_found() -> None:
    world = World(100)
    assert world.search() == world.alive_nearest()
    assert world.now - START < SEARCH_PATIENCE_S
    assert len(world.asked) == len(set(world.asked)) <= 40


def test_dead_nodes_near_by_are_passed_over_after_a_moment() -> None:
    nearest = sorted(range(100), key=distance)
    world = World(100, dead=[nearest[0], nearest[3], nearest[5]])
    assert world.search()[:5] == world.alive_nearest()[:5]
    assert world.now - START < 3 * SEARCH_PATIENCE_S


@given(st.permutations(range(14)))
def test_the_nearest_are_found_even_if_it_starts_from_them(numbers: list[int]) -> None:
    """What is known without an id may be nearer than all that is asked first."""
    world = World(14)
    assert world.search(node(number).endpoint for number in numbers) == world.alive_nearest()


def test_a_node_that_is_named_at_many_ports_is_asked_at_one() -> None:
    """Behind a symmetric NAT one is at another port to everybody, and answers at none of them."""
    nearest = bytes(20)
    search = Search(TARGET, [node(number).endpoint for number in range(6)], Randomness("search"), START)
    for number, (asked, transaction) in enumerate(search.handle_timer(START)):
        behind = tuple(Contact(nearest, Endpoint.of("82.2.0.2", 1_000 + 8 * number + port)) for port in range(8))
        search.received(asked, Answer(transaction, node(number).node_id, behind, b"t", 0))
    assert [str(endpoint) for endpoint, _ in search.handle_timer(START)] == ["82.2.0.2:1000"]
    assert search.is_over(START + SEARCH_PATIENCE_S)


def test_nodes_that_are_slow_hold_up_nobody_for_as_long_as_they_are_hoped_for() -> None:
    search = Search(TARGET, [node(number).endpoint for number in range(12)], Randomness("search"), START)
    first = search.handle_timer(START)
    assert len(first) == SEARCH_AT_ONCE
    assert search.handle_timer(START + SEARCH_SLOW_S / 2) == []
    assert len(search.handle_timer(START + SEARCH_SLOW_S)) == STORED_COPIES - SEARCH_AT_ONCE
    late, transaction = first[0]
    search.received(late, Answer(transaction, bytes(20), (), b"t", 0))
    assert [endpoint for endpoint, _ in search.settled(START + SEARCH_PATIENCE_S / 2)] == [late]


def test_where_all_are_dead_it_ends_with_nothing() -> None:
    world = World(30, dead=range(30))
    assert world.search() == []
    assert world.now - START <= SEARCH_TIMEOUT_S + 2 * STEP_S


def test_what_is_settled_waits_for_nobody_who_was_asked_and_for_everybody_who_is_to_be_asked() -> None:
    search = Search(TARGET, [node(number).endpoint for number in range(4)], Randomness("search"), START)
    asked = search.handle_timer(START)
    assert search.settled(START) == []
    (first, transaction), (second, other), *_ = asked
    search.received(first, Answer(transaction, b"\1" * 20, (), b"t", 0))
    assert [endpoint for endpoint, _ in search.settled(START)] == [first], "three are asked and silent"
    search.received(second, Answer(other, b"\2" * 20, (node(9),), b"t", 0))
    assert search.settled(START) == [], "somebody was named who is not asked yet"
    assert [endpoint for endpoint, _ in search.handle_timer(START)] == [node(9).endpoint]
    assert [endpoint for endpoint, _ in search.settled(START)] == [first, second]
    assert not search.is_over(START)


def test_of_one_network_one_node_counts_however_many_ids_it_gives_itself() -> None:
    crowd = [Endpoint.of(f"81.0.0.{number}", 6_881) for number in range(1, 10)]
    search = Search(TARGET, [node(1).endpoint, *crowd], Randomness("search"), START)
    while asked := search.handle_timer(START):
        for endpoint, transaction in asked:
            node_id = b"\7" * 20 if endpoint == node(1).endpoint else endpoint.port.to_bytes(20, "big")
            search.received(endpoint, Answer(transaction, node_id, (), b"t", 0))
    assert [endpoint for endpoint, _ in search.found()] == [crowd[0], node(1).endpoint]
    assert search.is_over(START)


def test_answers_to_nothing_and_from_elsewhere_are_ignored() -> None:
    search = Search(TARGET, [node(0).endpoint], Randomness("search"), START)
    ((asked, transaction),) = search.handle_timer(START)
    assert not search.received(node(15).endpoint, Answer(transaction, bytes(20), (), b"t", 1))
    assert not search.received(asked, Answer(b"none", bytes(20), (), b"t", 1))
    assert search.found() == []


def test_of_answers_to_the_same_question_the_first_counts() -> None:
    search = Search(TARGET, [node(0).endpoint], Randomness("search"), START)
    ((asked, transaction),) = search.handle_timer(START)
    first = Answer(transaction, bytes(20), (), b"t", 1)
    assert search.received(asked, first)
    assert not search.received(asked, Answer(transaction, bytes(20), (node(1),), b"t", 2))
    assert search.found() == [(asked, first)]
    assert search.handle_timer(START) == []


def test_nobody_makes_us_ask_private_addresses_unless_we_begin_there() -> None:
    for start, expected in (("81.0.0.1", []), ("127.0.0.1", ["127.1.2.3"])):
        search = Search(TARGET, [Endpoint.of(start, 6_881)], Randomness("search"), START)
        ((asked, transaction),) = search.handle_timer(START)
        named = tuple(Contact(bytes(20), Endpoint.of(address, 6_881)) for address in ("127.1.2.3", "224.0.0.1"))
        search.received(asked, Answer(transaction, bytes(20), named, None, 0))
        assert [str(endpoint.address) for endpoint, _ in search.handle_timer(START)] == expected


@given(st.lists(st.lists(st.integers(0, 2**24), max_size=8), min_size=1, max_size=20))
def test_whatever_nodes_name_no_more_is_asked_than_the_bound(named: list[list[int]]) -> None:
    search = Search(TARGET, [node(number).endpoint for number in range(12)], Randomness("search"), START)
    now, asked = START, 0
    while not search.is_over(now):
        for endpoint, transaction in search.handle_timer(now):
            contacts = tuple(
                Contact(number.to_bytes(20, "big"), Endpoint(IPv4Address("81.0.0.0") + number, 6_881))
                for number in named[asked % len(named)]
            )
            search.received(endpoint, Answer(transaction, asked.to_bytes(20, "little"), contacts, b"t", 0))
            asked += 1
        now += STEP_S
    assert asked <= MAX_SEARCH_QUESTIONS
    assert now <= START + SEARCH_TIMEOUT_S + 2 * STEP_S
