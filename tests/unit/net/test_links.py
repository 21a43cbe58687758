"""What becomes of links, between whole nodes over real loopback sockets."""

import asyncio
import os

import pytest

from crypto.link import initiate
from crypto.primitives import KeyPair
from crypto.secret import Secret
from net import gate
from net.dial_log import DialOutcome
from net.dialling import DialId, Way
from net.endpoint import Endpoint
from net.events import (
    CloseReason,
    EnvelopeReceived,
    FlightUnanswered,
    LinkDown,
    LinkUp,
    PathClass,
    PeerOffline,
    PeerOnline,
)
from net.limits import MAX_OBSERVATIONS_PER_LINK
from net.link import keepalive, machine
from net.link.frames import FrameType, encode_observed
from net.nat_kind import NatKind
from net.observation import Observation
from net.path_effects import Dial
from net.paths import Paths
from net.peer import LinkKey, LinkKind, PeerId
from tests.support.aio import run
from tests.support.nodes import ALICE, BOB, KEY, Junction, Station, befriend, stations

CID, OTHER_KEY = PeerId(b"cid"), LinkKey(LinkKind.CONTACT, Secret(b"o" * 32))


def test_two_nodes_with_one_key_come_online() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            await befriend(alice, bob)
            dialled, accepted = alice.of(LinkUp)[0], bob.of(LinkUp)[0]
            assert dialled.handshake_hash == accepted.handshake_hash
            assert (dialled.dialled, accepted.dialled) == (True, False)
            assert (dialled.peer, accepted.peer) == (BOB, ALICE)
            assert dialled.path is PathClass.LAN
            assert dialled.remote == bob.endpoint

    run(scenario())


def test_what_a_peer_sees_of_us_is_kept_while_the_link_stands() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            await befriend(alice, bob)
            dialled, accepted = alice.of(LinkUp)[0], bob.of(LinkUp)[0]
            for sender, receiver, peer in ((alice, bob, BOB), (bob, alice, ALICE)):
                assert sender.node.send_envelope(peer, b"comes after it")
                await receiver.next(EnvelopeReceived)
            said = alice.node._whereabouts._own_addresses._links[dialled.link].observation
            assert (said.observer.name, said.local, said.seen) == (BOB, accepted.remote, accepted.remote)
            assert not said.accepted
            assert bob.node._whereabouts._own_addresses._links[accepted.link].observation.accepted
            assert alice.node.nat is NatKind.UNKNOWN  # one contact, and on this very computer
            assert alice.node.address_facts().external == ()
            alice.node.close_link(dialled.link)
            assert alice.node._whereabouts._own_addresses._links == {}

    run(scenario())


def test_a_peer_that_says_ever_anew_where_it_sees_us_is_heeded_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            heard: list[Observation] = []
            monkeypatch.setattr(alice.node._whereabouts, "observed", lambda _, said, **__: heard.append(said))
            await befriend(alice, bob)
            (driver,) = bob.node._table.of(ALICE)
            for number in range(1, 100):
                driver.send(FrameType.OBSERVED_ADDRESS, encode_observed(Endpoint.of("203.0.113.1", number)))
            assert bob.node.send_envelope(ALICE, b"comes after them")
            await alice.next(EnvelopeReceived)
            assert len(heard) == MAX_OBSERVATIONS_PER_LINK

    run(scenario())


def test_whoever_stays_near_ends_links_to_afar_and_takes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            monkeypatch.setattr(Paths, "path_of", lambda *_, **__: PathClass.DIRECT)
            await befriend(alice, bob)
            alice.node.stay_near(wanted=True)
            await alice.next(PeerOffline)
            await bob.next(PeerOffline)
            while alice.node.dial_report(BOB)[-1].outcome is not DialOutcome.CLOSED:
                await asyncio.sleep(0.01)
            assert len(alice.of(LinkUp)) == 1
            alice.node.stay_near(wanted=False)
            await alice.next(PeerOnline, 2)

    run(scenario())


def test_near_links_outlast_the_wish_to_stay_near() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            await befriend(alice, bob)
            alice.node.stay_near(wanted=True)
            assert alice.node.send_envelope(BOB, b"still here")
            await bob.next(EnvelopeReceived)
            assert not alice.of(PeerOffline)

    run(scenario())


def test_a_killed_connection_is_dialled_again() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            await befriend(alice, bob)
            for _, driver in bob.node._table.all():
                assert driver._stream is not None
                driver._stream.abort()
            await alice.next(PeerOffline)
            await alice.next(PeerOnline, 2)
            await bob.next(PeerOnline, 2)
            assert alice.of(LinkDown)[0].reason is CloseReason.LOST
            assert alice.node.send_envelope(BOB, b"again")
            assert (await bob.next(EnvelopeReceived)).envelope == b"again"

    run(scenario())


