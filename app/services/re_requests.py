"""Asks for what arrived and does not open (``docs/protocol.md`` section 3, re-requests).

    an envelope does not open ─▶ RE_REQUEST{its id}, BROKEN{the sessions that we read} ─▶ a payload sealed anew

At most one question is open: the next one goes after something of the contact has opened.  So two who both cannot read
the other ask once each, and fall silent.  Nothing of this is durable: an envelope that still does not open comes again
with the next link, and is asked for again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.content import MAX_LISTED_TRANSCRIPTS, ContentType, encode_ids, encode_transcripts
from app.domain.identifiers import MESSAGE_ID_BYTES
from app.ports.store import UnitOfWork
from app.services.lane import MAX_IN_FLIGHT
from app.services.sessions import Sessions
from app.services.surroundings import Surroundings
from net.peer import PeerId

MAX_UNOPENED = MAX_IN_FLIGHT
"""Envelopes of one contact that wait to be asked for: no honest outbox has more on its way."""


@dataclass(slots=True)
class _Question:
    """What one contact is asked on its present links."""

    unopened: dict[bytes, None] = field(default_factory=dict)
    """Ids of envelopes to ask for."""
    is_open: bool = False
    """Nothing has opened since we asked."""
    has_told_sessions: bool = False

    def add(self, unopened: Sequence[bytes]) -> None:
        self.unopened.update(dict.fromkeys(unopened))
        while len(self.unopened) > MAX_UNOPENED:
            del self.unopened[next(iter(self.unopened))]


class ReRequests:
    """The questions to all contacts."""

    def __init__(self, around: Surroundings, *, sessions: Sessions) -> None:
        self._book = around.book
        self._sessions = sessions
        self._random = around.random
        self._questions: dict[PeerId, _Question] = {}

    def ask(self, contact: int, unopened: Sequence[bytes], unit: UnitOfWork, *, has_opened: bool) -> list[bytes]:
        """What to send after a batch of which these envelopes did not open; ``has_opened``: others did."""
        question = self._questions.get(self._book.peer_id(contact))
        if question is None:
            if not unopened:
                return []
            question = self._questions[self._book.peer_id(contact)] = _Question()
        question.is_open = question.is_open and not has_opened
        question.add(unopened)
        if question.is_open or not question.unopened or self._sessions.sending(contact) is None:
            return []
        return self._put(contact, question, unit)

    def offline(self, peer: PeerId) -> None:
        """The contact's last link is gone: whatever is still missing comes again with the next."""
        self._questions.pop(peer, None)

    def _put(self, contact: int, question: _Question, unit: UnitOfWork) -> list[bytes]:
        """The question, sealed."""
        ids, question.unopened, question.is_open = encode_ids(tuple(question.unopened)), {}, True
        envelopes = [self._seal(contact, ContentType.RE_REQUEST, ids, unit)]
        if not question.has_told_sessions:
            question.has_told_sessions = True
            live = [stored for stored in self._book.sessions[contact] if not stored.retired]
            listed = encode_transcripts([stored.session.transcript for stored in live[-MAX_LISTED_TRANSCRIPTS:]])
            envelopes.append(self._seal(contact, ContentType.BROKEN, listed, unit))
        return envelopes

    def _seal(self, contact: int, content_type: ContentType, content: bytes, unit: UnitOfWork) -> bytes:
        stored = self._sessions.sending(contact)
        assert stored is not None
        return self._sessions.seal(stored, content_type, self._random(MESSAGE_ID_BYTES), content, unit).envelope
