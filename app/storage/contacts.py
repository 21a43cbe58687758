"""Contacts, one row each."""

from app.domain.contact import Contact, ContactNotice, ContactProblem, ContactState
from app.storage.bulk import Bulk, Values
from app.storage.connection import Connection, Row
from app.storage.enumerations import member
from app.storage.unindexing import unindex_many
from crypto.identity import PublicIdentity
from net.endpoint import Endpoint

_COLUMNS = (
    "number",
    "contact_id",
    "identity",
    "state",
    "added_at",
    "given_name",
    "petname",
    "verified",
    "blocked",
    "in_person",
    "problem",
    "capabilities",
    "endpoints",
    "announced",
    "discovery",
    "last_seen_at",
    "notice",
    "reset_digits",
    "reset_at",
)

# Not "OR REPLACE": that deletes the old row, and with it everything that belongs to the contact.
PUT = Bulk(
    head=f"INSERT INTO contacts ({', '.join(_COLUMNS)}) VALUES",
    columns=len(_COLUMNS),
    tail=f"ON CONFLICT (number) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS[1:])}",
)


def values(contact: Contact) -> Values:
    """The parameters of :data:`PUT`."""
    return (
        contact.number,
        contact.contact_id,
        contact.identity.encode(),
        contact.state,
        contact.added_at,
        contact.given_name,
        contact.petname,
        contact.verified,
        contact.blocked,
        contact.in_person,
        contact.problem,
        contact.capabilities,
        _joined(contact.endpoints),
        _joined(contact.announced),
        contact.discovery,
        contact.last_seen_at,
        contact.notice,
        contact.reset_digits,
        contact.reset_at,
    )


def read_all(connection: Connection) -> list[Contact]:
    rows = connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM contacts ORDER BY number").fetchall()
    return [_contact(row) for row in rows]


def remove(connection: Connection, contact: int) -> None:
    """Remove a contact; what belongs to it goes with it, words in the search index included."""
    unindex_many(connection, contact)
    connection.execute("DELETE FROM contacts WHERE number = ?", (contact,))


def _contact(row: Row) -> Contact:
    fields = dict(zip(_COLUMNS, row, strict=True))
    del fields["contact_id"]
    flags = {name: bool(fields[name]) for name in ("verified", "blocked", "in_person")}
    decoded = {
        "identity": PublicIdentity.decode(fields["identity"]),
        "state": member(ContactState, fields["state"]),
        "problem": member(ContactProblem, fields["problem"]),
        "notice": member(ContactNotice, fields["notice"]),
        "endpoints": _split(fields["endpoints"]),
        "announced": _split(fields["announced"]),
    }
    return Contact(**(fields | flags | decoded))


def _joined(endpoints: tuple[Endpoint, ...]) -> str:
    return " ".join(map(str, endpoints))


def _split(text: str) -> tuple[Endpoint, ...]:
    return tuple(map(Endpoint.parse, text.split()))
