"""Out of one profile and into another."""

import asyncio
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.account import MAX_NAME_CHARACTERS
from app.domain.contact import ContactProblem
from app.domain.errors import ErrorKind
from app.domain.hybrid_clock import CLOCK_LIMIT
from app.domain.message import MAX_TEXT_BYTES, MessageState
from app.domain.settings import Settings
from app.storage.export import writing
from app.storage.export.writing import AbandonedError, Export
from app.storage.profile import open_profile, profile_exists
from crypto.sealed_file import HEADER_BYTES, SEALED_PIECE_BYTES
from crypto.secret import Secret
from tests.support import samples
from tests.support.aio import run
from tests.support.exporting import CHEAP, FILE_PASSPHRASE, PASSPHRASE, conversation, filled, imported, sealed
from tests.support.refusals import refused

ACCOUNT = samples.account("Ann")


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


async def exported(folder: Path, **sizes: int) -> Path:
    """The file that a filled profile was exported to; the profile is closed."""
    draft = await filled(folder / "old", ACCOUNT, **sizes)
    path = folder / "Ann.kith"
    await draft.safe.export(path, FILE_PASSPHRASE, overwrite=False)
    await draft.store.close()
    return path


@pytest.mark.parametrize("messages", [40, 3_000])
def test_everything_but_the_sessions_comes_along(tmp_path: Path, messages: int) -> None:
    async def scenario() -> None:
        draft = await filled(tmp_path / "old", ACCOUNT, messages=messages)
        path = tmp_path / "Ann.kith"
        await draft.safe.export(path, FILE_PASSPHRASE, overwrite=False)
        before = await conversation(draft.store)
        await draft.store.close()
        new = await imported(tmp_path / "new", path)
        account = await new.store.account()
        assert account is not None
        assert (account.name, account.identity.public) == ("Ann", ACCOUNT.identity.public)
        assert account.discovery.encode().matches(ACCOUNT.discovery.encode())
        assert await conversation(new.store) == before
        settings = await new.store.settings()
        assert not Settings.read(settings).read_receipts
        assert settings["draft for 1"] == "Dear Ben"
        assert not [key for key in settings if key.startswith(("port of", "reached"))], "this computer is another"
        assert len(await new.store.joinings()) == 1
        assert await new.store.sessions() == []
        assert [contact.problem for contact in await new.store.contacts()] == [
            ContactProblem.SESSION_LOST,
            ContactProblem.NONE,
        ]
        await new.keep()
        await new.store.close()
        store, _ = await open_profile(tmp_path / "new", "new horse")
        assert await conversation(store) == before
        await store.close()

    run(scenario())


def test_what_waited_for_a_contact_waits_again_unsealed(tmp_path: Path) -> None:
    async def scenario() -> None:
        new = await imported(tmp_path / "new", await exported(tmp_path))
        queued = [row for row in await new.store.page(1, limit=99) if row.state is MessageState.QUEUED]
        waiting = await new.store.outgoing(1, after=0, limit=99)
        assert [row.message_id.hex() for row in waiting] == [row.message_id for row in reversed(queued)]
        assert {row.envelope for row in waiting} == {None}
        await new.discard()

    run(scenario())


