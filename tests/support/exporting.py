"""A profile to export, and what became of it elsewhere."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from app.domain.account import Account
from app.domain.contact import ContactState
from app.domain.message import MessageState
from app.ports.records import Joining
from app.ports.store import Store
from app.storage.export.rows import encode_row, encode_version
from app.storage.profile import ProfileDraft, create_profile, import_profile
from crypto.passphrase import Argon2Cost
from crypto.sealed_file import PIECE_BYTES, FileHeader, seal_piece
from tests.support import samples
from tests.support.samples import NOW

CHEAP = Argon2Cost(memory_kib=8, passes=1)
FILE_PASSPHRASE, PASSPHRASE = "file horse", "profile horse"


async def filled(folder: Path, account: Account, *, messages: int = 40) -> ProfileDraft:
    """A kept profile with something in each table; its store is open."""
    draft = await create_profile(folder, passphrase=PASSPHRASE, cost=CHEAP)
    unit = draft.store.begin()
    unit.put_account(account)
    unit.put_contact(replace(samples.contact(1), given_name="Ben", endpoints=(samples.endpoint(4_000),)))
    unit.put_contact(samples.contact(2, ContactState.PENDING))
    unit.put_joining(Joining(2, samples.invite()))
    unit.put_session(samples.stored_session(1, confirmed=True))
    unit.put_setting("setting read_receipts", "off")
    unit.put_setting("draft for 1", "Dear Ben")
    unit.put_setting("port of 127.0.0.1", "4000")
    unit.put_setting("reached 1", "192.0.2.1:4000")
    for number in range(messages):
        mine = number % 2 == 0
        state = MessageState.QUEUED if mine and number < 4 else MessageState.READ
        text = f"text {number} " + "river " * (number % 7)
        unit.add_message(1, samples.message(number, mine=mine, state=state, text=text))
    unit.add_outgoing(samples.outgoing(1, envelope=1))
    unit.revise(1, samples.revision(5, text="edited"), at=NOW)
    unit.revise(1, samples.revision(7, text=None), at=NOW)
    unit.revise(1, samples.revision(900, text="waits"), at=NOW)
    unit.react(1, samples.reaction(9), at=NOW)
    unit.erase_message(1, samples.message_id(11), mine=False, at=NOW)
    await draft.store.commit(unit)
    await draft.keep()
    return draft


async def imported(folder: Path, path: Path, passphrase: str = FILE_PASSPHRASE) -> ProfileDraft:
    return await import_profile(folder, path, passphrase, passphrase="new horse", cost=CHEAP)


async def conversation(store: Store) -> tuple[object, ...]:
    """Everything about it that a person sees."""
    return (
        await store.page(1, limit=999),
        [row.message_id for row in await store.search("river", contact=1, limit=99)],
        await store.unread(),
        [(row.name, row.state, row.endpoints) for row in await store.contacts()],
        await store.awaited(),
    )


def sealed(rows: list[tuple[str, tuple[object, ...]]], *, version: int = 5, passphrase: str = FILE_PASSPHRASE) -> bytes:
    """A file with these rows, as somebody might write it who knows how."""
    plaintext = encode_version(version)
    for table, values in rows:
        with suppress(AttributeError):
            plaintext += encode_row(table, values)  # type: ignore[arg-type]
    return sealed_plaintext(plaintext, passphrase=passphrase)


def sealed_plaintext(plaintext: bytes, *, passphrase: str = FILE_PASSPHRASE) -> bytes:
    header = FileHeader(CHEAP, bytes(16))
    key, content, number = header.key(passphrase), header.encode(), 0
    while len(plaintext) >= PIECE_BYTES:
        content += seal_piece(header, key, number, plaintext[:PIECE_BYTES], is_last=False)
        plaintext, number = plaintext[PIECE_BYTES:], number + 1
    return content + seal_piece(header, key, number, plaintext, is_last=True)
