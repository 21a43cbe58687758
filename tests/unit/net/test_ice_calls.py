"""Two sides that find each other by ICE on loopback, from the first offer to the link and its end."""

import asyncio
import os
from dataclasses import replace
from functools import partial

import pytest

from crypto.secret import Secret
from net.events import CloseReason, PathClass
from net.ice_log import IceOutcome
from net.ice_offer import NO_PIN, IceOffer
from net.limits import ICE_OFFER_BURST, MAX_ICE_ATTEMPTS
from net.link.frames import FrameType
from net.peer import LinkKey, LinkKind, Peer, PeerId
from net.transport import quic
from net.transport.ice import IceAttempt
from net.transport.quic import QuicStream
from tests.support.aio import run
from tests.support.ice_world import ALICE, BOB, KEY, LOOPBACK, NO_SERVERS, Side, two_sides


@pytest.mark.parametrize("kind", [LinkKind.CONTACT, LinkKind.INVITE])
@pytest.mark.parametrize("callers", ["alice", "bob", "both"])
def test_whoever_calls_both_get_one_link(kind: LinkKind, callers: str) -> None:
    async def scenario() -> None:
        async with two_sides(kind=kind) as (alice, bob):
            if callers != "bob":
                alice.expect()
            if callers != "alice":
                bob.expect()
            links = await asyncio.gather(alice.until(), bob.until())
            assert [link.ice_path for link in links] == [PathClass.PUNCHED, PathClass.PUNCHED]
            assert [link.party.kind for link in links] == [kind, kind]
            assert links[0].offer(FrameType.ENVELOPE, b"there")
            while not bob.frames:
                await bob.news()
            assert links[1].offer(FrameType.ENVELOPE, b"back")
            while not alice.frames:
                await alice.news()
            assert len(alice.links) == len(bob.links) == 1
            assert alice.failures == bob.failures == 0
            assert outcome(alice, BOB) is outcome(bob, ALICE) is IceOutcome.LINKED

    run(scenario())


def test_a_link_ends_on_both_sides_and_can_be_had_again() -> None:
    async def scenario() -> None:
        async with two_sides() as (alice, bob):
            alice.expect()
            await asyncio.gather(alice.until(), bob.until())
            alice.links[0].close(CloseReason.LOCAL)
            while not bob.ended:
                await bob.news()
            alice.calls.unlinked(BOB)
            alice.expect()
            await asyncio.gather(alice.until(2), bob.until(2))

    run(scenario())


def test_an_offer_from_who_lacks_the_key_leads_to_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("net.link.machine.HANDSHAKE_TIMEOUT_S", 0.2)

    async def scenario() -> None:
        other = LinkKey(LinkKind.CONTACT, Secret(b"x" * 32))
        async with two_sides(keys=((other,), (KEY,))) as (alice, bob):
            alice.expect()
            while not alice.failures:
                await alice.news()
            assert not alice.links
            assert not bob.links
            assert outcome(alice, BOB) is IceOutcome.BROKEN

    run(scenario())


@pytest.mark.parametrize("alice_asks", [True, False])
def test_who_asks_for_a_reset_is_understood_whoever_controls(*, alice_asks: bool) -> None:
    async def scenario() -> None:
        reset = LinkKey(LinkKind.RESET, Secret(b"r" * 32))
        asks, knows_both = (reset,), (KEY, reset)
        async with two_sides(keys=(asks, knows_both) if alice_asks else (knows_both, asks)) as (alice, bob):
            alice.expect()
            links = await asyncio.gather(alice.until(), bob.until())
            assert [link.party.kind for link in links] == [LinkKind.RESET, LinkKind.RESET]
            assert links[0].offer(FrameType.ENVELOPE, b"there")
            while not bob.frames:
                await bob.news()

    run(scenario())


@pytest.mark.parametrize("part", ["gather", "find_path"])
def test_what_nobody_expects_ends_the_attempt_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("no words of the peer's are told")

    async def scenario() -> None:
        async with two_sides() as (alice, bob):
            with monkeypatch.context() as breaking:
                breaking.setattr(IceAttempt, part, broken)
                alice.expect()
                while not alice.failures:
                    await alice.news()
            assert outcome(alice, BOB) is IceOutcome.BROKEN
            alice.calls.unlinked(BOB)
            alice.expect()
            await asyncio.gather(alice.until(), bob.until())

    run(scenario())
    assert "RuntimeError" in caplog.text
    assert "peer's" not in caplog.text


