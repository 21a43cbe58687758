"""Re-requests: what arrives and does not open is asked for, sealed anew under its message id, and read once."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from app.domain.contact import ContactProblem
from app.domain.content import ContentType, encode_ids, encode_transcripts
from app.domain.events import MessageReceived
from app.ports.records import StoredSession
from app.services import outbox, re_requests, resets
from app.services.outbox import MAX_RESEALS
from crypto.session import envelope_id
from net.events import EnvelopeReceived, NetEvent
from tests.support.aio import run
from tests.support.engine import Engine, Faults
from tests.support.mischief import Mischief, disturb
from tests.support.pair import Pair, friends, known, of_type, say, sessions_of, states, strangers
from tests.support.sessions import session_ends

DAY_S = 24 * 3600


def lose(engine: Engine, *, count: int) -> None:
    """The next envelopes to an engine are lost on the way."""
    disturb(engine, *[Mischief.LOSE] * count)


def hand_in(engine: Engine, other: Engine, envelope: bytes) -> None:
    """An envelope as from the other one."""
    link = engine.node.links()[0].link
    peer = other.peer_id
    engine.messenger.handle(EnvelopeReceived(link, peer, envelope))


def sending(engine: Engine, other: Engine) -> bytes:
    stored = engine.messenger._outbox._sessions.sending(known(engine, other).number)
    assert stored is not None
    return stored.session.transcript


def in_flight(engine: Engine, other: Engine) -> list[bytes]:
    return list(engine.messenger._outbox._lane(known(engine, other).number).in_flight)


async def ask(engine: Engine, other: Engine, *identifiers: bytes) -> None:
    """A re-request, whether there is reason for it or not."""
    await say(engine, other, ContentType.RE_REQUEST, encode_ids(identifiers))


async def lose_a_key(pair: Pair) -> None:
    """Ann misses Ben's first text for longer than she keeps its key."""
    lose(pair.ann, count=1)
    for text in ("first", "second"):
        await pair.ben.messenger.send_text(pair.ann.id, text)
        await pair.settle()
    pair.clock.now_s += 15 * DAY_S
    await pair.ben.messenger.send_text(pair.ann.id, "third")
    await pair.settle()
    assert await pair.texts(pair.ann) == ["second", "third"]


async def change(engine: Engine, other: Engine, edit: Callable[[StoredSession], StoredSession | None]) -> None:
    """Damage an engine's sessions with another."""
    unit = engine.opened.begin()
    for stored in tuple(sessions_of(engine, other)):
        edited = edit(stored)
        if edited is None:
            engine.messenger._book.remove_session(stored, unit)
        elif edited is not stored:
            engine.messenger._book.put_session(edited, unit)
    await engine.opened.commit(unit)


def with_a_strange_ratchet(stored: StoredSession) -> StoredSession:
    strange, _ = session_ends("strange")
    return replace(stored, session=replace(stored.session, ratchet=strange.ratchet))


# --- Healing


def test_a_text_whose_key_is_gone_is_asked_for_and_read_once() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await lose_a_key(pair)
            await pair.cut()
            await pair.connect()
            assert await pair.texts(pair.ann) == await pair.texts(pair.ben) == ["first", "second", "third"]
            assert states(pair.ben).count("delivered") == 3
            assert len(of_type(pair.ann, MessageReceived)) == 3
            assert not in_flight(pair.ben, pair.ann)
            await pair.cut()
            pair.ben.node.envelopes.clear()
            await pair.connect()
            assert not pair.ben.node.envelopes

    run(scenario())


@pytest.mark.parametrize("fault", ["crash_before", "crash_after", "fail"])
@pytest.mark.parametrize("of_the_sender", [True, False])
@pytest.mark.expect_log
def test_whatever_happens_around_the_commits_it_is_read_once(fault: str, *, of_the_sender: bool) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await lose_a_key(pair)
            await pair.cut()
            struck = pair.ben if of_the_sender else pair.ann
            for commit in range(1, 8):
                struck.store.arm(Faults(**{fault: commit}))
                await pair.connect()
                if struck.crashed:
                    await struck.restart()
                await pair.cut()
            struck.store.disarm()
            await pair.connect()
            assert await pair.texts(pair.ann) == ["first", "second", "third"]
            assert not in_flight(pair.ben, pair.ann)

    run(scenario())


def test_what_is_sealed_on_a_session_that_was_lost_is_sealed_on_one_that_is_left() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await pair.meet_twice()
            for one, other in ((pair.ann, pair.ben), (pair.ben, pair.ann)) * 2:
                await one.messenger.send_text(other.id, "hello")
                await pair.settle()
            lost = sending(pair.ben, pair.ann)
            assert len(sessions_of(pair.ann, pair.ben)) == 2
            await change(pair.ann, pair.ben, lambda stored: None if stored.session.transcript == lost else stored)
            await pair.ben.messenger.send_text(pair.ann.id, "sealed on what Ann lost")
            await pair.settle()
            assert (await pair.texts(pair.ann))[-1] == "sealed on what Ann lost"
            assert sending(pair.ben, pair.ann) == sending(pair.ann, pair.ben) != lost
            pair.ann.node.envelopes.clear()
            await pair.ben.messenger.send_text(pair.ann.id, "sealed on what is left")
            await pair.settle()
            assert (await pair.texts(pair.ann))[-1] == "sealed on what is left"
            assert len(pair.ann.node.envelopes) == 1  # the acknowledgement: nothing is asked for any more
            assert not in_flight(pair.ben, pair.ann)

    run(scenario())


