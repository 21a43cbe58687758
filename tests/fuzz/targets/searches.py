"""What people type into the search field, against a real index."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from app.storage.connection import Connection
from app.storage.search import index_waiting, search
from app.storage.unit_of_work import RecordedUnit
from app.storage.writer import write_transaction
from tests.fuzz.target import Check, Target
from tests.support import samples
from tests.support.databases import connection_in

_TEXTS = ("the harbour at noon", "Überraschung!", 'a "quoted" word', "你好 世界", "NEAR AND OR NOT", "x" * 1_000)
_MOST = 50


def queries() -> Sequence[bytes]:
    return [text.encode() for text in (*_TEXTS, "harb", "text : x", "{text} : (a*)", "a NEAR(b, 2)", "^a + b")]


@contextmanager
def searched() -> Iterator[Check]:
    with tempfile.TemporaryDirectory() as folder, closing(connection_in(Path(folder))) as connection:
        unit = RecordedUnit(1)
        unit.put_contact(samples.contact(1))
        for number, text in enumerate(_TEXTS):
            unit.add_message(1, samples.message(number, text=text))
        write_transaction(connection, [unit])
        index_waiting(connection)
        yield lambda data: _check(connection, data)


def _check(connection: Connection, data: bytes) -> None:
    """Any text is looked for as words, whatever it would mean to the index."""
    query = data.decode("utf-8", "surrogateescape")
    for contact in (None, 1):
        found = search(connection, query, contact=contact, limit=_MOST)
        assert {message.text for message in found} <= set(_TEXTS)


TARGETS = [
    Target(
        "search-query",
        queries,
        searched,
        words=[b'"', b"'", b"*", b"(", b")", b":", b"^", b"-", b"\0", b" OR ", b" NEAR/2 ", b"\xff", b"{text}", b";"],
        max_bytes=6_000,
    )
]
