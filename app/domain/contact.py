"""A contact: another person's account as this one knows it."""

from dataclasses import dataclass
from enum import IntEnum

from app.domain.identifiers import ContactId
from app.domain.message import Message
from crypto.identity import PublicIdentity
from net.endpoint import Endpoint


class ContactState(IntEnum):
    """How far first contact has come (``docs/protocol.md`` section 2); stored as a number."""

    PENDING = 0
    """Added by a link; no session yet.  Text waits unsealed."""
    REQUEST = 1
    """Came by a reusable invite; waits for this account's yes."""
    ESTABLISHED = 2


class ContactProblem(IntEnum):
    """Why a contact cannot be reached, where waiting does not help; stored as a number."""

    NONE = 0
    LINK_USED = 1
    LINK_REVOKED = 2
    LINK_EXPIRED = 3
    RESET = 4
    """A new session was made without the secret of the old one: nothing is sent before the user agrees."""
    SESSION_LOST = 5
    """Our session with the contact is lost: what is written waits, unsealed, until a reset has made a new one."""

    @property
    def is_final(self) -> bool:
        """Whether there is no use in trying to reach the contact."""
        return self in _FINAL_PROBLEMS

    @property
    def kind(self) -> str:
        """The word of the automation contract."""
        return self.name.lower()


_FINAL_PROBLEMS = frozenset({ContactProblem.LINK_USED, ContactProblem.LINK_REVOKED, ContactProblem.LINK_EXPIRED})


class ContactNotice(IntEnum):
    """What the user has to know of a contact's sessions, until they say that they do; stored as a number."""

    NONE = 0
    ROLLED_BACK = 1
    """The contact has seen more of us than this profile knows of: it was put back from a copy, or somebody uses it
    elsewhere."""
    TWO_DEVICES = 2
    """Something came on a session that a reset had replaced: two devices act as this contact."""

    @property
    def kind(self) -> str:
        """The word of the automation contract."""
        return self.name.lower()

    @property
    def sentence(self) -> str:
        """The same for people."""
        return _NOTICE_SENTENCES[self]


_NOTICE_SENTENCES = {
    ContactNotice.NONE: "",
    ContactNotice.ROLLED_BACK: (
        "This contact has seen messages of yours that this profile does not know. Either it was put back from an old"
        " copy, or somebody uses a copy of it elsewhere. If it was not you, somebody else may be writing as you."
    ),
    ContactNotice.TWO_DEVICES: (
        "Two devices act as this contact: one still uses a session that was replaced. Either an old copy of their"
        " profile is in use, or somebody writes in their name. Ask them before you go on, and not here."
    ),
}


@dataclass(frozen=True, slots=True)
class Contact:
    """Everything durable about one contact, except its messages and sessions."""

    number: int
    """Local and small: the key of the store's tables and the only name a log may use."""
    identity: PublicIdentity
    state: ContactState
    added_at: float
    given_name: str | None = None
    """As the contact calls itself; None until its profile came."""
    petname: str | None = None
    """As this user calls it."""
    verified: bool = False
    blocked: bool = False
    in_person: bool = False
    """Met by an invite meant to be scanned from a screen."""
    problem: ContactProblem = ContactProblem.NONE
    capabilities: int = 0
    endpoints: tuple[Endpoint, ...] = ()
    """Where it said it listens, and where it was last reached."""
    announced: tuple[Endpoint, ...] = ()
    """Our own endpoints as it last acknowledged knowing them."""
    discovery: bytes = b""
    """The contact's discovery point and secret, 64 bytes, once it told them."""
    last_seen_at: float | None = None
    notice: ContactNotice = ContactNotice.NONE
    reset_digits: str | None = None
    """60 digits to compare after a reset without the old secret, once they are known."""
    reset_at: float | None = None
    """When a session with the contact was last reset of our own accord."""

    @property
    def may_know_us(self) -> bool:
        """Whether to ask for a new session where there is none.

        A link that was used may have been used by this very account, before it was put back from a snapshot.  Nobody
        but a contact that knows us answers the question.
        """
        return self.state is ContactState.ESTABLISHED or self.problem is ContactProblem.LINK_USED

    @property
    def is_held(self) -> bool:
        """Whether nothing is sent before the user agrees to a reset."""
        return self.problem is ContactProblem.RESET

    @property
    def contact_id(self) -> ContactId:
        return ContactId(self.identity.account_id)

    @property
    def name(self) -> str:
        """What to call the contact, never empty."""
        return self.known_name or f"New contact {self.mark}"

    @property
    def known_name(self) -> str | None:
        """A name that somebody gave; None until the contact's profile has come."""
        return self.petname or self.given_name

    @property
    def mark(self) -> str:
        """Tells contacts without a name apart."""
        return self.contact_id[:4].upper()


@dataclass(frozen=True, slots=True)
class ContactSummary:
    """A contact as the lists show it."""

    contact: ContactId
    name: str
    state: ContactState
    verified: bool
    blocked: bool
    online: bool
    path: str | None
    last_seen_at: float | None
    unread: int
    problem: ContactProblem
    last_message: str | None
    last_message_at: float | None
    notice: ContactNotice = ContactNotice.NONE
    check_digits: str | None = None
    """60 digits to compare, while a reset waits for the user's yes."""
    last: Message | None = None
    """The newest message, whole."""
    draft: str | None = None
    """The beginning of what was begun to be written."""
    muted_until: float | None = None
    """In Unix seconds, infinity being for ever; None when it is not muted."""
    added_at: float | None = None
    """When this account added it, or it came."""
    mark: str | None = None
    """What tells it apart from others without a name; None once it has one."""
