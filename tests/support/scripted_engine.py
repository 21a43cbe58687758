"""An engine in a dict for tests of front-ends: it remembers what is asked of it and commits when it is told to."""

import asyncio
from collections.abc import Callable
from typing import cast

from app.domain.account import AccountInfo
from app.domain.contact import ContactProblem, ContactState, ContactSummary
from app.domain.errors import ErrorKind, KithError
from app.domain.events import Event
from app.domain.finding import Finding
from app.domain.identifiers import ContactId, InviteId, MessageId
from app.domain.invite import InviteSummary
from app.domain.message import Message, MessageState, SentMessage
from app.domain.network_status import ContactLink, NetworkStatus
from app.domain.remark import Remark
from app.domain.said import say
from app.services.messenger import Messenger

BOB = ContactId("bob")
CAROL = ContactId("carol")


class ScriptedEngine:
    """Speaks like :class:`Messenger`, knows Bob and Carol, and keeps sends back while ``is_committing`` is clear."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.sent: dict[ContactId, list[str]] = {BOB: [], CAROL: []}
        self.is_committing = asyncio.Event()
        self.is_committing.set()
        self.failure: Exception | None = None
        self.listeners: list[Callable[[Event], None]] = []
        self.closed = 0

    @property
    def messenger(self) -> Messenger:
        """This engine, as front-ends are given it."""
        return cast(Messenger, self)

    def emit(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)

    def subscribe(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        self.listeners.append(callback)
        return lambda: self.listeners.remove(callback)

    async def close(self) -> None:
        self.closed += 1

    def account_info(self) -> AccountInfo:
        return AccountInfo("alice", "Alice", "0" * 64)

    async def rename_account(self, name: str) -> None:
        self._called("rename_account", name)

    async def create_invite(
        self, *, reusable: bool = False, in_person: bool = False, expires_in_s: float = 604_800
    ) -> InviteSummary:
        self._called("create_invite", reusable, in_person, expires_in_s)
        return summary_of_invite(expires_at=1_000.0 + expires_in_s)

    async def invites(self) -> list[InviteSummary]:
        self._called("invites")
        return [summary_of_invite(expires_at=1_000.0)]

    async def revoke_invite(self, invite: InviteId) -> None:
        self._called("revoke_invite", invite)

    async def add_contact(self, link: str, name: str | None = None) -> ContactId:
        self._called("add_contact", link, name)
        return BOB

    async def contacts(self) -> list[ContactSummary]:
        self._called("contacts")
        return [summary_of(BOB, "Bob")]

    async def rename_contact(self, contact: ContactId, name: str) -> None:
        self._called("rename_contact", contact, name)

    async def remove_contact(self, contact: ContactId) -> None:
        self._called("remove_contact", contact)

    async def block_contact(self, contact: ContactId) -> None:
        self._called("block_contact", contact)

    async def unblock_contact(self, contact: ContactId) -> None:
        self._called("unblock_contact", contact)

    async def safety_number(self, contact: ContactId) -> tuple[str, bool]:
        self._called("safety_number", contact)
        return "1" * 60, True

    async def set_verified(self, contact: ContactId, *, verified: bool) -> None:
        self._called("set_verified", contact, verified)

    async def accept_reset(self, contact: ContactId, check_digits: str | None = None) -> None:
        self._called("accept_reset", contact, check_digits)

    async def requests(self) -> list[ContactSummary]:
        self._called("requests")
        return [summary_of(CAROL, "Carol")]

    async def accept_request(self, request: ContactId) -> None:
        self._called("accept_request", request)

    async def decline_request(self, request: ContactId) -> None:
        self._called("decline_request", request)

    async def send_text(self, contact: ContactId, text: str, *, reply_to: MessageId | None = None) -> SentMessage:
        self._called("send_text", contact, text, reply_to)
        if contact not in self.sent:
            raise KithError(ErrorKind.UNKNOWN_CONTACT)
        await self.is_committing.wait()
        self.sent[contact].append(text)
        return SentMessage(MessageId(text), 1_000.5, MessageState.QUEUED)

    async def messages(self, contact: ContactId, *, limit: int = 50, before: MessageId | None = None) -> list[Message]:
        self._called("messages", contact, limit, before)
        return [message_of(contact, text) for text in reversed(self.sent[contact])][:limit]

    async def search(self, query: str, *, contact: ContactId | None = None, limit: int = 50) -> list[Message]:
        self._called("search", query, contact, limit)
        return [message_of(BOB, query)]

    async def mark_read(self, contact: ContactId, up_to: MessageId) -> None:
        self._called("mark_read", contact, up_to)

    async def network_status(self) -> NetworkStatus:
        link = ContactLink(BOB, "lan", 0.5, 1_000.0)
        return NetworkStatus(("127.0.0.1:1",), False, False, 0, False, (), (link,))

    async def doctor(self, contact: ContactId | None = None) -> tuple[Finding, ...]:
        self._called("doctor", contact)
        return (
            Finding("listeners", ok=True, seen=(say(Remark.LISTENS, addresses="127.0.0.1:1"),)),
            Finding("contact", False, (say(Remark.UNLINKED, name="Bob"),), say(Remark.PROBABLY_AWAY), BOB),
        )

    def _called(self, *call: object) -> None:
        self.calls.append(call)
        if self.failure is not None:
            raise self.failure


def summary_of(contact: ContactId, name: str) -> ContactSummary:
    return ContactSummary(
        contact=contact,
        name=name,
        state=ContactState.ESTABLISHED,
        verified=True,
        blocked=False,
        online=True,
        path="lan",
        last_seen_at=999.0,
        unread=2,
        problem=ContactProblem.NONE,
        last_message="hello",
        last_message_at=998.0,
    )


def summary_of_invite(*, expires_at: float) -> InviteSummary:
    return InviteSummary(InviteId("i1"), "kith:link", "KITH:QR", False, True, expires_at, False, False)


def message_of(contact: ContactId, text: str) -> Message:
    return Message(MessageId(text), contact, True, 1, text, 7, 1_000.5, None, MessageState.SENT, None)
