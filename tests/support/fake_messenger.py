"""A messenger and a gate in memory, typed like the real ones: whatever the GUI asks, without crypto, store or network.

A test makes things happen on the far side (:meth:`FakeMessenger.receive`, :meth:`FakeMessenger.climb`, ...); these,
like every method of a messenger, belong on the engine's loop.
"""

import itertools
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from app.domain.account import AccountInfo
from app.domain.annotation import Reaction, checked_emoji
from app.domain.contact import ContactNotice, ContactProblem, ContactState, ContactSummary
from app.domain.content import ContentType
from app.domain.errors import ErrorKind, KithError
from app.domain.events import (
    ChatCleared,
    ContactAdded,
    ContactChanged,
    ContactRequested,
    Event,
    MessageChanged,
    MessageReceived,
    MessageRemoved,
    MessageStateChanged,
    PathChanged,
    SettingsChanged,
    TypingChanged,
)
from app.domain.finding import Finding
from app.domain.identifiers import ContactId, InviteId, MessageId
from app.domain.invite import InviteSummary
from app.domain.message import Message, MessageState, SentMessage
from app.domain.message_details import MessageDetails
from app.domain.name import clean_name
from app.domain.network_status import NetworkStatus
from app.domain.settings import Settings
from app.domain.unlock_ways import UnlockWays
from tests.support.fake_safe import FakeSafe

GOOD_LINK = "kith:" + "A" * 180

NO_NETWORK = NetworkStatus(
    (), lan_running=False, dht_running=False, dht_nodes=0, port_mapping=False, external=(), links=()
)


