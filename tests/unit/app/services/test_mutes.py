import math

import pytest

from app.domain.errors import ErrorKind, KithError
from app.domain.events import ContactChanged
from app.domain.identifiers import ContactId
from app.services.book import MUTED_UNTIL
from tests.support.aio import run
from tests.support.pair import Pair, friends, of_type


async def muted_until(pair: Pair) -> float | None:
    [row] = await pair.ann.messenger.contacts()
    return row.muted_until


def test_a_contact_is_muted_for_ever_or_until_a_time_comes() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            assert await muted_until(pair) is None
            await pair.ann.messenger.mute_contact(pair.ben.id)
            await pair.ann.restart()
            assert await muted_until(pair) == math.inf
            await pair.ann.messenger.mute_contact(pair.ben.id, pair.clock() + 0.1)
            await pair.ann.restart()
            assert await muted_until(pair) == pair.clock() + 0.1
            pair.clock.now_s += 0.1
            assert await muted_until(pair) is None

    run(scenario())


def test_muting_and_unmuting_are_told() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            messenger = pair.ann.messenger
            await messenger.mute_contact(pair.ben.id)
            await messenger.unmute_contact(pair.ben.id)
            assert await muted_until(pair) is None
            assert [event.muted for event in of_type(pair.ann, ContactChanged)] == [True, False]

    run(scenario())


@pytest.mark.parametrize("until", [0.0, -math.inf, math.nan])
def test_a_time_gone_by_mutes_nobody(until: float) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.mute_contact(pair.ben.id)
            await pair.ann.messenger.mute_contact(pair.ben.id, until)
            assert await muted_until(pair) is None

    run(scenario())


def test_nobody_unknown_is_muted_and_a_removed_contact_leaves_nothing() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            with pytest.raises(KithError) as refused:
                await pair.ann.messenger.mute_contact(ContactId("a" * 52))
            assert refused.value.kind is ErrorKind.UNKNOWN_CONTACT
            number = pair.ann.messenger._book.contact(pair.ben.id).number
            await pair.ann.messenger.mute_contact(pair.ben.id)
            await pair.ann.messenger.remove_contact(pair.ben.id)
            assert (await pair.ann.opened.settings())[MUTED_UNTIL.format(number)] == ""

    run(scenario())


@pytest.mark.parametrize("stored", ["soon", "nan", "-1"])
def test_a_damaged_time_mutes_nobody(stored: str) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            unit = pair.ann.opened.begin()
            number = pair.ann.messenger._book.contact(pair.ben.id).number
            unit.put_setting(MUTED_UNTIL.format(number), stored)
            await pair.ann.opened.commit(unit)
            await pair.ann.restart()
            assert await muted_until(pair) is None

    run(scenario())
