"""Hands envelopes to the links of contacts: what is sealed first leaves first.

While a lane keeps up, a payload comes here straight from its commit.  Otherwise it waits in the store, and a pump
brings it from there and seals it, page by page: after a reconnect, when the window was full, or the link.

The contact's ratchet forgives few envelopes that are overtaken: it keeps the keys of the last thousand that one jumps
over.  So no more than a window is ever sealed and unacknowledged, and after a reconnect that goes out again first,
before anything that is sealed later, acknowledgements included.

An acknowledgement can get lost though our link stands: whoever has not noticed yet that a link is dead answers on that
one.  So what is in flight for long without one goes out once more.
"""

import logging
from collections.abc import Sequence
from itertools import takewhile

from app.domain.content import is_conversation
from app.domain.errors import StorageError
from app.domain.identifiers import MessageId
from app.ports.records import Outgoing
from app.services.lane import Lane
from app.services.sent_ledger import SentLedger
from app.services.sessions import Sessions
from app.services.surroundings import Surroundings
from app.services.task_owner import TaskOwner

logger = logging.getLogger(__name__)

FIRST_PATIENCE_S = 15.0
MAX_PATIENCE_S = 60.0
"""Until what is longest in flight goes out again, twice as long each time; after that it waits for the next link.  The
largest envelope takes less on any line on which anybody would send one."""

PAGE = 256
"""Payloads that the pump reads at once."""


class Courier:
    """Serves the lanes of the outbox, which decides what goes into them."""

    def __init__(self, around: Surroundings, *, sessions: Sessions, ledger: SentLedger, tasks: TaskOwner) -> None:
        self._sessions = sessions
        self._ledger = ledger
        self._tasks = tasks
        self._store = around.store
        self._network = around.network

    def hand_over(self, lane: Lane, outgoing: Outgoing) -> bool:
        """Give an envelope to the link; False when there is none, or the link is full."""
        if outgoing.envelope is None or not self._network.send_envelope(lane.peer, outgoing.envelope):
            return False
        lane.launch(outgoing)
        self.tell_waiting(lane)
        if is_conversation(outgoing.content_type) and outgoing.sequence > lane.told:
            self._tell_sent(lane, outgoing)
        return True

    def send_answers(self, lane: Lane) -> None:
        """Send what answers the contact, once nothing that was sealed before waits."""
        while lane.answers and not lane.overdue and self._network.send_envelope(lane.peer, lane.answers[0]):
            lane.answers.popleft()

    def tell_waiting(self, lane: Lane) -> None:
        """Let the network know whether an answer is due."""
        waiting = bool(lane.in_flight)
        if waiting != lane.waiting:
            lane.waiting = waiting
            self._network.expect_answer(lane.peer, waiting=waiting)
        if waiting and not lane.watched:
            lane.watched = True
            self._watch(lane, next(iter(lane.in_flight)), FIRST_PATIENCE_S)

    def begin_anew(self, lane: Lane) -> None:
        """Send everything unacknowledged, again if need be."""
        lane.begin_anew()
        self.tell_waiting(lane)
        self.pump_later(lane)

    def pump_later(self, lane: Lane) -> None:
        """Bring what waits in the store, as soon as there is a link."""
        lane.behind = True
        if lane.online and not lane.pumping:
            lane.pumping = True
            self._tasks.start(self._pump(lane), name=f"pump {lane.contact}")

    # --- parts

    def _watch(self, lane: Lane, longest: bytes | None, patience_s: float) -> None:
        """Look whether that envelope, the longest in flight, is acknowledged when it should be."""
        epoch = lane.epoch
        self._tasks.start_later(
            patience_s, lambda: self._look_after(lane, epoch, longest, patience_s), name=f"patience {lane.contact}"
        )

    async def _look_after(self, lane: Lane, epoch: int, longest: bytes | None, patience_s: float) -> None:
        is_stuck = lane.online and lane.epoch == epoch and longest in lane.in_flight
        if not lane.online or lane.is_empty or (is_stuck and patience_s > MAX_PATIENCE_S):
            lane.watched = False
        elif is_stuck:
            logger.info("contact %d acknowledges nothing: it is sent again", lane.contact)
            self.begin_anew(lane)
            self._watch(lane, longest, 2 * patience_s)
        else:
            self._watch(lane, next(iter(lane.in_flight), None), FIRST_PATIENCE_S)

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
        handed_over = all(self.hand_over(lane, item) for item in ready)
        lane.overdue = lane.overdue or not handed_over
        return bool(ready) and handed_over

    def _caught_up(self, lane: Lane) -> None:
        """Everything that was sealed before was handed to the link."""
        lane.overdue = False
        self.send_answers(lane)

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
            outgoing = self._sessions.sealed(item, unit)
            if outgoing is item:
                break  # there is no session to seal it
            lane.prepare(outgoing)
            unit.seal_outgoing(outgoing)
            sealed.append(outgoing)
        await self._store.commit(unit)
        return sealed

    def _tell_sent(self, lane: Lane, outgoing: Outgoing) -> None:
        lane.told = outgoing.sequence
        message = MessageId(outgoing.message_id.hex())
        if message not in lane.read:
            self._ledger.add(lane.contact, message, outgoing.sequence)
