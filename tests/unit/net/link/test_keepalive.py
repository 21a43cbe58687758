"""When to ping, and when a link is dead."""

from net.limits import MAX_UNANSWERED_PINGS, PING_EXPECTING_S, PING_IDLE_S
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
    machine = keepalive()
    now = 0.0
    for _ in range(MAX_UNANSWERED_PINGS):
        now = machine.wake_at()
        assert isinstance(machine.poll(now), Ping)
        machine.sent(now)
    now = machine.wake_at()
    assert now == (MAX_UNANSWERED_PINGS + 1) * PING_IDLE_S
    assert isinstance(machine.poll(now), Dead)


def test_anything_heard_answers_all_pings() -> None:
    machine = keepalive()
    for _ in range(20):
        now = machine.wake_at()
        assert isinstance(machine.poll(now), Ping)
        machine.heard(now + 1)


def test_a_waiting_message_makes_pings_more_frequent_and_stops_doing_so() -> None:
    machine = keepalive()
    machine.expect_answer(expecting=True)
    assert machine.wake_at() == PING_EXPECTING_S
    machine.expect_answer(expecting=False)
    assert machine.wake_at() == PING_IDLE_S


def test_only_the_answer_to_the_latest_ping_tells_the_round_trip() -> None:
    tokens = iter(range(100))
    machine = Keepalive(0.0, lambda size_bytes: next(tokens).to_bytes(size_bytes, "big"))
    first, second = machine.ping(1.0), machine.ping(2.0)
    round_trips = []
    for token, now in ((first.token, 2.1), (second.token, 2.25), (second.token, 9.0)):
        machine.pong(token, now)
        round_trips.append(machine.rtt_s)
    assert round_trips == [None, 0.25, 0.25]
