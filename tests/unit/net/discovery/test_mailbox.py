"""Whose signals are looked for, and which count."""

from itertools import pairwise

from net.discovery.mailbox import Mailbox
from net.limits import SIGNAL_GRACE_S, SIGNAL_PATIENCE, SIGNAL_POLL_S
from net.peer import PeerId

BEN, ANN = PeerId(b"ben"), PeerId(b"ann")
START = 1000.0


def looked_at(mailbox: Mailbox) -> list[float]:
    moments = []
    while (wake_at := mailbox.wake_at()) is not None:
        moments += [wake_at] * len(mailbox.handle_timer(wake_at))
    return moments


def test_who_is_expected_is_looked_for_at_once_and_until_then() -> None:
    mailbox = Mailbox()
    assert mailbox.wake_at() is None
    mailbox.expect(BEN, START + 3 * SIGNAL_POLL_S, START)
    assert looked_at(mailbox) == [START + number * SIGNAL_POLL_S for number in range(4)]


def test_who_is_waited_for_long_is_looked_for_less_often() -> None:
    mailbox = Mailbox()
    mailbox.expect(BEN, START + 60, START)
    moments = looked_at(mailbox)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert gaps == sorted(gaps)
    assert gaps[0] == SIGNAL_POLL_S < gaps[-1] <= SIGNAL_PATIENCE * 60
    assert len(moments) <= 22, "not every half second"


def test_expecting_longer_goes_on_longer_and_never_less_long() -> None:
    mailbox = Mailbox()
    mailbox.expect(BEN, START + 4 * SIGNAL_POLL_S, START)
    mailbox.expect(BEN, START, START)
    assert looked_at(mailbox)[-1] == START + 4 * SIGNAL_POLL_S


def test_a_signal_means_something_while_it_is_expected_and_a_little_longer() -> None:
    mailbox = Mailbox()
    assert not mailbox.is_expected(BEN, START)
    mailbox.expect(BEN, START + 5, START)
    assert mailbox.is_expected(BEN, START + 5 + SIGNAL_GRACE_S)
    assert not mailbox.is_expected(BEN, START + 6 + SIGNAL_GRACE_S)
    assert not mailbox.is_expected(ANN, START)


def test_only_a_newer_signal_counts() -> None:
    mailbox = Mailbox()
    assert [mailbox.is_new(BEN, time) for time in (5, 5, 4, 6, 0)] == [True, False, False, True, False]
    assert mailbox.is_new(ANN, 0)


def test_a_writer_of_the_future_shuts_others_out_of_a_shared_item_no_longer_than_until_now() -> None:
    mailbox = Mailbox()
    assert mailbox.is_new(BEN, 2**63, shared_at_ms=1_000)
    assert not mailbox.is_new(BEN, 2**63, shared_at_ms=1_001), "read once more"
    assert not mailbox.is_new(BEN, 999, shared_at_ms=1_002), "an old copy"
    assert mailbox.is_new(BEN, 1_003, shared_at_ms=1_003)
    assert mailbox.is_new(ANN, 2**63)
    assert not mailbox.is_new(ANN, 1_003), "nobody but the peer itself is shut out where it alone writes"


def test_who_is_dismissed_is_looked_for_no_more_and_who_is_forgotten_begins_anew() -> None:
    mailbox = Mailbox()
    mailbox.expect(BEN, START + 60, START)
    assert mailbox.is_new(BEN, 5)
    mailbox.dismiss(BEN)
    assert mailbox.wake_at() is None
    assert not mailbox.is_expected(BEN, START)
    assert not mailbox.is_new(BEN, 5)
    mailbox.forget(BEN)
    assert mailbox.is_new(BEN, 5)
