"""Who has a link, and who is told of it."""

from app.domain.events import PathChanged
from tests.support.aio import run
from tests.support.pair import friends, of_type


def test_paths_are_told_as_they_change() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            [row] = await pair.ann.messenger.contacts()
            assert (row.online, row.path, row.last_seen_at) == (True, "lan", None)
            await pair.cut()
            [row] = await pair.ann.messenger.contacts()
            assert (row.online, row.path, row.last_seen_at) == (False, None, pair.clock.now_s)
            await pair.connect()
            told = [(event.online, event.path) for event in of_type(pair.ann, PathChanged)]
            assert told == [(False, None), (True, "lan")]

    run(scenario())
