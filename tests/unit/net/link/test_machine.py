"""One connection as a script: bytes in, bytes and events out, time as numbers."""

import pytest

from crypto.secret import Secret
from net.errors import LocalError
from net.events import CloseReason
from net.limits import HANDSHAKE_TIMEOUT_S, MAX_UNAUTHENTICATED_BYTES, REKEY_INTERVAL_S
from net.link import machine as machine_module
from net.link.frames import Frame, FrameType, FrameWriter
from net.link.machine import Closed, LinkEvent, LinkMachine, Open, Opened
from net.peer import LinkKey, LinkKind
from tests.support.links import (
    ALICE,
    BOB,
    KEY,
    counted,
    dialler,
    drain,
    exchange,
    feed,
    keyring,
    listener,
    opened,
    rival,
)

OTHER_KEY = LinkKey(LinkKind.CONTACT, Secret(b"x" * 32))
RESET_KEY = LinkKey(LinkKind.RESET, Secret(b"r" * 32))
INVITE_KEY = LinkKey(LinkKind.INVITE, Secret(b"i" * 32))


def frames(events: list[LinkEvent], frame_type: FrameType) -> list[bytes]:
    return [event.body for event in events if isinstance(event, Frame) and event.type is frame_type]


def pass_time(machine: LinkMachine, until: float) -> tuple[list[LinkEvent], float]:
    """Ring the timer as often as it asks for, until a moment or an event; the peer is silent."""
    while (wake_at := machine.wake_at()) is not None and wake_at <= until:
        events = machine.handle_timer(wake_at)
        machine.take_output(wake_at)
        if events:
            return events, wake_at
    return [], until


def test_two_machines_open_a_link_with_one_hash() -> None:
    first, second = dialler(), listener()
    ours, theirs = exchange(first, second)
    assert isinstance(ours[0], Opened)
    assert ours[0] == theirs[0]
    assert second.party is not None
    assert (second.party.peer, second.party.kind) == (ALICE, LinkKind.CONTACT)
    assert first.party is not None
    assert first.party.peer == BOB


def test_both_sides_learn_from_where_they_are_seen_and_the_round_trip() -> None:
    first, second = dialler(), listener()
    ours, theirs = exchange(first, second)
    assert len(frames(ours, FrameType.OBSERVED_ADDRESS)) == len(frames(theirs, FrameType.OBSERVED_ADDRESS)) == 1
    assert first.rtt_s == second.rtt_s == 0.0


def test_byte_by_byte_is_as_good_as_at_once() -> None:
    first, second = dialler(), listener()
    for _ in range(3):
        for byte in drain(first):
            feed(second, bytes([byte]))
        for byte in drain(second):
            feed(first, bytes([byte]))
    assert first.is_open
    assert second.is_open


def test_a_responder_is_not_open_before_the_initiator_has_proved_itself() -> None:
    first, second = dialler(), listener()
    assert feed(second, drain(first)) == []
    assert second.output_bytes == 56
    assert not second.is_open


def test_opaque_frames_arrive_in_order() -> None:
    first, second = opened()
    for number in range(5):
        first.send(FrameType.ENVELOPE, bytes([number]))
    first.send(FrameType.HANDSHAKE, b"h")
    first.send(FrameType.PROGRESS, b"p")
    _, events = exchange(first, second)
    assert frames(events, FrameType.ENVELOPE) == [bytes([number]) for number in range(5)]
    assert frames(events, FrameType.HANDSHAKE) == [b"h"]
    assert frames(events, FrameType.PROGRESS) == [b"p"]


def test_a_frame_that_says_nothing_else_is_empty() -> None:
    first, second = opened()
    first.send(FrameType.NOMINATE)
    _, events = exchange(first, second)
    assert events == [Frame(FrameType.NOMINATE, b"")]


def test_what_waits_behind_the_first_frame_is_read_too() -> None:
    first, second = dialler(), listener()
    feed(second, drain(first))
    feed(first, drain(second))
    first.send(FrameType.ENVELOPE, bytes(200_000))
    first.send(FrameType.ENVELOPE, b"small")
    events = feed(second, drain(first))
    assert [len(body) for body in frames(events, FrameType.ENVELOPE)] == [200_000, 5]


@pytest.mark.parametrize("data", [b"", b"GET / HTTP/1.1\r\n\r\n", bytes(72), bytes(9000)])
def test_a_stranger_hears_nothing_and_is_let_go_at_the_deadline(data: bytes) -> None:
    machine = listener()
    assert feed(machine, data) == []
    events, ended_at = pass_time(machine, 60.0)
    assert events == [Closed(CloseReason.DEAD)]
    assert 0.8 * HANDSHAKE_TIMEOUT_S <= ended_at <= HANDSHAKE_TIMEOUT_S
    assert drain(machine) == b""


