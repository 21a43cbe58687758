"""Whole nodes without a link: what they tell each other, and what comes of it where TCP does not join them."""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aioice import stun

from crypto.secret import Secret
from net.discovery.sightings import Found
from net.endpoint import Endpoint
from net.errors import LocalError
from net.events import EnvelopeReceived, PathClass, PeerOffline, PeerOnline, SignalToPass
from net.ice_calls import IceCalls
from net.ice_servers import IceServers
from net.limits import MAX_SIGNAL_BYTES
from net.peer import LinkKey, LinkKind, Peer, PeerId
from net.server import TurnServer
from net.transport import ice_agent
from tests.support.aio import run
from tests.support.coturn import RELAY_PORTS, coturn
from tests.support.nodes import ALICE, BOB, KEY, Station, befriend, stations
from tests.support.stun_server import Answer, stun_server

NOBODY = IceServers()
PATIENCE_S = 20.0
CID, OTHER_KEY = PeerId(b"cid"), LinkKey(LinkKind.CONTACT, Secret(b"o" * 32))


@asynccontextmanager
async def signalling(servers: IceServers | None = NOBODY) -> AsyncIterator[tuple[Station, Station]]:
    """Alice and Bob, who know no address of each other; what they leave on the DHT gets there at once."""
    async with stations() as (alice, bob):
        for here, me, there, whom in ((alice, ALICE, bob, BOB), (bob, BOB, alice, ALICE)):
            _wire(here, me, there)
            here.node.use_ice(servers)
            here.node.set_peer(Peer(peer_id=whom, keys=(KEY,), controls=here is alice, wanted=True))
        yield alice, bob


def _wire(here: Station, me: PeerId, there: Station) -> None:
    def send(peer_id: PeerId, content: bytes) -> None:
        assert peer_id != me
        asyncio.get_running_loop().call_soon(there.node._signalled, me, content)

    here.node._discovery.send_signal = send  # type: ignore[method-assign]


def paths(station: Station) -> list[PathClass]:
    return [event.path for event in station.of(PeerOnline)]


def test_a_ring_leads_to_a_link() -> None:
    async def scenario() -> None:
        async with signalling() as (alice, bob):
            alice.node._meetings.meet(BOB)
            await asyncio.gather(alice.next(PeerOnline), bob.next(PeerOnline))
            assert paths(alice) == paths(bob) == [PathClass.PUNCHED]
            assert alice.node.send_envelope(BOB, b"hello")
            assert (await bob.next(EnvelopeReceived)).envelope == b"hello"
            (status,) = alice.node.links()
            assert status.path is PathClass.PUNCHED
            assert alice.node.address_facts().external == ()

    run(scenario())


def test_without_ice_a_ring_leads_to_nothing() -> None:
    async def scenario() -> None:
        async with signalling(None) as (alice, bob):
            bob.node.use_ice(NOBODY)
            alice.node._meetings.meet(BOB)
            bob.node._meetings.meet(ALICE)
            await asyncio.sleep(1.2)  # TCP's head start and a little
            assert not alice.of(PeerOnline)

    run(scenario())


def test_a_relayed_pair_moves_to_a_direct_way_once_there_is_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        with coturn(tmp_path) as relay:
            async with signalling(IceServers(turn=(relay.turn("udp"),))) as (alice, bob):
                walls = [_only_relays(station) for station in (alice, bob)]
                alice.node._meetings.meet(BOB)
                await asyncio.gather(alice.next(PeerOnline), bob.next(PeerOnline))
                for wall in walls:
                    wall.clear()
                alice.node._ice._attempts.start(_peer(alice, BOB), relays=False)
                await asyncio.gather(alice.next(PeerOnline, 2), bob.next(PeerOnline, 2))
                assert paths(alice) == paths(bob) == [PathClass.RELAYED, PathClass.PUNCHED]
                await alice.until(lambda: len(alice.node._table.all()) == 1)
                assert alice.node.send_envelope(BOB, b"over the better one")
                await bob.next(EnvelopeReceived)
                assert not alice.of(PeerOffline)
                assert not bob.of(PeerOffline)

    run(scenario())


