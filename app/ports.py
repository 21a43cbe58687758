"""What the services need from outside: a store, a network and a clock (``docs/architecture.md``).

The composition root plugs the real ones in; tests plug in fakes that pass the same contract suite.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Protocol

from app.domain.account import Account
from app.domain.annotation import ReactionChange, Revision, Target
from app.domain.contact import Contact
from app.domain.identifiers import MessageId
from app.domain.invite import PostedInvite
from app.domain.message import Message, MessageState
from app.domain.unlock_ways import UnlockWays
from crypto.invite import Invite
from crypto.rendezvous import OwnRendezvous
from crypto.session import Session
from net.dial_log import DialRecord
from net.discovery.dht_settings import DhtSettings
from net.endpoint import Endpoint
from net.events import LinkId, LinkStatus
from net.ice_log import IceRecord
from net.ice_servers import IceServers
from net.mapping import PortMapping
from net.nat_kind import NatKind
from net.own_addresses import AddressFacts
from net.peer import Peer, PeerId
from net.relay_check import RelayTrial
from net.server import ServerAddress


@dataclass(frozen=True, slots=True, eq=False)
class StoredSession:
    """One end-to-end session with a contact; its key is ``session.transcript``."""

    contact: int
    session: Session
    created_at: float
    confirmed: bool
    """Something was received on it since the newest session with this contact was confirmed: it can be written on."""
    retired: bool = False
    """A reset replaced it, or our state of it is not the latest: nothing is sent on it any more."""
    used_at: float = 0.0
    """When something was last sent or received on it."""


class Purpose(IntEnum):
    """Why a handshake was begun; stored as a number."""

    FIRST_CONTACT = 0
    RESET = 1
    """With nothing of the old session: the user has to agree."""
    RESET_WITH_RESUME = 2


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """One handshake that we began, as joiner or in a reset: rule 1 of ``docs/protocol.md`` section 2."""

    ephemeral: bytes
    """EK, 32 bytes: the key of the row."""
    contact: int
    message: bytes
    """M3, to be sent again as it is."""
    transcript: bytes
    """th of the session made in the same commit."""
    created_at: float
    purpose: Purpose = Purpose.FIRST_CONTACT


@dataclass(frozen=True, slots=True)
class Joining:
    """A link that we were given and that has not led to a session yet."""

    contact: int
    invite: Invite


@dataclass(frozen=True, slots=True)
class Answer:
    """One handshake that we granted, as inviter or in a reset: M4, by rule 3 of ``docs/protocol.md`` section 2."""

    ephemeral: bytes
    contact: int
    message: bytes
    """M4, to be sent again as it is."""
    created_at: float


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One payload that the contact has not acknowledged yet.

    Unsealed while there is no session; sealed with the exact bytes of the envelope afterwards, which a retry resends.
    """

    sequence: int
    """Order of sending, unique in the profile."""
    contact: int
    content_type: int
    message_id: bytes
    content: bytes
    transcript: bytes | None = None
    """The session that sealed it."""
    envelope_id: bytes | None = None
    envelope: bytes | None = None


class UnitOfWork(Protocol):
    """Writes that become durable together or not at all.  Recording one is cheap and does no I/O."""

    def put_account(self, account: Account) -> None: ...

    def put_setting(self, key: str, value: str) -> None: ...

    def put_contact(self, contact: Contact) -> None: ...

    def remove_contact(self, contact: int) -> None:
        """Remove the contact and everything that belongs to it: messages, sessions, outbox, attempts."""

    def put_invite(self, posted: PostedInvite) -> None: ...

    def remove_invite(self, posted: PostedInvite) -> None: ...

    def put_joining(self, joining: Joining) -> None: ...

    def remove_joining(self, contact: int) -> None: ...

    def add_attempt(self, attempt: Attempt) -> None: ...

    def remove_attempts(self, contact: int, *, keep: bytes | None = None) -> None:
        """Remove all attempts with this contact but the one whose ephemeral key is ``keep``."""

    def add_answer(self, answer: Answer) -> None: ...

    def remove_answers(self, contact: int) -> None:
        """Remove all answers to this contact."""

    def put_session(self, stored: StoredSession) -> None: ...

    def remove_session(self, transcript: bytes) -> None: ...

    def add_message(self, contact: int, message: Message) -> None:
        """Add a message; a received one that is stored already stays as it is, see :meth:`repeated`."""

    def repeated(self) -> set[tuple[int, MessageId]]:
        """After the commit: the received messages, by contact and id, that were stored before."""

    def raise_states(
        self,
        contact: int,
        messages: Sequence[MessageId],
        state: MessageState,
        *,
        at: float,
        mine: bool = True,
        path: str | None = None,
    ) -> None:
        """Raise the state of messages, never lower it; those raised travelled by ``path``, if it is said."""

    def became_read(self) -> set[tuple[int, MessageId]]:
        """After the commit: the messages of ours, by contact and id, that became READ by this very unit."""

    def add_outgoing(self, outgoing: Outgoing) -> None: ...

    def seal_outgoing(self, outgoing: Outgoing) -> None:
        """Give a stored payload its envelope, or a new one, with the content that is sealed in it."""

    def remove_outgoing(self, contact: int, envelope_ids: Sequence[bytes]) -> None: ...

    def withdraw_outgoing(self, contact: int, message_id: MessageId) -> None:
        """Drop a payload that was never sealed, and so never left; one that may have stays."""

    def remove_outgoing_of(self, contact: int, content_types: Collection[int] | None = None) -> None:
        """Drop everything that waits for a contact, or only what is of these types."""

    def revise(self, contact: int, revision: Revision, *, at: float, erases: bool = False) -> None:
        """Take an edit or a deletion of a message, as :mod:`app.domain.annotation` says, or keep it until the message
        comes.

        With ``erases`` the text that it had is to be nowhere any more, old copies of the store included.
        """

    def react(self, contact: int, change: ReactionChange, *, at: float) -> None:
        """The same for a reaction."""

    def erase_message(self, contact: int, message_id: MessageId, *, mine: bool, at: float) -> None:
        """Delete a message here; a received one does not come back, and counts as repeated."""

    def erase_messages(self, contact: int, *, at: float) -> None:
        """The same for all messages of a conversation."""

    def add_received(self, contact: int, envelope_id: bytes, *, at: float) -> None:
        """Remember an envelope, so that a repeat is acknowledged and dropped."""


