"""When to ping, and when a link is dead."""

from hypothesis import given
from hypothesis import strategies as st

from net.limits import (
    FIRST_PING_EXPECTING_S,
    MAX_UNANSWERED_PINGS,
    PING_EXPECTING_S,
    PING_IDLE_S,
    PING_JITTER,
    SUSPECT_AFTER_S,
)
from net.link.keepalive import Dead, Keepalive, Ping


def unshortened(size_bytes: int) -> bytes:
    return bytes(size_bytes)


def keepalive() -> Keepalive:
    return Keepalive(0.0, unshortened)


def test_nothing_is_due_before_the_interval() -> None:
    machine = keepalive()
    assert machine.poll(PING_IDLE_S - 0.1) is None
    assert isinstance(machine.poll(PING_IDLE_S), Ping)


def test_what_is_heard_puts_the_ping_off_unless_nothing_is_sent() -> None:
    machine = keepalive()
    machine.heard(10.0)
    machine.sent(10.0)
    assert machine.wake_at() == 10.0 + PING_IDLE_S
    machine.heard(20.0)
    assert machine.wake_at() == 10.0 + PING_IDLE_S


def test_three_unanswered_pings_mean_death() -> None:
    pings, died_at = silence(keepalive())
    assert pings == [PING_IDLE_S, 2 * PING_IDLE_S, 3 * PING_IDLE_S]
    assert died_at == (MAX_UNANSWERED_PINGS + 1) * PING_IDLE_S


def silence(machine: Keepalive) -> tuple[list[float], float]:
    """When it pings where nobody says anything, and when it says that nobody is there."""
    pings: list[float] = []
    while True:
        now = machine.wake_at()
        match machine.poll(now):
            case Ping():
                machine.sent(now)
                pings.append(now)
            case Dead():
                return pings, now
            case None:
                assert machine.is_suspect, "there is nothing else to wake for"


def test_anything_heard_answers_all_pings() -> None:
    machine = keepalive()
    for _ in range(20):
        now = machine.wake_at()
        assert isinstance(machine.poll(now), Ping)
        machine.heard(now + 1)


def test_a_waiting_message_makes_pings_more_frequent_and_stops_doing_so() -> None:
    machine = keepalive()
    machine.expect_answer(expecting=True)
    assert machine.wake_at() == FIRST_PING_EXPECTING_S
    machine.expect_answer(expecting=False)
    assert machine.wake_at() == PING_IDLE_S


def test_a_waiting_message_has_one_ping_sent_early_which_takes_nothing_from_the_peer_s_time() -> None:
    machine = keepalive()
    machine.expect_answer(expecting=True)
    pings, died_at = silence(machine)
    assert pings == [FIRST_PING_EXPECTING_S, *(PING_EXPECTING_S * count for count in (1, 2, 3))]
    assert died_at == (MAX_UNANSWERED_PINGS + 1) * PING_EXPECTING_S


def test_while_a_message_waits_a_peer_that_answers_is_not_asked_early_again() -> None:
    machine = keepalive()
    machine.expect_answer(expecting=True)
    assert isinstance(machine.poll(FIRST_PING_EXPECTING_S), Ping)
    machine.heard(FIRST_PING_EXPECTING_S + 0.1)
    assert machine.wake_at() == FIRST_PING_EXPECTING_S + 0.1 + PING_EXPECTING_S
    machine.expect_answer(expecting=True)
    assert machine.wake_at() == FIRST_PING_EXPECTING_S + 0.1 + FIRST_PING_EXPECTING_S


def test_a_ping_that_nothing_answers_makes_the_link_suspect_until_anything_is_heard() -> None:
    machine = keepalive()
    machine.expect_answer(expecting=True)
    machine.poll(FIRST_PING_EXPECTING_S)
    assert is_trusted(machine)
    assert machine.wake_at() == FIRST_PING_EXPECTING_S + SUSPECT_AFTER_S
    assert machine.poll(FIRST_PING_EXPECTING_S + SUSPECT_AFTER_S) is None
    assert machine.is_suspect
    machine.poll(PING_EXPECTING_S)
    assert machine.is_suspect, "another ping is no answer"
    machine.heard(9.0)
    assert is_trusted(machine)
    assert machine.wake_at() == 9.0 + PING_EXPECTING_S


def is_trusted(machine: Keepalive) -> bool:
    return not machine.is_suspect


shortest_life_s = (MAX_UNANSWERED_PINGS + 1) * PING_EXPECTING_S * (1 - PING_JITTER)


@given(
    silences=st.lists(st.floats(0.0, shortest_life_s - 0.01), max_size=20),
    expecting=st.lists(st.booleans(), min_size=20, max_size=20),
    fills=st.integers(0, 255),
)
def test_whoever_is_heard_of_within_a_quarter_of_a_minute_is_never_given_up(
    silences: list[float], expecting: list[bool], fills: int
) -> None:
    machine = Keepalive(0.0, lambda size_bytes: bytes([fills]) * size_bytes)
    now = 0.0
    for silence_s, expects in zip(silences, expecting, strict=False):
        machine.expect_answer(expecting=expects)
        until = now + silence_s
        while (wake_at := machine.wake_at()) < until:
            verdict = machine.poll(wake_at)
            assert not isinstance(verdict, Dead)
            machine.sent(wake_at)
        now = until
        machine.heard(now)


def test_only_the_answer_to_the_latest_ping_tells_the_round_trip() -> None:
    tokens = iter(range(100))
    machine = Keepalive(0.0, lambda size_bytes: next(tokens).to_bytes(size_bytes, "big"))
    first, second = machine.ping(1.0), machine.ping(2.0)
    round_trips = []
    for token, now in ((first.token, 2.1), (second.token, 2.25), (second.token, 9.0)):
        machine.pong(token, now)
        round_trips.append(machine.rtt_s)
    assert round_trips == [None, 0.25, 0.25]
