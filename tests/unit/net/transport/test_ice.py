"""Two attempts on loopback, with a real relay between them where one is wanted."""

import asyncio
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from aioice import stun

from net.endpoint import Endpoint
from net.ice_offer import NO_PIN, CandidateKind, IceCandidate, IceOffer
from net.ice_rules import IceRules
from net.ice_servers import IceServers
from net.limits import MAX_EARLY_DATAGRAM_BYTES, MAX_EARLY_DATAGRAMS, MAX_ICE_VISITORS
from net.server import ServerAddress, TurnServer
from net.supervisor import Supervisor
from net.transport.ice import IceAttempt, IcePath
from net.transport.ice_agent import IceAgent
from tests.support.aio import run
from tests.support.coturn import Coturn, coturn
from tests.support.datagrams import Reader
from tests.support.stun_server import stun_server

HERE = [ip_address("127.0.0.1")]
NOBODY = IceServers()


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    with coturn(tmp_path_factory.mktemp("coturn")) as server:
        yield server


class Two:
    """Both sides of one attempt."""

    def __init__(self, may_send_to: Callable[[Endpoint], bool] = lambda _: True) -> None:
        self.closing = Supervisor(asyncio.get_running_loop())
        self.controlling, self.other = (
            IceAttempt(
                controls=controls, rules=IceRules(may_send_to, may_send_to), closing=self.closing, random=os.urandom
            )
            for controls in (True, False)
        )

    async def gather(self, controlling: IceServers = NOBODY, other: IceServers = NOBODY) -> tuple[IceOffer, IceOffer]:
        offers = await asyncio.gather(self.controlling.gather(HERE, controlling), self.other.gather(HERE, other))
        first, second = (IceOffer.decode(offer.encode()) for offer in offers)
        return first, second

    async def find(self, first: IceOffer, second: IceOffer, relay_delay_s: float = 0.0) -> tuple[IcePath, IcePath]:
        return await asyncio.gather(
            self.controlling.find_path(second, relay_delay_s), self.other.find_path(first, relay_delay_s)
        )

    async def talk(self, first: IceOffer, second: IceOffer, paths: tuple[IcePath, IcePath]) -> None:
        client, server = Reader(), Reader()
        server.stream = self.other.open_stream(paths[1], first, server)
        client.stream = self.controlling.open_stream(paths[0], second, client)
        await asyncio.gather(client.opened.wait(), server.opened.wait())
        client.stream.write(bytes(100_000))
        await server.until(100_000)
        server.stream.write(b"back")
        await client.until(4)
        client.stream.close()
        await asyncio.gather(client.lost.wait(), server.lost.wait())

    async def close(self) -> None:
        self.controlling.close()
        self.other.close()
        await self.closing.finished()


def only(offer: IceOffer, *kinds: CandidateKind) -> IceOffer:
    return offer.naming(tuple(candidate for candidate in offer.candidates if candidate.kind in kinds))


def test_two_who_can_reach_each_other_get_a_stream() -> None:
    async def scenario() -> None:
        two = Two()
        first, second = await two.gather()
        assert [candidate.kind for candidate in first.candidates] == [CandidateKind.HOST]
        paths = await two.find(first, second)
        assert [path.is_relayed for path in paths] == [False, False]
        assert (paths[0].remote, paths[0].local) == (paths[1].local, paths[1].remote)
        assert two.controlling.binding(second) == two.other.binding(first) != NO_PIN
        await two.talk(first, second, paths)
        await two.close()

    run(scenario())


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_a_relay_joins_two_who_cannot(relay: Coturn, transport: str) -> None:
    async def scenario() -> None:
        two = Two()
        servers = IceServers(turn=(relay.turn(transport),))
        first, second = await two.gather(servers, servers)
        assert [candidate.kind for candidate in first.candidates] == [CandidateKind.HOST, CandidateKind.RELAYED]
        first, second = only(first, CandidateKind.RELAYED), only(second, CandidateKind.RELAYED)
        paths = await two.find(first, second)
        assert [path.is_relayed for path in paths] == [True, True]
        await two.talk(first, second, paths)
        await two.close()

    run(scenario())


def test_a_stun_server_tells_how_we_are_seen(relay: Coturn) -> None:
    async def scenario() -> None:
        two = Two()
        first, _ = await two.gather(IceServers(stun=(relay.stun,)))
        assert [candidate.type for candidate in two.controlling._agent.local_candidates] == ["host", "srflx"]
        assert len(first.candidates) == 1  # the same address by both words: nobody is behind a NAT on loopback
        await two.close()

    run(scenario())