def test_no_more_than_4_kib_of_a_stranger_are_read() -> None:
    machine = listener()
    feed(machine, bytes(MAX_UNAUTHENTICATED_BYTES - 1))
    assert machine.wants_bytes
    feed(machine, b"x")
    assert not machine.wants_bytes


def test_who_began_with_rubbish_is_not_answered_any_more() -> None:
    second = listener()
    feed(second, bytes(72))
    feed(second, drain(dialler()))
    assert drain(second) == b""
    assert second.party is None


def test_who_spoiled_the_first_frame_does_not_open_the_link_with_a_second() -> None:
    first, second = dialler(), listener()
    feed(second, drain(first))
    feed(first, drain(second))
    proof = drain(first)
    assert feed(second, bytes([17, 0, 0]) + bytes(17)) == []
    assert feed(second, proof) == []
    assert not second.is_open


def test_another_key_gets_silence() -> None:
    machine = listener(keyring(OTHER_KEY))
    assert feed(machine, drain(dialler())) == []
    assert drain(machine) == b""


def test_a_replayed_first_flight_gets_silence() -> None:
    ring = keyring(KEY)
    flight = drain(dialler())
    first, replayed = listener(ring), listener(ring)
    feed(first, flight)
    feed(replayed, flight)
    assert len(drain(first)) == 56
    assert drain(replayed) == b""


def test_rubbish_after_an_answered_first_flight_ends_like_a_strangers_connection() -> None:
    machine = listener()
    feed(machine, drain(dialler()))
    drain(machine)
    assert feed(machine, bytes(100)) == []
    assert not machine.is_closed
    assert pass_time(machine, 60.0)[0] == [Closed(CloseReason.DEAD)]
    assert drain(machine) == b""


def test_a_large_frame_from_somebody_unproved_is_not_waited_for() -> None:
    machine = listener()
    feed(machine, drain(dialler()))
    drain(machine)
    feed(machine, (500_000).to_bytes(3, "little"))
    feed(machine, bytes(3000))
    assert len(machine.space()) <= MAX_UNAUTHENTICATED_BYTES


def test_a_dialler_gives_up_on_silence() -> None:
    machine = dialler()
    drain(machine)
    assert pass_time(machine, 60.0) == ([Closed(CloseReason.DEAD)], HANDSHAKE_TIMEOUT_S)


@pytest.mark.parametrize("late_s", [0.0, 0.5, 3_600.0])
def test_a_timer_that_rings_late_ends_the_wait_too(late_s: float) -> None:
    machine = dialler(now=7.0)
    assert machine.handle_timer(7.0 + HANDSHAKE_TIMEOUT_S - 0.5) == []
    assert machine.handle_timer(7.0 + HANDSHAKE_TIMEOUT_S + late_s) == [Closed(CloseReason.DEAD)]


def test_a_dialler_ends_at_a_false_second_flight() -> None:
    machine = dialler()
    drain(machine)
    assert feed(machine, bytes(56)) == [Closed(CloseReason.PROTOCOL)]
    assert drain(machine) == b""


def test_an_idle_link_is_pinged_and_lives() -> None:
    first, second = opened()
    now, pings = 0.0, 0
    while now < 600.0:
        now = min(machine.wake_at() or now for machine in (first, second))
        for machine in (first, second):
            assert machine.handle_timer(now) == []
        pings += bool(first.output_bytes or second.output_bytes)
        assert exchange(first, second, now) == ([], [])
    assert 40 <= pings <= 110
    assert first.is_open
    assert second.is_open


def test_an_idle_link_gives_back_what_large_frames_needed() -> None:
    first, second = opened()
    first.send(FrameType.ENVELOPE, bytes(500_000))
    exchange(first, second)
    grown, scratch = len(second.space()), writer_of(first)._scratch.space(1).obj
    for machine in (first, second):
        now = machine.wake_at()
        assert now is not None
        machine.handle_timer(now)
    assert len(second.space()) < grown
    assert writer_of(first)._scratch.space(1).obj is not scratch


def writer_of(machine: LinkMachine) -> FrameWriter:
    assert isinstance(machine._state, Open)
    return machine._state.writer


def test_a_silent_peer_is_dead_after_three_pings() -> None:
    first, _ = opened()
    events, ended_at = pass_time(first, 600.0)
    assert events == [Closed(CloseReason.DEAD)]
    assert 48.0 <= ended_at <= 60.0


def test_a_silent_peer_is_dead_sooner_while_a_message_waits() -> None:
    first, _ = opened()
    first.expect_answer(expecting=True)
    events, ended_at = pass_time(first, 600.0)
    assert events == [Closed(CloseReason.DEAD)]
    assert 16.0 <= ended_at <= 20.0