class Store(Protocol):
    """The profile on disk.  Reads see what is committed; writes go through units."""

    def begin(self) -> UnitOfWork:
        """A new unit.

        Raises:
            StorageError: a commit failed and :meth:`resume` was not called since: what memory holds was built on what
                was lost, and must be read anew before anything is written.
        """

    def resume(self) -> None:
        """Memory was read anew after a failed commit; units begun before stay refused."""

    def commit(self, unit: UnitOfWork) -> Awaitable[None]:
        """Queue the unit, in order of the calls; the awaitable ends when it is durable.

        Units that wait together are committed together.  When a commit fails, all units queued behind it fail too and
        ``on_failure`` is called before any of the awaitables ends, so that what memory holds can be read anew.

        Raises (from the awaitable):
            StorageError: ``storage_full`` or ``storage_damaged``; nothing of the unit was kept.
        """

    def on_failure(self, callback: Callable[[], None]) -> None: ...

    async def account(self) -> Account | None: ...

    async def contacts(self) -> list[Contact]: ...

    async def invites(self) -> list[PostedInvite]: ...

    async def joinings(self) -> list[Joining]: ...

    async def attempts(self) -> list[Attempt]: ...

    async def answer(self, ephemeral: bytes) -> Answer | None: ...

    async def sessions(self) -> list[StoredSession]:
        """All live sessions of all contacts."""

    async def message(self, contact: int, message_id: MessageId) -> Message | None: ...

    async def state_times(self, contact: int, message_id: MessageId) -> dict[MessageState, float]:
        """When the message came to its states; those that it skipped, and the first, are absent."""

    async def chosen(self, contact: int, targets: Sequence[Target]) -> list[Message]:
        """Those of these messages that are here, in any order."""

    async def annotation_clock(self, contact: int, target: Target) -> int:
        """The largest clock of a message's edits and of the user's own reaction; 0 without any."""

    async def awaited(self) -> set[int]:
        """The contacts of whose conversations something waits for a message that is not here."""

    async def page(self, contact: int, *, limit: int, before: tuple[int, MessageId] | None = None) -> list[Message]:
        """Newest first, strictly older than ``before`` in (clock, message_id)."""

    async def page_after(self, contact: int, *, limit: int, after: tuple[int, MessageId]) -> list[Message]:
        """The ``limit`` oldest messages strictly newer than ``after`` in (clock, message_id); newest first."""

    async def search(self, query: str, *, contact: int | None, limit: int) -> list[Message]:
        """Messages with all the words of ``query`` (the last one as a prefix), newest first."""

    async def unread(self) -> dict[int, int]:
        """Received messages not read yet, by contact number; contacts without any are absent."""

    async def unread_up_to(self, contact: int, up_to: tuple[int, MessageId], *, limit: int) -> list[MessageId]:
        """Received messages not read yet and not after ``(clock, message_id)``, oldest first."""

    async def latest(self) -> dict[int, Message]:
        """The newest message of each conversation."""

    async def outgoing(self, contact: int, *, after: int, limit: int) -> list[Outgoing]:
        """Unacknowledged payloads with a sequence above ``after``, in order."""

    async def outgoing_counts(self) -> tuple[int, int]:
        """How many payloads wait, and the largest sequence ever used among them (0 when none)."""

    async def received(self, contact: int, envelope_ids: Sequence[bytes]) -> set[bytes]:
        """Which of these envelopes were received before."""

    async def settings(self) -> dict[str, str]:
        """Small values kept by name."""

    async def prune(self, *, now: float) -> None:
        """Forget envelope ids that are too old to come again."""

    async def close(self) -> None: ...


