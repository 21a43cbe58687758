"""The writes of all units that one transaction commits, gathered so that SQLite gets few and long statements.

Most writes are of eight kinds that come with every message.  They are gathered by kind and flushed in a fixed order:

    contacts, sessions        the last value counts; everything else refers to contacts
    messages, outgoing        new rows
    seals, received           envelopes
    states, removals          of rows that may be new themselves

Taking them out of their order is safe because writes of different kinds touch different columns, with two exceptions
that flush first: a seal after a removal, and everything rare.  Used by the writer thread only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.domain.contact import Contact
from app.domain.identifiers import MessageId
from app.domain.message import Message, MessageState
from app.ports.records import Outgoing, StoredSession
from app.storage import contacts, messages, outbox, sessions
from app.storage.bulk import Values
from app.storage.connection import Connection


@dataclass(frozen=True, slots=True)
class StateRaise:
    """To what the state of a message is raised, and when: in Unix seconds."""

    state: MessageState
    at: float
    path: str | None
    became_read: set[tuple[int, MessageId]]
    """The unit's, which learns of messages of ours that it made READ."""


class Batch:
    """Gathers writes inside an open transaction.  The caller flushes at the end, and commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._clear()

    def put_contact(self, contact: Contact) -> None:
        self._contacts[contact.number] = contact

    def put_session(self, stored: StoredSession) -> None:
        self._sessions[stored.session.transcript] = stored

    def add_message(self, contact: int, message: Message, repeated: set[tuple[int, MessageId]]) -> None:
        """``repeated`` is the unit's, and learns of the message if another unit stored it before."""
        key = (contact, message.message_id, message.mine)
        if key in self._messages:
            _, first = self._messages[key]
            if first is not repeated and not message.mine:
                repeated.add(key[:2])
        else:
            self._messages[key] = (messages.values(contact, message), repeated)

    def add_outgoing(self, outgoing: Outgoing) -> None:
        self._outgoing.append(outbox.values(outgoing))

    def seal_outgoing(self, outgoing: Outgoing) -> None:
        if self._removals:  # else a payload acknowledged under its old envelope would stay, under the new one
            self.flush()
        self._seals[outgoing.sequence] = outgoing

    def add_received(self, contact: int, envelope_id: bytes, at: float) -> None:
        self._received.append((contact, envelope_id, at))

    def raise_states(
        self,
        contact: int,
        message_ids: Sequence[MessageId],
        mine: bool,  # noqa: FBT001 - a column like the others
        raised: StateRaise,
    ) -> None:
        for message_id in message_ids:
            key = (contact, message_id, mine)
            known = self._states.get(key)
            if known is None:
                self._states[key] = raised
            elif known.state < raised.state:
                self._states[key] = replace(raised, path=raised.path or known.path)

    def remove_outgoing(self, contact: int, envelope_ids: Sequence[bytes]) -> None:
        self._removals += [(envelope_id, contact) for envelope_id in envelope_ids]

    def perform(self, statement: Callable[..., object], *arguments: object) -> None:
        """A rare write: whatever came before it goes first."""
        self.flush()
        statement(self._connection, *arguments)

    def flush(self) -> None:
        """Execute what was gathered."""
        connection = self._connection
        contacts.PUT.run(connection, [contacts.values(contact) for contact in self._contacts.values()])
        sessions.PUT.run(connection, [sessions.values(stored) for stored in self._sessions.values()])
        for contact, message_id in messages.add(connection, [values for values, _ in self._messages.values()]):
            self._messages[contact, message_id, False][1].add((contact, message_id))
        outbox.ADD.run(connection, self._outgoing)
        outbox.SEAL.run(connection, [outbox.sealed_values(outgoing) for outgoing in self._seals.values()])
        outbox.ADD_RECEIVED.run(connection, self._received)
        self._flush_states()
        outbox.REMOVE.run(connection, self._removals)
        self._clear()

    def _flush_states(self) -> None:
        """Only those of ours that were read come back: nobody asks for the others, and each row takes time."""
        told: list[Values] = []
        untold: list[Values] = []
        for key, to in self._states.items():
            is_told = key[2] and to.state is MessageState.READ
            (told if is_told else untold).append(messages.raised_values(*key, to.state, to.at, to.path))
        messages.RAISE.run(self._connection, untold)
        for contact, message_id in messages.raise_and_tell(self._connection, told):
            self._states[contact, message_id, True].became_read.add((contact, message_id))

    def _clear(self) -> None:
        self._contacts: dict[int, Contact] = {}
        self._sessions: dict[bytes, StoredSession] = {}
        self._messages: dict[tuple[int, MessageId, bool], tuple[Values, set[tuple[int, MessageId]]]] = {}
        self._outgoing: list[Values] = []
        self._seals: dict[int, Outgoing] = {}
        self._received: list[Values] = []
        self._states: dict[tuple[int, MessageId, bool], StateRaise] = {}
        self._removals: list[Values] = []
