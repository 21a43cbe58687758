"""What watches over sessions, put together."""

from tests.support.aio import run
from tests.support.pair import friends


def test_whoever_takes_something_in_has_the_same_parts() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            intake = pair.ann.messenger._intake
            inbox, handshakes = intake._inbox, intake._handshakes
            assert intake._asker is inbox._asker is handshakes._asker
            assert intake._progress is inbox._progress is handshakes._progress
            assert inbox._resets is handshakes._asker._resets is handshakes._granter._resets
            assert inbox._renewal is handshakes._granter._renewal

    run(scenario())