def test_whatever_a_contact_may_have_made_us_keep_comes_along(tmp_path: Path) -> None:
    async def scenario() -> None:
        draft = await filled(tmp_path / "old", ACCOUNT)
        unit = draft.store.begin()
        unit.put_contact(
            replace(
                samples.contact(3),
                given_name="\U0001fae8" * MAX_NAME_CHARACTERS,
                petname="𝕬" * MAX_NAME_CHARACTERS,
                capabilities=2**32 - 1,
                endpoints=tuple(samples.endpoint(port) for port in range(65_520, 65_536)),
                discovery=bytes(64),
            )
        )
        longest = samples.message(1, contact=3, text="€" * (MAX_TEXT_BYTES // 3))
        unit.add_message(
            3, replace(longest, clock=CLOCK_LIMIT - 1, sent_at=2**64 / 1000, reply_to=samples.message_id(9))
        )
        unit.add_message(3, replace(samples.message(2, contact=3, text=""), content_type=0x7F, sent_at=0.0))
        unit.add_message(3, replace(samples.message(3, contact=3, text="\0\u202e\n"), path="relayed"))
        unit.revise(3, samples.revision(4, text="x" * MAX_TEXT_BYTES, clock=CLOCK_LIMIT - 1), at=samples.NOW)
        unit.react(3, samples.reaction(1, emoji="👨‍👩‍👧‍👦"), at=samples.NOW)
        unit.react(3, samples.reaction(2, emoji=""), at=samples.NOW)
        unit.put_setting("draft for 3", "€" * (MAX_TEXT_BYTES // 3))
        await draft.store.commit(unit)
        await draft.safe.export(tmp_path / "file", FILE_PASSPHRASE, overwrite=False)
        before = await draft.store.page(3, limit=9)
        await draft.store.close()
        new = await imported(tmp_path / "new", tmp_path / "file")
        assert await new.store.page(3, limit=9) == before
        assert await new.store.awaited() == {1, 3}
        assert len(await new.store.contacts()) == 3
        await new.discard()

    run(scenario())


def test_nothing_can_be_read_off_the_file_and_only_its_owner_may_try(tmp_path: Path) -> None:
    path = run(exported(tmp_path))
    content = path.read_bytes()
    for secret in (b"river", b"Ann", b"Dear Ben", ACCOUNT.identity.signing_seed.reveal()):
        assert secret not in content
    assert sys.platform == "win32" or path.stat().st_mode & 0o077 == 0
    assert names(tmp_path) == ["Ann.kith", "old"]


def test_a_file_that_is_there_is_replaced_only_if_that_is_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        draft = await filled(tmp_path / "old", ACCOUNT)
        path = tmp_path / "Ann.kith"
        path.write_bytes(b"precious")
        assert await refused(draft.safe.export(path, FILE_PASSPHRASE, overwrite=False)) is ErrorKind.FILE_EXISTS
        assert path.read_bytes() == b"precious"
        await draft.safe.export(path, FILE_PASSPHRASE, overwrite=True)
        assert path.read_bytes()[:8] == b"KITHEXP1"
        await draft.store.close()

    run(scenario())


def test_an_export_that_fails_leaves_nothing_and_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        draft = await filled(tmp_path / "old", ACCOUNT)
        path = tmp_path / "Ann.kith"
        path.write_bytes(b"precious")
        for kind, attempt in (
            (ErrorKind.PASSPHRASE_MISSING, draft.safe.export(path, "", overwrite=True)),
            (ErrorKind.FILE_UNREADABLE, draft.safe.export(tmp_path / "no" / "Ann", FILE_PASSPHRASE, overwrite=True)),
        ):
            assert await refused(attempt) is kind
        with monkeypatch.context() as lying:
            lying.setattr(writing, "rows_of", lambda *_: iter(()))
            assert await refused(draft.safe.export(path, FILE_PASSPHRASE, overwrite=True)) is ErrorKind.STORAGE_DAMAGED
        with monkeypatch.context() as full:

            def fsync(_: int) -> None:
                raise OSError(28, "No space left on device")

            full.setattr("os.fsync", fsync)
            assert await refused(draft.safe.export(path, FILE_PASSPHRASE, overwrite=True)) is ErrorKind.STORAGE_FULL
        assert path.read_bytes() == b"precious"
        assert names(tmp_path) == ["Ann.kith", "old"]
        await draft.store.close()

    run(scenario())


def test_an_export_that_is_broken_off_ends_soon_and_leaves_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        draft = await filled(tmp_path / "old", ACCOUNT)
        abandoned = threading.Event()
        abandoned.set()
        export = Export(
            database=tmp_path / "old" / "kith.db",
            store_key=draft.safe._store_key,
            path=tmp_path / "Ann.kith",
            passphrase=FILE_PASSPHRASE,
            cost=CHEAP,
            overwrite=False,
            abandoned=abandoned,
        )
        with pytest.raises(AbandonedError):
            await asyncio.to_thread(export.write)
        assert names(tmp_path) == ["old"]
        await draft.store.close()

    run(scenario())


def test_messages_that_come_meanwhile_are_in_it_whole_or_not_at_all(tmp_path: Path) -> None:
    async def scenario() -> None:
        draft = await filled(tmp_path / "old", ACCOUNT, messages=2_000)
        path = tmp_path / "Ann.kith"

        async def write_on() -> None:
            for number in range(5_000, 5_200):
                unit = draft.store.begin()
                unit.add_message(1, samples.message(number))
                unit.react(1, samples.reaction(number), at=samples.NOW)
                await draft.store.commit(unit)

        await asyncio.gather(draft.safe.export(path, FILE_PASSPHRASE, overwrite=False), write_on())
        await draft.store.close()
        new = await imported(tmp_path / "new", path)
        for row in await new.store.page(1, limit=300):
            assert row.clock < 5_000 or len(row.reactions) == 1
        await new.discard()

    run(scenario())


# --- What is refused


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda content: content[:-1], ErrorKind.EXPORT_DAMAGED),
        (lambda content: content[: HEADER_BYTES + SEALED_PIECE_BYTES], ErrorKind.EXPORT_DAMAGED),
        (lambda content: content + b"\0", ErrorKind.EXPORT_DAMAGED),
        (lambda content: content[:-30] + bytes(30), ErrorKind.EXPORT_DAMAGED),
        (lambda content: content[:HEADER_BYTES], ErrorKind.WRONG_PASSPHRASE),
        (lambda content: content[:HEADER_BYTES] + bytes(100), ErrorKind.WRONG_PASSPHRASE),
        (lambda content: content[: HEADER_BYTES - 1], ErrorKind.EXPORT_DAMAGED),
        (lambda _: b"", ErrorKind.EXPORT_DAMAGED),
        (lambda _: b"SQLite format 3\0" * 100, ErrorKind.EXPORT_DAMAGED),
    ],
)
def test_a_damaged_file_makes_no_profile(tmp_path: Path, change: object, kind: ErrorKind) -> None:
    async def scenario() -> None:
        path = await exported(tmp_path, messages=2_000)
        path.write_bytes(change(path.read_bytes()))  # type: ignore[operator]
        assert await refused(imported(tmp_path / "new", path)) is kind
        assert not profile_exists(tmp_path / "new")
        assert names(tmp_path / "new") == ["lock"]

    run(scenario())


def test_without_the_passphrase_or_the_file_or_beside_an_account_nothing_is_made(tmp_path: Path) -> None:
    async def scenario() -> None:
        path = await exported(tmp_path)
        for wrong in ("wrong horse", "", "\ud800"):
            assert await refused(imported(tmp_path / "new", path, wrong)) is ErrorKind.WRONG_PASSPHRASE
        assert await refused(imported(tmp_path / "new", tmp_path / "none")) is ErrorKind.FILE_UNREADABLE
        assert await refused(imported(tmp_path / "new", tmp_path)) is ErrorKind.FILE_UNREADABLE
        assert not profile_exists(tmp_path / "new")
        assert await refused(imported(tmp_path / "old", path)) is ErrorKind.USAGE
        store, _ = await open_profile(tmp_path / "old", PASSPHRASE)
        assert await store.account() is not None
        await store.close()

    run(scenario())


def account_row(**changes: object) -> tuple[str, tuple[object, ...]]:
    account = samples.account("Mal")
    fields: dict[str, object] = {
        "only_row": 1,
        "name": "Mal",
        "identity": account.identity.encode().reveal(),
        "discovery": account.discovery.encode().reveal(),
        "created_at": samples.NOW,
        "port": 0,
    }
    return "account", tuple((fields | changes).values())


def contact_row(**changes: object) -> tuple[str, tuple[object, ...]]:
    fields: dict[str, object] = {
        "number": 1,
        "contact_id": samples.contact_id(1),
        "identity": samples.public_identity(1).encode(),
        "state": 2,
        "added_at": samples.NOW,
        "given_name": "Ben",
        "petname": None,
        "verified": 0,
        "blocked": 0,
        "in_person": 0,
        "problem": 0,
        "capabilities": 0,
        "endpoints": "192.0.2.1:4000",
        "announced": "",
        "discovery": b"",
        "last_seen_at": None,
        "notice": 0,
        "reset_digits": None,
        "reset_at": None,
    }
    return "contacts", tuple((fields | changes).values())


def message_row(**changes: object) -> tuple[str, tuple[object, ...]]:
    fields: dict[str, object] = {
        "row": 1,
        "contact": 1,
        "message_id": bytes(16),
        "mine": 0,
        "content_type": 0x20,
        "text": "hello",
        "clock": 1,
        "sent_at": samples.NOW,
        "received_at": samples.NOW,
        "state": 2,
        "reply_to": None,
        "transmitted_at": None,
        "delivered_at": None,
        "read_at": None,
        "failed_at": None,
    }
    return "messages", tuple((fields | changes).values())


REACTION = ("reactions", (1, bytes(16), 0, 0, "👍", 1, bytes(16), 0, samples.NOW))
REVISION = ("revisions", (1, bytes(16), 0, 1, bytes(16), samples.NOW, 0, "", 0, samples.NOW))


def test_a_file_that_somebody_else_wrote_rightly_is_read(tmp_path: Path) -> None:
    async def scenario() -> None:
        path = tmp_path / "file"
        erased = ("erased", (b"e" * 16, 1, samples.NOW))
        path.write_bytes(sealed([account_row(), contact_row(), message_row(), erased, REVISION, REACTION]))
        draft = await imported(tmp_path / "new", path)
        (message,) = await draft.store.page(1, limit=9)
        assert (message.text, len(message.reactions)) == ("hello", 1)
        await draft.discard()

    run(scenario())


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [contact_row()],
        [account_row(), account_row()],
        [account_row(name="\u202eevil")],
        [account_row(name="")],
        [account_row(identity=b"short")],
        [account_row(port=-1)],
        [account_row(created_at=float("inf"))],
        [("account", account_row()[1][:-1])],
        [account_row(), contact_row(), contact_row()],
        [account_row(), contact_row(number=0)],
        [account_row(), contact_row(contact_id="a" * 52)],
        [account_row(), contact_row(state=9)],
        [account_row(), contact_row(notice=9)],
        [account_row(), contact_row(verified=2)],
        [account_row(), contact_row(given_name="x" * 65)],
        [account_row(), contact_row(endpoints="nowhere")],
        [account_row(), contact_row(endpoints="192.0.2.1:4000 " * 1_000)],
        [account_row(), contact_row(discovery=b"d")],
        [account_row(), contact_row(), message_row(message_id=b"short")],
        [account_row(), contact_row(), message_row(clock=-1)],
        [account_row(), contact_row(), message_row(state=5)],
        [account_row(), contact_row(), message_row(content_type=0x0B)],
        [account_row(), contact_row(), message_row(content_type=0x21)],
        [account_row(), contact_row(), message_row(text="x" * 65_537)],
        [account_row(), contact_row(), message_row(text=b"blob")],
        [account_row(), contact_row(), message_row(mine=2)],
        [account_row(), contact_row(), message_row(reply_to=b"r")],
        [account_row(), contact_row(), message_row(), message_row(row=2)],
        [account_row(), contact_row(), ("reactions", (*REACTION[1][:4], "word" * 17, *REACTION[1][5:]))],
        [account_row(), contact_row(), ("revisions", (*REVISION[1][:6], 2, *REVISION[1][7:]))],
        [account_row(), ("joinings", (1, b"no invite"))],
        [account_row(), ("settings", ("setting lan", "x" * 70_000))],
    ],
)
def test_rows_that_the_store_could_not_live_with_are_refused(
    tmp_path: Path, rows: list[tuple[str, tuple[object, ...]]]
) -> None:
    async def scenario() -> None:
        path = tmp_path / "file"
        path.write_bytes(sealed(rows))
        assert await refused(imported(tmp_path / "new", path)) is ErrorKind.EXPORT_DAMAGED
        assert names(tmp_path / "new") == ["lock"]

    run(scenario())


