"""Signals that go through a contact whom both know, where two have no link: asked for, passed on, handed in.

    A ── PASS, naming B ──▶ C ── PASSED ──▶ B          inside the sessions; C cannot read what it passes on

Like a typing notice each is one small envelope of a session: in no outbox, not acknowledged, never sent again, kept
nowhere.  Who passes on looks among its own linked contacts alone, and says nothing to whom it cannot help.  What came
as PASSED goes to our own network, never further, so nothing goes round in circles.
"""

import asyncio
import logging
from collections.abc import Sequence
from functools import partial

from app.domain.contact import Contact, ContactState
from app.domain.content import ContentType
from app.domain.errors import StorageError
from app.domain.identifiers import MESSAGE_ID_BYTES
from app.domain.passing_content import PASSING_NONCE_BYTES, PassContent
from app.services.limits import (
    MAX_GO_BETWEENS,
    MAX_WAITING_TO_PASS,
    PASSES_ASKED_PER_MINUTE,
    PASSES_PER_MINUTE,
    PASSING_BURST,
    PASSING_PATIENCE_S,
    TAKEN_PER_MINUTE,
)
from app.services.outbox import Outbox
from app.services.sessions import Sessions
from app.services.surroundings import Surroundings
from app.services.task_owner import TaskOwner
from net.events import SignalToPass
from net.fair_line import FairLine
from net.token_bucket import TokenBucket

logger = logging.getLogger(__name__)


class Rations:
    """What each contact may have of one thing, by number."""

    def __init__(self, per_minute: float) -> None:
        self._per_second = per_minute / 60
        self._buckets: dict[int, TokenBucket] = {}

    def take(self, number: int, now: float) -> bool:
        """Whether the contact has something left, which is used up by that."""
        bucket = self._buckets.get(number)
        if bucket is None:
            bucket = self._buckets[number] = TokenBucket(per_second=self._per_second, burst=PASSING_BURST, now=now)
        return bucket.take(now)


class GoBetween:
    """All three roles, with one switch."""

    def __init__(self, around: Surroundings, *, sessions: Sessions, outbox: Outbox, tasks: TaskOwner) -> None:
        self._book = around.book
        self._store = around.store
        self._network = around.network
        self._random = around.random
        self._sessions = sessions
        self._outbox = outbox
        self._tasks = tasks
        self._asked = Rations(PASSES_ASKED_PER_MINUTE)
        self._passed = Rations(PASSES_PER_MINUTE)
        self._taken = Rations(TAKEN_PER_MINUTE)
        self._lines: dict[int, FairLine[int, bytes]] = {}
        """By contact what others have for it: it takes no more of us than that, and they take turns."""
        self._due: set[int] = set()
        """For whom something waits in its line."""

    def ask(self, event: SignalToPass) -> None:
        """Our network has something for a contact without a link: give it to some who may have one."""
        sought = self._book.of_peer(event.peer)
        if sought is None or not self._may_hear(sought.number):
            return
        chosen = self._chosen(sought.number)
        if chosen and self._asked.take(sought.number, _now()):
            nonce = self._random(PASSING_NONCE_BYTES)
            content = PassContent.naming(event.peer, event.value, nonce=nonce).encode()
            self._start(chosen, ContentType.PASS, content)

    def asked(self, number: int, passes: Sequence[PassContent]) -> None:
        """A contact asks us to pass these on."""
        for each in passes:
            if not self._may_hear(number) or not self._passed.take(number, _now()):
                return
            sought = next((other for other in self._linked(number) if each.names(self._book.peer_id(other))), None)
            if sought is not None:
                self._line(sought).add(number, each.value, _now())
                self._pass_on(sought)

    def brought(self, number: int, values: Sequence[bytes]) -> None:
        """A contact brings us these from others."""
        for value in values:
            if not self._may_hear(number) or not self._taken.take(number, _now()):
                return
            self._network.take_passed(self._book.peer_id(number), value)

    def _line(self, sought: int) -> FairLine[int, bytes]:
        line = self._lines.get(sought)
        if line is None:
            ration = TokenBucket(per_second=TAKEN_PER_MINUTE / 60, burst=PASSING_BURST, now=_now())
            line = self._lines[sought] = FairLine(ration, places=MAX_WAITING_TO_PASS, patience_s=PASSING_PATIENCE_S)
        return line

    def _pass_on(self, sought: int) -> None:
        """Bring a contact what others have for it, as far as its turn has come."""
        line, now = self._line(sought), _now()
        for value in line.take(now):
            self._start([sought], ContentType.PASSED, value)
        wake_at = line.wake_at(now)
        if wake_at is not None and sought not in self._due:
            self._due.add(sought)
            self._tasks.start_later(wake_at - now, partial(self._pass_on_later, sought), name="a signal in its turn")

    async def _pass_on_later(self, sought: int) -> None:
        self._due.discard(sought)
        self._pass_on(sought)

    def _may_hear(self, number: int) -> bool:
        """Whether a contact has anything to do with this."""
        contact = self._book.numbered(number)
        return self._book.settings.uses("go_between") and contact is not None and _is_trusted(contact)

    def _chosen(self, sought: int) -> list[int]:
        """Some of those who might pass it on, by chance."""
        linked = [(self._random(4), number) for number in self._linked(sought)]
        return [number for _, number in sorted(linked)[:MAX_GO_BETWEENS]]

    def _linked(self, other_than: int) -> list[int]:
        """Whom we can tell something at once."""
        numbers = (contact.number for contact in self._book.contacts())
        return [number for number in numbers if number != other_than and self._may_tell(number)]

    def _may_tell(self, number: int) -> bool:
        return self._may_hear(number) and self._outbox.flows(number)

    def _start(self, numbers: Sequence[int], content_type: ContentType, content: bytes) -> None:
        self._tasks.start(self._send(numbers, content_type, content), name="a signal through a contact")

    async def _send(self, numbers: Sequence[int], content_type: ContentType, content: bytes) -> None:
        try:
            for number, envelope in await self._sealed(numbers, content_type, content):
                if self._may_tell(number):  # it may have been blocked or removed meanwhile, or be away
                    self._network.send_envelope(self._book.peer_id(number), envelope)
        except StorageError as error:
            logger.info("a signal is not passed: %s", error.kind)

    async def _sealed(
        self, numbers: Sequence[int], content_type: ContentType, content: bytes
    ) -> list[tuple[int, bytes]]:
        unit, sealed = self._store.begin(), []
        for number in filter(self._may_tell, numbers):
            stored = self._sessions.sending(number)
            if stored is not None:
                message_id = self._random(MESSAGE_ID_BYTES)
                envelope = self._sessions.seal(stored, content_type, message_id, content, unit).envelope
                sealed.append((number, envelope))
        await self._store.commit(unit)
        return sealed


def _is_trusted(contact: Contact) -> bool:
    return contact.state is ContactState.ESTABLISHED and not contact.blocked and not contact.is_held


def _now() -> float:
    return asyncio.get_running_loop().time()
