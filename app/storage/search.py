"""Full-text search: what people type, made into a query that FTS5 cannot misread.

Every word is quoted, so that no operator, column or wildcard of FTS5's language gets through.  The last word counts as
the beginning of a word, for people search while they type.

Indexing a text takes longer than storing it, and no acknowledgement has to wait for it.  So the writer thread indexes
when nothing is queued, many texts at once, and a search first has the rest indexed.  What is indexed are the lowest
rows, up to the highest one that FTS5 keeps a size of; so a crash, or messages deleted, leave nothing to mend.
"""

from app.domain.message import Message
from app.storage.connection import Connection
from app.storage.messages import SELECTED, message_of

MAX_QUERY_CHARACTERS = 1_000
MAX_WORDS = 32
"""A longer query finds nothing: nobody types it, and FTS5 would nest an expression as deep."""

# In the order of storing, which the index yields by itself; in that of clocks all that was ever found had to be sorted.
SEARCH = (
    f"{SELECTED} JOIN message_texts ON message_texts.rowid = row"
    " WHERE message_texts MATCH ? ORDER BY message_texts.rowid DESC LIMIT ?"
)


INDEX = (
    "INSERT INTO message_texts (rowid, contact, text) SELECT row, contact, text FROM messages"
    " WHERE row > (SELECT coalesce(max(id), 0) FROM message_texts_docsize) AND text <> '' ORDER BY row LIMIT ?"
)
WITHOUT_LIMIT = -1


def index_waiting(connection: Connection, limit: int = WITHOUT_LIMIT) -> int:
    """Index texts that are not yet, at most ``limit``; returns how many."""
    return connection.execute(INDEX, (limit,)).rowcount


def search(connection: Connection, query: str, *, contact: int | None, limit: int) -> list[Message]:
    """The ``limit`` messages stored last that have all the words, the newest by its clock first."""
    expression = match_expression(query, contact=contact)
    if expression is None:
        return []
    rows = connection.execute(SEARCH, (expression, limit)).fetchall()
    found = [message_of(row) for row in rows]
    return sorted(found, key=lambda message: (message.clock, message.message_id), reverse=True)


def match_expression(query: str, *, contact: int | None) -> str | None:
    """The query in FTS5's language; None if it can find nothing."""
    if len(query) > MAX_QUERY_CHARACTERS:
        return None
    words = _storable(query).split()
    if not words or len(words) > MAX_WORDS:
        return None
    prefix = "" if _is_one_letter(words[-1]) else "*"
    expression = f"{{text}} : ({' '.join(map(_quoted, words))}{prefix})"
    return expression if contact is None else f'{{contact}} : "{contact}" AND {expression}'


def _storable(query: str) -> str:
    """Without what no stored text can hold: NUL, at which FTS5 would stop, and lone surrogates."""
    return query.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _is_one_letter(word: str) -> bool:
    """One Latin letter begins nearly every message; one Chinese character is a word."""
    return len(word) == 1 and word.isascii()
