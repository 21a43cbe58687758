import pytest

from app.services import lane as module
from app.services.lane import Lane
from net.peer import PeerId
from tests.support.samples import envelope_id, outgoing


@pytest.fixture
def lane() -> Lane:
    return Lane(1, PeerId(b"peer"))


def test_what_was_launched_is_found_until_it_has_landed(lane: Lane) -> None:
    first, second = outgoing(1, envelope=11), outgoing(2, envelope=12)
    lane.launch(first)
    lane.launch(second)
    assert lane.cursor == 2
    assert lane.find([envelope_id(12), envelope_id(99), envelope_id(11)]) == [second, first]
    lane.land(first)
    assert lane.find([envelope_id(11)]) == []
    assert lane.under_way_bytes == len(second.envelope or b"")


def test_landing_twice_counts_once(lane: Lane) -> None:
    lane.launch(outgoing(1, envelope=11))
    lane.land(outgoing(1, envelope=11))
    lane.land(outgoing(1, envelope=11))
    assert lane.under_way_bytes == 0


@pytest.mark.parametrize(("limit", "value"), [("MAX_IN_FLIGHT", 2), ("MAX_IN_FLIGHT_BYTES", 2 * len(b"sealed 11"))])
def test_a_window_is_full_by_number_or_by_size(
    lane: Lane, limit: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, limit, value)
    for sequence in (1, 2):
        assert lane.has_room
        lane.launch(outgoing(sequence, envelope=10 + sequence))
    assert not lane.has_room
    lane.land(outgoing(1, envelope=11))
    assert lane.has_room


def test_what_is_to_be_durable_soon_needs_room_too(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_IN_FLIGHT", 2)
    lane.prepare(outgoing(1, envelope=11))
    lane.launch(outgoing(1, envelope=11))
    has_room = [lane.has_room]
    lane.prepare(outgoing(2, envelope=12))
    has_room.append(lane.has_room)
    lane.commits_failed()
    has_room.append(lane.has_room)
    assert has_room == [True, False, True]
    assert lane.under_way_bytes == len(b"sealed 11")


def test_a_lane_keeps_up_while_it_is_online_with_room_and_nothing_behind(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane.behind = False
    kept_up = [lane.keeps_up]
    lane.online = True
    kept_up.append(lane.keeps_up)
    monkeypatch.setattr(module, "MAX_IN_FLIGHT", 0)
    kept_up.append(lane.keeps_up)
    assert kept_up == [False, True, False]


def test_a_payload_goes_at_once_only_if_all_before_it_are_known_to_be_durable(lane: Lane) -> None:
    lane.online, lane.behind = True, False
    first, second, third = (outgoing(number, envelope=10 + number) for number in (1, 2, 3))
    for each in (first, second, third):
        lane.prepare(each)
    assert [lane.is_next(each) for each in (second, first, third)] == [False, True, True]
    assert lane.committed == 3
    assert lane.under_way_bytes == 0


def test_another_link_begins_with_the_first_payload_again(lane: Lane) -> None:
    lane.behind = lane.overdue = False
    lane.launch(outgoing(5, envelope=15))
    lane.begin_anew()
    assert (lane.cursor, lane.in_flight, lane.under_way_bytes, lane.epoch) == (0, {}, 0, 1)
    assert all((lane.behind, lane.overdue))


def test_a_lane_is_empty_when_nothing_is_in_flight_or_behind(lane: Lane) -> None:
    empty = [lane.is_empty]  # the store may hold something
    lane.behind = False
    empty.append(lane.is_empty)
    lane.launch(outgoing(1, envelope=11))
    empty.append(lane.is_empty)
    assert empty == [False, True, False]
