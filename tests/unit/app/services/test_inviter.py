from pathlib import Path

from app.domain.events import ContactAdded
from tests.support.aio import run
from tests.support.engine import Engine, introduce, settle
from tests.support.switchboard import Switchboard


def test_a_contact_that_comes_again_without_its_old_session_has_to_be_verified_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        board = Switchboard()
        ann, ben = Engine("Ann", tmp_path, board, 4001), Engine("Ben", tmp_path, board, 4002)
        await ann.start()
        await ben.start()
        await introduce(ann, ben)
        board.connect()
        await settle(ann, ben)
        await ann.messenger.set_verified(ben.id, verified=True)

        board.cut()
        await settle(ann, ben)
        await ben.messenger.remove_contact(ann.id)  # now Ben is whoever holds a copy of his identity
        ann.events.clear()
        await introduce(ann, ben)
        board.connect()
        await settle(ann, ben)

        contact = await ann.contact(ben)
        assert contact is not None
        assert not contact.verified
        assert [event.verified for event in ann.events if isinstance(event, ContactAdded)] == [False]
        await ann.stop()
        await ben.stop()

    run(scenario())