def test_where_nobody_answers_on_a_link_another_takes_over_and_nobody_was_offline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keepalive, "FIRST_PING_EXPECTING_S", 0.01)
    monkeypatch.setattr(keepalive, "SUSPECT_AFTER_S", 0.01)

    async def scenario() -> None:
        async with stations() as (alice, bob):
            await befriend(alice, bob)
            (deaf,) = bob.node._table.of(ALICE)
            assert deaf._stream is not None
            deaf._stream.pause_reading()
            alice.node.expect_answer(BOB, waiting=True)
            assert (await alice.next(PeerOnline, 2)).link != alice.of(PeerOnline)[0].link
            assert (await bob.next(PeerOnline, 2)).link != bob.of(PeerOnline)[0].link
            assert alice.of(PeerOffline) == bob.of(PeerOffline) == []
            assert alice.node.send_envelope(BOB, b"by the other")
            assert (await bob.next(EnvelopeReceived)).envelope == b"by the other"

    run(scenario())


def test_both_dial_at_once_and_one_link_survives() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            alice.know(BOB, bob, controls=True)
            bob.know(ALICE, alice)

            def hashes(station: Station) -> set[bytes]:
                down = {event.link for event in station.of(LinkDown)}
                return {event.handshake_hash for event in station.of(LinkUp) if event.link not in down}

            await asyncio.gather(alice.next(PeerOnline), bob.next(PeerOnline))
            if len(alice.of(LinkUp)) > 1:
                await alice.next(LinkDown)
                await bob.until(lambda: len(hashes(bob)) == 1)
            await bob.until(lambda: hashes(bob) == hashes(alice))
            assert len(hashes(alice)) == 1
            assert alice.node.send_envelope(BOB, b"over the survivor")
            assert (await bob.next(EnvelopeReceived)).envelope == b"over the survivor"

    run(scenario())


async def said_to_stranger(endpoint: Endpoint, data: bytes) -> bytes:
    """What comes back within a moment."""
    reader, writer = await asyncio.open_connection(str(endpoint.address), endpoint.port)
    writer.write(data)
    try:
        async with asyncio.timeout(0.15):
            return await reader.read(1)
    except TimeoutError:
        return b"silence"
    finally:
        writer.close()
        await writer.wait_closed()


def first_flight(key: bytes) -> bytes:
    return initiate(Secret(key), KeyPair.from_private(os.urandom(32))).first_flight


def test_strangers_get_silence_and_no_close() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            bob.know(ALICE)
            replayed = first_flight(KEY.secret.reveal())
            assert await said_to_stranger(bob.endpoint, replayed) != b"silence"
            for data in (b"", b"GET / HTTP/1.1\r\n\r\n", os.urandom(5000), first_flight(b"x" * 32), replayed):
                assert await said_to_stranger(bob.endpoint, data) == b"silence"
            assert bob.events == []
            assert alice.events == []

    run(scenario())


def test_one_source_that_fills_the_door_makes_room_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MAX_UNAUTHENTICATED", 4)

    async def scenario() -> None:
        async with stations() as (alice, bob):
            host, port = str(bob.endpoint.address), bob.endpoint.port
            strangers = [await asyncio.open_connection(host, port) for _ in range(5)]
            assert await strangers[0][0].read(1) == b""  # the first made room
            await befriend(alice, bob)
            for _, writer in strangers:
                writer.close()

    run(scenario())


def test_an_invites_link_becomes_the_contacts() -> None:
    invite = LinkKey(LinkKind.INVITE, Secret(b"i" * 32))
    invite_id = PeerId(b"invite")

    async def scenario() -> None:
        async with stations(3) as (inviter, joiner, other):
            inviter.know(invite_id, keys=(invite,))
            for newcomer in (joiner, other):
                newcomer.know(invite_id, inviter, controls=True, keys=(invite,))
            await inviter.next(LinkUp, 2)
            await asyncio.gather(joiner.next(LinkUp), other.next(LinkUp))
            assert {event.kind for event in inviter.of(LinkUp)} == {LinkKind.INVITE}
            link = joiner.of(LinkUp)[0]
            twin = next(up for up in inviter.of(LinkUp) if up.handshake_hash == link.handshake_hash)
            inviter.know(BOB)
            inviter.node.adopt(twin.link, BOB)
            joiner.know(ALICE, inviter, controls=True)
            joiner.node.adopt(link.link, ALICE)
            joiner.node.remove_peer(invite_id)
            assert joiner.of(PeerOnline)[0].link == link.link
            assert inviter.of(PeerOnline)[0].peer == BOB
            assert inviter.node.send_envelope(BOB, b"welcome")
            assert (await joiner.next(EnvelopeReceived)).peer == ALICE
            assert inviter.of(LinkDown) == []

    run(scenario())