def test_a_busy_peer_is_suspect_until_it_answers_and_stays_linked() -> None:
    first, second = opened()
    first.expect_answer(expecting=True)
    now, waiting = 0.0, bytearray()
    while now < 12.0:
        now = first.wake_at() or now
        assert first.handle_timer(now) == []
        waiting += drain(first, now)
    assert first.is_suspect
    feed(second, bytes(waiting), now)
    assert exchange(first, second, now) == ([], [])
    assert is_trusted(first)
    pass_time(first, 600.0)
    assert is_trusted(first), "it is dead"


def is_trusted(machine: LinkMachine) -> bool:
    return not machine.is_suspect


def test_who_does_not_read_excuses_the_silence() -> None:
    first, _ = opened()
    now = 0.0
    while now < 200.0:
        now = first.wake_at() or now
        first.excuse(now)
        assert first.handle_timer(now) == []
        first.take_output(now)


def test_the_round_trip_is_measured() -> None:
    first, second = dialler(), listener()
    feed(second, drain(first))
    feed(first, drain(second))
    feed(second, drain(first), 0.1)
    feed(first, drain(second), 0.25)
    assert first.rtt_s == 0.25


def test_both_keys_change_every_hour() -> None:
    first, second = opened()
    for now in (REKEY_INTERVAL_S, 2 * REKEY_INTERVAL_S):
        for machine in (first, second):
            machine.handle_timer(now)
            machine.send(FrameType.ENVELOPE, b"under the new key")
        for events in exchange(first, second, now):
            assert frames(events, FrameType.ENVELOPE) == [b"under the new key"]


@pytest.fixture
def rekeyed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """For every change of a key, how many frames it had sealed."""
    counts: list[int] = []
    rekey = FrameWriter.rekey

    def counted_rekey(writer: FrameWriter) -> bytes | bytearray:
        counts.append(writer.frames_under_key)
        return rekey(writer)

    monkeypatch.setattr(FrameWriter, "rekey", counted_rekey)
    return counts


def test_an_hour_is_counted_from_the_opening_and_from_each_change(rekeyed: list[int]) -> None:
    first, _ = opened(now=50.0)
    changes = []
    for since_s in (0.0, 3_599.0, 3_600.0, 3_601.0, 7_100.0, 7_199.0, 7_300.0, 10_800.0, 10_900.0):
        first.excuse(50.0 + since_s)
        assert first.handle_timer(50.0 + since_s) == []
        changes.append(len(rekeyed))
    assert changes == [0, 0, 1, 1, 1, 1, 2, 2, 3]


def test_the_key_changes_after_so_many_frames(monkeypatch: pytest.MonkeyPatch, rekeyed: list[int]) -> None:
    monkeypatch.setattr(machine_module, "REKEY_FRAMES", 10)
    first, second = opened()
    for number in range(50):
        first.send(FrameType.ENVELOPE, bytes([number]))
    _, events = exchange(first, second)
    assert frames(events, FrameType.ENVELOPE) == [bytes([number]) for number in range(50)]
    assert len(rekeyed) >= 5
    assert set(rekeyed) == {10}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (CloseReason.LOCAL, CloseReason.REMOTE),
        (CloseReason.REMOVED, CloseReason.REMOTE),
        (CloseReason.PROTOCOL, CloseReason.REMOTE),
        (CloseReason.SUPERSEDED, CloseReason.SUPERSEDED),
    ],
)
def test_a_close_is_told_to_the_peer(ours: CloseReason, theirs: CloseReason) -> None:
    first, second = opened()
    assert first.close(ours) == [Closed(ours)]
    assert feed(second, drain(first)) == [Closed(theirs)]
    assert drain(second) == b""


@pytest.mark.parametrize("reason", [CloseReason.LOST, CloseReason.DEAD])
def test_nothing_is_said_into_a_dead_connection(reason: CloseReason) -> None:
    first, _ = opened()
    first.close(reason)
    assert drain(first) == b""


def test_frames_behind_a_close_are_not_heard() -> None:
    first, second = opened()
    first.send(FrameType.ENVELOPE, b"before")
    first.close(CloseReason.LOCAL)
    data = drain(first)
    events = feed(second, data + bytes(1000))
    assert frames(events, FrameType.ENVELOPE) == [b"before"]
    assert events[-1] == Closed(CloseReason.REMOTE)


def test_a_forged_frame_ends_the_link_and_the_peer_is_told() -> None:
    first, second = opened()
    first.send(FrameType.ENVELOPE, b"good")
    events = feed(second, drain(first) + bytes(50))
    assert frames(events, FrameType.ENVELOPE) == [b"good"]
    assert events[-1] == Closed(CloseReason.PROTOCOL)
    assert feed(first, drain(second)) == [Closed(CloseReason.REMOTE)]


