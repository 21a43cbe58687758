"""The ML-KEM ratchet of a contact's session turns by itself, whoever talks, and its link keys turn with it."""

import pytest

from app.domain.content import ContentType
from app.services.epochs import MAX_ACCEPTS
from crypto import session as sessions
from crypto.labels import EPOCH_AFTER_ABSENCE_S, EPOCH_AFTER_MESSAGES, EPOCH_AFTER_S
from crypto.ratchet.kem_ratchet import Accepted, Offered, Resting
from net.peer import LinkKind
from tests.support.aio import run
from tests.support.engine import Engine
from tests.support.pair import Pair, friends, known, say, session_of


def applied(pair: Pair) -> tuple[int, int]:
    """The newest epoch of each side, Ben being the initiator."""
    return (
        session_of(pair.ann, pair.ben).ratchet.kem.applied,
        session_of(pair.ben, pair.ann).ratchet.kem.applied,
    )


def link_secrets(engine: Engine, other: Engine) -> list[bytes]:
    """The one to dial with first."""
    peer = engine.node.peers[other.peer_id]
    return [key.secret.reveal() for key in peer.keys if key.kind is LinkKind.CONTACT]


async def chat(pair: Pair, speaker: Engine, count: int) -> None:
    other = pair.ben if speaker is pair.ann else pair.ann
    for number in range(count):
        await speaker.messenger.send_text(other.id, f"text {number}")
        await pair.settle()


