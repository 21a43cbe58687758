"""Bounds on strangers."""

from ipaddress import ip_address

from net.gate import Gate, source_of
from net.limits import (
    ANSWER_BURST,
    ANSWERS_PER_SECOND,
    FAILED_HANDSHAKES_PER_MINUTE,
    MAX_REMEMBERED_SOURCES,
    MAX_UNAUTHENTICATED,
    SCAN_BURST,
    SCAN_BURST_OF_SOURCE,
    SCANS_PER_SECOND,
    SCANS_PER_SECOND_OF_SOURCE,
)
from net.peer import PeerId


def source(number: int) -> bytes:
    return number.to_bytes(4, "big")


def test_a_source_is_an_ipv4_address_or_an_ipv6_64() -> None:
    assert source_of(ip_address("192.0.2.1")) != source_of(ip_address("192.0.2.2"))
    assert source_of(ip_address("2001:db8::1")) == source_of(ip_address("2001:db8::ffff:2"))
    assert source_of(ip_address("2001:db8::1")) != source_of(ip_address("2001:db8:0:1::1"))


def test_when_all_is_full_the_oldest_makes_room() -> None:
    gate = Gate(0.0)
    admitted = [gate.enter(source(number)) for number in range(MAX_UNAUTHENTICATED)]
    assert [entry.evicted for entry in admitted] == [None] * MAX_UNAUTHENTICATED
    assert [gate.enter(source(9_000 + number)).evicted for number in range(3)] == [
        oldest.guest for oldest in admitted[:3]
    ]


def test_one_source_may_fill_the_door_and_then_makes_room_itself() -> None:
    gate = Gate(0.0)
    friend = gate.enter(source(1))
    flood = [gate.enter(source(2)) for _ in range(MAX_UNAUTHENTICATED - 1)]
    assert [entry.evicted for entry in flood] == [None] * (MAX_UNAUTHENTICATED - 1)
    newcomers = [gate.enter(source(2)), gate.enter(source(3)), gate.enter(source(1))]
    assert [entry.evicted for entry in newcomers] == [entry.guest for entry in flood[:3]]
    assert friend.guest not in {entry.evicted for entry in newcomers}


def test_who_has_left_leaves_room_and_leaves_once() -> None:
    gate = Gate(0.0)
    admitted = [gate.enter(source(1)) for _ in range(MAX_UNAUTHENTICATED)]
    for _ in range(2):
        gate.leave(admitted[0].guest)
    assert gate.enter(source(1)).evicted is None
    assert gate.enter(source(1)).evicted == admitted[1].guest


def test_after_so_many_failures_a_source_is_not_looked_at_for_a_while() -> None:
    gate = Gate(0.0)
    for _ in range(FAILED_HANDSHAKES_PER_MINUTE):
        assert gate.may_scan(source(1), 0.0)
        gate.failed(source(1), 0.0)
    assert not gate.may_scan(source(1), 0.0)
    assert gate.may_scan(source(2), 0.0)
    assert gate.may_scan(source(1), 3.0)


def test_successes_cost_a_source_nothing() -> None:
    gate = Gate(0.0)
    assert all(gate.may_scan(source(1), float(now)) for now in range(500))


def test_searches_are_rationed_over_all_sources_with_a_burst() -> None:
    gate = Gate(0.0)
    assert sum(gate.may_scan(source(number), 0.0) for number in range(1_000)) == SCAN_BURST
    assert sum(gate.may_scan(source(number), 1.0) for number in range(1_000)) == SCANS_PER_SECOND


def test_one_source_cannot_use_up_the_searches_even_with_valid_flights() -> None:
    gate = Gate(0.0)
    assert sum(gate.may_scan(source(1), 0.0) for _ in range(1_000)) == SCAN_BURST_OF_SOURCE
    assert gate.may_scan(source(2), 0.0)
    for now in range(1, 100):
        assert sum(gate.may_scan(source(1), float(now)) for _ in range(1_000)) == SCANS_PER_SECOND_OF_SOURCE
        assert gate.may_scan(source(2), float(now))


def test_a_contact_who_reconnects_all_the_time_is_answered_only_so_often() -> None:
    gate = Gate(0.0)
    alice, bob = PeerId(b"alice"), PeerId(b"bob")
    assert sum(gate.may_answer(alice, 0.0) for _ in range(1_000)) == ANSWER_BURST
    assert gate.may_answer(bob, 0.0)
    assert sum(gate.may_answer(alice, 1.0) for _ in range(1_000)) == ANSWERS_PER_SECOND


def test_a_refused_look_does_not_use_up_the_searches() -> None:
    gate = Gate(0.0)
    for _ in range(FAILED_HANDSHAKES_PER_MINUTE):
        gate.failed(source(1), 0.0)
    for _ in range(1_000):
        assert not gate.may_scan(source(1), 0.0)
    assert gate.may_scan(source(2), 0.0)


def test_the_longest_unseen_source_is_forgotten_first() -> None:
    gate = Gate(0.0)
    for number in range(MAX_REMEMBERED_SOURCES + 1):
        gate.failed(source(number), 0.0)
    assert len(gate._failures) == MAX_REMEMBERED_SOURCES
    assert source(0) not in gate._failures
