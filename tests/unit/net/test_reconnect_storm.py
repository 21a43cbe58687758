"""Hundreds of contacts that come back at once: all are served, none starves, and then it is quiet."""

from collections.abc import Iterator

import pytest

from net.endpoint import Endpoint
from net.limits import MAX_DIALS
from tests.support.machine_world import Machine
from tests.support.storm_world import HUB, StormWorld

CONTACTS = 500
SETTLED_AFTER_S = 60.0


def scattered() -> Iterator[Endpoint]:
    """Each contact at an address of its own."""
    for number in range(CONTACTS):
        yield Endpoint.parse(f"5.6.{number >> 8}.{number & 255}:5000")


def behind_one_nat() -> Iterator[Endpoint]:
    for number in range(CONTACTS):
        yield Endpoint.parse(f"5.6.7.8:{10_000 + number}")


def storm(contacts: Iterator[Endpoint]) -> StormWorld:
    return StormWorld(contacts)


def all_at_once(_: Machine) -> float:
    return 0.0


def assert_settled(world: StormWorld, present: list[Machine]) -> None:
    """Everybody who is there has one link, both sides agree, and nothing is left to do for them."""
    assert {contact.peer_id for contact in present} == set(world.hub.online)
    assert all(HUB in contact.online for contact in present)
    assert world.links_by_contact() == {contact.peer_id: 1 for contact in present}
    assert all(contact.paths.wake_at() is None for contact in present)
    assert not any(contact.dials for contact in present)


@pytest.mark.parametrize("within_s", [0.0, 2.0], ids=["in one moment", "within two seconds"])
def test_five_hundred_contacts_who_come_at_once_are_all_online_soon(within_s: float) -> None:
    world = storm(scattered())
    world.introduce(at=lambda contact: within_s * world.contacts.index(contact) / CONTACTS)
    world.run(SETTLED_AFTER_S)
    assert_settled(world, world.contacts)
    came = sorted(contact.online[HUB] for contact in world.contacts)
    assert came[CONTACTS // 2] < 5.0
    assert came[-1] < 30.0, "somebody starved"
    assert world.hub.paths.wake_at() is None
    assert world.hub.most_dials <= MAX_DIALS
    assert max(contact.dialled for contact in world.contacts) <= 8


def test_a_network_that_fails_for_a_moment_costs_everybody_seconds() -> None:
    world = storm(scattered())
    world.introduce(at=all_at_once)
    world.run(SETTLED_AFTER_S)
    for contact in world.contacts:
        contact.dialled = 0
    world.drop_all()
    assert not world.hub.online
    world.run(2 * SETTLED_AFTER_S)
    assert_settled(world, world.contacts)
    assert max(contact.online[HUB] for contact in world.contacts) < SETTLED_AFTER_S + 30.0
    assert max(contact.dialled for contact in world.contacts) <= 8


def test_those_who_are_away_hold_up_nobody() -> None:
    world = storm(scattered())
    for contact in world.contacts[::3]:
        contact.is_there = False
    present = [contact for contact in world.contacts if contact.is_there]
    world.introduce(at=all_at_once)
    world.run(SETTLED_AFTER_S)
    assert_settled(world, present)
    assert max(contact.online[HUB] for contact in present) < 30.0
    assert world.hub.most_dials <= MAX_DIALS


def test_where_only_they_can_dial_our_door_lets_them_in_one_after_the_other() -> None:
    world = storm(scattered())
    world.hub.knows_where = False
    world.introduce(at=all_at_once)
    world.run(SETTLED_AFTER_S)
    assert_settled(world, world.contacts)
    assert max(contact.online[HUB] for contact in world.contacts) < 15.0
    assert max(contact.dialled for contact in world.contacts) <= 4


def test_those_whom_only_we_can_reach_are_reached_however_many_are_away() -> None:
    world = storm(scattered())
    *absent, present = world.contacts
    for contact in absent:
        contact.is_there = False
    present.knows_where = False
    world.introduce(at=all_at_once)
    world.run(SETTLED_AFTER_S)
    assert_settled(world, [present])
    assert present.online[HUB] < 45.0, "four hundred dials that hang ten seconds each, by the number that may at once"
    assert world.hub.most_dials <= MAX_DIALS


def test_five_hundred_behind_one_address_are_served_too_and_come_back_by_themselves() -> None:
    world = storm(behind_one_nat())
    world.introduce(at=all_at_once)
    world.run(SETTLED_AFTER_S)
    assert_settled(world, world.contacts)
    assert max(contact.online[HUB] for contact in world.contacts) < 15.0
    world.lose_sight()
    world.drop_all()
    world.run(3 * SETTLED_AFTER_S)
    assert_settled(world, world.contacts)
    came = sorted(contact.online[HUB] - SETTLED_AFTER_S for contact in world.contacts)
    assert came[CONTACTS // 2] < 20.0
    assert came[-1] < 90.0, "somebody starved"
