"""Which session a contact is written to on, when there are several."""

from pathlib import Path

from tests.support.aio import run
from tests.support.engine import Engine, introduce, settle
from tests.support.switchboard import Switchboard


async def talk(one: Engine, other: Engine, rounds: int = 2) -> None:
    for number in range(rounds):
        await one.messenger.send_text(other.id, f"from {one.name} {number}")
        await other.messenger.send_text(one.id, f"from {other.name} {number}")
        await settle(one, other)


def sending_transcript(engine: Engine, other: Engine) -> bytes:
    number = engine.messenger._book.contact(other.id).number
    stored = engine.messenger._contacts._outbox._sessions.sending(number)
    assert stored is not None
    return stored.session.transcript


def test_both_sides_agree_on_one_session_after_both_began_at_once(tmp_path: Path) -> None:
    async def steps() -> None:
        board = Switchboard()
        ann, ben = Engine("Ann", tmp_path, board, 4001), Engine("Ben", tmp_path, board, 4002)
        await ann.start()
        await ben.start()
        await introduce(ann, ben)
        await introduce(ben, ann)
        board.connect()
        await settle(ann, ben)
        board.connect()
        await settle(ann, ben)
        await talk(ann, ben)
        assert sending_transcript(ann, ben) == sending_transcript(ben, ann)
        assert [message.text for message in await ann.history(ben)] == [
            message.text for message in await ben.history(ann)
        ]
        assert len(await ann.history(ben)) == 4
        await ann.stop()
        await ben.stop()

    for attempt in range(4):  # whose transcript is smaller is chance
        place = tmp_path / str(attempt)
        place.mkdir()
        tmp_path = place
        run(steps())


def test_a_contact_that_forgot_us_and_came_again_is_written_to_on_the_new_session(tmp_path: Path) -> None:
    async def steps() -> None:
        board = Switchboard()
        ann, ben = Engine("Ann", tmp_path, board, 4001), Engine("Ben", tmp_path, board, 4002)
        await ann.start()
        await ben.start()
        await introduce(ann, ben)
        board.connect()
        await settle(ann, ben)
        await talk(ann, ben)
        await ben.messenger.remove_contact(ann.id)
        await settle(ann, ben)
        await introduce(ann, ben)
        board.connect()
        await settle(ann, ben)
        await talk(ann, ben)
        assert sending_transcript(ann, ben) == sending_transcript(ben, ann)
        assert len(await ben.history(ann)) == 4
        assert len(await ann.history(ben)) == 8
        await ann.stop()
        await ben.stop()

    for attempt in range(4):
        place = tmp_path / str(attempt)
        place.mkdir()
        tmp_path = place
        run(steps())