def test_what_belongs_to_nobody_or_to_another_computer_is_left_out(tmp_path: Path) -> None:
    async def scenario() -> None:
        path = tmp_path / "file"
        settings = [
            ("settings", (key, "evil")) for key in ("unsaid repair", "port of 127.0.0.1", "reached 1", "clock of 1")
        ]
        path.write_bytes(sealed([account_row(), contact_row(), message_row(contact=7), *settings]))
        draft = await imported(tmp_path / "new", path)
        assert await draft.store.page(7, limit=9) == []
        assert await draft.store.settings() == {"clock of 1": "evil"}
        await draft.discard()

    run(scenario())


@pytest.mark.parametrize(("version", "kind"), [(0, ErrorKind.EXPORT_DAMAGED), (65_535, ErrorKind.EXPORT_NEWER)])
def test_a_file_of_another_time_is_refused(tmp_path: Path, version: int, kind: ErrorKind) -> None:
    async def scenario() -> None:
        path = tmp_path / "file"
        path.write_bytes(sealed([account_row()], version=version))
        assert await refused(imported(tmp_path / "new", path)) is kind

    run(scenario())


def test_the_store_key_of_the_old_profile_is_not_that_of_the_new(tmp_path: Path) -> None:
    async def scenario() -> None:
        draft = await filled(tmp_path / "old", ACCOUNT)
        await draft.safe.export(tmp_path / "file", FILE_PASSPHRASE, overwrite=False)
        new = await imported(tmp_path / "new", tmp_path / "file")
        old_key: Secret = draft.safe._store_key
        assert not new.safe._store_key.matches(old_key)
        await new.discard()
        await draft.store.close()

    run(scenario())
