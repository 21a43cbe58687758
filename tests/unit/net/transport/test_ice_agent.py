"""What Kith needs of aioice and aioice does not promise: fails when a new version has it otherwise."""

import inspect
from ipaddress import ip_address
from typing import Any

from aioice import stun, turn
from aioice.ice import CandidatePair, Connection, StunProtocol

from net.ice_rules import IceRules
from net.ice_servers import IceServers
from net.transport.ice_agent import IceAgent
from tests.support.aio import run

_LOOPBACK, _NOBODY = ip_address("127.0.0.1"), IceServers()


def test_aioice_has_the_private_names_that_are_used() -> None:
    async def scenario() -> None:
        agent = IceAgent(
            controls=True, username="abcdefgh", password="p" * 24, rules=IceRules(lambda _: True, lambda _: True)
        )
        plain = Connection(ice_controlling=True)
        for name, kind in {
            "_protocols": list,
            "_local_candidates": list,
            "_remote_candidates": list,
            "_nominated": dict,
            "_local_candidates_end": bool,
            "_check_list_done": bool,
        }.items():
            assert type(getattr(plain, name)) is kind
        for method in ("_pair_remote_candidate", "sort_check_list", "check_incoming", "protocol_lost"):
            assert callable(getattr(Connection, method))
        assert "_network_host" in inspect.getsource(CandidatePair)
        await agent.close()
        await plain.close()

    run(scenario())


def test_a_check_that_waits_tells_what_was_asked_and_whom() -> None:
    async def scenario() -> None:
        request, address = stun.Message(stun.Method.BINDING, stun.Class.REQUEST), ("127.0.0.1", 1)
        transaction: Any = stun.Transaction(request, address, StunProtocol(Connection(ice_controlling=True)))
        assert (transaction._Transaction__request, transaction._Transaction__addr) == (request, address)

    run(scenario())


def test_a_relay_is_made_of_the_parts_that_are_used() -> None:
    assert inspect.iscoroutinefunction(turn.TurnTransport._connect)
    assert inspect.iscoroutinefunction(turn.TurnClientMixin.request_with_retry)
    assert inspect.iscoroutinefunction(turn.TurnClientMixin.delete)
    parameters = list(inspect.signature(turn.TurnClientMixin.__init__).parameters)
    assert parameters[1:] == ["server", "username", "password", "lifetime", "channel_refresh_time"]


def test_messages_that_aioice_cannot_read_go_no_further() -> None:
    async def scenario() -> None:
        agent = IceAgent(
            controls=True, username="abcdefgh", password="p" * 24, rules=IceRules(lambda _: True, lambda _: True)
        )
        await agent.gather([], _NOBODY)
        await agent._open_port(_LOOPBACK)
        (port,) = agent._protocols
        short_number = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        malformed = bytearray(bytes(short_number) + b"\x00\x24\x00\x02\x00\x00\x00\x00")
        malformed[3] = 8
        for datagram in (bytes(malformed), b"", b"\x00", b"\x40junk", bytes(19), bytes(20)):
            port.datagram_received(datagram, ("127.0.0.1", 9))
        await agent.close()

    run(scenario())