def test_an_offer_is_sealed_anew_with_the_same_key() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            pair.clock.now_s += DAY_S
            lose(pair.ann, count=1)
            await pair.connect()
            [lost] = in_flight(pair.ben, pair.ann)
            await ask(pair.ann, pair.ben, lost)
            await pair.settle()
            kems = [sessions_of(*ends)[0].session.ratchet.kem for ends in ((pair.ann, pair.ben), (pair.ben, pair.ann))]
            assert [kem.applied for kem in kems] == [1, 1]

    run(scenario())


def test_the_offer_of_one_session_is_nothing_on_another() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            pair.clock.now_s += DAY_S
            lose(pair.ann, count=1)
            await pair.connect()
            ben, number = pair.ben, known(pair.ben, pair.ann).number
            initiator, _ = session_ends("another")
            unit = ben.opened.begin()
            stored = StoredSession(number, initiator, created_at=0.0, confirmed=True)
            ben.messenger._book.put_session(stored, unit)
            offer = in_flight(ben, pair.ann)
            [(before, after)] = ben.messenger._outbox.reseal(number, offer, initiator.transcript, unit)
            await ben.opened.commit(unit)
            assert (before.content_type, after.content_type) == (ContentType.OFFER, ContentType.EMPTY)
            [row] = await ben.opened.outgoing(number, after=0, limit=10)
            assert (row.content_type, row.content, row.transcript) == (ContentType.EMPTY, b"", initiator.transcript)
            assert row.message_id == before.message_id

    run(scenario())


# --- Asking


def test_two_who_cannot_read_each_other_ask_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resets, "MAX_UNOPENED", 100)  # else they would begin anew

    async def scenario() -> None:
        async with friends() as pair:
            for engine, other in ((pair.ann, pair.ben), (pair.ben, pair.ann)):
                await change(engine, other, with_a_strange_ratchet)
            pair.ann.node.envelopes.clear()
            pair.ben.node.envelopes.clear()
            for text in ("one", "two", "three"):
                await pair.ann.messenger.send_text(pair.ben.id, text)
                await pair.settle()
            assert len(pair.ann.node.envelopes) == 3 + 2
            assert len(pair.ben.node.envelopes) == 2

    run(scenario())


def test_two_who_cannot_read_each_other_begin_anew() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            for engine, other in ((pair.ann, pair.ben), (pair.ben, pair.ann)):
                await change(engine, other, with_a_strange_ratchet)
            for text in ("one", "two", "three"):
                await pair.ann.messenger.send_text(pair.ben.id, text)
                await pair.settle()
            assert sorted(await pair.texts(pair.ben)) == ["one", "three", "two"]
            assert known(pair.ben, pair.ann).problem is ContactProblem.NONE

    run(scenario())


def test_while_a_question_is_open_the_next_one_waits_until_something_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[bytes]] = []

    def recorded(ids: Sequence[bytes]) -> bytes:
        asked.append(list(ids))
        return encode_ids(ids)

    monkeypatch.setattr(re_requests, "encode_ids", recorded)
    strange = [b"\x01" + bytes([count]) * 400 for count in range(1, 4)]
    names = [envelope_id(envelope) for envelope in strange]

    async def scenario() -> None:
        async with friends() as pair:
            for envelope in strange:
                hand_in(pair.ann, pair.ben, envelope)
                await pair.settle()
            assert asked == [names[:1]]
            await pair.ben.messenger.send_text(pair.ann.id, "this opens")
            await pair.settle()
            assert asked == [names[:1], names[1:]]

    run(scenario())


def test_no_more_is_asked_for_than_an_honest_outbox_has_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(re_requests, "MAX_UNOPENED", 3)

    async def scenario() -> None:
        async with friends() as pair:
            for count in range(1, 9):
                hand_in(pair.ann, pair.ben, b"\x01" + bytes([count]) * 400)
                await pair.settle()
            [question] = pair.ann.messenger._intake._inbox._re_requests._questions.values()
            assert list(question.unopened) == [envelope_id(b"\x01" + bytes([count]) * 400) for count in (6, 7, 8)]
            await pair.cut()
            assert not pair.ann.messenger._intake._inbox._re_requests._questions

    run(scenario())


def test_nothing_is_asked_for_on_a_session_that_cannot_be_written_on() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await change(pair.ann, pair.ben, lambda stored: replace(stored, confirmed=False))
            pair.ann.node.envelopes.clear()
            hand_in(pair.ann, pair.ben, b"\x01" + bytes(400))
            await pair.settle()
            assert pair.ann.node.envelopes == []

    run(scenario())


# --- Answering


