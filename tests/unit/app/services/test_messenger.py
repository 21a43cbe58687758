"""The engine as a whole: what a front-end sees of two people who talk."""

from app.domain.events import ContactAdded
from tests.support.aio import run
from tests.support.pair import of_type, strangers


def test_two_people_meet_and_talk() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await pair.meet()
            assert [event.name for event in of_type(pair.ann, ContactAdded)] == ["Ben"]
            assert [event.name for event in of_type(pair.ben, ContactAdded)] == ["Ann"]
            await pair.ann.messenger.send_text(pair.ben.id, "hello")
            await pair.settle()
            await pair.ben.messenger.send_text(pair.ann.id, "hello yourself")
            await pair.settle()
            assert await pair.texts(pair.ann) == await pair.texts(pair.ben) == ["hello", "hello yourself"]

    run(scenario())