def test_a_removed_peer_loses_its_links() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            await befriend(alice, bob)
            bob.node.remove_peer(ALICE)
            assert bob.of(LinkDown)[0].reason is CloseReason.REMOVED
            assert len(bob.of(PeerOffline)) == 1
            assert (await alice.next(LinkDown)).reason is CloseReason.REMOTE
            assert not alice.node.send_envelope(BOB, b"late")

    run(scenario())


def test_a_closed_link_is_reported_on_both_sides() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            await befriend(alice, bob)
            alice.node.close_link(alice.of(LinkUp)[0].link)
            assert alice.of(LinkDown)[0].reason is CloseReason.LOCAL
            assert (await bob.next(LinkDown)).reason is CloseReason.REMOTE

    run(scenario())


def test_a_nomination_with_the_close_frame_behind_it_is_survived() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            await befriend(alice, bob)
            [(_, driver)] = alice.node._table.all()
            driver.send(FrameType.NOMINATE)
            driver.close(CloseReason.LOCAL)
            assert (await bob.next(LinkDown)).reason is CloseReason.REMOTE

    run(scenario())


def test_a_peer_that_breaks_the_protocol_loses_its_link() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            await befriend(alice, bob)
            [(_, driver)] = alice.node._table.all()
            assert driver._stream is not None
            driver._stream.write(bytes(100))
            assert (await bob.next(LinkDown)).reason is CloseReason.PROTOCOL
            await alice.next(LinkDown)

    run(scenario())


def test_a_flight_that_nobody_answers_is_told_once_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "HANDSHAKE_TIMEOUT_S", 0.2)

    async def scenario() -> None:
        async with stations() as (alice, bob):
            alice.know(BOB, bob, keys=(LinkKey(LinkKind.RESET, Secret(b"x" * 32)),))
            unanswered = await alice.next(FlightUnanswered)
            assert unanswered == FlightUnanswered(BOB, LinkKind.RESET)
            records = alice.node.dial_report(BOB)
            assert sum(record.count for record in records) == len(alice.of(FlightUnanswered))

    run(scenario())


def punched(peer: PeerId, there: Endpoint, key: LinkKey = KEY, *, controls: bool) -> Dial:
    return Dial(DialId(1_000), peer, there, key, Way.PUNCH, controls=controls)


def test_two_who_dial_each_other_at_once_have_one_link() -> None:
    async def scenario() -> None:
        junction = Junction()
        await junction.open()
        async with stations() as (alice, bob):
            alice.know(BOB, controls=True)
            bob.know(ALICE)
            alice.node._links._attempts.start(punched(BOB, junction.endpoint, controls=True))
            bob.node._links._attempts.start(punched(ALICE, junction.endpoint, controls=False))
            ours, theirs = await alice.next(LinkUp), await bob.next(LinkUp)
            assert ours.handshake_hash == theirs.handshake_hash
            assert (ours.dialled, theirs.dialled) == (True, False)
            await alice.next(PeerOnline)
            await bob.next(PeerOnline)
            assert alice.node.send_envelope(BOB, b"hello")
            assert (await bob.next(EnvelopeReceived)).envelope == b"hello"
            assert alice.node._links._attempts._under_way == bob.node._links._attempts._under_way == {}
        await junction.close()

    run(scenario())


def test_who_lost_its_session_asks_for_another_though_both_dial_at_once() -> None:
    reset = LinkKey(LinkKind.RESET, Secret(b"r" * 32))

    async def scenario() -> None:
        junction = Junction()
        await junction.open()
        async with stations() as (alice, bob):
            alice.know(BOB, controls=True, keys=(KEY, reset))
            bob.know(ALICE, keys=(reset,))
            alice.node._links._attempts.start(punched(BOB, junction.endpoint, controls=True))
            bob.node._links._attempts.start(punched(ALICE, junction.endpoint, reset, controls=False))
            ours, theirs = await alice.next(LinkUp), await bob.next(LinkUp)
            assert ours.kind is theirs.kind is LinkKind.RESET
            assert (ours.dialled, theirs.dialled) == (False, True)
        await junction.close()

    run(scenario())


def test_a_link_that_the_engine_closes_at_once_is_no_dial_under_way_any_more() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            alice.node._on_event = lambda event: (
                alice.node.close_link(event.link) if isinstance(event, LinkUp) else alice._record(event)
            )
            bob.know(ALICE)
            alice.know(BOB, bob, controls=True)
            await bob.next(LinkDown, 2)
            assert len(alice.node._paths._dials._under_way) <= 1

    run(scenario())


def test_who_dials_itself_or_hears_its_own_echo_has_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a contact names our router's address for its own, and the router leads us back."""
    monkeypatch.setattr(machine, "HANDSHAKE_TIMEOUT_S", 0.2)

    async def scenario() -> None:
        async with stations(1) as (alice,):
            alice.know(BOB, controls=True)
            alice.node._links._attempts.start(Dial(DialId(1_000), BOB, alice.endpoint, KEY))
            await alice.next(FlightUnanswered)
            assert alice.of(LinkUp) == []

    run(scenario())
