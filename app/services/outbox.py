"""What waits for contacts: durable before it leaves, resent as the same bytes until acknowledged.

Only what a contact can no longer open is sealed anew, under the same message id: it lost its session, or asks for it.

A *lane* a contact keeps order and pace, and the courier serves it.

    queue() ─▶ unit ─▶ commit ─▶ committed() ─▶ courier ─▶ link ─▶ … ─▶ acknowledge() ─▶ gone
                          │                        ▲
                          └────────▶ store ────────┘
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence

from app.domain.contact import Contact
from app.domain.content import ContentType, is_conversation, is_said
from app.domain.errors import ErrorKind, KithError
from app.domain.events import MessageStateChanged
from app.domain.identifiers import MESSAGE_ID_BYTES, MessageId
from app.domain.message import MessageState
from app.ports.records import Outgoing
from app.ports.store import UnitOfWork
from app.services.courier import Courier
from app.services.lane import MAX_UNSENT_ANSWERS, Lane
from app.services.sent_ledger import SentLedger
from app.services.sessions import Sessions, of_any_session
from app.services.surroundings import Surroundings
from app.services.task_owner import TaskOwner

MAX_WAITING = 200_000
"""Payloads in the outbox of all contacts; the contract promises room for 100,000."""

NUDGE_INTERVAL_S = 10.0
"""Between two times that a new message ends the back-off of an absent contact."""

MAX_RESEALS = 3
"""Times a payload is sealed anew because the contact asks for it: what does not open then, another envelope does not
mend, and a contact that always asks costs three times what we had to say."""

_SUPERSEDED = {
    ContentType.PROFILE: frozenset({ContentType.PROFILE, ContentType.ADDRESSES}),
    ContentType.ADDRESSES: frozenset({ContentType.ADDRESSES}),
}
"""Who we are now makes needless what said so before; resent late, the old would undo the new."""


_UNDER_WAY = frozenset({MessageState.QUEUED, MessageState.SENT})
"""A message of ours that the contact does not have, as far as we know."""


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
        self._paths = around.paths
        self._lanes: dict[int, Lane] = {}
        self._sequence = 0
        self._waiting_count = 0
        self._ledger = SentLedger(around, tasks=tasks)
        self._courier = Courier(around, sessions=sessions, ledger=self._ledger, tasks=tasks)

    async def load(self) -> None:
        """Begin anew, at the start or after a failed commit."""
        await self.recount()
        self._ledger.clear()
        for lane in self._lanes.values():
            lane.commits_failed()
            if lane.online:
                self._courier.begin_anew(lane)
        for contact, newest in (await self._store.latest()).items():
            if newest.mine and newest.state in _UNDER_WAY and not self._lane(contact).online:
                self._nudge(self._lane(contact))

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
            outgoing = self._sessions.sealed(outgoing, unit, self._book.session(contact.number, transcript))
        elif lane.keeps_up:
            outgoing = self._sessions.sealed(outgoing, unit)
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
        if not (goes_now and self._courier.hand_over(lane, outgoing)):
            lane.overdue = lane.overdue or outgoing.envelope is not None
            self._courier.pump_later(lane)

    def online(self, contact: int) -> None:
        """A link carries the contact's envelopes now: send everything unacknowledged, again if need be."""
        lane = self._lane(contact)
        lane.online = True
        lane.told = 0
        self._courier.begin_anew(lane)

    def offline(self, contact: int) -> None:
        """No link is left; what was in flight goes out again with the next."""
        lane = self._lane(contact)
        lane.online = False
        lane.answers.clear()  # the contact sends again what it has no acknowledgement for
        lane.begin_anew()
        self._courier.tell_waiting(lane)

    def link_lost(self, contact: int) -> None:
        """One of the contact's links is gone, maybe with acknowledgements on their way: ask for them again."""
        lane = self._lane(contact)
        if lane.in_flight:
            self._courier.begin_anew(lane)

    def flows(self, contact: int) -> bool:
        """Whether what is sent to a contact now leaves at once."""
        return self._lane(contact).keeps_up

    def writable(self, contact: int) -> None:
        """The link takes envelopes again."""
        lane = self._lane(contact)
        self._courier.send_answers(lane)
        if lane.behind:
            self._courier.pump_later(lane)

    def forget(self, contact: int) -> None:
        """The contact is gone, or blocked: nothing of it is in the way any more."""
        self._ledger.forget(contact)
        lane = self._lanes.pop(contact, None)
        if lane is not None:
            lane.online = False
            lane.begin_anew()  # which a pump of this lane notices

    # --- acknowledgements

    def answer(self, contact: int, acknowledgements: Sequence[bytes]) -> bool:
        """Send what is sealed and durable and answers the contact, in its turn: acknowledgements and the like.

        False when too many of them wait already.
        """
        lane = self._lane(contact)
        has_room = len(lane.answers) + len(acknowledgements) <= MAX_UNSENT_ANSWERS
        if has_room:
            lane.answers.extend(acknowledgements)
        self._courier.send_answers(lane)
        return has_room

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
            unit.raise_states(
                contact, messages, MessageState.DELIVERED, at=self._clock(), path=self._paths.get(contact)
            )
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
        self._courier.tell_waiting(lane)
        if lane.is_empty:
            lane.read.clear()
        elif lane.behind:
            self._courier.pump_later(lane)

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
            item = before if before.transcript == transcript else of_any_session(before)
            after = self._sessions.sealed(item, unit, stored)
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
        if not self.answer(contact, envelopes):
            self._courier.begin_anew(lane)

    def seal_anew(self, contact: int) -> None:
        """A session can no longer be written on: what was sealed on it goes out again on another."""
        lane = self._lane(contact)
        if lane.online:
            self._courier.begin_anew(lane)

    # --- lanes

    def _lane(self, contact: int) -> Lane:
        lane = self._lanes.get(contact)
        if lane is None:
            lane = self._lanes[contact] = Lane(contact, self._book.peer_id(contact))
        return lane

    def _nudge(self, lane: Lane) -> None:
        """Look for the contact now rather than when its back-off ends; not for each of many messages."""
        now = asyncio.get_running_loop().time()
        if now - lane.nudged_at >= NUDGE_INTERVAL_S:
            lane.nudged_at = now
            self._network.nudge(lane.peer)
