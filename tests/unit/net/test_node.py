"""Nodes over real loopback sockets."""

import asyncio
import os
from dataclasses import replace

import pytest

from crypto.link import initiate
from crypto.primitives import KeyPair
from crypto.secret import Secret
from net import gate
from net.dial_log import DialOutcome
from net.dialling import DialId, Way
from net.endpoint import Endpoint
from net.errors import LocalError
from net.events import (
    CloseReason,
    EnvelopeReceived,
    FlightUnanswered,
    HandshakeReceived,
    LinkDown,
    LinkUp,
    MachineMoved,
    PathClass,
    PeerOffline,
    PeerOnline,
    PeerWritable,
    ProgressReceived,
    SignalToPass,
)
from net.limits import MAX_SEND_BUFFER_BYTES, MAX_SIGNAL_BYTES
from net.link import machine
from net.link.frames import FrameType
from net.nat_kind import NatKind
from net.node import Node
from net.paths import Dial, MovePort, Paths
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.support.aio import run
from tests.support.nodes import ALICE, BOB, KEY, LOOPBACK, Junction, Station, stations

CID, OTHER_KEY = PeerId(b"cid"), LinkKey(LinkKind.CONTACT, Secret(b"o" * 32))


async def befriend(alice: Station, bob: Station) -> None:
    """Alice dials Bob; both are online."""
    bob.know(ALICE)
    alice.know(BOB, bob, controls=True)
    await alice.next(PeerOnline)
    await bob.next(PeerOnline)


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
            said = alice.node._own_addresses._links[dialled.link].observation
            assert (said.observer.name, said.local, said.seen) == (BOB, accepted.remote, accepted.remote)
            assert not said.accepted
            assert bob.node._own_addresses._links[accepted.link].observation.accepted
            assert alice.node.nat is NatKind.UNKNOWN  # one contact, and on this very computer
            assert alice.node.external_addresses() == ()
            alice.node.close_link(dialled.link)
            assert alice.node._own_addresses._links == {}

    run(scenario())


def test_frames_of_each_kind_arrive_in_order_both_ways() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            await befriend(alice, bob)
            envelopes = [os.urandom(size) for size in (1, 400, 70_000, 1_000_000)]
            for sender, receiver, peer in ((alice, bob, BOB), (bob, alice, ALICE)):
                link = sender.of(LinkUp)[0].link
                assert sender.node.send_handshake(link, b"handshake")
                assert sender.node.send_progress(link, b"progress")
                for envelope in envelopes:
                    assert sender.node.send_envelope(peer, envelope)
                await receiver.next(EnvelopeReceived, len(envelopes))
                assert [event.envelope for event in receiver.of(EnvelopeReceived)] == envelopes
                assert receiver.of(HandshakeReceived)[0].message == b"handshake"
                assert receiver.of(ProgressReceived)[0].message == b"progress"

    run(scenario())


def test_a_signal_goes_over_the_link_and_nowhere_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[PeerId, bytes]] = []
    monkeypatch.setattr(Node, "_signalled", lambda _, peer_id, content: heard.append((peer_id, content)))

    async def scene() -> None:
        async with stations() as (alice, bob):
            alice.node.send_signal(BOB, b"\x01nobody is there")
            alice.know(BOB, bob, controls=True)
            bob.know(ALICE)
            await bob.next(PeerOnline)
            await alice.next(PeerOnline)
            alice.node.send_signal(BOB, b"\x01offer")
            with pytest.raises(LocalError):
                alice.node.send_signal(BOB, bytes(MAX_SIGNAL_BYTES + 1))
            assert alice.node.send_envelope(BOB, b"behind it")
            await bob.next(EnvelopeReceived)
            assert heard == [(ALICE, b"\x01offer")]

    run(scene())


def test_what_a_contact_of_both_brings_makes_us_dial() -> None:
    async def scene() -> None:
        async with stations(3) as (alice, bob, cid):
            alice.know(CID, cid, controls=True, keys=(OTHER_KEY,))
            cid.know(ALICE, keys=(OTHER_KEY,))
            await alice.next(PeerOnline)
            for station, peer_id in ((alice, BOB), (bob, ALICE)):  # neither knows where the other one is
                station.node.set_peer(Peer(peer_id=peer_id, keys=(KEY,), controls=station is alice, wanted=True))
            alice.node.nudge(BOB)
            [told] = alice.of(SignalToPass)
            assert told.peer == BOB
            bob.node.take_passed(told.value)
            assert (await bob.next(PeerOnline)).peer == ALICE

    run(scene())


