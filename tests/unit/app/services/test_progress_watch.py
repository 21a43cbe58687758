"""Progress frames between two engines, and what a contact can do with them."""

import pytest

from app.domain.contact import ContactNotice, ContactProblem
from app.domain.events import ContactChanged
from app.domain.progress import NO_MORE, Progress, decode_progress, encode_progress, session_name
from net.events import LinkId, ProgressReceived
from net.peer import PeerId
from tests.support.aio import run
from tests.support.copies import copy_of, lose_sessions, pass_a_day, put_back
from tests.support.engine import Engine
from tests.support.pair import Pair, friends, known, of_type
from tests.support.switchboard import SwitchedNode


def transcript(engine: Engine) -> bytes:
    """Of the session that an engine writes on."""
    stored = engine.messenger._outbox._sessions.sending(1)
    assert stored is not None
    return stored.session.transcript


async def lie(pair: Pair, *entries: Progress, body: bytes | None = None) -> None:
    """What Ben might say on the link that is up."""
    link = pair.ann.node.links()[0].link
    body = encode_progress(entries) if body is None else body
    pair.ann.messenger._intake._heard_progress.discard(link)
    pair.ann.messenger.handle(ProgressReceived(link, pair.ben.peer_id, body))
    await pair.settle()


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> list[tuple[SwitchedNode, bytes]]:
    """Every progress frame that is sent."""
    sent: list[tuple[SwitchedNode, bytes]] = []
    send = SwitchedNode.send_progress

    def note(node: SwitchedNode, link: LinkId, message: bytes) -> bool:
        sent.append((node, message))
        return send(node, link, message)

    monkeypatch.setattr(SwitchedNode, "send_progress", note)
    return sent


# --- What is told


def test_each_side_tells_how_far_it_has_heard_the_other(frames: list[tuple[SwitchedNode, bytes]]) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            await pair.connect()
            told = {node: decode_progress(body) for node, body in frames}
            for engine in (pair.ann, pair.ben):
                [entry] = told[engine.node]
                assert entry.name == session_name(transcript(engine))
                assert entry.count >= 1

    run(scenario())


def test_it_goes_before_every_envelope(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    progress, envelope = SwitchedNode.send_progress, SwitchedNode.send_envelope

    def send_progress(node: SwitchedNode, link: LinkId, message: bytes) -> bool:
        order.append("progress")
        return progress(node, link, message)

    def send_envelope(node: SwitchedNode, peer: PeerId, message: bytes) -> bool:
        order.append("envelope")
        return envelope(node, peer, message)

    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            await pair.ann.messenger.send_text(pair.ben.id, "waits")
            monkeypatch.setattr(SwitchedNode, "send_progress", send_progress)
            monkeypatch.setattr(SwitchedNode, "send_envelope", send_envelope)
            await pair.connect()
            assert order[:2] == ["progress", "progress"]
            assert "envelope" in order

    run(scenario())


def test_of_a_session_that_was_replaced_no_more_is_to_come(frames: list[tuple[SwitchedNode, bytes]]) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            replaced = session_name(transcript(pair.ben))
            await lose_sessions(pair.ann)
            await pair.connect()
            await pair.cut()
            frames.clear()
            await pair.connect()
            [body] = [body for node, body in frames if node is pair.ben.node]
            assert Progress(replaced, NO_MORE) in decode_progress(body)

    run(scenario())


# --- What is made of it


def test_an_honest_count_changes_nothing() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            stored = pair.ann.messenger._outbox._sessions.sending(1)
            assert stored is not None
            await lie(pair, Progress(session_name(transcript(pair.ann)), stored.session.sent_count))
            assert known(pair.ann, pair.ben).notice is ContactNotice.NONE
            assert pair.ann.events == []

    run(scenario())


def test_a_session_that_nobody_knows_changes_nothing() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await lie(pair, Progress(b"unknown!", NO_MORE))
            assert known(pair.ann, pair.ben).notice is ContactNotice.NONE

    run(scenario())


def test_a_lie_costs_the_liar_a_reset_a_day_and_no_text() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await lie(pair, Progress(session_name(transcript(pair.ann)), 2**40))
            assert known(pair.ann, pair.ben).notice is ContactNotice.ROLLED_BACK
            await pair.ann.messenger.send_text(pair.ben.id, "after the first")
            await pair.settle()
            assert await pair.texts(pair.ben) == ["after the first"]
            first = transcript(pair.ann)
            await lie(pair, Progress(session_name(first), 2**40))
            assert pair.ann.messenger._outbox._sessions.sending(1) is None
            await pair.ann.messenger.send_text(pair.ben.id, "after the second")
            await pair.settle()
            assert await pair.texts(pair.ben) == ["after the first"]
            pass_a_day(pair.clock)
            await pair.ann.messenger._upkeep.once()
            await pair.settle()
            assert sorted(await pair.texts(pair.ben)) == ["after the first", "after the second"]
            told = [event.notice for event in of_type(pair.ann, ContactChanged) if event.notice]
            assert told == [ContactNotice.ROLLED_BACK]

    run(scenario())


def test_a_lie_harms_nobody_else() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            cid = await pair.third()
            link = (await pair.ann.messenger.create_invite()).link
            await cid.messenger.add_contact(link)
            await pair.connect()
            sessions = list(pair.ann.messenger._book.sessions[2])
            await lie(pair, Progress(session_name(sessions[0].session.transcript), 2**40))
            assert pair.ann.messenger._book.sessions[2] == sessions
            assert known(pair.ann, cid).notice is ContactNotice.NONE

    run(scenario())


@pytest.mark.parametrize("size_bytes", [0, 15, 17])
def test_a_malformed_frame_ends_its_link(size_bytes: int) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await lie(pair, body=bytes(size_bytes))
            assert pair.ann.node.links() == ()

    run(scenario())


def test_what_was_begun_is_not_taken_for_an_old_state() -> None:
    """M4 is on its way when the next link says that the old session was replaced."""

    async def scenario() -> None:
        async with friends() as pair:
            copy = copy_of(pair.ann)
            await pair.ann.messenger.send_text(pair.ben.id, "seen by Ben alone")
            await pair.settle()
            await put_back(pair.ann, copy)
            send = SwitchedNode.send_handshake
            pair.ben.node.send_handshake = lambda link, message: (  # type: ignore[method-assign]
                message[0] == 4 or send(pair.ben.node, link, message)
            )
            await pair.connect()
            await pair.cut()
            pair.ann.events.clear()
            del pair.ben.node.send_handshake
            await pair.connect()
            assert of_type(pair.ann, ContactChanged) == []
            assert known(pair.ann, pair.ben).problem is ContactProblem.NONE
            assert transcript(pair.ann) == transcript(pair.ben)

    run(scenario())


# --- Two devices


def test_what_was_on_its_way_when_the_session_was_replaced_is_no_second_device() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            await pair.ben.messenger.send_text(pair.ann.id, "late")
            old = pair.ben.node
            await lose_sessions(pair.ann)
            await pair.connect()
            assert old is pair.ben.node
            await pair.ann.messenger.accept_reset(pair.ben.id)
            await pair.ben.messenger.accept_reset(pair.ann.id)
            await pair.connect()
            for engine, other in ((pair.ann, pair.ben), (pair.ben, pair.ann)):
                assert known(engine, other).notice is ContactNotice.NONE
            assert "late" in await pair.texts(pair.ann)

    run(scenario())
