"""ICE: offers that a contact sends, and what anybody sends to a port that is open for one."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address

from aioice import stun

from crypto.errors import MalformedError
from net.dialling import OwnEndpoints, is_dialable
from net.endpoint import Endpoint
from net.ice_offer import NO_NAME, CandidateKind, IceCandidate, IceOffer, OfferName
from net.ice_rules import IceRules
from net.ice_servers import IceServers
from net.limits import MAX_CANDIDATES
from net.transport.ice_agent import IceAgent
from tests.fuzz.logs import no_warnings
from tests.fuzz.target import Check, Target, always, joined, pieces

_USERNAME, _PASSWORD = "abcdefgh", "p" * 24
_STRANGER = ("127.0.0.1", 9)


def offers() -> Sequence[bytes]:
    candidates = tuple(
        IceCandidate(kind, Endpoint.parse(text))
        for kind, text in zip(CandidateKind, ("192.168.1.2:5000", "203.0.113.5:443", "[2001:db8::1]:9"), strict=True)
    )
    offer = IceOffer(OfferName(b"abcdef"), NO_NAME, bytes(18), bytes(32), candidates)
    return [offer.encode(), offer.naming(candidates * 3).answering(OfferName(b"ghijkl")).encode()]


def check_offer(data: bytes) -> None:
    try:
        offer = IceOffer.decode(data)
    except MalformedError:
        return
    assert offer.encode() == data
    own = OwnEndpoints()
    allowed = offer.allowed(lambda endpoint: is_dialable(endpoint, own))
    assert len(allowed) <= MAX_CANDIDATES
    assert not any(candidate.endpoint.address.is_private for candidate in allowed)


def datagrams() -> Sequence[bytes]:
    """Pieces, each a datagram to an open port."""
    check = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, transaction_id=bytes(12))
    check.attributes["USERNAME"] = f"{_USERNAME}:peer"
    check.attributes["PRIORITY"] = 1
    check.attributes["ICE-CONTROLLED"] = 1
    check.add_message_integrity(_PASSWORD.encode())
    answer = stun.Message(stun.Method.BINDING, stun.Class.ERROR, transaction_id=bytes(12))
    return [joined([bytes(check), bytes(answer)]), joined([b"\x00\x01\x00\x00", b"\x40quic", bytes(check)[:-8]])]


@contextmanager
def open_port() -> Iterator[Check]:
    with asyncio.Runner() as runner:
        agent = IceAgent(
            controls=True, username=_USERNAME, password=_PASSWORD, rules=IceRules(lambda _: False, lambda _: False)
        )
        runner.run(agent.gather([ip_address("127.0.0.1")], IceServers()))
        (port,) = agent._protocols

        async def receive(data: bytes) -> None:
            for datagram in pieces(data):
                port.datagram_received(datagram, _STRANGER)

        def check(data: bytes) -> None:
            with no_warnings():
                runner.run(receive(data))

        yield check
        runner.run(agent.close())


TARGETS = (
    Target("ice-offers", offers, always(check_offer)),
    Target("ice-ports", datagrams, open_port, is_guided=False),
)