class FakeMessenger:
    """Knows contacts, messages and invites; tells its subscribers what changes."""

    def __init__(self, name: str = "Ada") -> None:
        self.account = AccountInfo(id="ada" * 17 + "a", name=name, fingerprint="0" * 64)
        self.calls: list[str] = []
        """The names of the methods called, in order."""
        self.status = NO_NETWORK
        self.found: tuple[Finding, ...] = ()
        """What the doctor finds."""
        self._refusals: dict[str, ErrorKind] = {}
        self.closed = False
        self.fixed: dict[str, bool] = {}
        """The settings that the command line decides."""
        self._settings = Settings()
        self.safe = FakeSafe()
        self._contacts: dict[ContactId, ContactSummary] = {}
        self._messages: dict[ContactId, list[Message]] = {}
        self._drafts: dict[ContactId, str] = {}
        self._invites: list[InviteSummary] = []
        self._subscribers: list[Callable[[Event], None]] = []
        self._numbers = itertools.count(1)

    def refuse(self, method: str, kind: ErrorKind) -> None:
        """Let the next call of this method fail; a window makes others meanwhile, at times of its own."""
        self._refusals[method] = kind

    # --- what the far side does

    def appear(
        self,
        name: str,
        *,
        state: ContactState = ContactState.ESTABLISHED,
        online: bool = True,
        digits: str | None = None,
        verified: bool = False,
        problem: ContactProblem = ContactProblem.NONE,
        path: str | None = "lan",
    ) -> ContactId:
        """Somebody used an invite of ours."""
        contact = ContactId(f"{name.lower():x<52}"[:52].replace(" ", "x"))
        self._contacts[contact] = ContactSummary(
            contact=contact,
            name=name,
            state=state,
            verified=verified,
            blocked=False,
            online=online,
            path=path if online else None,
            last_seen_at=None,
            unread=0,
            problem=problem,
            last_message=None,
            last_message_at=None,
            added_at=time.time(),
        )
        self._messages.setdefault(contact, [])
        if state is ContactState.REQUEST:
            self.tell(ContactRequested(request=contact, name=name))
        elif state is ContactState.ESTABLISHED:
            self.tell(ContactAdded(contact=contact, name=name, verified=verified, check_digits=digits))
        return contact

    def use_invite(self, number: int) -> None:
        """The invite of that number in the list was used up."""
        self._invites[number] = replace(self._invites[number], used=True)

    def establish(self, contact: ContactId, name: str, digits: str | None = None) -> None:
        """The other side of a link that we followed has answered."""
        known = self._contacts[contact]
        self._contacts[contact] = replace(known, state=ContactState.ESTABLISHED, online=True, path="direct", name=name)
        self.tell(ContactAdded(contact=contact, name=name, verified=False, check_digits=digits))
        self.tell(PathChanged(contact=contact, online=True, path="direct", rtt_ms=8.0))

    def receive(
        self, contact: ContactId, text: str, *, at: float | None = None, content_type: int = ContentType.TEXT
    ) -> Message:
        """The contact wrote."""
        message = self.put(contact, text, mine=False, at=at, content_type=content_type)
        self.tell(MessageReceived(message))
        return message

    def change(self, contact: ContactId, message: MessageId, **changes: object) -> None:
        """A message was edited, deleted or reacted to, on either side."""
        rows = self._messages[contact]
        index = next(index for index, row in enumerate(rows) if row.message_id == message)
        rows[index] = replace(rows[index], **changes)  # type: ignore[arg-type]
        self.tell(MessageChanged(rows[index]))

    def change_contact(self, contact: ContactId, **changes: object) -> None:
        """The contact is otherwise from now on; nobody is told."""
        self._contacts[contact] = replace(self._contacts[contact], **changes)  # type: ignore[arg-type]

    def write(self, contact: ContactId, *, typing: bool = True) -> None:
        """The contact is writing, or no longer."""
        self.tell(TypingChanged(contact, typing=typing))

    def put(
        self,
        contact: ContactId,
        text: str,
        *,
        mine: bool,
        at: float | None = None,
        state: MessageState = MessageState.DELIVERED,
        content_type: int = ContentType.TEXT,
        reply_to: MessageId | None = None,
    ) -> Message:
        """A message is in the conversation; nobody is told."""
        number = next(self._numbers)
        sent_at = time.time() if at is None else at
        message = Message(
            message_id=MessageId(f"{number:032x}"),
            contact=contact,
            mine=mine,
            content_type=content_type,
            text=text,
            clock=number,
            sent_at=sent_at,
            received_at=None if mine else sent_at,
            state=state,
            reply_to=reply_to,
        )
        self._messages[contact].append(message)
        known = self._contacts[contact]
        unread = known.unread + (not mine and state is not MessageState.READ)
        self._contacts[contact] = replace(
            known, last_message=text, last_message_at=sent_at, last=message, unread=unread
        )
        return message

    def climb(self, contact: ContactId, message: MessageId, state: MessageState) -> None:
        """One of our messages climbed the ladder."""
        self._messages[contact] = [
            replace(known, state=state) if known.message_id == message else known for known in self._messages[contact]
        ]
        self.tell(MessageStateChanged(message=message, contact=contact, state=state, at=time.time()))

    def move(self, contact: ContactId, *, online: bool, path: str | None = None) -> None:
        """The contact came or went."""
        self._contacts[contact] = replace(self._contacts[contact], online=online, path=path)
        self.tell(PathChanged(contact=contact, online=online, path=path, rtt_ms=None))

    def trouble(self, contact: ContactId, problem: ContactProblem, *, digits: str | None = None) -> None:
        """The contact cannot be reached for this reason; ``digits`` are those to compare after a reset."""
        self._contacts[contact] = replace(self._contacts[contact], problem=problem, check_digits=digits)
        self.tell(ContactChanged(contact=contact, problem=problem, check_digits=digits))

    def notice(self, contact: ContactId, notice: ContactNotice) -> None:
        """Something is to be known of the contact's sessions."""
        self._contacts[contact] = replace(self._contacts[contact], notice=notice)
        self.tell(ContactChanged(contact=contact, notice=notice))

    def tell(self, event: Event) -> None:
        for subscriber in list(self._subscribers):
            subscriber(event)

    # --- the messenger's own methods

    def subscribe(self, subscriber: Callable[[Event], None]) -> Callable[[], None]:
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    def account_info(self) -> AccountInfo:
        return self.account

    async def rename_account(self, name: str) -> None:
        self._called("rename_account")
        self.account = replace(self.account, name=clean_name(name))

    def settings(self) -> Settings:
        return self._settings

    def fixed_settings(self) -> Mapping[str, bool]:
        return self.fixed

    async def change_settings(self, settings: Settings) -> None:
        self._called("change_settings")
        self._settings = settings.checked()
        self.tell(SettingsChanged(settings))

    @property
    def passphrase(self) -> str | None:
        return self.safe.passphrase

    @passphrase.setter
    def passphrase(self, passphrase: str | None) -> None:
        self.safe.passphrase = passphrase

    @property
    def keyring(self) -> bool:
        return self.safe.keyring

    @keyring.setter
    def keyring(self, keyring: bool) -> None:
        self.safe.keyring = keyring

    async def unlock_ways(self) -> UnlockWays:
        return await self.safe.ways()

    async def check_passphrase(self, passphrase: str) -> None:
        self._called("check_passphrase")
        await self.safe.check_passphrase(passphrase)

    async def change_passphrase(self, old: str | None, new: str) -> None:
        self._called("change_passphrase")
        await self.safe.change_passphrase(old, new)

    async def set_keyring(self, *, enabled: bool) -> None:
        self._called("set_keyring")
        await self.safe.set_keyring(enabled=enabled)

    async def export_profile(self, path: Path, passphrase: str, *, overwrite: bool = False) -> None:
        self._called("export_profile")
        await self.safe.export(path, passphrase, overwrite=overwrite)

    async def create_invite(
        self, *, reusable: bool = False, in_person: bool = False, expires_in_s: float = 604_800
    ) -> InviteSummary:
        self._called("create_invite")
        number = next(self._numbers)
        invite = InviteSummary(
            invite=InviteId(f"{number:064x}"),
            link=f"{GOOD_LINK}{number}",
            qr_text=f"KITH:{number:A>216}",
            reusable=reusable,
            in_person=in_person,
            expires_at=time.time() + (600 if in_person else expires_in_s),
            used=False,
            revoked=False,
        )
        self._invites.append(invite)
        return invite

    async def invites(self) -> list[InviteSummary]:
        return list(self._invites)

    async def revoke_invite(self, invite: InviteId) -> None:
        self._called("revoke_invite")
        self._invites = [replace(known, revoked=True) if known.invite == invite else known for known in self._invites]

    async def add_contact(self, link: str, name: str | None = None) -> ContactId:
        self._called("add_contact")
        if not link.startswith(GOOD_LINK):
            raise KithError(ErrorKind.BAD_LINK)
        contact = self.appear(name or "New contact ABCD", state=ContactState.PENDING, online=False)
        self._contacts[contact] = replace(self._contacts[contact], mark=None if name else "ABCD")
        return contact

    async def contacts(self) -> list[ContactSummary]:
        return [known for known in self._contacts.values() if known.state is not ContactState.REQUEST]

    async def rename_contact(self, contact: ContactId, name: str) -> None:
        self._called("rename_contact")
        self._contacts[contact] = replace(self._contacts[contact], name=clean_name(name))
        self.tell(ContactChanged(contact=contact, name=self._contacts[contact].name))

    async def remove_contact(self, contact: ContactId) -> None:
        self._called("remove_contact")
        del self._contacts[contact]
        self.tell(ContactChanged(contact=contact, removed=True))

    async def block_contact(self, contact: ContactId) -> None:
        self._called("block_contact")
        self._contacts[contact] = replace(self._contacts[contact], blocked=True)
        self.tell(ContactChanged(contact=contact, blocked=True))

    async def unblock_contact(self, contact: ContactId) -> None:
        self._called("unblock_contact")
        self._contacts[contact] = replace(self._contacts[contact], blocked=False)
        self.tell(ContactChanged(contact=contact, blocked=False))

    async def mute_contact(self, contact: ContactId, until: float = math.inf) -> None:
        self._called("mute_contact")
        self._mute(contact, until)

    async def unmute_contact(self, contact: ContactId) -> None:
        self._called("unmute_contact")
        self._mute(contact, None)

    def _mute(self, contact: ContactId, until: float | None) -> None:
        self._contacts[contact] = replace(self._contacts[contact], muted_until=until)
        self.tell(ContactChanged(contact=contact, muted=until is not None))

    async def safety_number(self, contact: ContactId) -> tuple[str, bool]:
        return "12345" * 12, self._contacts[contact].verified

    async def set_verified(self, contact: ContactId, *, verified: bool) -> None:
        self._called("set_verified")
        self._contacts[contact] = replace(self._contacts[contact], verified=verified)
        self.tell(ContactChanged(contact=contact, verified=verified))

    async def accept_reset(self, contact: ContactId, check_digits: str | None = None) -> None:
        self._called("accept_reset")
        known = self._contacts[contact]
        verified, none = known.verified or check_digits is not None, ContactNotice.NONE
        self._contacts[contact] = replace(
            known, problem=ContactProblem.NONE, check_digits=None, notice=none, verified=verified
        )
        self.tell(ContactChanged(contact=contact, problem=ContactProblem.NONE, notice=none, verified=verified))

    async def requests(self) -> list[ContactSummary]:
        return [known for known in self._contacts.values() if known.state is ContactState.REQUEST]

    async def accept_request(self, request: ContactId) -> None:
        self._called("accept_request")
        self._contacts[request] = replace(self._contacts[request], state=ContactState.ESTABLISHED)

    async def decline_request(self, request: ContactId) -> None:
        self._called("decline_request")
        del self._contacts[request]

    async def send_text(self, contact: ContactId, text: str, *, reply_to: MessageId | None = None) -> SentMessage:
        self._called("send_text")
        message = self.put(contact, text, mine=True, state=MessageState.QUEUED, reply_to=reply_to)
        return SentMessage(message=message.message_id, sent_at=message.sent_at, state=message.state)

    async def messages(self, contact: ContactId, *, limit: int = 50, before: MessageId | None = None) -> list[Message]:
        self._called("messages")
        rows = self._messages[contact]
        end = len(rows) if before is None else next(n for n, row in enumerate(rows) if row.message_id == before)
        return rows[max(0, end - limit) : end][::-1]

    async def message(self, contact: ContactId, message: MessageId) -> Message:
        found = next((row for row in self._messages[contact] if row.message_id == message), None)
        if found is None:
            raise KithError(ErrorKind.UNKNOWN_MESSAGE)
        return found

    async def messages_after(self, contact: ContactId, after: MessageId, *, limit: int = 50) -> list[Message]:
        self._called("messages_after")
        rows = self._messages[contact]
        start = next((n + 1 for n, row in enumerate(rows) if row.message_id == after), None)
        if start is None:
            raise KithError(ErrorKind.UNKNOWN_MESSAGE)
        return rows[start : start + limit][::-1]

    async def search(self, query: str, *, contact: ContactId | None = None, limit: int = 50) -> list[Message]:
        found = [row for rows in self._messages.values() for row in rows if query in row.text]
        return [row for row in found if contact in {None, row.contact}][:limit]

    async def mark_read(self, contact: ContactId, up_to: MessageId) -> None:
        self._called("mark_read")
        self._contacts[contact] = replace(self._contacts[contact], unread=0)

    async def message_details(self, contact: ContactId, message: MessageId) -> MessageDetails:
        found = next(row for row in self._messages[contact] if row.message_id == message)
        states = (MessageState.SENT, MessageState.DELIVERED, MessageState.READ)
        times = {state: found.sent_at + state for state in states if state <= found.state}
        return MessageDetails(found, times if found.mine else {})

    async def edit_message(self, contact: ContactId, message: MessageId, text: str) -> None:
        self._called("edit_message")
        self.change(contact, message, text=text, edited_at=time.time())

    async def react(self, contact: ContactId, message: MessageId, emoji: str | None) -> None:
        self._called("react")
        reactions = () if emoji is None else (Reaction(mine=True, emoji=checked_emoji(emoji)),)
        self.change(contact, message, reactions=reactions)

    async def delete_message(self, contact: ContactId, message: MessageId, *, for_both: bool = False) -> None:
        self._called("delete_message")
        if for_both:
            self.change(contact, message, text="", deleted=True, reactions=())
            return
        self._messages[contact] = [row for row in self._messages[contact] if row.message_id != message]
        self.tell(MessageRemoved(contact, message))

    async def clear_chat(self, contact: ContactId) -> None:
        self._called("clear_chat")
        self._messages[contact] = []
        self._contacts[contact] = replace(self._contacts[contact], unread=0, last=None, last_message=None)
        self.tell(ChatCleared(contact))

    async def typing(self, contact: ContactId) -> None:
        self.calls.append("typing")  # at its own times, like a draft

    async def draft(self, contact: ContactId) -> str:
        return self._drafts.get(contact, "")

    async def save_draft(self, contact: ContactId, text: str) -> None:
        self._called("save_draft")
        self._drafts[contact] = text
        self._contacts[contact] = replace(self._contacts[contact], draft=text[:200] or None)

    async def network_status(self) -> NetworkStatus:
        return self.status

    async def doctor(self, contact: ContactId | None = None) -> tuple[Finding, ...]:
        return self.found

    async def close(self) -> None:
        self._called("close")
        self.closed = True

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if (kind := self._refusals.pop(name, None)) is not None:
            raise KithError(kind)