def test_a_payload_is_sealed_anew_three_times_and_no_more() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            lose(pair.ben, count=1_000)
            await pair.ann.messenger.send_text(pair.ben.id, "never opened")
            await pair.settle()
            seen = [*in_flight(pair.ann, pair.ben)]
            for _ in range(MAX_RESEALS + 2):
                await ask(pair.ben, pair.ann, seen[-1])
                await pair.settle()
                seen += in_flight(pair.ann, pair.ben)
            assert len(set(seen)) == 1 + MAX_RESEALS
            pair.board.cut()
            await pair.connect()
            await ask(pair.ben, pair.ann, seen[-1])
            await pair.settle()
            assert in_flight(pair.ann, pair.ben) == seen[-1:]

    run(scenario())


def test_only_what_waits_for_that_very_contact_is_sealed_anew() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            cid = await pair.third()
            await cid.messenger.add_contact((await pair.ann.messenger.create_invite()).link)
            await pair.connect()
            await pair.ann.messenger.send_text(pair.ben.id, "delivered")
            await pair.settle()
            delivered = envelope_id(pair.ann.node.envelopes[-1])
            lose(pair.ben, count=1_000)
            await pair.ann.messenger.send_text(pair.ben.id, "waits for Ben")
            await pair.settle()
            waits = in_flight(pair.ann, pair.ben)
            pair.ann.node.envelopes.clear()
            await ask(cid, pair.ann, *waits, delivered)
            await ask(pair.ben, pair.ann, delivered, bytes(16))
            await pair.settle()
            assert pair.ann.node.envelopes == []
            assert in_flight(pair.ann, pair.ben) == waits

    run(scenario())


def test_what_is_acknowledged_in_the_same_breath_is_not_sealed_anew() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            lose(pair.ben, count=1)
            await pair.ann.messenger.send_text(pair.ben.id, "hello")
            await pair.settle()
            [name] = in_flight(pair.ann, pair.ben)
            pair.ann.node.envelopes.clear()
            take, held = pair.ann.node._on_event, list[NetEvent]()
            pair.ann.node._on_event = held.append
            await ask(pair.ben, pair.ann, name)
            await say(pair.ben, pair.ann, ContentType.ACKNOWLEDGEMENT, encode_ids([name]))
            await pair.settle()
            for event in held:
                take(event)
            await pair.settle()
            assert pair.ann.node.envelopes == []
            assert not in_flight(pair.ann, pair.ben)

    run(scenario())


def test_what_is_sealed_anew_waits_for_room_on_a_full_link() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            lose(pair.ben, count=3)
            for text in ("one", "two", "three"):
                await pair.ann.messenger.send_text(pair.ben.id, text)
            await pair.settle()
            pair.ann.node.room = 0
            await ask(pair.ben, pair.ann, *in_flight(pair.ann, pair.ben))
            await pair.settle()
            pair.ann.node.make_room()
            await pair.settle()
            assert await pair.texts(pair.ben) == ["one", "two", "three"]
            assert not in_flight(pair.ann, pair.ben)

    run(scenario())


def test_more_than_may_wait_for_a_link_is_sent_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MAX_UNSENT_ANSWERS", 2)

    async def scenario() -> None:
        async with friends() as pair:
            lose(pair.ben, count=3)
            for text in ("one", "two", "three"):
                await pair.ann.messenger.send_text(pair.ben.id, text)
            await pair.settle()
            await ask(pair.ben, pair.ann, *in_flight(pair.ann, pair.ben))
            await pair.settle()
            assert await pair.texts(pair.ben) == ["one", "two", "three"]
            assert not in_flight(pair.ann, pair.ben)

    run(scenario())


def test_a_list_costs_as_much_as_the_messages_that_it_names() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            charged: list[int] = []
            quotas = pair.ann.messenger._quotas
            quotas.charge = lambda contact, **what: charged.append(what["messages"])  # type: ignore[method-assign]
            await ask(pair.ben, pair.ann, *(bytes([count]) * 16 for count in range(100)))
            await pair.settle()
            assert 100 in charged

    run(scenario())


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        (ContentType.RE_REQUEST, b""),
        (ContentType.RE_REQUEST, bytes(17)),
        (ContentType.RE_REQUEST, bytes(16 * 4_097)),
        (ContentType.BROKEN, b""),
        (ContentType.BROKEN, bytes(33)),
        (ContentType.BROKEN, bytes(32 * 17)),
    ],
)
def test_neither_is_acknowledged_and_a_malformed_one_changes_nothing(content_type: ContentType, content: bytes) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.node.envelopes.clear()
            await say(pair.ben, pair.ann, content_type, content)
            await pair.settle()
            assert pair.ann.node.envelopes == []
            assert sending(pair.ann, pair.ben) == sending(pair.ben, pair.ann)

    run(scenario())


def test_a_notice_cannot_break_the_session_that_it_comes_on() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            before = sending(pair.ann, pair.ben)
            await say(pair.ben, pair.ann, ContentType.BROKEN, encode_transcripts([bytes(32)]))
            await pair.settle()
            assert sending(pair.ann, pair.ben) == before
            await pair.ann.messenger.send_text(pair.ben.id, "and on")
            await pair.settle()
            assert await pair.texts(pair.ben) == ["and on"]

    run(scenario())
