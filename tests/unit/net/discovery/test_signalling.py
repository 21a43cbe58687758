"""Two who have no link call each other on a DHT, in virtual time: rings, look-ups and signals between whole sides."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from crypto.rendezvous import EPOCH_S, Rendezvous
from crypto.secret import Secret
from crypto.signal import SignalBox, ring_hints
from net.discovery.signal import Signal
from net.endpoint import Endpoint
from net.errors import LocalError
from net.limits import (
    FRESH_POLL_S,
    IDLE_POLL_S,
    INVITE_RING_DELAY_S,
    MAX_SIGNAL_BYTES,
    MEETING_S,
    MIN_RING_PAUSE_S,
    RING_BURST,
    RING_DELAY_S,
    RING_SIGNAL_S,
    RINGS_PER_SECOND,
    SIGNAL_POLL_S,
)
from net.nat_kind import NatKind
from net.peer import LinkKind, Peer, PeerId
from tests.support.dht_world import DELAY_S, OWN, UNIX_START_S, DhtWorld, Person, befriend, contact_key
from tests.support.virtual_time import run_virtually

HOURS_S = 2 * 3_600.0
SOON_S = 10.0
"""A few calls of the DHT, and what is waited between them."""


@asynccontextmanager
async def persons(count: int = 2) -> AsyncIterator[tuple[DhtWorld, tuple[Person, ...]]]:
    world = DhtWorld()
    made = tuple(Person(world, number) for number in range(1, count + 1))
    try:
        yield world, made
    finally:
        for person in made:
            await person.leave()


def test_who_idles_for_hours_learns_within_one_idle_pause_that_somebody_came_who_cannot_be_reached() -> None:
    async def scenario() -> None:
        async with persons() as (_, (ann, ben)):
            ben_to_ann, ann_to_ben = befriend(ann, ben)
            ben.come()
            await asyncio.sleep(HOURS_S)
            ben.found.clear()
            came_at = ann.loop.time()
            ann.come()
            await asyncio.sleep(IDLE_POLL_S + SOON_S)
            assert [peer for _, peer in ben.met][:1] == [ann_to_ben]
            (rung_at, _), *_ = ann.met
            assert rung_at - came_at <= RING_DELAY_S + 2.0
            assert ann.met[0][1] == ben_to_ann
            heard_at, _ = ben.met[0]
            assert heard_at - rung_at <= IDLE_POLL_S + 1.0
            (found_at, found), *_ = ben.found
            assert found.endpoints == (ann.endpoint,)
            assert found_at - heard_at <= 1.0

    run_virtually(scenario())


def test_who_slept_for_hours_is_found_and_rings_as_soon_as_it_wakes() -> None:
    async def scenario() -> None:
        async with persons() as (world, (ann, ben)):
            to_ben, _ = befriend(ann, ben)
            ben.come()
            await asyncio.sleep(SOON_S)
            world.items.clear()  # what nodes do in the night, while the clock by which ben waits stands still
            ann.clock_error_s = ben.clock_error_s = 3 * EPOCH_S
            ann.come()
            await asyncio.sleep(SOON_S)
            assert ann.found == []
            ben.wan.restart()
            await asyncio.sleep(IDLE_POLL_S)
            assert ann.found[0][1].endpoints == (ben.endpoint,)
            assert ben.found[0][1].endpoints == (ann.endpoint,)
            assert to_ben in [peer_id for _, peer_id in ann.met]

    run_virtually(scenario())


def test_who_is_linked_after_the_record_was_found_is_not_rung() -> None:
    async def scenario() -> None:
        async with persons() as (world, (ann, ben)):
            ben_to_ann, _ = befriend(ann, ben)
            ben.come()
            ann.come()
            while not ann.found:
                await asyncio.sleep(0.1)
            ann.wan.set_linked(ben_to_ann, linked=True)
            ben.wan.set_linked(PeerId(b"the one"), linked=True)
            await asyncio.sleep(HOURS_S)
            assert world.calls["announce"] == 0
            assert not ben.met

    run_virtually(scenario())


def test_a_ring_that_stands_for_most_of_an_hour_is_heeded_a_few_times_only() -> None:
    async def scenario() -> None:
        async with persons() as (_, (ann, ben)):
            befriend(ann, ben)
            ben.come()
            ann.come()
            await asyncio.sleep(60)
            await ann.leave()
            heeded = len(ben.met)
            await asyncio.sleep(HOURS_S)
            assert len(ben.met) - heeded <= 12

    run_virtually(scenario())


@pytest.mark.parametrize("caller", ["the one that controls", "the other one"])
def test_a_signal_reaches_the_other_side_and_an_answer_comes_back(caller: str) -> None:
    async def scenario() -> None:
        async with persons() as (_, (ann, ben)):
            befriend(ann, ben)
            sides = [(ann, PeerId(b"the other")), (ben, PeerId(b"the one"))]
            (calling, to_callee), (callee, to_caller) = sides if caller == "the one that controls" else sides[::-1]
            callee.come()
            await asyncio.sleep(HOURS_S)
            calling.come()
            while not calling.found:
                await asyncio.sleep(0.1)
            calling.wan.signalling.send(to_callee, b"\x01offer")
            calling.wan.signalling.ring(to_callee)
            calling.wan.signalling.expect(to_callee, calling.loop.time() + 60)
            while not callee.signals:
                await asyncio.sleep(0.1)
            assert callee.signals == [(to_caller, b"\x01offer")]
            callee.wan.signalling.send(to_caller, b"\x01answer")
            await asyncio.sleep(SIGNAL_POLL_S + 1)
            assert calling.signals == [(to_callee, b"\x01answer")]
            await asyncio.sleep(HOURS_S)
            assert (len(calling.signals), len(callee.signals)) == (1, 1)

    run_virtually(scenario())


def test_two_who_would_dial_under_different_keys_hear_each_other() -> None:
    """Each of two sessions is the one that one of them writes on, for a while."""

    async def scenario() -> None:
        async with persons() as (_, (ann, ben)):
            to_ben, to_ann = befriend(ann, ben, contact_key(1), contact_key(2))
            ben.wan.set_peer(
                Peer(
                    to_ann,
                    (contact_key(2), contact_key(1)),
                    controls=False,
                    wanted=True,
                    rendezvous=ann.own.shared,
                )
            )
            for person in (ann, ben):
                person.come()
            while not (ann.met and ben.met):
                await asyncio.sleep(0.1)
            await asyncio.sleep(SOON_S)
            for person, to in ((ann, to_ben), (ben, to_ann)):
                person.wan.signalling.expect(to, person.loop.time() + 20)
            ann.wan.signalling.send(to_ben, b"\x01from ann")
            ben.wan.signalling.send(to_ann, b"\x01from ben")
            await asyncio.sleep(20)
            assert ann.signals == [(to_ben, b"\x01from ben")]
            assert ben.signals == [(to_ann, b"\x01from ann")]

    run_virtually(scenario())


@pytest.mark.parametrize("error_s", [-14_400.0, -4_000.0, 4_000.0, 14_400.0])
def test_clocks_that_differ_by_up_to_an_epoch_do_no_harm(error_s: float) -> None:
    async def scenario() -> None:
        async with persons() as (_, (ann, ben)):
            to_ben, to_ann = befriend(ann, ben)
            ben.clock_error_s = error_s
            ben.come()
            await asyncio.sleep(HOURS_S)
            ann.come()
            await asyncio.sleep(IDLE_POLL_S + SOON_S)
            assert to_ann in [peer for _, peer in ben.met]
            assert ann.endpoint in [each for _, found in ben.found for each in found.endpoints]
            ann.wan.signalling.send(to_ben, b"\x01offer")
            ben.wan.signalling.expect(to_ann, ben.loop.time() + 5)
            await asyncio.sleep(5)
            assert ben.signals == [(to_ann, b"\x01offer")]
            ann.wan.signalling.expect(to_ben, ann.loop.time() + 5)
            ben.wan.signalling.send(to_ann, b"\x01answer")
            await asyncio.sleep(5)
            assert ann.signals == [(to_ben, b"\x01answer")]

    run_virtually(scenario())


def test_the_poster_of_an_invite_learns_from_a_ring_where_its_holder_is() -> None:
    async def scenario() -> None:
        async with persons(3) as (world, (ann, ben, _)):
            invite, key = PeerId(b"invite"), contact_key(7, LinkKind.INVITE)
            ben.come()
            ben.wan.set_own({OWN: ben.own, invite: Person(world, 9).own})
            ben.wan.set_peer(Peer(invite, (key,), controls=False, wanted=False))
            await asyncio.sleep(HOURS_S)
            ann.come()
            shared = Person(world, 9).own.shared
            ann.wan.set_peer(Peer(PeerId(b"ben"), (key,), controls=False, wanted=True, rendezvous=shared))
            await asyncio.sleep(IDLE_POLL_S + RING_SIGNAL_S + SOON_S)
            assert {peer for _, peer in ben.met} == {invite}
            assert {(found.peer, found.endpoints, found.nat) for _, found in ben.found} == {
                (invite, (ann.endpoint,), NatKind.CONE)
            }
            assert not ben.signals
            assert not ann.signals

    run_virtually(scenario())


def test_who_takes_an_invite_rings_its_poster_at_once_and_is_heard_and_found_within_a_second() -> None:
    async def scenario() -> None:
        async with persons() as (world, (ann, ben)):
            invite, key, own = PeerId(b"invite"), contact_key(7, LinkKind.INVITE), Person(world, 9).own
            for person in (ann, ben):
                person.come()
            await asyncio.sleep(HOURS_S)
            ben.wan.set_own({OWN: ben.own, invite: own})
            ben.wan.set_peer(Peer(invite, (key,), controls=False, wanted=False))
            taken_at = ann.loop.time()
            ann.wan.set_peer(Peer(PeerId(b"ben"), (key,), controls=False, wanted=True, rendezvous=own.shared))
            while not ben.found:
                await asyncio.sleep(0.05)
            assert ann.met == [(taken_at + INVITE_RING_DELAY_S, PeerId(b"ben"))]
            assert ben.found[0][1].endpoints == (ann.endpoint,)
            assert ben.found[0][0] - taken_at <= INVITE_RING_DELAY_S + FRESH_POLL_S + 3 * DELAY_S
            await asyncio.sleep(SOON_S)
            assert world.calls["announce"] == 1, "and not again when the record was found"

    run_virtually(scenario())


def test_the_poster_of_an_invite_whose_clock_is_wrong_is_rung_once_more_where_it_listens() -> None:
    async def scenario() -> None:
        async with persons() as (world, (ann, ben)):
            invite, key, own = PeerId(b"invite"), contact_key(7, LinkKind.INVITE), Person(world, 9).own
            ben.clock_error_s = EPOCH_S
            ben.come()
            ben.wan.set_own({OWN: ben.own, invite: own})
            ben.wan.set_peer(Peer(invite, (key,), controls=False, wanted=False))
            ann.come()
            await asyncio.sleep(SOON_S)
            ann.wan.set_peer(Peer(PeerId(b"ben"), (key,), controls=False, wanted=True, rendezvous=own.shared))
            await asyncio.sleep(MIN_RING_PAUSE_S + SOON_S)
            assert invite in [peer for _, peer in ben.met]
            assert ben.found[0][1].endpoints == (ann.endpoint,)

    run_virtually(scenario())


def test_an_epoch_that_has_passed_since_the_last_ring_is_no_reason_to_ring_sooner() -> None:
    async def scenario() -> None:
        async with persons() as (_, (ann, ben)):
            to_ben, _ = befriend(ann, ben)
            for person in (ann, ben):
                person.come()
            await asyncio.sleep(HOURS_S)
            rung = len(ann.met)
            ann.wan.signalling.ring(to_ben)
            await asyncio.sleep(MEETING_S)
            ann.wan.signalling.found(to_ben, int(UNIX_START_S // 14_400) + 1)
            await asyncio.sleep(SOON_S)
            assert len(ann.met) == rung + 1

    run_virtually(scenario())


def test_who_learns_of_its_address_after_ringing_tells_the_poster_of_the_invite() -> None:
    async def scenario() -> None:
        async with persons() as (world, (ann, ben)):
            invite, key, own = PeerId(b"invite"), contact_key(7, LinkKind.INVITE), Person(world, 9).own
            for person in (ann, ben):
                person.come()
            ben.wan.set_own({OWN: ben.own, invite: own})
            ben.wan.set_peer(Peer(invite, (key,), controls=False, wanted=False))
            ann.wan.set_peer(Peer(PeerId(b"ben"), (key,), controls=False, wanted=True, rendezvous=own.shared))
            await asyncio.sleep(SOON_S)
            elsewhere = (Endpoint.of("198.51.100.77", 7_000),)
            ann.wan.set_place(elsewhere, NatKind.CONE)
            await asyncio.sleep(SOON_S)
            assert [found.endpoints for _, found in ben.found] == [(ann.endpoint,), elsewhere]
            await asyncio.sleep(RING_SIGNAL_S)
            puts = world.calls["put"]
            ann.wan.set_place((ann.endpoint,), NatKind.CONE)
            await asyncio.sleep(SOON_S)
            assert world.calls["put"] == puts + 1, "only the record"

    run_virtually(scenario())


def test_what_was_said_to_the_poster_of_an_invite_goes_with_the_ring() -> None:
    async def scenario() -> None:
        async with persons() as (world, (ann, ben)):
            invite, key = PeerId(b"invite"), contact_key(7, LinkKind.INVITE)
            ben.come()
            ben.wan.set_own({OWN: ben.own, invite: Person(world, 9).own})
            ben.wan.set_peer(Peer(invite, (key,), controls=False, wanted=False))
            ann.come()
            to_ben = PeerId(b"ben")
            ann.wan.set_peer(Peer(to_ben, (key,), controls=False, wanted=True, rendezvous=Person(world, 9).own.shared))
            while not ann.found:
                await asyncio.sleep(0.1)
            ann.wan.signalling.send(to_ben, b"\x01offer")
            ann.wan.signalling.expect(to_ben, ann.loop.time() + 60)
            await asyncio.sleep(20)
            assert ben.signals == [(invite, b"\x01offer")]
            ben.wan.signalling.send(invite, b"\x01answer")
            await asyncio.sleep(5)
            assert ann.signals == [(to_ben, b"\x01answer")]

    run_virtually(scenario())


@pytest.mark.parametrize("value", ["junk", "another key's", "our own", "no signal", "old"])
def test_what_is_no_new_signal_of_the_peer_is_ignored(value: str) -> None:
    async def scenario() -> None:
        async with persons() as (world, (ann, ben)):
            _, to_ann = befriend(ann, ben)
            ben.come()
            await asyncio.sleep(1)
            epoch = int(UNIX_START_S // 14_400)
            box = SignalBox.of(contact_key(1).secret, epoch, from_controlling=True)
            own_box = SignalBox.of(contact_key(1).secret, epoch, from_controlling=False)
            other_box = SignalBox.of(contact_key(2).secret, epoch, from_controlling=True)
            good = box.seal(Signal(5, (), b"\x01good").encode())
            values = {
                "junk": b"x" * 768,
                "another key's": other_box.seal(Signal(6, (), b"\x01forged").encode()),
                "our own": own_box.seal(Signal(6, (), b"\x01mirrored").encode()),
                "no signal": box.seal(b"\x07nonsense"),
                "old": box.seal(Signal(4, (), b"\x01old").encode()),
            }
            ben.wan.signalling.item(box.item_key, good)  # nobody asked for it
            assert ben.signals == []
            world.items[box.item_key] = good, ben.loop.time()
            ben.wan.signalling.expect(to_ann, ben.loop.time() + 30)
            await asyncio.sleep(2)
            for each in (values[value], good):
                world.items[box.item_key] = each, ben.loop.time()
                await asyncio.sleep(2 * SIGNAL_POLL_S)
            assert ben.signals == [(to_ann, b"\x01good")]

    run_virtually(scenario())


def test_a_flood_of_rings_has_us_do_little_and_a_friend_comes_through() -> None:
    async def scenario() -> None:
        async with persons() as (world, (ann, ben)):
            _, to_ann = befriend(ann, ben)
            for number in range(100):
                shared = Rendezvous(ben.own.shared.point, Secret(number.to_bytes(32, "big")))
                name, key = PeerId(b"%d" % number), contact_key(1_000 + number)
                ben.wan.set_peer(Peer(name, (key,), controls=False, wanted=True, rendezvous=shared))
            ben.come()
            await asyncio.sleep(HOURS_S)
            before = world.calls.copy()
            bell = ben.own.shared.bell(int((UNIX_START_S + ben.loop.time()) // 14_400))
            flood = {
                Endpoint.of(f"192.0.{address}.1", port): ben.loop.time()
                for address in range(4)
                for number in range(20)
                for port in ring_hints(contact_key(1_000 + number).secret, bell)
            }
            world.rings.setdefault(bell, {}).update(flood)
            await asyncio.sleep(600)
            assert 0 < len(ben.met) <= RING_BURST + 600 * RINGS_PER_SECOND + 1
            assert world.calls["get"] - before["get"] <= 10 * len(ben.met) + 100
            assert world.calls["look"] - before["look"] <= 18 * len(ben.met)
            ann.come()
            await asyncio.sleep(600)
            assert to_ann in [peer for _, peer in ben.met]

    run_virtually(scenario())


def test_a_message_that_waits_has_the_peer_rung_anew() -> None:
    async def scenario() -> None:
        async with persons() as (world, (ann, ben)):
            to_ben, _ = befriend(ann, ben)
            for person in (ann, ben):
                person.come()
            await asyncio.sleep(HOURS_S)
            rung = len(ann.met)
            ann.wan.nudge(to_ben)
            await asyncio.sleep(MIN_RING_PAUSE_S + SOON_S)
            assert len(ann.met) > rung
            assert world.calls["announce"] > 0

    run_virtually(scenario())


def test_who_is_removed_is_neither_rung_nor_heeded_nor_told_anything() -> None:
    async def scenario() -> None:
        async with persons() as (world, (ann, ben)):
            to_ben, to_ann = befriend(ann, ben)
            ben.come()
            ann.come()
            while not ann.found:
                await asyncio.sleep(0.1)
            ann.wan.remove_peer(to_ben)
            ben.wan.remove_peer(to_ann)
            puts = world.calls["put"]
            ann.wan.signalling.ring(to_ben)
            ann.wan.signalling.send(to_ben, b"\x01offer")
            ann.wan.signalling.expect(to_ben, ann.loop.time() + 60)
            await asyncio.sleep(60)
            assert world.calls["announce"] == 0
            assert world.calls["put"] == puts
            assert not ben.met

    run_virtually(scenario())


def test_a_signal_that_is_too_long_is_refused() -> None:
    async def scenario() -> None:
        async with persons() as (_, (ann, ben)):
            to_ben, _ = befriend(ann, ben)
            ann.wan.signalling.send(to_ben, bytes(MAX_SIGNAL_BYTES + 1))  # the DHT is off: it goes nowhere
            ann.come()
            await asyncio.sleep(1)
            with pytest.raises(LocalError):
                ann.wan.signalling.send(to_ben, bytes(MAX_SIGNAL_BYTES + 1))

    run_virtually(scenario())


def test_where_two_met_is_forgotten_after_minutes() -> None:
    """Until then a clock that is wrong by an epoch does no harm."""

    async def scenario() -> None:
        async with persons() as (world, (ann, ben)):
            to_ben, _ = befriend(ann, ben)
            ben.clock_error_s = 14_400.0
            ben.wan.set_peer(Peer(PeerId(b"the one"), (contact_key(1),), controls=False, wanted=False))
            ben.come()
            ann.come()
            await asyncio.sleep(30)
            ahead = SignalBox.of(contact_key(1).secret, int(UNIX_START_S // 14_400) + 1, from_controlling=True)
            ann.wan.signalling.send(to_ben, b"\x01a")
            assert ahead.item_key in world.items
            world.items.clear()
            await ben.leave()
            await asyncio.sleep(MEETING_S)
            ann.wan.signalling.send(to_ben, b"\x01b")
            assert ahead.item_key not in world.items

    run_virtually(scenario())