class FakeGate:
    """A profile folder that is empty, or holds the account of ``messenger`` under ``passphrase``."""

    def __init__(self, messenger: FakeMessenger | None = None, passphrase: str | None = "correct horse") -> None:
        self.messenger = messenger or FakeMessenger()
        self.passphrase = passphrase
        self.made = messenger is not None
        self.open_link: Callable[[str | None], None] | None = None
        """What a later start on this profile would call."""

    def exists(self) -> bool:
        return self.made

    async def create(self, name: str, passphrase: str | None) -> FakeMessenger:
        self.messenger.account = replace(self.messenger.account, name=clean_name(name))
        self.made, self.passphrase = True, passphrase
        return self.messenger

    async def import_profile(
        self, exported: Path, exported_passphrase: str | None, passphrase: str | None
    ) -> FakeMessenger:
        kept = self.messenger.safe.exported.get(exported)
        if kept is None:
            raise KithError(ErrorKind.FILE_UNREADABLE)
        if kept != exported_passphrase:
            raise KithError(ErrorKind.WRONG_PASSPHRASE)
        self.made, self.passphrase = True, passphrase
        return self.messenger

    async def open(self, passphrase: str | None) -> FakeMessenger:
        if passphrase is None and self.passphrase is not None:
            raise KithError(ErrorKind.PASSPHRASE_MISSING)
        if passphrase != self.passphrase:
            raise KithError(ErrorKind.WRONG_PASSPHRASE)
        return self.messenger

    async def attend(self, open_link: Callable[[str | None], None]) -> None:
        self.open_link = open_link

    async def close(self) -> None:
        self.open_link = None
