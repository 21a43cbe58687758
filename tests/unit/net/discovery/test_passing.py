"""Signals that somebody else brings: whose they are is found out by the keys, and what is old or foreign is dropped."""

import pytest

from crypto.rendezvous import EPOCH_S, epoch_at
from crypto.secret import Secret
from net.discovery import passing as module
from net.discovery.passing import Passed, Passing
from net.discovery.signals import Meeting, signal_box
from net.endpoint import Endpoint
from net.errors import LocalError
from net.limits import CLOCK_ERROR_S, MEETING_S, PASSED_BURST, PASSED_PER_SECOND
from net.nat_kind import NatKind
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.support.sessions import Randomness

ANN, BEN, CID = PeerId(b"ann"), PeerId(b"ben"), PeerId(b"cid")
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


def ring(of: Passing, now: float) -> None:
    """Ring Ann."""
    assert of.wishes.wish(ANN, now, is_anybody_there=True)


def take(of: Passing, value: bytes, missing: list[Peer], now: float) -> Passed | None:
    """What it makes of a value that Cid brings."""
    of.bring(CID, value, now)
    return next(iter(of.take(missing, now)), None)


def sealed(content: bytes = b"", clock: HandClock | None = None) -> bytes:
    """What Ann has for Ben."""
    value = passing(clock).seal(AT_ANN, content, PLACE, NatKind.CONE)
    assert value is not None
    return value


def stranger(number: int, *, wanted: bool = True, kind: LinkKind = LinkKind.CONTACT) -> Peer:
    key = LinkKey(kind, Secret(number.to_bytes(32, "big")))
    return Peer(peer_id=PeerId(b"%d" % number), keys=(key,), controls=True, wanted=wanted)


def test_a_signal_says_whose_it_is_by_its_key_alone() -> None:
    brought = take(passing(name="ben"), sealed(b"\x01offer"), [stranger(1), stranger(2), AT_BEN], 0.0)
    assert brought is not None
    assert (brought.peer, brought.signal.endpoints, brought.signal.nat) == (ANN, PLACE, NatKind.CONE)
    assert (brought.signal.content, brought.is_meeting) == (b"\x01offer", False)


def test_one_without_content_is_a_ring() -> None:
    brought = take(passing(name="ben"), sealed(), [AT_BEN], 0.0)
    assert brought is not None
    assert brought.is_meeting


def test_the_same_or_an_older_one_is_no_news() -> None:
    clock, bens = HandClock(), passing(name="ben")
    old = sealed(b"\x01", clock)
    clock.now_s += 1
    new = sealed(b"\x01", clock)
    assert take(bens, new, [AT_BEN], 0.0) is not None
    assert take(bens, new, [AT_BEN], 0.0) is None
    assert take(bens, old, [AT_BEN], 0.0) is None


@pytest.mark.parametrize("damage", [lambda value: value[:-1], lambda value: value[:-1] + b"\0", lambda _: bytes(768)])
def test_what_none_of_the_missing_has_sealed_is_nothing(damage: "object") -> None:
    assert callable(damage)
    assert take(passing(name="ben"), damage(sealed()), [AT_BEN], 0.0) is None
    assert take(passing(name="ben"), sealed(), [], 0.0) is None


def test_our_own_signal_brought_back_is_nothing() -> None:
    assert take(passing(), sealed(), [AT_ANN], 0.0) is None


def test_clocks_may_differ_by_minutes_where_epochs_meet() -> None:
    ahead, behind = HandClock(), HandClock()
    ahead.now_s = (epoch_at(ahead.now_s) + 1) * EPOCH_S + 1.0
    behind.now_s = ahead.now_s - CLOCK_ERROR_S
    assert take(passing(behind), sealed(clock=ahead), [AT_BEN], 0.0) is not None
    assert take(passing(ahead), sealed(clock=behind), [AT_BEN], 0.0) is not None
    behind.now_s -= EPOCH_S
    assert take(passing(behind), sealed(clock=ahead), [AT_BEN], 0.0) is None


def test_who_is_not_wanted_or_holds_an_invite_neither_gets_nor_sends_one() -> None:
    for peer in (stranger(7, wanted=False), stranger(7, kind=LinkKind.INVITE)):
        assert passing().seal(peer, b"", PLACE, NatKind.CONE) is None
        box = signal_box(peer, Meeting(peer.keys[0], epoch_at(HandClock.now_s)), from_us=False)
        assert take(passing(), box.seal(b"\1" + bytes(10)), [peer], 0.0) is None


def test_what_opens_and_is_no_signal_is_nothing() -> None:
    box = signal_box(AT_BEN, Meeting(KEY, epoch_at(HandClock.now_s)), from_us=False)
    assert take(passing(name="ben"), box.seal(b"\x02of another version"), [AT_BEN], 0.0) is None


def test_too_long_a_content_is_refused() -> None:
    with pytest.raises(LocalError):
        passing().seal(AT_ANN, bytes(513), PLACE, NatKind.CONE)


def test_a_flood_waits_and_what_is_too_much_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    bens = passing(name="ben")
    for _ in range(int(PASSED_BURST)):
        assert take(bens, bytes(768), [AT_BEN], 0.0) is None
    assert take(bens, sealed(), [AT_BEN], 0.0) is None
    assert bens.wake_at(0.0) == 1 / PASSED_PER_SECOND
    assert [passed and passed.peer for passed in bens.take([AT_BEN], 1 / PASSED_PER_SECOND)] == [ANN]
    assert bens.wake_at(1 / PASSED_PER_SECOND) is None
    monkeypatch.setattr(module, "MAX_PASSED_TRIES", 2)
    assert take(passing(name="ben"), sealed(), [stranger(1), stranger(2), AT_BEN], 0.0) is None
    assert take(passing(name="ben"), sealed(), [stranger(1), AT_BEN], 0.0) is not None


def test_who_floods_does_not_keep_another_ones_signals_out() -> None:
    bens, now = passing(name="ben"), 0.0
    for step in range(200):
        now = float(step)
        for flooder in (b"eve", b"mallory"):
            bens.bring(PeerId(flooder), bytes(768), now)
        assert set(bens.take([AT_BEN], now)) <= {None}
    assert take(bens, sealed(), [AT_BEN], now) is None
    turn_s = 1 / PASSED_PER_SECOND
    assert [passed and passed.peer for passed in bens.take([AT_BEN], now + turn_s)] == [ANN]


def test_the_first_answer_to_our_ring_is_a_meeting_and_later_ones_are_not() -> None:
    clock, bens = HandClock(), passing(name="ben")
    ring(bens, 0.0)
    meetings = []
    for _ in range(2):
        clock.now_s += 1
        brought = take(bens, sealed(b"\x01", clock), [AT_BEN], 1.0)
        assert brought is not None
        meetings.append(brought.is_meeting)
    assert meetings == [True, False]
    late = passing(name="ben")
    ring(late, 0.0)
    brought = take(late, sealed(b"\x01"), [AT_BEN], MEETING_S + 1)
    assert brought is not None
    assert not brought.is_meeting
