import pytest

from app.domain.errors import ErrorKind, KithError, StorageError
from app.domain.identifiers import ContactId
from app.domain.message import MAX_TEXT_BYTES
from app.services.book import DRAFT
from app.services.contacts import DRAFT_SHOWN_CHARACTERS
from tests.support.aio import run
from tests.support.engine import Faults
from tests.support.pair import friends

NOBODY = ContactId("a" * 52)


def test_a_draft_is_kept_until_another_takes_its_place_or_it_is_given_up() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            assert await pair.ann.messenger.draft(pair.ben.id) == ""
            for text in ("Dear Ben", "Dear B\0en 👩\u200d🚀", "x" * MAX_TEXT_BYTES, ""):
                await pair.ann.messenger.save_draft(pair.ben.id, text)
                assert await pair.ann.messenger.draft(pair.ben.id) == text
                await pair.ann.restart()
                assert await pair.ann.messenger.draft(pair.ben.id) == text

    run(scenario())


def test_the_list_shows_how_a_draft_begins() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            [row] = await pair.ann.messenger.contacts()
            assert row.draft is None
            await pair.ann.messenger.save_draft(pair.ben.id, "x" * 1_000)
            [row] = await pair.ann.messenger.contacts()
            assert row.draft == "x" * DRAFT_SHOWN_CHARACTERS

    run(scenario())


def test_a_draft_that_is_sent_is_none_any_more_and_another_stays() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            messenger = pair.ann.messenger
            await messenger.save_draft(pair.ben.id, "hello")
            await messenger.send_text(pair.ben.id, "something else")
            assert await messenger.draft(pair.ben.id) == "hello"
            pair.ann.store.arm(Faults(fail=1))
            with pytest.raises(StorageError):
                await messenger.send_text(pair.ben.id, "hello")
            await pair.settle()
            assert await messenger.draft(pair.ben.id) == "hello"
            await messenger.send_text(pair.ben.id, "hello")
            await pair.ann.restart()
            assert await pair.ann.messenger.draft(pair.ben.id) == ""

    run(scenario())


def test_a_draft_too_long_or_for_nobody_is_refused() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            messenger = pair.ann.messenger
            await messenger.save_draft(pair.ben.id, "before")
            for contact, text, kind in (
                (pair.ben.id, "€" * MAX_TEXT_BYTES, ErrorKind.TEXT_TOO_LONG),
                (NOBODY, "hello", ErrorKind.UNKNOWN_CONTACT),
            ):
                with pytest.raises(KithError) as refused:
                    await messenger.save_draft(contact, text)
                assert refused.value.kind is kind
            assert await messenger.draft(pair.ben.id) == "before"

    run(scenario())


def test_the_draft_for_a_removed_contact_is_gone() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            number = pair.ann.messenger._book.contact(pair.ben.id).number
            await pair.ann.messenger.save_draft(pair.ben.id, "Dear Ben")
            await pair.ann.messenger.remove_contact(pair.ben.id)
            assert (await pair.ann.opened.settings())[DRAFT.format(number)] == ""

    run(scenario())
