"""The engine's one facade: what every front-end can do.

Front-ends call its methods on the engine's loop and subscribe to its events.  It holds no logic of its own beyond
putting the services together, starting and ending them.
"""

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from app.domain.account import Account, AccountInfo
from app.domain.contact import ContactSummary
from app.domain.finding import Finding
from app.domain.identifiers import ContactId, InviteId, MessageId
from app.domain.invite import InviteSummary
from app.domain.message import Message, SentMessage
from app.domain.message_details import MessageDetails
from app.domain.name import clean_name
from app.domain.network_status import ContactLink, NetworkStatus
from app.domain.settings import Settings
from app.domain.unlock_ways import UnlockWays
from app.ports.computer import Clock, Volume
from app.ports.network import Network
from app.ports.safe import Safe
from app.ports.store import Store
from app.services.announcer import Announcer, Subscriber
from app.services.book import Book
from app.services.contacts import Contacts
from app.services.conversations import Conversations
from app.services.drafts import Drafts
from app.services.erasure import Erasure
from app.services.examination import Examination
from app.services.ground import Ground
from app.services.invites import Invites
from app.services.known_nodes import KnownNodes
from app.services.machinery import Machinery
from app.services.mutes import Mutes
from app.services.overrides import NO_OVERRIDES, Overrides
from app.services.preferences import Preferences
from app.services.recovery import Recovery
from app.services.surroundings import Surroundings
from app.services.task_owner import TaskOwner
from app.services.typing_notices import TypingNotices
from net.events import NetEvent

logger = logging.getLogger(__name__)

INVITE_LIFETIME_S = 7 * 86_400