def test_a_direct_pair_wins_over_a_relayed_one(relay: Coturn) -> None:
    async def scenario() -> None:
        two = Two()
        servers = IceServers(turn=(relay.turn("udp"),))
        first, second = await two.gather(servers, servers)
        paths = await two.find(first, second, relay_delay_s=30.0)
        assert [path.is_relayed for path in paths] == [False, False]
        await two.close()

    run(scenario())


def test_relays_wait_for_no_other_way_where_there_is_none(relay: Coturn) -> None:
    async def scenario() -> None:
        two = Two()
        servers = IceServers(turn=(relay.turn("udp"),))
        first, second = await two.gather(servers, servers)
        first, second = only(first, CandidateKind.RELAYED), only(second, CandidateKind.RELAYED)
        paths = await two.find(first, second, relay_delay_s=600.0)
        assert [path.is_relayed for path in paths] == [True, True]
        await two.close()

    run(scenario())


def test_whoever_wants_no_relay_neither_checks_the_peers_nor_answers_it(relay: Coturn) -> None:
    async def scenario() -> None:
        two = Two()
        first, _ = await two.gather(IceServers(turn=(relay.turn("udp"),)))
        (relayed,) = only(first, CandidateKind.RELAYED).candidates
        nobody = IceCandidate(CandidateKind.HOST, Endpoint.parse("127.0.0.1:9"))
        asked: list[Endpoint] = []

        def may_send_to(endpoint: Endpoint) -> bool:
            asked.append(endpoint)
            return True

        rules = IceRules(may_send_to, lambda _: True, relays=False)
        choosy = IceAttempt(controls=False, rules=rules, closing=two.closing, random=os.urandom)
        await choosy.gather(HERE, NOBODY)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await choosy.find_path(first.naming((relayed, nobody)), 0.0)
        assert [each.port for each in choosy._agent.remote_candidates] == [9]
        assert asked == [nobody.endpoint], "what is not checked costs no dial"
        assert not choosy._agent._is_welcome((str(relayed.endpoint.address), relayed.endpoint.port))
        assert choosy._agent._is_welcome((str(relayed.endpoint.address), relayed.endpoint.port + 1))
        choosy.close()
        await two.close()

    run(scenario())


def test_two_without_a_common_way_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("net.transport.ice.ICE_ANSWER_TIMEOUT_S", 0.3)

    async def scenario() -> None:
        two = Two()
        first, second = await two.gather()
        with pytest.raises((TimeoutError, ConnectionError)):
            await two.find(first.naming(()), second.naming(()))
        await two.close()

    run(scenario())


def test_the_wrong_password_gets_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("net.transport.ice.ICE_ANSWER_TIMEOUT_S", 0.5)

    async def scenario() -> None:
        two = Two()
        first, second = await two.gather()
        stranger = IceOffer.new(pin=NO_PIN, random=os.urandom).naming(first.candidates)
        with pytest.raises((TimeoutError, ConnectionError)):
            await two.other.find_path(stranger, 0.0)
        await two.close()
        assert second.candidates

    run(scenario())


