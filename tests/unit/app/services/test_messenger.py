"""The engine as a whole: what a front-end sees of two people who talk, and what it never sees."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import ErrorKind, KithError, StorageError
from app.domain.events import ContactAdded, ContactChanged, Event, MessageReceived
from tests.support.aio import run
from tests.support.engine import Faults
from tests.support.pair import friends, known, of_type, strangers

# --- A conversation


@pytest.mark.parametrize("in_files", [False, True], ids=["memory", "files"])
def test_two_people_meet_and_talk(tmp_path: Path, *, in_files: bool) -> None:
    async def scenario() -> None:
        async with strangers(in_files=tmp_path if in_files else None) as pair:
            await pair.meet()
            assert [event.name for event in of_type(pair.ann, ContactAdded)] == ["Ben"]
            assert [event.name for event in of_type(pair.ben, ContactAdded)] == ["Ann"]
            await pair.ann.messenger.send_text(pair.ben.id, "hello")
            await pair.settle()
            await pair.ben.messenger.send_text(pair.ann.id, "hello yourself")
            await pair.settle()
            assert await pair.texts(pair.ann) == await pair.texts(pair.ben) == ["hello", "hello yourself"]

    run(scenario())


def test_what_is_said_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def scenario() -> list[str]:
        async with strangers() as pair:
            link = await pair.meet(reusable=True)
            await pair.ann.messenger.accept_request(pair.ben.id)
            await pair.connect()
            await pair.ann.messenger.rename_contact(pair.ben.id, "Petname of Ben")
            await pair.ann.messenger.send_text(pair.ben.id, "a secret text")
            pair.ann.store.arm(Faults(fail=1))
            await pair.ben.messenger.send_text(pair.ann.id, "another secret text")
            await pair.settle()
            await pair.connect()
            await pair.ann.messenger.block_contact(pair.ben.id)
            await pair.settle()
            account, session = pair.ann.account, known(pair.ann, pair.ben)
            return [
                "secret text",
                "Petname",
                link,
                pair.ann.id,
                pair.ben.id,
                session.identity.fingerprint.hex(),
                account.identity.signing_seed.reveal().hex(),
            ]

    secrets = run(scenario())
    assert caplog.records
    for record in caplog.records:
        if record.name.startswith("app."):
            line = f"{record.getMessage()} {record.args} {record.exc_text}"
            assert not [secret for secret in secrets if secret in line]


# --- The account


def test_the_account_is_known_by_its_fingerprint() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            info = pair.ann.messenger.account_info()
            public = pair.ann.account.identity.public
            assert (info.id, info.name) == (public.account_id, "Ann")
            assert bytes.fromhex(info.fingerprint) == public.fingerprint

    run(scenario())


def test_a_new_name_is_kept_and_told_to_contacts_only() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            cid = await pair.third()
            await cid.messenger.add_contact((await pair.ann.messenger.create_invite(reusable=True)).link)
            await pair.connect()
            await pair.ann.messenger.rename_account("  Anna ")
            await pair.settle()
            assert known(pair.ben, pair.ann).name == "Anna"
            assert known(cid, pair.ann).given_name is None
            await pair.ann.restart()
            assert pair.ann.messenger.account_info().name == "Anna"

    run(scenario())


def test_a_name_that_is_none_is_refused() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            with pytest.raises(KithError) as refused:
                await pair.ann.messenger.rename_account("")
            assert refused.value.kind is ErrorKind.NAME_INVALID
            assert pair.ann.messenger.account_info().name == "Ann"

    run(scenario())


def test_a_name_that_was_not_kept_is_told_to_nobody() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.store.arm(Faults(fail=1))
            with pytest.raises(StorageError):
                await pair.ann.messenger.rename_account("Anna")
            await pair.settle()
            await pair.cut()
            await pair.connect()
            assert pair.ann.messenger.account_info().name == known(pair.ben, pair.ann).name == "Ann"
            assert of_type(pair.ben, ContactChanged) == []

    run(scenario())


# --- The network


def test_the_status_lists_listeners_and_the_links_of_contacts() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            status = await pair.ann.messenger.network_status()
            assert status.listen == ("127.0.0.1:4001",)
            [link] = status.links
            assert (link.contact, link.path) == (pair.ben.id, "lan")
            await pair.cut()
            assert (await pair.ann.messenger.network_status()).links == ()

    run(scenario())


# --- Failures


@pytest.mark.expect_log
def test_memory_is_read_anew_once_a_failure_whoever_hears_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two readings at once would let the older one roll back what was built, and committed, on the newer."""

    async def scenario() -> None:
        async with friends() as pair:
            readings: list[int] = []
            read = pair.ann.opened.sessions

            async def counted() -> Any:
                readings.append(1)
                return await read()

            monkeypatch.setattr(pair.ann.opened, "sessions", counted)
            pair.ann.store.arm(Faults(fail=1))
            sends = [pair.ann.messenger.send_text(pair.ben.id, str(number)) for number in range(4)]
            await pair.ben.messenger.send_text(pair.ann.id, "meanwhile")
            results = await asyncio.gather(*sends, return_exceptions=True)
            await pair.settle()
            assert any(isinstance(result, StorageError) for result in results)
            assert len(readings) == 1

    run(scenario())


def test_one_failing_subscriber_harms_neither_others_nor_the_engine(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with friends() as pair:

            def failing(event: Event) -> None:
                raise ZeroDivisionError

            stop = pair.ann.messenger.subscribe(failing)
            await pair.ben.messenger.send_text(pair.ann.id, "one")
            await pair.settle()
            stop()
            await pair.ben.messenger.send_text(pair.ann.id, "two")
            await pair.settle()
            assert [event.message.text for event in of_type(pair.ann, MessageReceived)] == ["one", "two"]

    run(scenario())
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["a subscriber failed"]


# --- Life


def test_a_closed_engine_leaves_no_task_behind() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ben.messenger.send_text(pair.ann.id, "hello")  # and is not waited for

    run(scenario())  # which fails a test that loses a task
