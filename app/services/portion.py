"""What one contact's part of a batch of envelopes comes to, before it is durable."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.annotation import Target
from app.domain.contact import Contact
from app.domain.identifiers import MessageId
from app.domain.message import Message
from app.domain.passing_content import PassContent
from app.ports.records import Outgoing
from app.services.sessions import Opened


@dataclass(slots=True)
class Portion:
    """Filled in while the batch is opened; whatever is told or sent of it waits for the commit."""

    contact: Contact
    before: Contact
    """The contact as it was."""
    at: float
    """When it is taken in."""
    acknowledge: list[bytes] = field(default_factory=list)
    """Envelope ids to acknowledge."""
    acknowledged: dict[bytes, None] = field(default_factory=dict)
    """Our own envelopes that the contact says it has."""
    settled: Sequence[Outgoing] = ()
    """What of ours waited for that."""
    delivered: Sequence[MessageId] = ()
    read: dict[MessageId, None] = field(default_factory=dict)
    """Our own messages that the contact says it has read."""
    received: dict[MessageId, Message] = field(default_factory=dict)
    annotated: dict[Target, None] = field(default_factory=dict)
    """Messages of which something was said."""
    exchanged: list[Opened] = field(default_factory=list)
    """Offers and acceptances of ML-KEM epochs."""
    opened_count: int = 0
    unopened: list[bytes] = field(default_factory=list)
    """Ids of envelopes that do not open."""
    requested: dict[bytes, bytes] = field(default_factory=dict)
    """Our own envelopes that do not open for the contact, each with the transcript of the session it says so on."""
    resealed: Sequence[tuple[Outgoing, Outgoing]] = ()
    readable: set[bytes] = field(default_factory=set)
    """Transcripts of the sessions that the contact reads, if it has said so."""
    has_broken: bool = False
    """A session that we wrote on is none of these."""
    is_typing: bool | None = None
    """What was said last of whether the contact is writing."""
    passes: list[PassContent] = field(default_factory=list)
    """What the contact asks us to pass on."""
    passed: list[bytes] = field(default_factory=list)
    """What it brings us of others."""
    is_renewed: bool = False
    """A session that we made in a reset stands by this."""
    stored_bytes: int = 0
    """What it costs on the disk."""
    answers: list[bytes] = field(default_factory=list)
    """Acknowledgements, sealed, to be sent after the commit."""
    queued: Sequence[Outgoing] = ()
    """What goes out for the ML-KEM ratchet after the commit."""
