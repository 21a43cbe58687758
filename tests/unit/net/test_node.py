"""The facade, over real loopback sockets; its parts have tests of their own."""

import asyncio
import os
from dataclasses import replace

import pytest

from crypto.secret import Secret
from net.dial_log import DialOutcome
from net.endpoint import Endpoint
from net.errors import LocalError
from net.events import (
    EnvelopeReceived,
    HandshakeReceived,
    LinkUp,
    PathClass,
    PeerOnline,
    PeerWritable,
    ProgressReceived,
)
from net.limits import MAX_SEND_BUFFER_BYTES
from net.node import Node
from net.path_effects import MovePort
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.support.aio import run
from tests.support.nodes import ALICE, BOB, KEY, LOOPBACK, befriend, stations

CID, OTHER_KEY = PeerId(b"cid"), LinkKey(LinkKind.CONTACT, Secret(b"o" * 32))


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


def test_the_status_names_the_surviving_link() -> None:
    async def scenario() -> None:
        async with stations() as (alice, bob):
            await befriend(alice, bob)
            (status,) = alice.node.links()
            assert (status.peer, status.path, status.remote) == (BOB, PathClass.LAN, bob.endpoint)
            assert status.link == alice.of(LinkUp)[0].link

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
            [(_, driver)] = alice.node._table.all()
            assert driver._stream is not None
            assert driver._stream.unsent_bytes + driver._machine.output_bytes <= MAX_SEND_BUFFER_BYTES
            assert alice.of(PeerWritable) == []
            bob.node.resume_reading(ALICE)
            await alice.next(PeerWritable)
            assert alice.node.send_envelope(BOB, b"more")
            await bob.next(EnvelopeReceived, sent + 1)

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


def test_a_port_that_is_taken_is_told_and_dials_leave_from_there() -> None:
    async def scenario() -> None:
        async with stations(1) as (alice,):
            (lasting,) = await alice.node.listen([Endpoint.parse("0.0.0.0:0")])
            alice.node._links.perform([MovePort()])
            while len(alice.node._whereabouts._listeners.all()) < 3:
                await asyncio.sleep(0.01)
            assert alice.node.bound_endpoints() == (alice.endpoint, lasting)
            spare = alice.node._whereabouts._listeners.shared_port(4)
            assert spare is not None
            assert spare != lasting
            await asyncio.sleep(0)
            assert any(endpoint.port == spare.port for endpoint in alice.node._whereabouts._own_addresses._listening)
            assert any(endpoint.port == spare.port for endpoint in alice.node._paths._dials.own.endpoints)
            assert not any(endpoint.port == spare.port for endpoint in alice.node.told_endpoints())

    run(scenario())