def test_offers_for_who_has_no_link_may_be_brought_by_others_unless_we_stay_near(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[tuple[PeerId, bytes]] = []
    monkeypatch.setattr(Node, "_signalled", lambda _, peer_id, content: heard.append((peer_id, content)))

    async def scene() -> None:
        async with stations(3) as (alice, bob, cid):
            alice.know(CID, cid, controls=True, keys=(OTHER_KEY,))
            cid.know(ALICE, keys=(OTHER_KEY,))
            await alice.next(PeerOnline)
            for station, peer_id in ((alice, BOB), (bob, ALICE)):
                station.node.set_peer(Peer(peer_id=peer_id, keys=(KEY,), controls=station is alice, wanted=True))
            alice.node.stay_near(wanted=True)
            alice.node.send_signal(BOB, b"\x01kept back")
            alice.node.stay_near(wanted=False)
            alice.node.send_signal(BOB, b"\x01offer")
            [told] = alice.of(SignalToPass)
            bob.node.stay_near(wanted=True)
            bob.node.take_passed(told.value)
            assert heard == []
            bob.node.stay_near(wanted=False)
            bob.node.take_passed(told.value)
            assert heard == [(ALICE, b"\x01offer")]

    run(scene())


def test_the_status_names_the_surviving_link() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            await befriend(alice, bob)
            (status,) = alice.node.links()
            assert (status.peer, status.path, status.remote) == (BOB, PathClass.LAN, bob.endpoint)
            assert status.link == alice.of(LinkUp)[0].link

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
            for driver in bob.node._links.values():
                assert driver._stream is not None
                driver._stream.abort()
            await alice.next(PeerOffline)
            await alice.next(PeerOnline, 2)
            await bob.next(PeerOnline, 2)
            assert alice.of(LinkDown)[0].reason is CloseReason.LOST
            assert alice.node.send_envelope(BOB, b"again")
            assert (await bob.next(EnvelopeReceived)).envelope == b"again"

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


def test_a_full_send_buffer_refuses_and_then_says_when_it_drained() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            await befriend(alice, bob)
            bob.node.pause_reading(ALICE)
            sent = 0
            while alice.node.send_envelope(BOB, bytes(100_000)):
                sent += 1
                await asyncio.sleep(0)
            (driver,) = alice.node._links.values()
            assert driver._stream is not None
            assert driver._stream.unsent_bytes + driver._machine.output_bytes <= MAX_SEND_BUFFER_BYTES
            assert alice.of(PeerWritable) == []
            bob.node.resume_reading(ALICE)
            await alice.next(PeerWritable)
            assert alice.node.send_envelope(BOB, b"more")
            await bob.next(EnvelopeReceived, sent + 1)

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
            (driver,) = alice.node._links.values()
            driver.send(FrameType.NOMINATE)
            driver.close(CloseReason.LOCAL)
            assert (await bob.next(LinkDown)).reason is CloseReason.REMOTE

    run(scenario())


def test_a_peer_that_breaks_the_protocol_loses_its_link() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            await befriend(alice, bob)
            (driver,) = alice.node._links.values()
            assert driver._stream is not None
            driver._stream.write(bytes(100))
            assert (await bob.next(LinkDown)).reason is CloseReason.PROTOCOL
            await alice.next(LinkDown)

    run(scenario())


def test_what_came_of_dialling_is_told_endpoint_by_endpoint() -> None:
    async def scenario() -> None:
        async with stations(3) as (alice, bob, stranger):
            closed = await refusing()
            nowhere = Endpoint.parse("192.168.77.1:5000")
            bob.know(ALICE)
            peer = Peer(
                peer_id=BOB,
                keys=(KEY,),
                controls=True,
                wanted=True,
                endpoints=(closed, nowhere, stranger.endpoint),
            )
            alice.node.set_peer(peer)
            while len(alice.node.dial_report(BOB)) < 2:
                await asyncio.sleep(0.01)
            told = {record.endpoint: record.outcome for record in alice.node.dial_report(BOB)}
            assert told == {closed: DialOutcome.REFUSED, nowhere: DialOutcome.NOT_DIALLED}
            alice.node.set_peer(replace(peer, endpoints=(bob.endpoint,)))
            await alice.next(PeerOnline)
            assert alice.node.dial_report(BOB)[-1].outcome is DialOutcome.LINKED
            alice.node.remove_peer(BOB)
            assert alice.node.dial_report(BOB) == ()

    run(scenario())


async def refusing() -> Endpoint:
    """An endpoint where nobody listens."""
    node = Node(on_event=lambda _: None)
    (endpoint,) = await node.listen([LOOPBACK])
    await node.close()
    return endpoint


def test_nothing_can_be_sent_to_who_is_away() -> None:
    async def scenario() -> None:
        async with stations(1) as (alice,):
            alice.know(BOB)
            assert not alice.node.send_envelope(BOB, b"hello")
            assert not alice.node.send_envelope(PeerId(b"nobody"), b"hello")

    run(scenario())


def test_a_port_in_use_is_a_local_error() -> None:
    async def scenario() -> None:
        async with stations(1) as (alice,):
            second = Node(on_event=lambda event: None)
            with pytest.raises(LocalError):
                await second.listen([LOOPBACK, alice.endpoint])
            assert second.bound_endpoints() == ()
            await second.close()

    run(scenario())


def test_loopback_is_told_to_others_only_when_nothing_else_is_bound() -> None:
    async def scenario() -> None:
        async with stations(1) as (alice,):
            assert alice.node.local_endpoints() == (alice.endpoint,)

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
            alice.node._attempts.start(punched(BOB, junction.endpoint, controls=True))
            bob.node._attempts.start(punched(ALICE, junction.endpoint, controls=False))
            ours, theirs = await alice.next(LinkUp), await bob.next(LinkUp)
            assert ours.handshake_hash == theirs.handshake_hash
            assert (ours.dialled, theirs.dialled) == (True, False)
            await alice.next(PeerOnline)
            await bob.next(PeerOnline)
            assert alice.node.send_envelope(BOB, b"hello")
            assert (await bob.next(EnvelopeReceived)).envelope == b"hello"
            assert alice.node._attempts._under_way == bob.node._attempts._under_way == {}
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
            alice.node._attempts.start(punched(BOB, junction.endpoint, controls=True))
            bob.node._attempts.start(punched(ALICE, junction.endpoint, reset, controls=False))
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
            assert len(alice.node._paths._dials) <= 1

    run(scenario())


def test_a_port_that_is_taken_is_told_and_dials_leave_from_there() -> None:
    async def scenario() -> None:
        async with stations(1) as (alice,):
            (lasting,) = await alice.node.listen([Endpoint.parse("0.0.0.0:0")])
            alice.node._perform([MovePort()])
            while len(alice.node._listeners.all()) < 3:
                await asyncio.sleep(0.01)
            assert alice.node.bound_endpoints() == (alice.endpoint, lasting)
            spare = alice.node._listeners.shared_port(4)
            assert spare is not None
            assert spare != lasting
            await asyncio.sleep(0)
            assert any(endpoint.port == spare.port for endpoint in alice.node._own_addresses._listening)
            assert any(endpoint.port == spare.port for endpoint in alice.node._paths._own.endpoints)
            assert not any(endpoint.port == spare.port for endpoint in alice.node.told_endpoints())

    run(scenario())


def test_what_is_learnt_of_our_own_addresses_is_news_once(monkeypatch: pytest.MonkeyPatch) -> None:
    router = Endpoint.parse("5.6.7.8:5000")

    async def scenario() -> None:
        async with stations(1) as (alice,):
            before = len(alice.of(MachineMoved))
            monkeypatch.setattr(alice.node._own_addresses, "published", lambda _now: (router, alice.endpoint))
            for _ in range(2):
                alice.node._learn_place()
            assert len(alice.of(MachineMoved)) == before + 1
            assert alice.node.told_endpoints() == (router, alice.endpoint)

    run(scenario())


def test_who_dials_itself_or_hears_its_own_echo_has_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a contact names our router's address for its own, and the router leads us back."""
    monkeypatch.setattr(machine, "HANDSHAKE_TIMEOUT_S", 0.2)

    async def scenario() -> None:
        async with stations(1) as (alice,):
            alice.know(BOB, controls=True)
            alice.node._attempts.start(Dial(DialId(1_000), BOB, alice.endpoint, KEY))
            await alice.next(FlightUnanswered)
            assert alice.of(LinkUp) == []

    run(scenario())
