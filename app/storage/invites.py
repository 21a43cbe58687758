"""First contact: invites posted, links joined, attempts begun and answers given."""

from app.domain.invite import PostedInvite
from app.ports.records import Answer, Attempt, Joining, Purpose
from app.storage.connection import Connection
from app.storage.enumerations import member
from crypto.invite import Invite
from crypto.secret import Secret


def put_invite(connection: Connection, posted: PostedInvite) -> None:
    connection.execute(
        "INSERT INTO invites (invite_id, invite, rendezvous_key, created_at, revoked, used_by)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (invite_id) DO UPDATE SET invite = excluded.invite,"
        " rendezvous_key = excluded.rendezvous_key, created_at = excluded.created_at,"
        " revoked = excluded.revoked, used_by = excluded.used_by",
        (
            posted.invite.invite_id,
            posted.invite.encode(),
            posted.rendezvous_key.reveal(),
            posted.created_at,
            posted.revoked,
            posted.used_by,
        ),
    )


def remove_invite(connection: Connection, posted: PostedInvite) -> None:
    connection.execute("DELETE FROM invites WHERE invite_id = ?", (posted.invite.invite_id,))


def read_invites(connection: Connection) -> list[PostedInvite]:
    """In the order in which they were posted."""
    rows = connection.execute(
        "SELECT invite, rendezvous_key, created_at, revoked, used_by FROM invites ORDER BY rowid"
    ).fetchall()
    return [
        PostedInvite(
            invite=Invite.decode(invite),
            rendezvous_key=Secret(rendezvous_key),
            created_at=created_at,
            revoked=bool(revoked),
            used_by=used_by,
        )
        for invite, rendezvous_key, created_at, revoked, used_by in rows
    ]


def put_joining(connection: Connection, joining: Joining) -> None:
    connection.execute(
        "INSERT INTO joinings (contact, invite) VALUES (?, ?)"
        " ON CONFLICT (contact) DO UPDATE SET invite = excluded.invite",
        (joining.contact, joining.invite.encode()),
    )


def remove_joining(connection: Connection, contact: int) -> None:
    connection.execute("DELETE FROM joinings WHERE contact = ?", (contact,))


def read_joinings(connection: Connection) -> list[Joining]:
    rows = connection.execute("SELECT contact, invite FROM joinings ORDER BY contact").fetchall()
    return [Joining(contact=contact, invite=Invite.decode(invite)) for contact, invite in rows]


def add_attempt(connection: Connection, attempt: Attempt) -> None:
    connection.execute(
        "INSERT INTO attempts (ephemeral, contact, message, transcript, created_at, purpose) VALUES (?, ?, ?, ?, ?, ?)",
        (
            attempt.ephemeral,
            attempt.contact,
            attempt.message,
            attempt.transcript,
            attempt.created_at,
            attempt.purpose,
        ),
    )


def remove_attempts(connection: Connection, contact: int, keep: bytes | None) -> None:
    connection.execute("DELETE FROM attempts WHERE contact = ? AND ephemeral IS NOT ?", (contact, keep))


def read_attempts(connection: Connection) -> list[Attempt]:
    """In the order in which they were begun."""
    rows = connection.execute(
        "SELECT ephemeral, contact, message, transcript, created_at, purpose FROM attempts ORDER BY rowid"
    ).fetchall()
    return [
        Attempt(ephemeral, contact, message, transcript, created_at, member(Purpose, purpose))
        for ephemeral, contact, message, transcript, created_at, purpose in rows
    ]


def add_answer(connection: Connection, answer: Answer) -> None:
    connection.execute(
        "INSERT INTO answers (ephemeral, contact, message, created_at) VALUES (?, ?, ?, ?)",
        (answer.ephemeral, answer.contact, answer.message, answer.created_at),
    )


def remove_answers(connection: Connection, contact: int) -> None:
    connection.execute("DELETE FROM answers WHERE contact = ?", (contact,))


def read_answer(connection: Connection, ephemeral: bytes) -> Answer | None:
    row = connection.execute(
        "SELECT ephemeral, contact, message, created_at FROM answers WHERE ephemeral = ?", (ephemeral,)
    ).fetchone()
    return None if row is None else Answer(*row)
