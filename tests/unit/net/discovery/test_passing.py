"""Signals that somebody else brings: whose they are is found out by the keys, and what is old or foreign is dropped."""

import pytest

from crypto.rendezvous import EPOCH_S, epoch_at
from crypto.secret import Secret
from net.discovery import passing as module
from net.discovery.passing import Passing
from net.discovery.signals import Meeting, signal_box
from net.endpoint import Endpoint
from net.errors import LocalError
from net.limits import (
    CLOCK_ERROR_S,
    FIRST_PASSED_PAUSE_S,
    MEETING_S,
    MIN_RING_PAUSE_S,
    PASSED_BURST,
    PASSED_CALLS_AT_ONCE,
    PASSED_DELAY_S,
    PASSED_PATIENCE_S,
    PASSED_PER_SECOND,
)
from net.nat_kind import NatKind
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.support.sessions import Randomness

ANN, BEN = PeerId(b"ann"), PeerId(b"ben")
KEY = LinkKey(LinkKind.CONTACT, Secret(b"k" * 32))
AT_ANN = Peer(peer_id=BEN, keys=(KEY,), controls=True, wanted=True)
AT_BEN = Peer(peer_id=ANN, keys=(KEY,), controls=False, wanted=True)
PLACE = (Endpoint.of("192.0.2.7", 4711),)


class HandClock:
    now_s = 1_000_000.0 * EPOCH_S + EPOCH_S / 2

    def __call__(self) -> float:
        return self.now_s


def passing(clock: HandClock | None = None, name: str = "ann") -> Passing:
    return Passing(random=Randomness(name), clock=clock or HandClock(), now=0.0)


def sealed(content: bytes = b"", clock: HandClock | None = None) -> bytes:
    """What Ann has for Ben."""
    value = passing(clock).seal(AT_ANN, content, PLACE, NatKind.CONE)
    assert value is not None
    return value


def stranger(number: int, *, wanted: bool = True, kind: LinkKind = LinkKind.CONTACT) -> Peer:
    key = LinkKey(kind, Secret(number.to_bytes(32, "big")))
    return Peer(peer_id=PeerId(b"%d" % number), keys=(key,), controls=True, wanted=wanted)


def test_a_signal_says_whose_it_is_by_its_key_alone() -> None:
    brought = passing(name="ben").take(sealed(b"\x01offer"), [stranger(1), stranger(2), AT_BEN], 0.0)
    assert brought is not None
    assert (brought.peer, brought.signal.endpoints, brought.signal.nat) == (ANN, PLACE, NatKind.CONE)
    assert (brought.signal.content, brought.is_meeting) == (b"\x01offer", False)


def test_one_without_content_is_a_ring() -> None:
    brought = passing(name="ben").take(sealed(), [AT_BEN], 0.0)
    assert brought is not None
    assert brought.is_meeting


def test_the_same_or_an_older_one_is_no_news() -> None:
    clock, bens = HandClock(), passing(name="ben")
    old = sealed(b"\x01", clock)
    clock.now_s += 1
    new = sealed(b"\x01", clock)
    assert bens.take(new, [AT_BEN], 0.0) is not None
    assert bens.take(new, [AT_BEN], 0.0) is None
    assert bens.take(old, [AT_BEN], 0.0) is None


@pytest.mark.parametrize("damage", [lambda value: value[:-1], lambda value: value[:-1] + b"\0", lambda _: bytes(768)])
def test_what_none_of_the_missing_has_sealed_is_nothing(damage: "object") -> None:
    assert callable(damage)
    assert passing(name="ben").take(damage(sealed()), [AT_BEN], 0.0) is None
    assert passing(name="ben").take(sealed(), [], 0.0) is None


def test_our_own_signal_brought_back_is_nothing() -> None:
    assert passing().take(sealed(), [AT_ANN], 0.0) is None


def test_clocks_may_differ_by_minutes_where_epochs_meet() -> None:
    ahead, behind = HandClock(), HandClock()
    ahead.now_s = (epoch_at(ahead.now_s) + 1) * EPOCH_S + 1.0
    behind.now_s = ahead.now_s - CLOCK_ERROR_S
    assert passing(behind).take(sealed(clock=ahead), [AT_BEN], 0.0) is not None
    assert passing(ahead).take(sealed(clock=behind), [AT_BEN], 0.0) is not None
    behind.now_s -= EPOCH_S
    assert passing(behind).take(sealed(clock=ahead), [AT_BEN], 0.0) is None


def test_who_is_not_wanted_or_holds_an_invite_neither_gets_nor_sends_one() -> None:
    for peer in (stranger(7, wanted=False), stranger(7, kind=LinkKind.INVITE)):
        assert passing().seal(peer, b"", PLACE, NatKind.CONE) is None
        box = signal_box(peer, Meeting(peer.keys[0], epoch_at(HandClock.now_s)), from_us=False)
        assert passing().take(box.seal(b"\1" + bytes(10)), [peer], 0.0) is None