def test_a_relay_is_no_address_of_the_peer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else whoever relays for us could be aimed at without bounds."""

    async def scenario() -> None:
        with coturn(tmp_path) as relay:
            async with signalling(IceServers(turn=(relay.turn("udp"),))) as (alice, bob):
                proved: list[Endpoint] = []
                relayed: list[Endpoint] = []
                for name, noted in (("proved", proved), ("relayed", relayed)):
                    monkeypatch.setattr(alice.node._paths, name, lambda _, there, noted=noted: noted.append(there))
                for station in (alice, bob):
                    _only_relays(station)
                alice.node._meetings.meet(BOB)
                await asyncio.gather(alice.next(PeerOnline), bob.next(PeerOnline))
                assert not proved
                assert [there.port in RELAY_PORTS for there in relayed] == [True]

    run(scenario())


def test_a_peer_that_is_removed_while_it_is_called_leaves_nothing_behind() -> None:
    async def scenario() -> None:
        async with signalling() as (alice, bob):
            alice.node._meetings.meet(BOB)
            await asyncio.gather(alice.next(PeerOnline), bob.next(PeerOnline))
            alice.node.remove_peer(BOB)
            await bob.next(PeerOffline)
            assert not alice.node.links()

    run(scenario())


def test_a_signal_goes_over_the_link_and_nowhere_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[PeerId, bytes]] = []
    monkeypatch.setattr(IceCalls, "received", lambda _, peer_id, content: heard.append((peer_id, content)))

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


def test_while_nobody_answers_on_the_link_the_peer_is_looked_for_as_if_there_were_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene() -> None:
        async with stations() as (alice, bob):
            await befriend(alice, bob)
            discovery, told = alice.node._discovery, list[bytes]()
            monkeypatch.setattr(discovery, "send_signal", lambda _, content: told.append(content))
            (driver,) = alice.node._table.of(BOB)
            for is_suspect in (True, False):
                driver.is_suspect = is_suspect
                alice.node._links.link_suspected(driver)
                assert (BOB in discovery._linked) is not is_suspect
                alice.node.send_signal(BOB, b"\x01offer")
            assert told == [b"\x01offer"], "what has to arrive does not go where nobody answers"
            assert alice.of(PeerOffline) == []

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
            bob.node.take_passed(CID, told.value)
            assert (await bob.next(PeerOnline)).peer == ALICE

    run(scene())


def test_offers_for_who_has_no_link_may_be_brought_by_others_unless_we_stay_near(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[tuple[PeerId, bytes]] = []
    monkeypatch.setattr(IceCalls, "received", lambda _, peer_id, content: heard.append((peer_id, content)))

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
            bob.node.take_passed(CID, told.value)
            assert heard == []
            bob.node.stay_near(wanted=False)
            bob.node.take_passed(CID, told.value)
            assert heard == [(ALICE, b"\x01offer")]

    run(scene())


def _only_relays(station: Station) -> list[bool]:
    """A wall that lets nothing to other ports than relays' until the list is empty."""
    wall, may_send_to = [True], station.node._paths.may_send_to

    def may(peer_id: PeerId, endpoint: Endpoint, now: float) -> bool:
        return (not wall or endpoint.port in RELAY_PORTS) and may_send_to(peer_id, endpoint, now)

    station.node._paths.may_send_to = may  # type: ignore[method-assign]
    return wall


def _peer(station: Station, peer_id: PeerId) -> Peer:
    peer = station.node._paths.peer(peer_id)
    assert peer is not None
    return peer


# --- Servers, peers and contacts that lie: the ways that need none of them go on


def _forged(request: stun.Message) -> stun.Message:
    """The answer to another question, of an address that somebody made up."""
    answer = stun.Message(request.message_method, stun.Class.RESPONSE)
    answer.attributes["XOR-MAPPED-ADDRESS"] = ("203.0.113.66", 666)
    return answer


def _granted(request: stun.Message, relayed: tuple[str, int], lifetime_s: int) -> list[stun.Message]:
    """Whatever was asked for, at a place that is none."""
    answer = stun.Message(request.message_method, stun.Class.RESPONSE, request.transaction_id)
    answer.attributes["LIFETIME"] = lifetime_s
    answer.attributes["XOR-MAPPED-ADDRESS"] = ("203.0.113.66", 666)
    answer.attributes["XOR-RELAYED-ADDRESS"] = relayed
    return [answer]


