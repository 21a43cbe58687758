"""The file that a profile was exported to, by somebody who knows its passphrase."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from app.storage import account, annotations, contacts, invites, messages
from app.storage.connection import Connection
from app.storage.export.checks import CARRIED_SETTINGS
from app.storage.export.reading import insert_row, rows_of
from app.storage.export.rows import TABLES, RowDecoder, encode_row, encode_version
from app.storage.migrations import CURRENT_VERSION
from app.storage.salvage.merge import mend
from app.storage.salvage.tables import tables_of
from app.storage.writer import write_transaction
from crypto.errors import ForgedError, MalformedError
from crypto.passphrase import Argon2Cost
from crypto.sealed_file import PIECE_BYTES, SEALED_PIECE_BYTES, FileHeader, open_piece, seal_piece
from tests.fuzz.target import Check, Target, always
from tests.fuzz.targets.rows import full_unit
from tests.support.databases import connection_in

_QUERIES: Sequence[Callable[[Connection], object]] = (
    account.read,
    contacts.read_all,
    invites.read_joinings,
    messages.latest,
    messages.unread,
    lambda connection: messages.page(connection, 1, limit=10, before=None),
    annotations.waiting,
)


def plaintexts() -> Sequence[bytes]:
    """What a filled store is exported as, whole and table by table."""
    with tempfile.TemporaryDirectory() as folder, closing(connection_in(Path(folder))) as connection:
        write_transaction(connection, [full_unit()])
        tables = tables_of(CURRENT_VERSION)
        rows = {
            name: [
                encode_row(name, row)
                for row in connection.execute(
                    f"SELECT {', '.join(column.name for column in tables[name].columns)} FROM {name}"
                ).fetchall()
            ]
            for name in TABLES.values()
        }
    head = encode_version(CURRENT_VERSION)
    whole = [encoded for some in rows.values() for encoded in some]
    return [head + b"".join(whole), *(head + encoded for encoded in whole)]


@contextmanager
def importing() -> Iterator[Check]:
    """Rows go into an empty database, are read as the store reads them, and go again."""
    tables = tables_of(CURRENT_VERSION)
    with tempfile.TemporaryDirectory() as folder, closing(connection_in(Path(folder))) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")

        def check(data: bytes) -> None:
            connection.execute("BEGIN")
            try:
                for row in rows_of([data[start : start + 100] for start in range(0, len(data), 100)], RowDecoder()):
                    insert_row(connection, tables, row)
                mend(connection)
                for query in _QUERIES:
                    query(connection)
            except MalformedError:
                pass
            finally:
                connection.execute("ROLLBACK")

        yield check


def _check_header(data: bytes) -> None:
    try:
        assert FileHeader.decode(data).encode() == data
    except MalformedError:
        return


_HEADER = FileHeader(Argon2Cost(memory_kib=8, passes=1), bytes(16))
_KEY = _HEADER.key("open sesame")
_PIECES = [
    seal_piece(_HEADER, _KEY, number, plaintext, is_last=len(plaintext) < PIECE_BYTES)
    for number, plaintext in enumerate((bytes(PIECE_BYTES), b"the rest"))
]


def _check_piece(data: bytes) -> None:
    """A piece opens in its own place and as it was sealed, or not at all."""
    for number in range(3):
        with suppress(ForgedError):
            open_piece(_HEADER, _KEY, number, data)
            assert data == _PIECES[number]


TARGETS = [
    Target(
        "export-rows",
        plaintexts,
        importing,
        words=[*(prefix.encode() for prefix in CARRIED_SETTINGS), b"\xff" * 8, b"\0" * 8, bytes([255]), b"\x05\x0f"],
        max_bytes=8_192,
        is_guided=False,
    ),
    Target(
        "export-header",
        lambda: [FileHeader(Argon2Cost(), bytes(16)).encode()],
        always(_check_header),
        words=[b"KITHEXP1"],
        max_bytes=64,
    ),
    Target("export-piece", lambda: _PIECES, always(_check_piece), max_bytes=SEALED_PIECE_BYTES + 16),
]
