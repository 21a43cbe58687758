"""Nothing that was stored can be read from the files, nor from what is printed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.ports.store import UnitOfWork
from app.storage.unit_of_work import RecordedUnit
from tests.support import samples
from tests.support.aio import run
from tests.support.databases import STORE_KEY, store_in

TEXT = "meet me where the river bends"


def fill(unit: UnitOfWork) -> None:
    unit.put_account(ACCOUNT)
    unit.put_contact(samples.contact(1))
    unit.put_session(SESSION)
    unit.add_message(1, samples.message(1, text=TEXT))


ACCOUNT = samples.account("Annabel")
SESSION = samples.stored_session(1)


def test_the_files_hold_nothing_in_clear_while_open_and_after(tmp_path: Path) -> None:
    seed = ACCOUNT.identity.signing_seed.reveal()
    private = [TEXT.encode(), b"river", b"Annabel", seed, SESSION.session.pair.reveal(), STORE_KEY.reveal()]

    def assert_nothing_in_clear(names: set[str]) -> None:
        assert {path.name for path in tmp_path.iterdir()} == names
        for path in tmp_path.iterdir():
            content = path.read_bytes()
            assert b"SQLite format" not in content, path.name
            assert not any(secret in content for secret in private), path.name

    async def steps() -> None:
        async with store_in(tmp_path) as store:
            unit = store.begin()
            fill(unit)
            await store.commit(unit)
            assert_nothing_in_clear({"kith.db", "kith.db-wal", "kith.db-shm"})
        assert_nothing_in_clear({"kith.db"})

    run(steps())


def test_printing_a_unit_or_a_store_shows_no_value(tmp_path: Path) -> None:
    async def steps() -> None:
        async with store_in(tmp_path) as store:
            unit = store.begin()
            assert isinstance(unit, RecordedUnit)
            fill(unit)
            shown = f"{unit!r} {store!r} {vars(store)!r} {SESSION!r}"
            assert TEXT not in shown
            assert "Annabel" not in shown
            for secret in (ACCOUNT.identity.signing_seed, SESSION.session.pair, STORE_KEY):
                assert repr(secret.reveal())[2:-1] not in shown
                assert secret.reveal().hex() not in shown

    run(steps())


@pytest.mark.parametrize(
    "delete",
    [
        lambda unit: unit.remove_contact(1),
        lambda unit: unit.erase_message(1, samples.message_id(1), mine=False, at=samples.NOW),
        lambda unit: unit.erase_messages(1, at=samples.NOW),
    ],
    ids=["contact", "message", "conversation"],
)
def test_deleted_messages_leave_no_word_in_the_search_index_and_no_snapshot(
    tmp_path: Path, delete: Callable[[RecordedUnit], None]
) -> None:
    async def steps() -> None:
        async with store_in(tmp_path) as store:
            unit = store.begin()
            fill(unit)
            await store.commit(unit)
            assert len(await store.search("river", contact=None, limit=1)) == 1
            removal = store.begin()
            assert isinstance(removal, RecordedUnit)
            delete(removal)
            assert removal.erases
            await store.commit(removal)

            def left(connection: object) -> bytes:
                rows = connection.execute("SELECT block FROM message_texts_data").fetchall()  # type: ignore[attr-defined]
                return b"".join(row[0] for row in rows)

            index = await store._database.read(left)
            assert not any(word.encode() in index for word in TEXT.split() if len(word) > 3)

    run(steps())
