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
    assert lane.in_flight_bytes == len(second.envelope or b"")


def test_landing_twice_counts_once(lane: Lane) -> None:
    lane.launch(outgoing(1, envelope=11))
    lane.land(outgoing(1, envelope=11))
    lane.land(outgoing(1, envelope=11))
    assert lane.in_flight_bytes == 0


@pytest.mark.parametrize(("limit", "value"), [("MAX_IN_FLIGHT", 2), ("MAX_IN_FLIGHT_BYTES", 2 * len(b"sealed 11"))])
def test_a_window_is_full_by_number_or_by_size(
    lane: Lane, limit: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, limit, value)
    for sequence in (1, 2):
        assert not lane.is_full
        lane.launch(outgoing(sequence, envelope=10 + sequence))
    assert lane.is_full
    lane.land(outgoing(1, envelope=11))
    assert not lane.is_full


def test_another_link_begins_with_the_first_payload_again(lane: Lane) -> None:
    lane.behind = False
    lane.launch(outgoing(5, envelope=15))
    lane.begin_anew()
    assert (lane.cursor, lane.in_flight, lane.in_flight_bytes, lane.behind, lane.epoch) == (0, {}, 0, True, 1)


def test_a_lane_is_empty_when_nothing_is_in_flight_or_behind(lane: Lane) -> None:
    empty = [lane.is_empty]  # the store may hold something
    lane.behind = False
    empty.append(lane.is_empty)
    lane.launch(outgoing(1, envelope=11))
    empty.append(lane.is_empty)
    assert empty == [False, True, False]