def test_nobody_offers_in_the_first_fifty_envelopes_of_a_new_session() -> None:
    async def steps() -> None:
        async with friends() as pair:
            await chat(pair, pair.ben, EPOCH_AFTER_MESSAGES // 2 - 5)
            assert applied(pair) == (0, 0)

    run(steps())


@pytest.mark.parametrize("speaker", ["ann", "ben"])
def test_one_sided_talk_brings_epochs_that_either_side_offers(speaker: str) -> None:
    async def steps() -> None:
        async with friends() as pair:
            await chat(pair, getattr(pair, speaker), 4 * EPOCH_AFTER_MESSAGES)
            ann, ben = applied(pair)
            assert ann == ben >= 3
            texts = await pair.texts(pair.ann)
            assert texts == await pair.texts(pair.ben)
            assert len(texts) == 4 * EPOCH_AFTER_MESSAGES

    run(steps())


def test_a_burst_of_texts_brings_epochs_too() -> None:
    async def steps() -> None:
        async with friends() as pair:
            for _ in range(6):
                for number in range(2 * EPOCH_AFTER_MESSAGES):
                    await pair.ann.messenger.send_text(pair.ben.id, f"text {number}")
                await pair.settle()
            ann, ben = applied(pair)
            assert ann == ben >= 4

    run(steps())


def test_a_link_that_comes_up_after_absence_brings_an_epoch() -> None:
    async def steps() -> None:
        async with friends() as pair:
            await pair.cut()
            pair.clock.now_s += EPOCH_AFTER_ABSENCE_S - 1
            await pair.connect()
            assert applied(pair) == (0, 0)
            await pair.cut()
            pair.clock.now_s += 1
            await pair.connect()
            assert applied(pair) == (1, 1)
            await pair.cut()
            pair.clock.now_s += EPOCH_AFTER_ABSENCE_S
            await pair.connect()
            assert applied(pair) == (2, 2)

    run(steps())


def test_a_day_of_silence_on_a_link_brings_an_epoch() -> None:
    async def steps() -> None:
        async with friends() as pair:
            for engine in (pair.ann, pair.ben):
                await engine.messenger._upkeep.once()
            await pair.settle()
            assert applied(pair) == (0, 0)
            pair.clock.now_s += EPOCH_AFTER_S
            for engine in (pair.ann, pair.ben):
                await engine.messenger._upkeep.once()
            await pair.settle()
            assert applied(pair) == (1, 1)

    run(steps())


def test_an_epoch_needs_no_more_than_four_payloads_and_then_is_quiet() -> None:
    async def steps() -> None:
        async with friends() as pair:
            await pair.cut()
            pair.clock.now_s += EPOCH_AFTER_S
            for engine in (pair.ann, pair.ben):
                engine.node.envelopes.clear()
            await pair.connect()
            sizes = [len(envelope) for engine in (pair.ben, pair.ann) for envelope in engine.node.envelopes]
            assert sizes == [2153, 361, 361, 2153]  # OFFER, its ACCEPT acknowledged; OFFER acknowledged, ACCEPT
            assert applied(pair) == (1, 1)

    run(steps())


def test_link_keys_turn_with_the_epochs_and_the_former_is_good_until_both_proved_the_new() -> None:
    async def steps() -> None:
        async with friends() as pair:
            (first,) = link_secrets(pair.ann, pair.ben)
            await pair.cut()
            pair.clock.now_s += EPOCH_AFTER_S
            await pair.connect()
            assert applied(pair) == (1, 1)
            ann, ben = link_secrets(pair.ann, pair.ben), link_secrets(pair.ben, pair.ann)
            second = ann[0]
            assert ann == [second, first]  # Ben mixed first, and the chain that brought it proved it
            assert ben == [first, second]  # but has no proof yet that Ann did
            await pair.cut()
            await pair.connect()
            await chat(pair, pair.ann, 1)
            assert link_secrets(pair.ben, pair.ann) == [second]
            await chat(pair, pair.ben, 1)
            assert link_secrets(pair.ann, pair.ben) == [second]

    run(steps())


@pytest.mark.parametrize("dialler", ["ann", "ben"])
def test_either_side_can_dial_between_mixing_and_proof(dialler: str) -> None:
    async def steps() -> None:
        async with friends() as pair:
            await pair.cut()
            pair.clock.now_s += EPOCH_AFTER_S
            await pair.connect()
            await pair.cut()
            engine, other = (pair.ann, pair.ben) if dialler == "ann" else (pair.ben, pair.ann)
            peer_id = other.peer_id
            pair.board._dial(engine.node, engine.node.peers[peer_id])
            await pair.settle()
            assert engine.node.linked(peer_id)

    run(steps())


def test_epochs_and_link_keys_survive_a_restart() -> None:
    async def steps() -> None:
        async with friends() as pair:
            await pair.cut()
            pair.clock.now_s += EPOCH_AFTER_S
            await pair.connect()
            before = link_secrets(pair.ann, pair.ben), link_secrets(pair.ben, pair.ann)
            await pair.ann.restart()
            await pair.ben.restart()
            assert before == (link_secrets(pair.ann, pair.ben), link_secrets(pair.ben, pair.ann))
            await pair.connect()
            await chat(pair, pair.ann, 3)
            assert applied(pair) == (1, 1)

    run(steps())


def test_an_offer_that_was_dropped_with_the_outbox_is_repeated_after_a_while() -> None:
    async def steps() -> None:
        async with friends() as pair:
            await pair.cut()
            pair.clock.now_s += EPOCH_AFTER_S
            await pair.ben.messenger._epochs.linked(known(pair.ben, pair.ann).number)
            assert isinstance(session_of(pair.ben, pair.ann).ratchet.kem.exchange, Offered)
            await pair.ben.messenger.block_contact(pair.ann.id)
            await pair.ben.messenger.unblock_contact(pair.ann.id)
            await pair.connect()
            assert applied(pair) == (0, 0)
            await pair.cut()
            pair.clock.now_s += EPOCH_AFTER_ABSENCE_S
            await pair.connect()
            assert applied(pair) == (1, 1)

    run(steps())


def test_an_acceptance_that_was_dropped_with_the_outbox_is_repeated_at_the_next_turn() -> None:
    async def steps() -> None:
        async with friends() as pair:
            await pair.cut()
            pair.clock.now_s += EPOCH_AFTER_S
            pair.ann.node.room = 0
            await pair.connect()
            assert isinstance(session_of(pair.ann, pair.ben).ratchet.kem.exchange, Accepted)
            await pair.ann.messenger.block_contact(pair.ben.id)
            await pair.settle()
            pair.ann.node.make_room()
            await pair.ann.messenger.unblock_contact(pair.ben.id)
            await pair.connect()
            await chat(pair, pair.ann, 2)
            assert applied(pair) == (1, 1)

    run(steps())


def test_a_peer_that_acknowledges_and_never_mixes_is_not_answered_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that lost its state, or that pretends to have."""

    async def steps() -> None:
        async with friends() as pair:
            monkeypatch.setattr("crypto.ratchet.kem_ratchet.KemRatchet.take_acceptance", lambda self, *_: self)
            pair.clock.now_s += EPOCH_AFTER_S
            await chat(pair, pair.ann, 3)
            assert isinstance(session_of(pair.ann, pair.ben).ratchet.kem.exchange, Accepted)
            accepts = [envelope for envelope in pair.ann.node.envelopes if len(envelope) == 2153]
            assert len(accepts) <= MAX_ACCEPTS

    run(steps())


def test_an_offer_repeated_in_ever_new_envelopes_does_not_fill_the_outbox() -> None:
    async def steps() -> None:
        async with friends() as pair:
            _, content = sessions.offer(session_of(pair.ben, pair.ann), now_s=0)
            for _ in range(4 * MAX_ACCEPTS):
                await say(pair.ben, pair.ann, ContentType.OFFER, content)
                await pair.settle()
            accepts = [envelope for envelope in pair.ann.node.envelopes if len(envelope) == 2153]
            assert len(accepts) == MAX_ACCEPTS

    run(steps())


def test_a_peer_without_epochs_is_left_in_peace(monkeypatch: pytest.MonkeyPatch) -> None:
    async def steps() -> None:
        async with friends() as pair:
            monkeypatch.setattr("crypto.ratchet.kem_ratchet.KemRatchet.take_offer", lambda self, *_: self)
            await chat(pair, pair.ben, 2 * EPOCH_AFTER_MESSAGES)
            assert isinstance(session_of(pair.ben, pair.ann).ratchet.kem.exchange, Offered)
            offers = [envelope for envelope in pair.ben.node.envelopes if len(envelope) == 2153]
            assert len(offers) == 1
            assert await pair.texts(pair.ann) == await pair.texts(pair.ben)

    run(steps())


@pytest.mark.parametrize("content_type", [ContentType.OFFER, ContentType.ACCEPT])
@pytest.mark.parametrize("content", [b"", bytes(1188), bytes(1124), b"\x02" + bytes(1187)])
def test_hostile_offers_and_acceptances_are_acknowledged_and_change_nothing(
    content_type: ContentType, content: bytes
) -> None:
    async def steps() -> None:
        async with friends() as pair:
            await say(pair.ann, pair.ben, content_type, content)
            await say(pair.ben, pair.ann, content_type, content)
            await pair.settle()
            for engine, other in ((pair.ann, pair.ben), (pair.ben, pair.ann)):
                assert isinstance(session_of(engine, other).ratchet.kem.exchange, Resting | Accepted)
                assert not engine.messenger._outbox._lane(known(engine, other).number).in_flight
            await chat(pair, pair.ann, 1)
            assert await pair.texts(pair.ben) == ["text 0"]

    run(steps())


def test_a_session_counts_its_first_day_from_its_making() -> None:
    async def steps() -> None:
        async with friends() as pair:
            for engine, other in ((pair.ann, pair.ben), (pair.ben, pair.ann)):
                session = session_of(engine, other)
                assert session.epoch.began_s == int(pair.clock())
                assert not sessions.offer_due(session, now_s=int(pair.clock()))

    run(steps())