def test_a_closed_machine_does_nothing_more() -> None:
    first, _ = opened()
    first.close(CloseReason.LOST)
    assert first.close(CloseReason.LOCAL) == []
    assert first.handle_timer(1e9) == []
    assert first.wake_at() is None
    with pytest.raises(LocalError):
        first.send(FrameType.ENVELOPE, b"late")


def test_nothing_can_be_sent_before_the_link_is_open() -> None:
    with pytest.raises(LocalError):
        dialler(random=counted(9)).send(FrameType.ENVELOPE, b"early")


def kinds(machine: LinkMachine) -> LinkKind:
    assert machine.party is not None
    return machine.party.kind


@pytest.mark.parametrize("key", [KEY, RESET_KEY, INVITE_KEY])
def test_of_two_first_flights_that_cross_the_one_of_the_controlling_side_stands(key: LinkKey) -> None:
    first = rival(key, controls=True, known=keyring(key))
    second = rival(key, controls=False, known=keyring(key))
    ours, theirs = exchange(first, second)
    assert isinstance(ours[0], Opened)
    assert ours[0] == theirs[0]
    assert first.has_crossed
    assert second.has_crossed
    assert (first.has_yielded, second.has_yielded) == (False, True)
    first.send(FrameType.ENVELOPE, b"there")
    second.send(FrameType.ENVELOPE, b"back")
    ours, theirs = exchange(first, second)
    assert frames(ours, FrameType.ENVELOPE) == [b"back"]
    assert frames(theirs, FrameType.ENVELOPE) == [b"there"]


@pytest.mark.parametrize(("kept", "dropped"), [(RESET_KEY, KEY), (INVITE_KEY, KEY), (RESET_KEY, INVITE_KEY)])
@pytest.mark.parametrize("controls", [False, True])
def test_the_flight_under_the_rarer_kind_of_key_stands_whoever_controls(
    kept: LinkKey, dropped: LinkKey, *, controls: bool
) -> None:
    first = rival(kept, controls=controls, known=keyring(kept, dropped))
    second = rival(dropped, controls=not controls, known=keyring(kept, dropped))
    exchange(first, second)
    assert first.is_open
    assert second.is_open
    assert (first.has_yielded, second.has_yielded) == (False, True)
    assert kinds(first) is kinds(second) is kept.kind


def test_who_lacks_the_key_of_the_flight_that_crossed_waits_for_the_answer_to_its_own() -> None:
    first = rival(RESET_KEY, controls=False, known=keyring(RESET_KEY))
    second = rival(KEY, controls=True, known=keyring(KEY, RESET_KEY))
    exchange(first, second)
    assert first.is_open
    assert second.is_open
    assert second.has_yielded


def test_two_who_know_nothing_of_each_other_s_keys_give_up_at_the_deadline() -> None:
    first = rival(KEY, controls=True, known=keyring(KEY))
    second = rival(OTHER_KEY, controls=False, known=keyring(OTHER_KEY))
    exchange(first, second)
    for machine in (first, second):
        assert not machine.is_open
        assert pass_time(machine, 60.0)[0] == [Closed(CloseReason.DEAD)]


def test_a_rival_that_is_simply_answered_has_not_crossed_anybody() -> None:
    for controls in (False, True):
        first, second = rival(controls=controls), listener()
        exchange(first, second)
        assert first.is_open
        assert not first.has_crossed


def test_our_own_flight_that_comes_back_ends_the_connection() -> None:
    machine = rival(controls=False)
    assert feed(machine, drain(machine)) == [Closed(CloseReason.PROTOCOL)]
    assert drain(machine) == b""


def test_only_one_flight_may_cross_ours() -> None:
    machine = rival(controls=True)
    drain(machine)
    assert feed(machine, drain(dialler())) == []
    assert feed(machine, drain(dialler(random=counted(8)))[:56]) == [Closed(CloseReason.PROTOCOL)]


def test_a_flight_that_was_seen_before_is_not_yielded_to() -> None:
    ring = keyring(KEY)
    flight = drain(dialler())
    feed(listener(ring), flight)
    machine = rival(controls=False, known=ring)
    drain(machine)
    assert feed(machine, flight) == []
    assert not machine.has_yielded
    assert drain(machine) == b""


def test_nobody_who_dialled_from_any_port_is_yielded_to() -> None:
    machine = dialler()
    drain(machine)
    assert feed(machine, drain(dialler(random=counted(8)))) == [Closed(CloseReason.PROTOCOL)]