def test_what_opens_and_is_no_signal_is_nothing() -> None:
    box = signal_box(AT_BEN, Meeting(KEY, epoch_at(HandClock.now_s)), from_us=False)
    assert passing(name="ben").take(box.seal(b"\x02of another version"), [AT_BEN], 0.0) is None


def test_too_long_a_content_is_refused() -> None:
    with pytest.raises(LocalError):
        passing().seal(AT_ANN, bytes(513), PLACE, NatKind.CONE)


def test_a_flood_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    bens = passing(name="ben")
    for _ in range(int(PASSED_BURST)):
        assert bens.take(bytes(768), [AT_BEN], 0.0) is None
    assert bens.take(sealed(), [AT_BEN], 0.0) is None
    assert bens.take(sealed(), [AT_BEN], 1 / PASSED_PER_SECOND) is not None
    monkeypatch.setattr(module, "MAX_PASSED_TRIES", 2)
    assert passing(name="ben").take(sealed(), [stranger(1), stranger(2), AT_BEN], 0.0) is None
    assert passing(name="ben").take(sealed(), [stranger(1), AT_BEN], 0.0) is not None


def test_the_first_answer_to_our_ring_is_a_meeting_and_later_ones_are_not() -> None:
    clock, bens = HandClock(), passing(name="ben")
    assert bens.wish(ANN, 0.0, is_anybody_there=True)
    meetings = []
    for _ in range(2):
        clock.now_s += 1
        brought = bens.take(sealed(b"\x01", clock), [AT_BEN], 1.0)
        assert brought is not None
        meetings.append(brought.is_meeting)
    assert meetings == [True, False]
    late = passing(name="ben")
    late.wish(ANN, 0.0, is_anybody_there=True)
    brought = late.take(sealed(b"\x01"), [AT_BEN], MEETING_S + 1)
    assert brought is not None
    assert not brought.is_meeting


def test_rings_come_more_and_more_seldom_until_there_is_a_link() -> None:
    ours = passing()
    assert ours.wake_at() is None
    assert ours.wish(BEN, 0.0, is_anybody_there=True)
    rung_at = [0.0]
    while (now := ours.wake_at()) is not None:
        assert ours.handle_timer(now - 0.1) == []
        assert ours.handle_timer(now) == [BEN]
        rung_at.append(now)
    assert [now / FIRST_PASSED_PAUSE_S for now in rung_at] == [2**number - 1 for number in range(11)]
    assert rung_at[-1] < PASSED_PATIENCE_S <= 2 * rung_at[-1]
    assert not ours.wish(BEN, rung_at[-1] + 1, is_anybody_there=True)
    ours.linked(BEN)
    assert ours.wish(BEN, rung_at[-1] + 1, is_anybody_there=True)


def test_a_ring_that_nobody_is_there_to_bring_is_none_and_goes_when_somebody_has_come() -> None:
    ours = passing()
    assert not ours.wish(BEN, 0.0, is_anybody_there=False)
    for came_at in (0.1, 0.2, 0.3):  # one after the other puts nothing off
        ours.somebody_came(came_at)
    assert ours.wake_at() == 0.1 + PASSED_DELAY_S
    assert ours.handle_timer(0.1 + PASSED_DELAY_S) == [BEN]


def test_of_many_for_whom_something_waits_four_are_rung_at_a_time() -> None:
    ours = passing()
    peers = [PeerId(b"%d" % number) for number in range(PASSED_CALLS_AT_ONCE + 1)]
    for peer_id in peers:
        ours.wish(peer_id, 0.0, is_anybody_there=False)
    assert ours.handle_timer(1.0) == peers[:-1]
    assert ours.wake_at() == 1.0 + MIN_RING_PAUSE_S
    assert peers[-1] in ours.handle_timer(1.0 + MIN_RING_PAUSE_S)


def test_whoever_comes_online_is_asked_for_those_whom_a_message_waits_for() -> None:
    ours = passing()
    peers = [PeerId(b"%d" % number) for number in range(3)]
    for peer_id in peers:
        ours.wish(peer_id, 0.0, is_anybody_there=True)
    now = 0.0
    while now < 1_000:  # until the pauses are long
        now = ours.wake_at() or now
        ours.handle_timer(now)
    ours.somebody_came(now + MIN_RING_PAUSE_S - 0.1)
    assert ours.handle_timer(now + MIN_RING_PAUSE_S + PASSED_DELAY_S) == []
    ours.somebody_came(now + MIN_RING_PAUSE_S)
    ours.linked(peers[0])
    ours.forget(peers[1])
    assert ours.handle_timer(now + MIN_RING_PAUSE_S + PASSED_DELAY_S) == peers[2:]
    ours.somebody_came(PASSED_PATIENCE_S)
    assert ours.handle_timer(PASSED_PATIENCE_S + PASSED_DELAY_S) == []