def _refused(request: stun.Message, code: int) -> list[stun.Message]:
    answer = stun.Message(request.message_method, stun.Class.ERROR, request.transaction_id)
    answer.attributes["ERROR-CODE"] = (code, "no")
    return [answer]


LIES: dict[str, Answer] = {
    "silence": lambda _: [],
    "nonsense": lambda _: [b"", b"\x01", bytes(20), os.urandom(1_200)],
    "cut off": lambda request: [bytes(_forged(request))[:-3]],
    "answers to other questions": lambda request: [_forged(request)] * 200,
    "an address that is made up": lambda request: _granted(request, ("203.0.113.66", 666), 600),
    "one of our own network": lambda request: _granted(request, ("192.168.1.1", 80), 600),
    "no time at all": lambda request: _granted(request, ("203.0.113.66", 666), 0),
    "all the time of the world": lambda request: _granted(request, ("203.0.113.66", 666), 2**32 - 1),
    "an error": lambda request: _refused(request, 500),
    "another password, for ever": lambda request: _refused(request, 401),
    "another nonce, for ever": lambda request: _refused(request, 438),
}


def test_whatever_servers_say_two_find_the_way_that_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ice_agent, "ICE_GATHER_TIMEOUT_S", 0.3)
    met = set[str]()

    async def scene(name: str, lie: Answer) -> None:
        async with stun_server(lie) as server:
            relay = TurnServer.parse(f"turn:user:secret@{server}")
            async with signalling(IceServers(stun=(server,), turn=(relay,))) as (alice, bob):
                alice.node._meetings.meet(BOB)
                await asyncio.gather(alice.next(PeerOnline), bob.next(PeerOnline))
                assert paths(alice) == paths(bob) == [PathClass.PUNCHED]
                assert alice.node.send_envelope(BOB, b"hello")
                assert (await bob.next(EnvelopeReceived)).envelope == b"hello"
                met.add(name)

    async def scenes() -> None:
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*(scene(name, lie) for name, lie in LIES.items()))

    with contextlib.suppress(TimeoutError):
        run(scenes())
    assert met == set(LIES)


def test_a_relay_that_pours_out_rubbish_over_tcp_is_left_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ice_agent, "ICE_GATHER_TIMEOUT_S", 0.3)

    async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while not writer.is_closing():
                writer.write(os.urandom(1 << 16))
                await writer.drain()
                await asyncio.sleep(0)
        writer.close()

    async def scene() -> None:
        server = await asyncio.start_server(pour, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        relay = TurnServer.parse(f"turn:user:secret@127.0.0.1:{port}?transport=tcp")
        async with signalling(IceServers(turn=(relay,))) as (alice, bob):
            alice.node._meetings.meet(BOB)
            await asyncio.gather(alice.next(PeerOnline), bob.next(PeerOnline))
            assert paths(alice) == [PathClass.PUNCHED]
        server.close()

    with caplog.at_level(logging.INFO, "net"):
        run(scene())
    assert "secret" not in caplog.text


def test_rubbish_of_peers_and_contacts_keeps_two_from_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Offers, brought signals and places to be found at, all of them lies or broken."""

    async def scene() -> None:
        async with signalling() as (alice, bob):
            elsewhere = [Endpoint.of(f"10.99.0.{number}", 4000) for number in range(1, 9)]
            for endpoint in (*elsewhere, alice.endpoint, Endpoint.of("224.0.0.1", 4000), Endpoint.of("8.8.8.8", 53)):
                alice.node._meetings._found_far(Found(BOB, (endpoint,)))
            for number in range(100):
                alice.node.take_passed(CID, os.urandom(768))
                alice.node._signalled(BOB, b"\x01" + os.urandom(number))
                bob.node._signalled(ALICE, b"\xff" * number)
            alice.node._meetings.meet(BOB)
            await asyncio.gather(alice.next(PeerOnline), bob.next(PeerOnline))
            assert alice.node.send_envelope(BOB, b"hello")
            assert (await bob.next(EnvelopeReceived)).envelope == b"hello"

    with caplog.at_level(logging.DEBUG, "net"):
        run(scene())
    said = {record.getMessage() for record in caplog.records}
    assert "1 of 1 places that a peer names are none to dial" in said
    assert "what was brought is no news of anybody who is missing" in said
    assert any(each.startswith("no offer: ") for each in said)
    assert not [each for each in said if "10.99.0" in each]
