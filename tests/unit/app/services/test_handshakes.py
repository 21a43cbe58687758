"""Whom a link, and a message on it, is handed to."""

import pytest

from app.services.presence import Presence
from crypto.handshake import Kind
from net.peer import LinkKind
from tests.support.aio import run
from tests.support.engine import introduce
from tests.support.pair import friends, strangers


def test_the_link_of_an_invite_becomes_that_of_the_contact() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            for engine, other in ((pair.ann, pair.ben), (pair.ben, pair.ann)):
                [link] = engine.messenger._intake._handshakes._links.values()
                assert (link.peer, link.kind) == (other.peer_id, LinkKind.CONTACT)
                assert engine.messenger._intake._handshakes.link(link.link) is link
            await pair.cut()
            assert not pair.ann.messenger._intake._handshakes._links

    run(scenario())


@pytest.mark.parametrize("kind", [Kind.RESET, Kind.BUNDLE, Kind.CONFIRMATION, Kind.USED])
def test_whoever_waits_for_a_yes_may_say_nothing_but_m3(kind: Kind) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await pair.meet(reusable=True)
            pair.ben.node.send_handshake(pair.ben.node.links()[0].link, bytes([kind]) + bytes(400))
            await pair.settle()
            assert pair.ann.node.links() == ()

    run(scenario())


@pytest.mark.parametrize("message", [b"\x01", b"\x07", b"\xff" * 10], ids=["no such kind", "nor this", "nor that"])
def test_a_kind_that_nobody_knows_ends_the_link(message: bytes) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ben.node.send_handshake(pair.ben.node.links()[0].link, message)
            await pair.settle()
            assert pair.ann.node.links() == ()

    run(scenario())


def test_an_empty_message_is_nothing() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ben.node.send_handshake(pair.ben.node.links()[0].link, b"")
            await pair.settle()
            assert pair.ann.node.links()

    run(scenario())


def test_a_reset_before_first_contact_is_over_ends_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            monkeypatch.setattr(Presence, "established", lambda *_: None)
            pair.board.connect()
            [port] = [port for _, port in pair.ann.node._ports()]
            pair.ann.node.send_handshake(port.link, bytes([Kind.RESET]) + bytes(8))
            await pair.settle()
            assert not pair.board.wires

    run(scenario())
