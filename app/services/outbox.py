"""Brings payloads to their contacts: durable before they leave, resent as the same bytes until acknowledged.

Only what a contact can no longer open is sealed anew, under the same message id: it lost its session, or asks for it.

A *lane* a contact keeps order and pace.  While it keeps up, a payload is sealed at once and goes from its commit
straight to the link; otherwise it stays in the store, and a pump brings it from there and seals it, page by page.

    queue() ─▶ unit ─▶ commit ─▶ committed() ─▶ link ─▶ … ─▶ acknowledge() ─▶ gone
                                      │            ▲
                                      └─▶ store ─▶ pump: after a reconnect, when the window or the link was full

The contact's ratchet forgives few envelopes that are overtaken: it keeps the keys of the last thousand that one jumps
over.  So no more than a window is ever sealed and unacknowledged, and after a reconnect that goes out again first,
before anything that is sealed later, acknowledgements included.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import takewhile

from app.domain.contact import Contact
from app.domain.content import ContentType, is_conversation, is_said
from app.domain.errors import ErrorKind, KithError, StorageError
from app.domain.events import MessageStateChanged
from app.domain.identifiers import MESSAGE_ID_BYTES, MessageId
from app.domain.message import MessageState
from app.ports import Outgoing, StoredSession, UnitOfWork
from app.services.lane import MAX_UNSENT_ANSWERS, Lane
from app.services.sent_ledger import SentLedger
from app.services.sessions import Sessions
from app.services.surroundings import Surroundings
from app.services.task_owner import TaskOwner

logger = logging.getLogger(__name__)

MAX_WAITING = 200_000
"""Payloads in the outbox of all contacts; the contract promises room for 100,000."""

NUDGE_INTERVAL_S = 10.0
"""Between two times that a new message ends the back-off of an absent contact."""

PAGE = 256
"""Payloads that the pump reads at once."""

MAX_RESEALS = 3
"""Times a payload is sealed anew because the contact asks for it: what does not open then, another envelope does not
mend, and a contact that always asks costs three times what we had to say."""

_SUPERSEDED = {
    ContentType.PROFILE: frozenset({ContentType.PROFILE, ContentType.ADDRESSES}),
    ContentType.ADDRESSES: frozenset({ContentType.ADDRESSES}),
}
"""Who we are now makes needless what said so before; resent late, the old would undo the new."""

_EPOCH_TYPES = frozenset({ContentType.OFFER, ContentType.ACCEPT})


class Outbox:
    """The lanes to all contacts."""

    def __init__(self, around: Surroundings, *, sessions: Sessions, tasks: TaskOwner) -> None:
        self._book = around.book
        self._sessions = sessions
        self._store = around.store
        self._network = around.network
        self._clock = around.clock
        self._announcer = around.announcer
        self._tasks = tasks
        self._random = around.random
        self._lanes: dict[int, Lane] = {}
        self._sequence = 0
        self._waiting_count = 0
        self._ledger = SentLedger(around, tasks=tasks)

    async def load(self) -> None:
        """Begin anew, at the start or after a failed commit."""
        await self.recount()
        self._ledger.clear()
        for lane in self._lanes.values():
            lane.commits_failed()
            if lane.online:
                self._begin_anew(lane)

    async def recount(self) -> None:
        """Learn from the store how much waits."""
        self._waiting_count, largest = await self._store.outgoing_counts()
        self._sequence = max(self._sequence, largest)

    # --- sending

    def queue(
        self,
        contact: Contact,
        content_type: int,
        content: bytes,
        unit: UnitOfWork,
        *,
        message_id: bytes | None = None,
        transcript: bytes | None = None,
    ) -> Outgoing:
        """Record a payload, sealed if it can leave at once; after the commit call :meth:`committed`.

        What concerns one session alone names its ``transcript``, and is sealed in any case.

        Raises:
            KithError: ``limit_reached``, for what the user says; what Kith says by itself has room left.
        """
        if self._waiting_count >= MAX_WAITING and is_said(content_type):
            raise KithError(ErrorKind.LIMIT_REACHED)
        self._sequence += 1
        message_id = message_id or self._random(MESSAGE_ID_BYTES)
        outgoing = Outgoing(self._sequence, contact.number, content_type, message_id, content)
        lane = self._lane(contact.number)
        if content_type in _SUPERSEDED:
            self._supersede(lane, _SUPERSEDED[ContentType(content_type)], unit)
        if transcript is not None:
            outgoing = self._sealed(outgoing, unit, self._book.session(contact.number, transcript))
        elif lane.keeps_up:
            outgoing = self._sealed(outgoing, unit)
        lane.behind = lane.behind or outgoing.envelope is None
        lane.prepare(outgoing)
        unit.add_outgoing(outgoing)
        self._waiting_count += 1
        return outgoing

    def _supersede(self, lane: Lane, content_types: Collection[int], unit: UnitOfWork) -> None:
        unit.remove_outgoing_of(lane.contact, content_types)
        for older in [older for older in lane.in_flight.values() if older.content_type in content_types]:
            lane.recall(older)

    def committed(self, outgoing: Outgoing) -> None:
        """Send what is durable now, or leave it to the pump."""
        if self._book.numbered(outgoing.contact) is None:
            return  # removed meanwhile
        lane = self._lane(outgoing.contact)
        if not lane.online and is_conversation(outgoing.content_type):
            self._nudge(lane)
        goes_now = lane.is_next(outgoing)
        if outgoing.sequence <= lane.cursor:
            return  # a pump found it in the store before we heard that it was there
        if not (goes_now and self._hand_over(lane, outgoing)):
            lane.overdue = lane.overdue or outgoing.envelope is not None
            self._pump_later(lane)

    def online(self, contact: int) -> None:
        """A link carries the contact's envelopes now: send everything unacknowledged, again if need be."""
        lane = self._lane(contact)
        lane.online = True
        lane.told = 0
        self._begin_anew(lane)

    def offline(self, contact: int) -> None:
        """No link is left; what was in flight goes out again with the next."""
        lane = self._lane(contact)
        lane.online = False
        lane.answers.clear()  # the contact sends again what it has no acknowledgement for
        lane.begin_anew()
        self._tell_waiting(lane)

    def link_lost(self, contact: int) -> None:
        """One of the contact's links is gone, maybe with acknowledgements on their way: ask for them again."""
        lane = self._lane(contact)
        if lane.in_flight:
            self._begin_anew(lane)

    def flows(self, contact: int) -> bool:
        """Whether what is sent to a contact now leaves at once."""
        return self._lane(contact).keeps_up

    def writable(self, contact: int) -> None:
        """The link takes envelopes again."""
        lane = self._lane(contact)
        self._send_answers(lane)
        if lane.behind:
            self._pump_later(lane)

    def forget(self, contact: int) -> None:
        """The contact is gone, or blocked: nothing of it is in the way any more."""
        self._ledger.forget(contact)
        lane = self._lanes.pop(contact, None)
        if lane is not None:
            lane.online = False
            lane.begin_anew()  # which a pump of this lane notices

    # --- acknowledgements

    def answer(self, contact: int, acknowledgements: Sequence[bytes]) -> None:
        """Send what is sealed and durable and answers the contact, in its turn: acknowledgements and the like."""
        lane = self._lane(contact)
        if len(lane.answers) + len(acknowledgements) <= MAX_UNSENT_ANSWERS:
            lane.answers.extend(acknowledgements)
        self._send_answers(lane)

    def _send_answers(self, lane: Lane) -> None:
        while lane.answers and not lane.overdue and self._network.send_envelope(lane.peer, lane.answers[0]):
            lane.answers.popleft()

    def find(self, contact: int, envelope_ids: Iterable[bytes]) -> list[Outgoing]:
        """The payloads in flight that these envelopes carry.

        What is not in flight was sent on an earlier link; it goes out again on this one, and is acknowledged again.
        """
        return self._lane(contact).find(envelope_ids)

    def acknowledge(self, contact: int, acknowledged: Sequence[Outgoing], unit: UnitOfWork) -> list[MessageId]:
        """Record that payloads arrived; the ids of the messages among them.

        Call :meth:`delivered` after the commit.
        """
        unit.remove_outgoing(contact, [outgoing.envelope_id for outgoing in acknowledged if outgoing.envelope_id])
        messages = [
            MessageId(outgoing.message_id.hex()) for outgoing in acknowledged if is_conversation(outgoing.content_type)
        ]
        if messages:
            unit.raise_states(contact, messages, MessageState.DELIVERED, at=self._clock())
        return messages

    def delivered(self, contact: int, acknowledged: Sequence[Outgoing], messages: Sequence[MessageId]) -> None:
        """The acknowledgement is durable: tell it, and let what waits move up."""
        lane = self._lane(contact)
        for outgoing in acknowledged:
            lane.land(outgoing)
        self._waiting_count -= len(acknowledged)
        at, contact_id = self._clock(), self._book.contact_id(contact)
        for message in messages:
            self._ledger.discard(contact, message)
            if message not in lane.read:
                self._announcer.publish(MessageStateChanged(message, contact_id, MessageState.DELIVERED, at))
        self._tell_waiting(lane)
        if lane.is_empty:
            lane.read.clear()
        elif lane.behind:
            self._pump_later(lane)

    def read(self, contact: int, messages: Iterable[MessageId]) -> None:
        """The contact has read messages of ours, maybe before we hear that they arrived: a state never goes down."""
        lane = self._lane(contact)
        for message in messages:
            self._ledger.discard(contact, message)
            if not lane.is_empty:
                lane.read.add(message)

    # --- what the contact cannot open

    def reseal(
        self, contact: int, envelope_ids: Iterable[bytes], transcript: bytes, unit: UnitOfWork
    ) -> list[tuple[Outgoing, Outgoing]]:
        """Seal what is in flight anew, on the session of this transcript, which the contact is known to read.

        Each payload before and after; call :meth:`resealed` after the commit.
        """
        lane, pairs = self._lane(contact), []
        for before in lane.find(envelope_ids):
            stored = self._book.session(contact, transcript)
            if stored is None or stored.retired or lane.reseals.get(before.sequence, 0) >= MAX_RESEALS:
                continue
            item = before if before.transcript == transcript else _of_any_session(before)
            after = self._sealed(item, unit, stored)
            unit.seal_outgoing(after)
            pairs.append((before, after))
        return pairs

    def resealed(self, contact: int, pairs: Iterable[tuple[Outgoing, Outgoing]]) -> None:
        """The new envelopes are durable: send them in place of the old ones, after all that was sealed before them.

        The count is kept in memory: no contact can make us start anew.
        """
        lane, envelopes = self._lane(contact), list[bytes]()
        for before, after in pairs:
            lane.reseals[before.sequence] = lane.reseals.get(before.sequence, 0) + 1
            if lane.recall(before) and after.envelope is not None:
                lane.launch(after)
                envelopes.append(after.envelope)
        self.answer(contact, envelopes)

    def seal_anew(self, contact: int) -> None:
        """A session can no longer be written on: what was sealed on it goes out again on another."""
        lane = self._lane(contact)
        if lane.online:
            self._begin_anew(lane)

    # --- lanes

    def _lane(self, contact: int) -> Lane:
        lane = self._lanes.get(contact)
        if lane is None:
            lane = self._lanes[contact] = Lane(contact, self._book.peer_id(contact))
        return lane

    def _begin_anew(self, lane: Lane) -> None:
        lane.begin_anew()
        self._tell_waiting(lane)
        self._pump_later(lane)

    def _pump_later(self, lane: Lane) -> None:
        lane.behind = True
        if lane.online and not lane.pumping:
            lane.pumping = True
            self._tasks.start(self._pump(lane), name=f"pump {lane.contact}")

    async def _pump(self, lane: Lane) -> None:
        try:
            while lane.online and lane.behind and await self._pump_page(lane):
                pass
        finally:
            lane.pumping = False

    async def _pump_page(self, lane: Lane) -> bool:
        """Send one page from the store; False when there is nothing to do, or no room, for now."""
        epoch, committed = lane.epoch, lane.committed
        try:
            page = await self._store.outgoing(lane.contact, after=lane.cursor, limit=PAGE)
            ready = list(takewhile(self._sessions.is_sealed, page))
            if lane.epoch == epoch and not ready and (page or lane.committed == committed):
                self._caught_up(lane)
                ready = await self._seal_page(lane, page)
        except StorageError as error:
            logger.warning("contact %d: its outbox cannot be read: %s", lane.contact, error.kind)
            return lane.epoch != epoch  # after a failed commit all is read anew, and begins anew
        if lane.epoch != epoch:
            return True
        if not page:
            lane.behind = lane.committed != committed
            return lane.behind
        handed_over = all(self._hand_over(lane, item) for item in ready)
        lane.overdue = lane.overdue or not handed_over
        return bool(ready) and handed_over

    def _caught_up(self, lane: Lane) -> None:
        """Everything that was sealed before was handed to the link."""
        lane.overdue = False
        self._send_answers(lane)

    async def _seal_page(self, lane: Lane, page: Sequence[Outgoing]) -> list[Outgoing]:
        """Seal what was queued while it could not leave; durable, with the session's state, before it does.

        As much as there is room for, up to what is sealed already.  The same for what was sealed on a session that the
        contact has lost since: it knows a repeat by its message id.
        """
        sealed: list[Outgoing] = []
        if not page or not lane.has_room:
            return sealed
        unit = self._store.begin()
        for item in page:
            if self._sessions.is_sealed(item) or not lane.has_room:
                break
            outgoing = self._sealed(item, unit)
            if outgoing is item:
                break  # there is no session to seal it
            lane.prepare(outgoing)
            unit.seal_outgoing(outgoing)
            sealed.append(outgoing)
        await self._store.commit(unit)
        return sealed

    def _sealed(self, outgoing: Outgoing, unit: UnitOfWork, stored: StoredSession | None = None) -> Outgoing:
        """Sealed on the given session, or on the one to write on, to which the epochs of another mean nothing."""
        if stored is None:
            stored = self._sessions.sending(outgoing.contact)
            if stored is None:
                return outgoing
            outgoing = _of_any_session(outgoing)
        sealed = self._sessions.seal(stored, outgoing.content_type, outgoing.message_id, outgoing.content, unit)
        return Outgoing(
            outgoing.sequence,
            outgoing.contact,
            outgoing.content_type,
            outgoing.message_id,
            outgoing.content,
            sealed.transcript,
            sealed.envelope_id,
            sealed.envelope,
        )

    def _hand_over(self, lane: Lane, outgoing: Outgoing) -> bool:
        """Give an envelope to the link; False when there is none, or the link is full."""
        if outgoing.envelope is None or not self._network.send_envelope(lane.peer, outgoing.envelope):
            return False
        lane.launch(outgoing)
        self._tell_waiting(lane)
        if is_conversation(outgoing.content_type) and outgoing.sequence > lane.told:
            self._tell_sent(lane, outgoing)
        return True

    def _tell_sent(self, lane: Lane, outgoing: Outgoing) -> None:
        lane.told = outgoing.sequence
        message = MessageId(outgoing.message_id.hex())
        if message not in lane.read:
            self._ledger.add(lane.contact, message, outgoing.sequence)

    def _nudge(self, lane: Lane) -> None:
        """Look for the contact now rather than when its back-off ends; not for each of many messages."""
        now = asyncio.get_running_loop().time()
        if now - lane.nudged_at >= NUDGE_INTERVAL_S:
            lane.nudged_at = now
            self._network.nudge(lane.peer)

    def _tell_waiting(self, lane: Lane) -> None:
        waiting = bool(lane.in_flight)
        if waiting != lane.waiting:
            lane.waiting = waiting
            self._network.expect_answer(lane.peer, waiting=waiting)


def _of_any_session(outgoing: Outgoing) -> Outgoing:
    """What may be sealed on another session than before, to which the epochs of that one mean nothing."""
    if outgoing.content_type not in _EPOCH_TYPES:
        return outgoing
    return replace(outgoing, content_type=ContentType.EMPTY, content=b"")