def test_an_offer_that_was_changed_on_the_way_leads_to_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever could read and change signals could put a certificate of its own into one."""
    monkeypatch.setattr("net.link.machine.HANDSHAKE_TIMEOUT_S", 0.2)
    monkeypatch.setattr("net.transport.quic.QuicStream._open", _open_without_looking)

    async def scenario() -> None:
        async with two_sides() as (alice, bob):
            tell = bob._tell

            def tell_changed(peer_id: PeerId, content: bytes) -> None:
                offer = IceOffer.decode(content)
                forged = IceOffer(offer.name, offer.answers, offer.password, b"f" * 32, offer.candidates)
                tell(peer_id, forged.encode())

            bob.calls._attempts._callbacks = replace(bob.calls._attempts._callbacks, tell=tell_changed)
            alice.expect()
            while not alice.failures:
                await alice.news()
            assert not alice.links
            assert not bob.links

    run(scenario())


def _open_without_looking(stream: QuicStream, _connection: object) -> None:
    """What a QUIC client would do that does not pin the certificate."""
    stream._deadline.cancel()
    stream._state = quic._State.OPEN
    stream._owner.stream_opened(stream)


def test_an_offer_that_nobody_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("net.ice_exchange.ICE_OFFER_LIFE_S", 0.05)

    async def scenario() -> None:
        async with two_sides() as (alice, bob):
            bob.is_deaf = True
            alice.expect()
            while not alice.failures:
                await alice.news()
            assert len(alice.offers) == 1
            assert outcome(alice, BOB) is IceOutcome.UNANSWERED
            alice.calls.forget(BOB)
            assert outcome(alice, BOB) is None

    run(scenario())


def test_two_whose_addresses_lead_nowhere_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("net.transport.ice.ICE_TIMEOUT_S", 0.3)

    async def scenario() -> None:
        async with two_sides() as (alice, bob):
            for side in (alice, bob):
                attempts = side.calls._attempts
                attempts._callbacks = replace(attempts._callbacks, tell=partial(_tell_no_address, side))
            alice.expect()
            while not alice.failures:
                await alice.news()
            assert outcome(alice, BOB) is IceOutcome.NO_PAIR

    run(scenario())


def _tell_no_address(side: Side, peer_id: PeerId, content: bytes) -> None:
    side._tell(peer_id, IceOffer.decode(content).naming(()).encode())


def outcome(side: Side, peer_id: PeerId) -> IceOutcome | None:
    record = side.calls.report(peer_id)
    return None if record is None else record.outcome


def test_who_is_reached_in_another_way_is_not_called() -> None:
    async def scenario() -> None:
        async with two_sides() as (alice, bob):
            alice.expect()
            await asyncio.sleep(0)
            alice.calls.linked(BOB, PathClass.DIRECT)
            alice.expect()
            assert alice.calls._schedule.wake_at() is None
            assert not bob.links

    run(scenario())


def test_who_looks_for_a_better_way_than_a_relay_leads_to_takes_no_relay_for_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("net.ice_schedule.FIRST_BETTER_PATH_S", 0.01)

    async def scenario() -> None:
        async with two_sides() as (alice, bob):
            bob.is_deaf = True
            alice.calls.linked(BOB, PathClass.RELAYED)
            alice.calls.move(LOOPBACK)
            while not alice.offers:
                await asyncio.sleep(0.01)
            (call,) = alice.calls._attempts._calls.values()
            assert call.attempt is not None
            assert not call.attempt._agent._rules.relays

    run(scenario())


def test_who_has_come_by_our_invite_is_not_called_under_its_name_any_more() -> None:
    async def scenario() -> None:
        async with two_sides(kind=LinkKind.INVITE) as (joiner, poster):
            poster.calls.expect(ALICE, asyncio.get_running_loop().time() + 60.0, hurry=False)
            joiner.expect()
            await asyncio.gather(joiner.until(), poster.until())
            assert poster.calls._schedule.wake_at() is None

    run(scenario())


def test_a_relayed_peer_is_called_for_a_direct_way_without_relays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("net.ice_schedule.FIRST_BETTER_PATH_S", 0.01)

    async def scenario() -> None:
        async with two_sides() as (alice, bob):
            for side in (alice, bob):
                side.calls.linked(side.peer.peer_id, PathClass.RELAYED)
                side.calls.move(LOOPBACK)
            links = await asyncio.gather(alice.until(), bob.until())
            assert links[0].ice_path is PathClass.PUNCHED

    run(scenario())


def test_switched_off_nobody_is_called_or_answered() -> None:
    async def scenario() -> None:
        async with two_sides() as (alice, bob):
            bob.calls.use(None)
            assert bob.calls.servers is None
            bob.expect()
            alice.expect()
            while not alice.offers:
                await asyncio.sleep(0.01)
            for _ in range(20):
                await asyncio.sleep(0)
            assert not bob.offers

    run(scenario())


def test_switching_off_gives_up_what_is_under_way() -> None:
    async def scenario() -> None:
        async with two_sides() as (alice, bob):
            bob.is_deaf = True
            alice.expect()
            while not alice.offers:
                await asyncio.sleep(0.01)
            alice.calls.use(None)
            assert all(call.exchange.is_idle for call in alice.calls._attempts._calls.values())

    run(scenario())


def test_a_flood_of_offers_is_answered_within_bounds() -> None:
    async def scenario() -> None:
        async with two_sides() as (alice, bob):
            alice.is_deaf = True
            for _ in range(10 * int(ICE_OFFER_BURST)):
                bob.calls.received(ALICE, IceOffer.new(pin=NO_PIN, random=os.urandom).encode())
                bob.calls.received(ALICE, b"junk")
                await asyncio.sleep(0.001)
            assert len(bob.offers) <= ICE_OFFER_BURST

    run(scenario())


def test_no_more_than_some_peers_are_called_at_once() -> None:
    async def scenario() -> None:
        async with two_sides() as (alice, bob):
            bob.is_deaf = True
            attempts = alice.calls._attempts
            for number in range(2 * MAX_ICE_ATTEMPTS):
                peer = Peer(peer_id=PeerId(b"%d" % number), keys=(KEY,), controls=True, wanted=True)
                attempts.start(peer)
            busy = [call for call in attempts._calls.values() if not call.exchange.is_idle]
            assert len(busy) == MAX_ICE_ATTEMPTS
            for number in range(2 * MAX_ICE_ATTEMPTS):
                alice.calls.forget(PeerId(b"%d" % number))

    run(scenario())


def test_a_move_ends_what_left_from_the_old_place() -> None:
    async def scenario() -> None:
        async with two_sides() as (alice, bob):
            bob.is_deaf = True
            alice.expect()
            while not alice.offers:
                await asyncio.sleep(0.01)
            alice.calls.move(())
            assert all(call.exchange.is_idle for call in alice.calls._attempts._calls.values())
            alice.calls.move(LOOPBACK)
            alice.calls.use(NO_SERVERS)
            bob.is_deaf = False
            alice.expect()
            await asyncio.gather(alice.until(), bob.until())

    run(scenario())
