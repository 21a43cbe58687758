"""Takes the network's events one at a time and in order, and hands each to the service that it concerns.

Envelopes that came in a row are handed over together: that is what makes one commit serve many.  A peer's bad bytes
end its link; a store that fails ends the links whose bytes were lost with it, and they come again.  Nothing that one
peer brings about may end the intake, which all others depend on.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence

from app.domain.errors import StorageError
from app.domain.progress import MAX_PROGRESS_BYTES
from app.services.epochs import Epochs
from app.services.ground import Ground
from app.services.handshakes import Handshakes
from app.services.inbox import Inbox
from app.services.recovery import Recovery
from app.services.session_care import SessionCare
from app.services.surroundings import Surroundings
from net.events import (
    EnvelopeReceived,
    FlightUnanswered,
    HandshakeReceived,
    LinkDown,
    LinkId,
    LinkUp,
    MachineMoved,
    NetEvent,
    PeerOffline,
    PeerOnline,
    PeerWritable,
    ProgressReceived,
    SignalToPass,
)

logger = logging.getLogger(__name__)

MAX_QUEUED_EVENTS = 20_000
"""Beyond this the link that speaks is closed: its peer sends again what was not acknowledged."""

MAX_QUEUED_BYTES = 64 << 20
"""The same for the size of what waits: several full windows of an outbox, and no more than a desktop can spare."""

MAX_BATCH = 1_000
"""Envelopes in one commit: enough to share its cost, few enough that no acknowledgement waits long."""

MAX_BATCH_BYTES = 1 << 20
"""The same for their size: a batch is opened without a pause, and a full queue of receipts lists four million ids."""


class Intake:
    """The queue between the network's callbacks and the services."""

    def __init__(
        self,
        around: Surroundings,
        *,
        ground: Ground,
        inbox: Inbox,
        epochs: Epochs,
        handshakes: Handshakes,
        care: SessionCare,
        recovery: Recovery,
    ) -> None:
        self._book = around.book
        self._inbox = inbox
        self._go_between = inbox.go_between
        self._inflow = inbox.inflow
        self._outbox = ground.outbox
        self._peers = ground.peers
        self._presence = ground.presence
        self._introductions = ground.introductions
        self._epochs = epochs
        self._handshakes = handshakes
        self._progress = care.progress
        self._asker = care.asker
        self._network = around.network
        self._recovery = recovery
        self._clock = around.clock
        self._clock_watch = around.clock_watch
        self._visitors = around.visitors
        self._events: deque[NetEvent] = deque()
        self._queued_bytes = 0
        self._arrived = asyncio.Event()
        self._heard_progress: set[LinkId] = set()

    def put(self, event: NetEvent) -> None:
        """Queue an event; called by the network on the engine's loop."""
        match event:
            case ProgressReceived() if event.link in self._heard_progress or len(event.message) > MAX_PROGRESS_BYTES:
                return  # one a link is due, and it is short
            case ProgressReceived():
                self._heard_progress.add(event.link)
            case EnvelopeReceived() | HandshakeReceived() if self._is_full():
                self._network.close_link(event.link)
                return
            case HandshakeReceived() if self._inflow.is_long(event.peer):
                self._network.close_link(event.link)  # nobody has as many to send
                return
            case EnvelopeReceived() | HandshakeReceived():
                self._inflow.arrived(event)
            case LinkUp():
                self._inflow.linked(event.peer)
            case _:
                pass
        self._events.append(event)
        self._queued_bytes += _size(event)
        self._arrived.set()

    async def run(self) -> None:
        """Take events until cancelled."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._events:
                await self._take(self._next())

    def _is_full(self) -> bool:
        return len(self._events) >= MAX_QUEUED_EVENTS or self._queued_bytes >= MAX_QUEUED_BYTES

    def _next(self) -> list[NetEvent]:
        """The oldest event, with the envelopes right behind it if it is one."""
        events = [self._events.popleft()]
        size_bytes = _size(events[0])
        if isinstance(events[0], EnvelopeReceived):
            while len(events) < MAX_BATCH and size_bytes < MAX_BATCH_BYTES:
                if not self._events or not isinstance(self._events[0], EnvelopeReceived):
                    break
                events.append(self._events.popleft())
                size_bytes += _size(events[-1])
        self._queued_bytes -= size_bytes
        self._inflow.taken(event for event in events if isinstance(event, EnvelopeReceived | HandshakeReceived))
        return events

    async def _take(self, events: Sequence[NetEvent]) -> None:
        try:
            await self._handle(events)
        except StorageError as error:
            logger.warning("%d events from %s on were not kept: %s", len(events), type(events[0]), error.kind)
            self._close_links(events)
            await self._recovery.wait()
        except Exception:  # whatever one peer brought about must not make us deaf to all the others
            logger.exception("%s could not be handled", type(events[0]))
            self._close_links(events)

    def _close_links(self, events: Sequence[NetEvent]) -> None:
        """End the links whose bytes were lost: what was not acknowledged comes again with the next."""
        spoken = (event for event in events if isinstance(event, LinkUp | HandshakeReceived | EnvelopeReceived))
        for link in dict.fromkeys(event.link for event in spoken):
            self._network.close_link(link)

    async def _handle(self, events: Sequence[NetEvent]) -> None:
        match events[0]:
            case EnvelopeReceived():
                await self._inbox.receive([event for event in events if isinstance(event, EnvelopeReceived)])
            case LinkUp() as event:
                self._visitors.linked(event, self._clock())
                self._handshakes.link_up(event)
            case LinkDown() as event:
                self._heard_progress.discard(event.link)
                self._link_down(event)
            case HandshakeReceived() as event:
                await self._handshakes.take(event)
            case ProgressReceived() as event:
                await self._progress.take(event)
            case PeerOnline() | PeerOffline() | PeerWritable() | FlightUnanswered() as event:
                await self._handle_peer(event)
            case SignalToPass() as event:
                self._go_between.ask(event)
            case MachineMoved():
                self._visitors.moved()
                await self._introductions.tell_addresses(self._presence.all())

    async def _handle_peer(self, event: PeerOnline | PeerOffline | PeerWritable | FlightUnanswered) -> None:
        contact = self._book.of_peer(event.peer)
        match event:
            case PeerOnline():
                await self._peer_online(event)
            case PeerOffline():
                self._inbox.offline(event.peer)
                if contact is not None:
                    self._clock_watch.unlinked(contact.number)
                    await self._presence.offline(contact.number)
            case PeerWritable():
                if contact is not None:
                    self._outbox.writable(contact.number)
            case FlightUnanswered():
                if contact is not None:
                    self._asker.unanswered(contact.number, event.kind)

    def _link_down(self, event: LinkDown) -> None:
        self._handshakes.link_down(event.link)
        if (contact := self._book.of_peer(event.peer)) is not None:
            self._outbox.link_lost(contact.number)

    async def _peer_online(self, event: PeerOnline) -> None:
        contact = self._book.of_peer(event.peer)
        if contact is not None:
            self._clock_watch.linked(contact.number, now=self._clock())
            if (link := self._handshakes.link(event.link)) is not None:
                await self._peers.reached(contact.number, link)
            self._handshakes.online(event, contact)
            self._presence.online(contact.number, event)
            await self._introductions.tell_addresses([contact.number])
            await self._epochs.linked(contact.number)


def _size(event: NetEvent) -> int:
    match event:
        case EnvelopeReceived(envelope=payload) | HandshakeReceived(message=payload):
            return len(payload)
        case _:
            return 0