class Network(Protocol):
    """:class:`net.node.Node`, as the services use it."""

    def local_endpoints(self) -> tuple[Endpoint, ...]: ...

    def told_endpoints(self) -> tuple[Endpoint, ...]: ...

    def bound_endpoints(self) -> tuple[Endpoint, ...]: ...

    def set_peer(self, peer: Peer) -> None: ...

    def remove_peer(self, peer_id: PeerId) -> None: ...

    def nudge(self, peer_id: PeerId) -> None: ...

    def take_passed(self, value: bytes) -> None: ...

    def adopt(self, link: LinkId, peer_id: PeerId) -> None: ...

    def send_envelope(self, peer_id: PeerId, envelope: bytes) -> bool: ...

    def send_handshake(self, link: LinkId, message: bytes) -> bool: ...

    def send_progress(self, link: LinkId, message: bytes) -> bool: ...

    def expect_answer(self, peer_id: PeerId, *, waiting: bool) -> None: ...

    def close_link(self, link: LinkId) -> None: ...

    def peer_of(self, link: LinkId) -> PeerId | None: ...

    def links(self) -> tuple[LinkStatus, ...]: ...

    def seek_on_lan(self, *, wanted: bool) -> None: ...

    def lan_wanted(self) -> bool: ...

    def stay_near(self, *, wanted: bool) -> None: ...

    def lan_running(self) -> bool: ...

    def seek_on_dht(self, settings: DhtSettings | None) -> None: ...

    def dht_wanted(self) -> bool: ...

    def dht_running(self) -> bool: ...

    def dht_nodes(self) -> tuple[Endpoint, ...]: ...

    def use_ice(self, servers: IceServers | None) -> None: ...

    async def try_relays(self) -> tuple[RelayTrial, ...]: ...

    def use_stun(self, servers: Sequence[ServerAddress]) -> None: ...

    def stun_wanted(self) -> bool: ...

    def address_facts(self) -> AddressFacts: ...

    def map_port(self, *, wanted: bool) -> None: ...

    def port_mapping(self) -> PortMapping: ...

    def external_endpoints(self) -> tuple[Endpoint, ...]: ...

    @property
    def nat(self) -> NatKind: ...

    def publish(self, own: Mapping[PeerId, OwnRendezvous]) -> None: ...

    def dial_report(self, peer_id: PeerId) -> tuple[DialRecord, ...]: ...

    def ice_report(self, peer_id: PeerId) -> IceRecord | None: ...

    def pause_reading(self, peer_id: PeerId) -> None: ...

    def resume_reading(self, peer_id: PeerId) -> None: ...


class Safe(Protocol):
    """The ways into the profile that is open, and out of it."""

    async def ways(self) -> UnlockWays:
        """By what it opens.

        Raises:
            KithError: ``profile_damaged``, ``storage_damaged``; so do all the others.
        """

    async def check_passphrase(self, passphrase: str) -> None:
        """Nothing, if it opens the profile; takes half a second.

        Raises:
            KithError: ``wrong_passphrase``.
        """

    async def change_passphrase(self, old: str | None, new: str) -> None:
        """Let the profile open by a new passphrase and no longer by the old one; None where it had none.

        Raises:
            KithError: ``wrong_passphrase``; ``passphrase_missing``, the new one being none; ``storage_full``.  The old
                one opens the profile then.
        """

    async def set_keyring(self, *, enabled: bool) -> None:
        """Let the profile open by the system's keyring, too, or no longer.

        Raises:
            KithError: ``keyring_missing``; ``last_way``, nothing else would open it; ``storage_full``.
        """

    async def export(self, path: Path, passphrase: str, *, overwrite: bool) -> None:
        """Write everything but the sessions to one file under a passphrase of its own, and read it back.

        Raises:
            KithError: ``file_exists``, ``file_unreadable``, ``passphrase_missing``, ``storage_full``,
                ``storage_damaged``; then there is no new file.
        """


class Volume(Protocol):
    """The disk under the profile."""

    def free_bytes(self) -> int | None:
        """What may still be written; None where the system does not say."""

    def newest_file_at(self) -> float | None:
        """The latest change of a file that is there, in Unix seconds."""


class Clock(Protocol):
    """Wall time in Unix seconds; it may jump, and nothing may depend on its being right."""

    def __call__(self) -> float: ...