def test_a_peer_that_comes_late_is_checked_again_at_once_and_no_more_often_than_it_checks_us(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The next request of a check that began long before may be half a minute away."""
    monkeypatch.setattr("aioice.stun.RETRY_RTO", 600.0)

    async def scenario() -> None:
        heard: asyncio.Queue[stun.Message] = asyncio.Queue()

        def record(message: stun.Message) -> list[stun.Message]:
            heard.put_nowait(message)
            return []

        async with stun_server(record) as peer:
            two = Two()
            _, second = await two.gather()
            there = IceCandidate(CandidateKind.HOST, Endpoint.parse(str(peer)))
            finding = asyncio.ensure_future(two.controlling.find_path(second.naming((there,)), 0.0))  # noqa: TID251
            check = await heard.get()
            (port,) = two.controlling._agent._protocols
            for _ in range(3):  # at once
                port.datagram_received(_check_of(two.controlling._agent, second.username), (peer.host, peer.port))
            answers = [await heard.get() for _ in range(4)]
            again = [message for message in answers if message.message_class is stun.Class.REQUEST]
            assert [bytes(message) for message in again] == [bytes(check)]
            assert heard.empty()
            finding.cancel()
            await asyncio.gather(finding, return_exceptions=True)
            await two.close()

    run(scenario())


def _check_of(agent: IceAgent, peer: str) -> bytes:
    """What the peer sends first."""
    check = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    check.attributes["USERNAME"] = f"{agent.local_username}:{peer}"
    check.attributes["PRIORITY"] = 1
    check.attributes["ICE-CONTROLLED"] = 1
    check.add_message_integrity(agent.local_password.encode())
    return bytes(check)


class Kept:
    """A receiver that keeps what arrives."""

    def __init__(self) -> None:
        self.datagrams: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, datagram: bytes) -> None:
        self.datagrams.put_nowait(datagram)

    def channel_lost(self) -> None:
        """Nothing is kept of that."""


def test_the_first_that_a_peer_sends_who_found_the_way_before_us_is_kept_and_no_more_than_that() -> None:
    async def scenario() -> None:
        two, kept = Two(), Kept()
        agent = two.other._agent
        flight = [bytes([number]) * 1_200 for number in range(MAX_EARLY_DATAGRAMS)]
        for datagram in [b"long" * MAX_EARLY_DATAGRAM_BYTES, *flight, b"one too many"]:
            agent.data_received(datagram, 1)
        agent.deliver_to(kept)
        assert kept.datagrams.empty()  # whoever has just made it may not be ready
        assert [await kept.datagrams.get() for _ in flight] == flight
        agent.data_received(b"later", 1)
        assert await kept.datagrams.get() == b"later"
        await two.close()

    run(scenario())


def test_who_answers_waits_until_the_answer_may_have_arrived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("net.transport.ice.ICE_TIMEOUT_S", 0.01)

    async def scenario() -> None:
        two = Two()
        first, second = await two.gather()
        answering = asyncio.ensure_future(two.other.find_path(first, 0.0))  # noqa: TID251
        with pytest.raises(TimeoutError):
            await two.controlling.find_path(second.naming(()).answering(first.name), 30.0)
        assert not answering.done()
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)
        await two.close()

    run(scenario())


# --- Relays that refuse, lie and die


def test_a_relay_that_refuses_our_password_is_left_out(relay: Coturn, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        two = Two()
        servers = IceServers(turn=(relay.turn("udp", password="guessed"), relay.turn("tcp")))
        first, _ = await two.gather(servers)
        assert [candidate.kind for candidate in first.candidates] == [CandidateKind.HOST, CandidateKind.RELAYED]
        await two.close()

    with caplog.at_level(logging.INFO, "net"):
        run(scenario())
    assert [record.getMessage() for record in caplog.records if "relay" in record.getMessage()] == [
        "a relay refused or failed: <class 'aioice.stun.TransactionFailed'>"
    ]
    assert "guessed" not in caplog.text


def test_servers_that_never_answer_cost_some_seconds_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("net.transport.ice_agent.ICE_GATHER_TIMEOUT_S", 0.3)

    async def scenario() -> None:
        async with stun_server(lambda _: []) as silent:
            two = Two()
            turn = TurnServer.parse(f"turn:u:p@{silent}?transport=udp")
            first, _ = await two.gather(IceServers(stun=(silent,), turn=(turn,)))
            assert [candidate.kind for candidate in first.candidates] == [CandidateKind.HOST]
            await two.close()

    run(scenario())


def test_once_a_relay_has_granted_a_port_nobody_waits_for_a_silent_stun_server(
    relay: Coturn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("net.transport.ice_agent.ICE_GATHER_TIMEOUT_S", 600.0)
    monkeypatch.setattr("net.transport.ice_agent.STUN_TIMEOUT_S", 600.0)

    async def scenario() -> None:
        async with stun_server(lambda _: []) as silent:
            two = Two()
            first, _ = await two.gather(IceServers(stun=(silent,), turn=(relay.turn("udp"),)))
            assert [candidate.kind for candidate in first.candidates] == [CandidateKind.HOST, CandidateKind.RELAYED]
            await two.close()

    run(scenario())


def test_what_a_stun_server_told_of_one_port_counts_while_it_is_silent_about_another(
    relay: Coturn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("net.transport.ice_agent.STUN_TIMEOUT_S", 600.0)
    answered: list[bytes] = []

    def answer_the_first(request: stun.Message) -> list[stun.Message]:
        answered.append(request.transaction_id)
        response = stun.Message(request.message_method, stun.Class.RESPONSE, request.transaction_id)
        response.attributes["XOR-MAPPED-ADDRESS"] = ("203.0.113.1", 1)
        return [response] if request.transaction_id == answered[0] else []

    async def scenario() -> None:
        async with stun_server(answer_the_first) as server:
            two = Two()
            hosts = [*HERE, ip_address("127.0.0.2")]
            first = await two.controlling.gather(hosts, IceServers(stun=(server,), turn=(relay.turn("udp"),)))
            told = [str(each.endpoint) for each in first.candidates if each.kind is CandidateKind.REFLEXIVE]
            assert told == ["203.0.113.1:1"]
            assert len(set(answered)) == 2
            await two.close()

    run(scenario())


def test_a_relay_is_told_however_many_ports_a_nat_or_a_server_gives_us(relay: Coturn) -> None:
    answered: dict[bytes, None] = {}

    def answer_each_otherwise(request: stun.Message) -> list[stun.Message]:
        answered[request.transaction_id] = None
        response = stun.Message(request.message_method, stun.Class.RESPONSE, request.transaction_id)
        response.attributes["XOR-MAPPED-ADDRESS"] = ("203.0.113.1", 1 + list(answered).index(request.transaction_id))
        return [response]

    async def scenario() -> None:
        async with stun_server(answer_each_otherwise) as one, stun_server(answer_each_otherwise) as other:
            two = Two()
            hosts = [ip_address(f"127.0.0.{number}") for number in range(1, 5)]
            servers = IceServers(stun=(one, other), turn=(relay.turn("udp"),))
            first = await two.controlling.gather(hosts, servers)
            kinds = [each.kind for each in first.candidates]
            expected = {CandidateKind.HOST: 4, CandidateKind.RELAYED: 1, CandidateKind.REFLEXIVE: 3}
            assert {kind: kinds.count(kind) for kind in CandidateKind} == expected
            await two.close()

    run(scenario())


def test_names_that_take_long_to_look_up_keep_neither_the_end_nor_anybody_else_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The threads of the event loop are for everybody, and its end waits for them."""
    monkeypatch.setattr("net.transport.ice_agent.ICE_GATHER_TIMEOUT_S", 0.1)
    may_end = threading.Event()
    hanging: list[str] = []

    def hang(*_: object, **__: object) -> None:
        hanging.append(threading.current_thread().name)
        may_end.wait()
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    monkeypatch.setattr(socket, "gethostbyname", hang)

    async def scenario() -> None:
        two = Two()
        turn = [TurnServer.parse(f"turn:u:p@relay.invalid:1?transport={each}") for each in ("udp", "tcp")]
        servers = IceServers(stun=(ServerAddress("stun.invalid", 1),), turn=tuple(turn))
        try:
            first, _ = await two.gather(servers)
            assert [candidate.kind for candidate in first.candidates] == [CandidateKind.HOST]
            assert hanging
            assert not [name for name in hanging if name.startswith("asyncio")]
        finally:
            may_end.set()
            await two.close()

    run(scenario())


def test_an_attempt_given_up_while_a_relay_is_asked_leaves_nothing_behind() -> None:
    """Or what the relay grants afterwards would be held, and renewed, until the end of the process."""

    async def scenario() -> None:
        asked = asyncio.Event()

        def answer(_: stun.Message) -> list[stun.Message]:
            asked.set()
            return []

        async with stun_server(answer) as slow:
            two = Two()
            servers = IceServers(turn=(TurnServer.parse(f"turn:u:p@{slow}"),))
            gathering = asyncio.get_running_loop().create_task(two.controlling.gather(HERE, servers))
            await asked.wait()
            gathering.cancel()
            await asyncio.gather(gathering, return_exceptions=True)
            await two.close()

    run(scenario())  # which finds tasks that go on


def test_a_relay_that_dies_ends_the_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whose own relay it was hears of it at once; the other side from checks that get no answer, 30 s as it comes.
    monkeypatch.setattr("aioice.ice.CONSENT_INTERVAL", 0.1)
    monkeypatch.setattr("aioice.ice.CONSENT_FAILURES", 1)

    async def scenario() -> None:
        two = Two()
        with coturn(tmp_path) as mortal:
            servers = IceServers(turn=(mortal.turn("tcp"),))
            first, second = await two.gather(servers, servers)
            first, second = only(first, CandidateKind.RELAYED), only(second, CandidateKind.RELAYED)
            paths = await two.find(first, second)
            client, server = Reader(), Reader()
            server.stream = two.other.open_stream(paths[1], first, server)
            client.stream = two.controlling.open_stream(paths[0], second, client)
            await asyncio.gather(client.opened.wait(), server.opened.wait())
            mortal.die()
        client.stream.write(b"anybody?")
        await asyncio.gather(client.lost.wait(), server.lost.wait())
        await two.close()

    run(scenario())


def test_a_relay_that_freezes_keeps_nobody_from_ending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("net.transport.ice_agent.TURN_DELETE_TIMEOUT_S", 0.1)

    async def scenario() -> None:
        two = Two()
        with coturn(tmp_path) as frozen:
            first, _ = await two.gather(IceServers(turn=(frozen.turn("tls"),)))
            assert first.candidates[-1].kind is CandidateKind.RELAYED
            frozen.freeze()
            await two.close()
            frozen.die()

    run(scenario(), timeout_s=15.0)  # half of what asyncio gives whoever does not answer the end of TLS


def granting(relayed: str, lifetime_s: int) -> Callable[[stun.Message], list[stun.Message]]:
    """A TURN server that grants everything at once, and says what it likes."""

    def answer(request: stun.Message) -> list[stun.Message]:
        response = stun.Message(request.message_method, stun.Class.RESPONSE, request.transaction_id)
        response.attributes["LIFETIME"] = lifetime_s
        response.attributes["XOR-MAPPED-ADDRESS"] = ("127.0.0.1", 5000)
        response.attributes["XOR-RELAYED-ADDRESS"] = (relayed, 5000)
        return [response]

    return answer


def test_a_relay_that_grants_no_time_is_not_asked_without_a_pause() -> None:
    async def scenario() -> None:
        asked: list[stun.Message] = []

        def answer(request: stun.Message) -> list[stun.Message]:
            asked.append(request)
            return granting("203.0.113.5", lifetime_s=0)(request)

        async with stun_server(answer) as liar:
            two = Two()
            first, _ = await two.gather(IceServers(turn=(TurnServer.parse(f"turn:u:p@{liar}"),)))
            assert first.candidates[-1].endpoint == Endpoint.parse("203.0.113.5:5000")
            for _ in range(200):
                await asyncio.sleep(0)
            assert len(asked) == 1
            await two.close()

    run(scenario())


def test_addresses_that_servers_make_up_are_told_nobody() -> None:
    async def scenario() -> None:
        victim = Endpoint.parse("192.168.7.7:5000")
        async with stun_server(granting("192.168.7.7", lifetime_s=600)) as liar:
            two = Two(may_send_to=lambda endpoint: endpoint != victim)
            first, _ = await two.gather(IceServers(turn=(TurnServer.parse(f"turn:u:p@{liar}"),)))
            assert victim not in {candidate.endpoint for candidate in first.candidates}
            await two.close()

    run(scenario())


def test_replies_to_what_we_never_asked_are_ignored() -> None:
    async def scenario() -> None:
        def answer(request: stun.Message) -> list[stun.Message]:
            forged = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE)
            forged.attributes["XOR-MAPPED-ADDRESS"] = ("203.0.113.66", 666)
            true = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, request.transaction_id)
            true.attributes["XOR-MAPPED-ADDRESS"] = ("203.0.113.1", 1)
            return [forged, true, forged]

        async with stun_server(answer) as server:
            two = Two()
            first, _ = await two.gather(IceServers(stun=(server,)))
            told = {str(candidate.endpoint) for candidate in first.candidates}
            assert "203.0.113.1:1" in told
            assert "203.0.113.66:666" not in told
            await two.close()

    run(scenario())


# --- Peers that aim us at others


def test_an_offer_that_names_the_addresses_of_others_makes_us_send_nothing_there() -> None:
    async def scenario() -> None:
        heard: list[object] = []

        def record(request: stun.Message) -> list[stun.Message]:
            heard.append(request)
            return []

        async with stun_server(record) as bystander:
            victim = Endpoint.parse(str(bystander))
            two = Two(may_send_to=lambda endpoint: endpoint != victim)
            first, second = await two.gather()
            lure = second.naming((IceCandidate(CandidateKind.HOST, victim), *second.candidates))
            await two.find(first, lure)
            assert not heard
            await two.close()

    run(scenario())


def test_a_peer_that_fakes_its_source_makes_us_check_few_addresses() -> None:
    async def scenario() -> None:
        two = Two()
        first, _ = await two.gather()
        agent = two.controlling._agent
        agent.remote_username, agent.remote_password = "peer", "password of the peer 24"
        (port,) = agent._protocols
        for number in range(1, 101):
            agent._early_checks_done = True
            port.datagram_received(_check_of(agent, "peer"), (f"203.0.113.{number}", 9))
        assert len(agent._check_list) == MAX_ICE_VISITORS
        await two.close()
        assert first.candidates

    run(scenario())
