"""A sound database made of a damaged one."""

from pathlib import Path

import pytest

from app.domain.errors import ErrorKind, KithError
from app.storage import account, contacts, messages
from app.storage.connection import open_reading
from app.storage.salvage import repair as module
from app.storage.salvage.page_file import PageFile
from app.storage.salvage.repair import UNSAID, Repair
from app.storage.snapshots import is_whole
from app.storage.unit_of_work import RecordedUnit
from app.storage.writer import write_transaction
from tests.support import samples
from tests.support.databases import STORE_KEY, connection_in

ROWS = 100


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A database that is whole; what it lacks is up to the test."""
    connection = connection_in(tmp_path)
    unit = RecordedUnit(1)
    unit.put_account(samples.account("Ann"))
    unit.put_contact(samples.contact(1))
    for number in range(ROWS):
        unit.add_message(1, samples.message(number, text="a text " * 30))
    write_transaction(connection, [unit])
    connection.close()
    return tmp_path / "kith.db"


def repaired(damaged: Path, snapshots: tuple[Path, ...] = ()) -> Path:
    new = damaged.with_name("repairing.db")
    new.touch()
    with PageFile(damaged, STORE_KEY, None) as file:
        Repair(new, list(snapshots), STORE_KEY, kept_aside="damaged-1").run(file, is_suspect=False)
    return new


def test_the_new_one_is_whole_and_says_what_it_holds(damaged: Path) -> None:
    new = repaired(damaged)
    assert is_whole(new, STORE_KEY)
    connection = open_reading(new, STORE_KEY)
    assert len(messages.page(connection, 1, limit=1_000, before=None)) == ROWS
    assert [contact.number for contact in contacts.read_all(connection)] == [1]
    said = account.settings(connection)[UNSAID]
    connection.close()
    assert said.startswith("The profile was damaged and has been repaired: 100 messages and 1 contact were saved.")
    assert "damaged-1" in said
    assert "session with 1 contact was lost" in said


def test_the_damaged_one_is_not_touched(damaged: Path) -> None:
    before = damaged.read_bytes()
    repaired(damaged)
    assert damaged.read_bytes() == before


def test_without_an_account_it_is_given_up(damaged: Path) -> None:
    damaged.write_bytes(b"")
    with pytest.raises(KithError) as given_up:
        repaired(damaged)
    assert given_up.value.kind is ErrorKind.PROFILE_DAMAGED
    assert "beyond repair" in given_up.value.sentence


def test_a_snapshot_of_an_older_schema_is_brought_up_to_date_in_a_copy(
    damaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = damaged.with_name("0001.db")
    snapshot.write_bytes(damaged.read_bytes())
    content = snapshot.read_bytes()
    damaged.write_bytes(b"")
    versions = iter([1, 0])
    monkeypatch.setattr(Repair, "_snapshot_version", lambda *_: next(versions))
    new = repaired(damaged, (snapshot,))
    assert snapshot.read_bytes() == content
    assert not new.with_name("repairing.db.snapshot").exists()
    connection = open_reading(new, STORE_KEY)
    assert len(messages.page(connection, 1, limit=1_000, before=None)) == ROWS
    connection.close()


def test_a_repair_that_comes_out_wrong_is_not_used(damaged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "is_whole", lambda *_: False)
    with pytest.raises(KithError) as failed:
        repaired(damaged)
    assert failed.value.kind is ErrorKind.PROFILE_DAMAGED
