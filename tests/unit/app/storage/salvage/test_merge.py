"""Saved rows and a snapshot put together, and brought in line again."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.contact import Contact, ContactProblem, ContactState
from app.domain.content import ContentType, TextContent
from app.domain.message import Message, MessageState
from app.ports.records import Joining, Outgoing
from app.storage import contacts, invites, messages, outbox
from app.storage.connection import Connection, open_building
from app.storage.migrations import migrate
from app.storage.salvage.merge import add_snapshot, mend
from app.storage.unit_of_work import RecordedUnit
from app.storage.writer import write_transaction
from tests.support import samples
from tests.support.databases import STORE_KEY, connection_in

TEXT = int(ContentType.TEXT)


def message(number: int, *, mine: bool = True, state: MessageState = MessageState.SENT, text: str = "hi") -> Message:
    return replace(samples.message(number, mine=mine, state=state, text=text), content_type=TEXT)


def payload(sequence: int, said: Message, *, envelope: int | None = None) -> Outgoing:
    content = TextContent(said.clock, said.sent_at, said.text, said.reply_to).encode()
    message_id = bytes.fromhex(said.message_id)
    return replace(
        samples.outgoing(sequence, envelope=envelope), content_type=TEXT, content=content, message_id=message_id
    )


def fill(connection: Connection, record: Callable[[RecordedUnit], None]) -> None:
    unit = RecordedUnit(1)
    record(unit)
    write_transaction(connection, [unit])


@pytest.fixture
def repaired(tmp_path: Path) -> Iterator[Connection]:
    """A new database as a repair opens it, without foreign keys."""
    path = tmp_path / "repaired.db"
    path.touch()
    connection = open_building(path, STORE_KEY)
    migrate(connection)
    yield connection
    connection.close()


def snapshot(folder: Path, record: Callable[[RecordedUnit], None]) -> Path:
    connection = connection_in(folder)
    fill(connection, record)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    return folder / "kith.db"


def with_message(number: int) -> Callable[[RecordedUnit], None]:
    def record(unit: RecordedUnit) -> None:
        unit.put_contact(samples.contact(1))
        unit.add_message(1, message(number))

    return record


def ids(connection: Connection) -> set[int]:
    return {int(said.message_id, 16) for said in messages.page(connection, 1, limit=1_000, before=None)}


def the_contact(connection: Connection) -> Contact:
    (contact,) = contacts.read_all(connection)
    return contact


# --- From a snapshot


def two_messages(unit: RecordedUnit) -> None:
    unit.put_account(samples.account("Ann"))
    unit.put_setting("receipts", "on")
    unit.put_contact(samples.contact(1))
    unit.put_invite(samples.posted_invite())
    unit.add_message(1, message(1))
    unit.add_message(1, message(2))
    unit.add_received(1, samples.envelope_id(1), at=samples.NOW)


def test_what_is_missing_comes_from_the_snapshot(tmp_path: Path, repaired: Connection) -> None:
    path = snapshot(tmp_path, two_messages)
    fill(repaired, with_message(3))
    assert add_snapshot(repaired, path, STORE_KEY, complete={"contacts"}, is_newer=False) == 2
    assert ids(repaired) == {1, 2, 3}


def test_a_message_whose_row_is_taken_gets_another(tmp_path: Path, repaired: Connection) -> None:
    path = snapshot(tmp_path, two_messages)
    fill(repaired, with_message(9))
    add_snapshot(repaired, path, STORE_KEY, complete=(), is_newer=False)
    assert ids(repaired) == {1, 2, 9}


def test_what_a_complete_table_does_not_hold_was_deleted(tmp_path: Path, repaired: Connection) -> None:
    path = snapshot(tmp_path, two_messages)
    complete = {"account", "contacts", "messages", "settings", "invites", "received"}
    assert add_snapshot(repaired, path, STORE_KEY, complete=complete, is_newer=False) == 0
    assert contacts.read_all(repaired) == []
    row = repaired.execute("SELECT count(*) FROM account").fetchone()
    assert row == (1,), "but nobody deletes the account"


def test_of_a_row_that_both_have_the_newer_counts(tmp_path: Path, repaired: Connection) -> None:
    path = snapshot(tmp_path, lambda unit: unit.put_contact(replace(samples.contact(1), petname="of the snapshot")))
    fill(repaired, lambda unit: unit.put_contact(replace(samples.contact(1), petname="of the file")))
    add_snapshot(repaired, path, STORE_KEY, complete=(), is_newer=False)
    assert the_contact(repaired).petname == "of the file"
    repaired.execute("DETACH saved")
    add_snapshot(repaired, path, STORE_KEY, complete=(), is_newer=True)
    assert the_contact(repaired).petname == "of the snapshot"


def test_a_message_that_both_have_is_as_in_the_newer(tmp_path: Path, repaired: Connection) -> None:
    path = snapshot(tmp_path, two_messages)
    fill(repaired, with_message(1))
    repaired.execute("UPDATE messages SET state = 3")
    assert add_snapshot(repaired, path, STORE_KEY, complete=(), is_newer=False) == 1
    assert {said.state for said in messages.page(repaired, 1, limit=9, before=None)} == {1, 3}
    repaired.execute("DETACH saved")
    assert add_snapshot(repaired, path, STORE_KEY, complete=(), is_newer=True) == 2
    assert {said.state for said in messages.page(repaired, 1, limit=9, before=None)} == {1}


def test_a_contact_of_another_name_gets_nothing_of_one_who_had_its_number(tmp_path: Path, repaired: Connection) -> None:
    path = snapshot(tmp_path, two_messages)
    fill(repaired, lambda unit: unit.put_contact(replace(samples.contact(2), number=1)))
    assert add_snapshot(repaired, path, STORE_KEY, complete=(), is_newer=False) == 0


def test_an_invite_of_a_snapshot_is_withdrawn(tmp_path: Path, repaired: Connection) -> None:
    path = snapshot(tmp_path, two_messages)
    add_snapshot(repaired, path, STORE_KEY, complete=(), is_newer=False)
    (posted,) = invites.read_invites(repaired)
    assert posted.revoked


# --- In line again


def test_what_belongs_to_nobody_goes(repaired: Connection) -> None:
    fill(repaired, two_messages)
    repaired.execute("DELETE FROM contacts")
    mend(repaired)
    for table in ("messages", "received", "outgoing"):
        assert repaired.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


def waiting(connection: Connection) -> list[Outgoing]:
    return outbox.page(connection, 1, after=0, limit=1_000)


def test_without_its_session_a_payload_waits_unsealed_and_the_contact_says_why(repaired: Connection) -> None:
    def record(unit: RecordedUnit) -> None:
        unit.put_contact(samples.contact(1))
        unit.add_message(1, message(1))
        unit.add_outgoing(payload(1, message(1), envelope=1))

    fill(repaired, record)
    mend(repaired)
    assert waiting(repaired) == [payload(1, message(1))]
    assert the_contact(repaired).problem is ContactProblem.SESSION_LOST


def test_with_its_session_a_payload_stays_sealed_and_the_contact_well(repaired: Connection) -> None:
    stored = samples.stored_session(1)
    sealed = replace(payload(1, message(1), envelope=1), transcript=stored.session.transcript)

    def record(unit: RecordedUnit) -> None:
        unit.put_contact(samples.contact(1))
        unit.put_session(stored)
        unit.add_message(1, message(1))
        unit.add_outgoing(sealed)

    fill(repaired, record)
    mend(repaired)
    assert waiting(repaired) == [sealed]
    assert the_contact(repaired).problem is ContactProblem.NONE


@pytest.mark.parametrize(
    ("state", "is_joining", "problem"),
    [
        (ContactState.PENDING, True, ContactProblem.NONE),
        (ContactState.PENDING, False, ContactProblem.SESSION_LOST),
        (ContactState.REQUEST, False, ContactProblem.SESSION_LOST),
    ],
)
def test_only_who_still_has_a_link_to_join_by_is_well_without_a_session(
    repaired: Connection, state: ContactState, problem: ContactProblem, *, is_joining: bool
) -> None:
    def record(unit: RecordedUnit) -> None:
        unit.put_contact(samples.contact(1, state))
        if is_joining:
            unit.put_joining(Joining(1, samples.invite()))

    fill(repaired, record)
    mend(repaired)
    assert the_contact(repaired).problem is problem


def test_a_message_that_waits_gets_its_payload_again(repaired: Connection) -> None:
    def record(unit: RecordedUnit) -> None:
        unit.put_contact(samples.contact(1))
        unit.add_outgoing(payload(7, message(1)))
        unit.add_message(1, message(1))
        unit.add_message(1, replace(message(2, text="again"), reply_to=samples.message_id(1)))
        unit.add_message(1, message(3, state=MessageState.DELIVERED))
        unit.add_message(1, message(4, mine=False, state=MessageState.DELIVERED))

    fill(repaired, record)
    mend(repaired)
    again = replace(message(2, text="again"), reply_to=samples.message_id(1))
    assert waiting(repaired) == [payload(7, message(1)), payload(8, again)]


def test_a_payload_whose_message_is_lost_brings_it_back(repaired: Connection) -> None:
    def record(unit: RecordedUnit) -> None:
        unit.put_contact(samples.contact(1))
        unit.add_outgoing(payload(1, message(1, text="lost")))
        unit.add_outgoing(replace(payload(2, message(2)), content=b"\0"))
        unit.add_outgoing(samples.outgoing(3))

    fill(repaired, record)
    mend(repaired)
    (said,) = messages.page(repaired, 1, limit=9, before=None)
    assert said == message(1, text="lost", state=MessageState.QUEUED)


def test_what_has_arrived_does_not_go_out_again(repaired: Connection) -> None:
    def record(unit: RecordedUnit) -> None:
        unit.put_contact(samples.contact(1))
        unit.add_message(1, message(1, state=MessageState.DELIVERED))
        unit.add_message(1, message(2, state=MessageState.FAILED))
        for number in (1, 2):
            unit.add_outgoing(payload(number, message(number)))

    fill(repaired, record)
    mend(repaired)
    assert waiting(repaired) == []