class Messenger:
    """One running account.  Ids are opaque to the caller; every failure is a ``KithError``.

    ``overrides`` are what the command line decides; what it does not is left to the settings.  ``firewall`` names the
    one that runs on this computer, if any is seen.
    """

    def __init__(
        self,
        account: Account,
        *,
        store: Store,
        network: Network,
        clock: Clock,
        volume: Volume | None = None,
        firewall: Callable[[], str | None] = lambda: None,
        safe: Safe | None = None,
        overrides: Overrides = NO_OVERRIDES,
    ) -> None:
        self._store = store
        self._safe = safe
        self._network = network
        self._clock = clock
        self._announcer = Announcer()
        self._tasks = tasks = TaskOwner()
        self._recovery = recovery = Recovery(self._load, tasks=tasks)
        self._book = Book(account)
        around = Surroundings(self._book, store, network, clock, self._announcer)
        self._quotas = around.quotas
        ground = Ground.over(around, tasks=tasks)
        self._peers, self._outbox, self._introductions = ground.peers, ground.outbox, ground.introductions
        self._typing = typing = TypingNotices(around, sessions=ground.sessions, outbox=ground.outbox, tasks=tasks)
        self._preferences = Preferences(around, typing=typing, overrides=overrides)
        self._invites = invites = Invites(around, peers=ground.peers)
        self._conversations = Conversations(around, outbox=ground.outbox)
        self._examination = Examination(around, volume=volume, firewall=firewall)
        self._drafts = Drafts(around)
        self._erasure = Erasure(around)
        self._mutes = Mutes(around)
        self._contacts = Contacts(around, ground=ground, mutes=self._mutes)
        machinery = Machinery.over(
            around, ground=ground, invites=invites, typing=typing, recovery=recovery, tasks=tasks
        )
        self._intake, self._upkeep, self._epochs = machinery.intake, machinery.upkeep, machinery.epochs
        self._annotations = machinery.annotations
        self._known_nodes = KnownNodes(around, tasks=tasks)

    # --- life

    async def start(self) -> None:
        """Load the profile, listen for everybody in it and begin to work; returns without waiting for the network."""
        await self._load()
        await self._contacts.miss_sessions()
        self._preferences.apply()
        self._store.on_failure(self._recovery.begin)
        self._tasks.start(self._intake.run(), name="intake")
        await self._upkeep.run()
        self._known_nodes.start()

    async def close(self) -> None:
        """End the background work; what waits is in the store.  The network is closed by whoever made it."""
        await self._tasks.close()
        await self._store.close()

    def handle(self, event: NetEvent) -> None:
        """What the network reports; called on the engine's loop."""
        self._intake.put(event)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Hear every event, on the engine's loop, in order; the result ends it."""
        return self._announcer.subscribe(subscriber)

    # --- account

    def account_info(self) -> AccountInfo:
        account = self._book.account
        public = account.identity.public
        return AccountInfo(id=public.account_id, name=account.name, fingerprint=public.fingerprint.hex())

    async def rename_account(self, name: str) -> None:
        """Call ourselves something else; all contacts are told."""
        await self._introductions.tell_account(replace(self._book.account, name=clean_name(name)))

    # --- settings

    def settings(self) -> Settings:
        return self._book.settings

    def fixed_settings(self) -> Mapping[str, bool]:
        """What the command line decides for this run, by the name of the setting."""
        return self._preferences.fixed()

    async def change_settings(self, settings: Settings) -> None:
        await self._preferences.change(settings)

    # --- the ways into the profile

    async def unlock_ways(self) -> UnlockWays:
        return await self._the_safe().ways()

    async def check_passphrase(self, passphrase: str) -> None:
        """Nothing, if it opens the profile; what a window that is locked asks."""
        await self._the_safe().check_passphrase(passphrase)

    async def change_passphrase(self, old: str | None, new: str) -> None:
        """Let another passphrase open the profile; ``old`` is None where there was none."""
        await self._the_safe().change_passphrase(old, new)

    async def set_keyring(self, *, enabled: bool) -> None:
        """Let the system's keyring open the profile, too, or no longer."""
        await self._the_safe().set_keyring(enabled=enabled)

    async def export_profile(self, path: Path, passphrase: str, *, overwrite: bool = False) -> None:
        """Write identity, contacts, messages and settings to one file under a passphrase of its own.

        Sessions are not in it: whoever imports it makes new ones with every contact.
        """
        await self._the_safe().export(path, passphrase, overwrite=overwrite)

    def _the_safe(self) -> Safe:
        assert self._safe is not None, "a profile on a disk has one"
        return self._safe

    # --- invites

    async def create_invite(
        self, *, reusable: bool = False, in_person: bool = False, expires_in_s: float = INVITE_LIFETIME_S
    ) -> InviteSummary:
        """Post an invite; one meant for a screen lives ten minutes, whatever is asked."""
        return await self._invites.create(reusable=reusable, in_person=in_person, expires_in_s=expires_in_s)

    async def invites(self) -> list[InviteSummary]:
        return self._invites.all()

    async def revoke_invite(self, invite: InviteId) -> None:
        await self._invites.revoke(invite)

    # --- contacts and requests

    async def add_contact(self, link: str, name: str | None = None) -> ContactId:
        return await self._contacts.add(link, name)

    async def contacts(self) -> list[ContactSummary]:
        return await self._contacts.all()

    async def rename_contact(self, contact: ContactId, name: str) -> None:
        await self._contacts.rename(contact, name)

    async def remove_contact(self, contact: ContactId) -> None:
        await self._contacts.remove(contact)

    async def block_contact(self, contact: ContactId) -> None:
        await self._contacts.block(contact)

    async def unblock_contact(self, contact: ContactId) -> None:
        await self._contacts.unblock(contact)

    async def mute_contact(self, contact: ContactId, until: float = math.inf) -> None:
        """Let a contact's messages come in silence until then, in Unix seconds."""
        await self._mutes.mute(contact, until)

    async def unmute_contact(self, contact: ContactId) -> None:
        await self._mutes.mute(contact, -math.inf)

    async def safety_number(self, contact: ContactId) -> tuple[str, bool]:
        return await self._contacts.safety_number(contact)

    async def set_verified(self, contact: ContactId, *, verified: bool) -> None:
        await self._contacts.set_verified(contact, verified=verified)

    async def accept_reset(self, contact: ContactId, check_digits: str | None = None) -> None:
        """Release what a reset without the old secret holds back, and put away what was to be known of it."""
        await self._contacts.accept_reset(contact, check_digits)

    async def requests(self) -> list[ContactSummary]:
        return await self._contacts.all(requests=True)

    async def accept_request(self, request: ContactId) -> None:
        await self._contacts.accept(request)

    async def decline_request(self, request: ContactId) -> None:
        await self._contacts.decline(request)

    # --- messages

    async def send_text(self, contact: ContactId, text: str, *, reply_to: MessageId | None = None) -> SentMessage:
        return await self._conversations.send_text(contact, text, reply_to)

    async def messages(self, contact: ContactId, *, limit: int = 50, before: MessageId | None = None) -> list[Message]:
        return await self._conversations.page(contact, limit, before)

    async def message(self, contact: ContactId, message: MessageId) -> Message:
        return await self._conversations.one(contact, message)

    async def messages_after(self, contact: ContactId, after: MessageId, *, limit: int = 50) -> list[Message]:
        """The oldest messages strictly newer than ``after``, newest first: the way down after a jump."""
        return await self._conversations.page_after(contact, limit, after)

    async def search(self, query: str, *, contact: ContactId | None = None, limit: int = 50) -> list[Message]:
        return await self._conversations.search(query, contact, limit)

    async def mark_read(self, contact: ContactId, up_to: MessageId) -> None:
        await self._conversations.mark_read(contact, up_to)

    async def message_details(self, contact: ContactId, message: MessageId) -> MessageDetails:
        return await self._conversations.details(contact, message)

    async def edit_message(self, contact: ContactId, message: MessageId, text: str) -> None:
        """Give a message of ours another text, on both sides."""
        await self._annotations.edit(contact, message, text)

    async def react(self, contact: ContactId, message: MessageId, emoji: str | None) -> None:
        """React to a message, in place of the reaction before; None takes it back."""
        await self._annotations.react(contact, message, emoji)

    async def delete_message(self, contact: ContactId, message: MessageId, *, for_both: bool = False) -> None:
        """Delete a message for good: here, while the contact keeps it or gets it yet, or one of ours on both sides."""
        await (self._annotations if for_both else self._erasure).delete(contact, message)

    async def clear_chat(self, contact: ContactId) -> None:
        """Delete all messages of a conversation here, for good."""
        await self._erasure.clear(contact)

    async def typing(self, contact: ContactId) -> None:
        """The user is writing to a contact: to be called as often as that is so, and told every few seconds."""
        await self._typing.tell(contact)

    async def draft(self, contact: ContactId) -> str:
        """What was begun to be written; empty when there is nothing."""
        return self._drafts.of(contact)

    async def save_draft(self, contact: ContactId, text: str) -> None:
        """Keep what was begun to be written; sending just that text forgets it."""
        await self._drafts.save(contact, text)

    # --- network

    async def network_status(self) -> NetworkStatus:
        """Listeners and links as they are now; what this version has no part for reads as not running."""
        return NetworkStatus(
            listen=tuple(str(endpoint) for endpoint in self._network.bound_endpoints()),
            lan_running=self._network.lan_running(),
            dht_running=self._network.dht_running(),
            dht_nodes=len(self._network.dht_nodes()),
            port_mapping=self._network.port_mapping().is_open,
            external=tuple(map(str, self._network.external_endpoints())),
            nat=self._network.nat.name.lower(),
            links=self._contact_links(),
        )

    async def doctor(self, contact: ContactId | None = None) -> tuple[Finding, ...]:
        """What a self-check finds, in words: about everything, or about this computer and one contact.

        Raises:
            KithError: ``unknown_contact``.
        """
        return await self._examination.findings(contact)

    def _contact_links(self) -> tuple[ContactLink, ...]:
        links = []
        for status in self._network.links():
            contact = self._book.of_peer(status.peer)
            if contact is not None:
                rtt_ms = None if status.rtt_s is None else status.rtt_s * 1000
                links.append(ContactLink(contact.contact_id, status.path.value, rtt_ms, status.since))
        return tuple(links)

    # --- upkeep

    async def _load(self) -> None:
        """Read the profile, at the start or after a failed commit, and declare to the network what it says."""
        await self._book.load(self._store)
        self._quotas.load(self._book.stored_bytes)
        self._peers.declare_all()
        await self._outbox.load()
        await self._annotations.load()
