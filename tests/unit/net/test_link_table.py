"""Which links are up, and what a peer's links are to do."""

import pytest

from net.events import CloseReason, LinkId
from net.link.frames import FrameType
from net.link_table import LinkTable
from net.peer import LinkKind
from tests.support.nodes import ALICE, BOB
from tests.support.noted_driver import NotedDriver


def test_each_link_has_a_number_of_its_own_and_is_known_until_it_ends() -> None:
    table = LinkTable()
    one, other = NotedDriver(ALICE), NotedDriver(BOB)
    first, second = table.add(one, 5.0), table.add(other, 6.0)
    assert (one.link, other.link) == (first, second)
    assert table.all() == [(first, one), (second, other)]
    assert (table.get(first), table.since(second)) == (one, 6.0)
    assert table.remove(first)
    assert not table.remove(first)
    assert table.get(first) is None
    assert table.add(one, 7.0) not in {first, second}


@pytest.mark.parametrize("link", [None, LinkId(7)])
def test_whoever_has_no_link_is_no_link_that_is_up(link: LinkId | None) -> None:
    table = LinkTable()
    assert table.get(link) is None
    assert not table.remove(link)
    assert not table.offer(link, FrameType.ENVELOPE, b"hello")


def test_nothing_happens_to_a_link_that_is_down() -> None:
    table = LinkTable()
    driver = NotedDriver(ALICE)
    link = table.add(driver, 0.0)
    assert table.remove(link)
    driver.asked.clear()
    table.send(link, FrameType.CONFIRM)
    table.close(link, CloseReason.LOCAL)
    table.expect_if_asked(link)
    table.pause(ALICE, paused=True)
    assert driver.asked == []


def test_a_frame_goes_over_the_link_that_is_named_if_its_buffer_has_room() -> None:
    table = LinkTable()
    driver, other = NotedDriver(ALICE), NotedDriver(ALICE)
    link, _ = table.add(driver, 0.0), table.add(other, 0.0)
    driver.asked.clear()
    other.asked.clear()
    assert table.offer(link, FrameType.ENVELOPE, b"hello")
    driver.takes = False
    assert not table.offer(link, FrameType.ENVELOPE, b"again")
    table.send(link, FrameType.NOMINATE)
    assert driver.asked == [(FrameType.ENVELOPE, b"hello"), (FrameType.ENVELOPE, b"again"), (FrameType.NOMINATE, b"")]
    assert other.asked == []


def test_every_link_of_a_peer_is_paused_and_so_is_one_that_comes_later() -> None:
    table = LinkTable()
    here, invited, elsewhere = NotedDriver(ALICE), NotedDriver(ALICE, LinkKind.INVITE), NotedDriver(BOB)
    for driver in (here, invited, elsewhere):
        table.add(driver, 0.0)
    assert table.of(ALICE) == [here, invited]
    table.pause(ALICE, paused=True)
    later = NotedDriver(ALICE)
    table.add(later, 1.0)
    assert here.asked == invited.asked == ["read", "pause"]
    assert (elsewhere.asked, later.asked) == (["read"], ["pause"])
    table.pause(ALICE, paused=False)
    assert here.asked[-1] == later.asked[-1] == "read"


def test_an_answer_is_expected_of_a_link_once_it_is_in_use() -> None:
    table = LinkTable()
    driver = NotedDriver(ALICE)
    link = table.add(driver, 0.0)
    assert table.expect_answer(ALICE, waiting=True)
    assert not table.expect_answer(ALICE, waiting=True)
    assert driver.asked == ["read"]
    table.expect_if_asked(link)
    assert table.expect_answer(ALICE, waiting=False)
    table.expect_if_asked(link)
    assert driver.asked == ["read", "expect", "expect nothing"]


def test_whoever_is_forgotten_is_asked_for_nothing_when_it_comes_again() -> None:
    table = LinkTable()
    table.pause(ALICE, paused=True)
    assert table.expect_answer(ALICE, waiting=True)
    table.forget(ALICE)
    driver = NotedDriver(ALICE)
    table.expect_if_asked(table.add(driver, 0.0))
    assert driver.asked == ["read", "expect nothing"]
