"""What messages tell of the clocks of their authors."""

from app.services.clock_watch import DAY_S, SETTLED_AFTER_S, ClockWatch

NOW = 1_800_000_000.0
YEAR_S = 365 * DAY_S
ANN = 1


def watch(sent_at: float, *, added_at: float = NOW - YEAR_S, linked_s: float | None = None) -> ClockWatch:
    made = ClockWatch()
    if linked_s is not None:
        made.linked(ANN, now=NOW - linked_s)
    made.heard(ANN, sent_at=sent_at, added_at=added_at, now=NOW)
    return made


def test_a_message_from_the_future_proves_a_difference() -> None:
    assert watch(NOW + 4 * YEAR_S).ahead_s == {ANN: 4 * YEAR_S}


def test_an_old_message_may_have_waited_and_proves_nothing() -> None:
    assert watch(NOW - 10 * DAY_S).ahead_s == {}
    assert watch(NOW - 10 * DAY_S, linked_s=5.0).ahead_s == {}


def test_a_message_from_before_its_author_was_known_proves_a_difference() -> None:
    assert watch(NOW - 2 * YEAR_S).ahead_s == {ANN: -2 * YEAR_S}


def test_an_old_message_over_a_link_that_stood_for_a_while_proves_a_difference() -> None:
    assert watch(NOW - 10 * DAY_S, linked_s=SETTLED_AFTER_S).ahead_s == {ANN: -10 * DAY_S}


def test_a_fresh_message_over_such_a_link_proves_agreement() -> None:
    assert watch(NOW - 1, linked_s=SETTLED_AFTER_S).ahead_s == {ANN: -1}


def test_a_link_that_moves_to_a_better_path_is_as_old_as_it_was_and_a_new_one_is_not() -> None:
    made = ClockWatch()
    made.linked(ANN, now=NOW - 100)
    made.linked(ANN, now=NOW)
    made.heard(ANN, sent_at=NOW - 2 * DAY_S, added_at=NOW - YEAR_S, now=NOW)
    assert made.ahead_s == {ANN: -2 * DAY_S}
    made.forget(ANN)
    made.linked(ANN, now=NOW - 100)
    made.unlinked(ANN)
    made.linked(ANN, now=NOW)
    made.heard(ANN, sent_at=NOW - 2 * DAY_S, added_at=NOW - YEAR_S, now=NOW)
    assert made.ahead_s == {}
