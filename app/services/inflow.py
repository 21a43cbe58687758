"""Reads each contact only as fast as it may send, and as what it sent before is taken in.

    arrived() ─▶ queue too long, or quota used up ─▶ its links are not read ─▶ what it sends waits in the kernels, then
                                                            │                  in its own outbox
    taken() ──▶ queue short again, and quota left ──────────┴──▶ its links are read again
                                      └ not yet ─▶ look again when there will be

The queue is that of :mod:`app.services.intake`.
"""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from app.services.limits import MAX_QUEUED_BYTES_OF_CONTACT, MAX_QUEUED_OF_CONTACT
from app.services.surroundings import Surroundings
from app.services.task_owner import TaskOwner
from net.events import EnvelopeReceived, HandshakeReceived
from net.peer import PeerId

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Queue:
    """What of one peer waits to be taken in."""

    count: int = 0
    size_bytes: int = 0
    is_paused: bool = False
    is_watched: bool = False
    """A look at it is due."""

    @property
    def is_long(self) -> bool:
        return self.count >= MAX_QUEUED_OF_CONTACT or self.size_bytes >= MAX_QUEUED_BYTES_OF_CONTACT

    @property
    def is_short(self) -> bool:
        return self.count <= MAX_QUEUED_OF_CONTACT // 2 and self.size_bytes <= MAX_QUEUED_BYTES_OF_CONTACT // 2


class Inflow:
    """All peers' queues."""

    def __init__(self, around: Surroundings, *, tasks: TaskOwner) -> None:
        self._book = around.book
        self._network = around.network
        self._quotas = around.quotas
        self._tasks = tasks
        self._queues: dict[PeerId, _Queue] = {}

    def is_long(self, peer: PeerId) -> bool:
        """Whether too much of the peer waits already."""
        queue = self._queues.get(peer)
        return queue is not None and queue.is_long

    def arrived(self, event: EnvelopeReceived | HandshakeReceived) -> None:
        """An event was queued."""
        queue = self._queues.setdefault(event.peer, _Queue())
        queue.count += 1
        queue.size_bytes += _size(event)
        self._charge(event)
        if not queue.is_paused and (queue.is_long or self._is_used_up(event.peer)):
            self._pause(event.peer, queue)

    def taken(self, events: Iterable[EnvelopeReceived | HandshakeReceived]) -> None:
        """These are in the queue no more."""
        peers = set()
        for event in events:
            queue = self._queues[event.peer]
            queue.count -= 1
            queue.size_bytes -= _size(event)
            peers.add(event.peer)
        for peer in peers:
            self._look(peer)

    def linked(self, peer: PeerId) -> None:
        """A new link of the peer is read, or not read, as those before it."""
        queue = self._queues.get(peer)
        if queue is not None and queue.is_paused:
            self._network.pause_reading(peer)

    # --- parts

    def _charge(self, event: EnvelopeReceived | HandshakeReceived) -> None:
        contact = self._book.of_peer(event.peer)
        if contact is not None:
            self._quotas.charge(contact.number, messages=1, size_bytes=_size(event), now=_now())

    def _is_used_up(self, peer: PeerId) -> bool:
        contact = self._book.of_peer(peer)
        return contact is not None and self._quotas.is_used_up(contact.number, _now())

    def _pause(self, peer: PeerId, queue: _Queue) -> None:
        queue.is_paused = True
        self._network.pause_reading(peer)
        contact = self._book.of_peer(peer)
        if contact is not None and not queue.is_long:
            logger.warning("contact %d has sent more than its share, and is read more slowly", contact.number)

    def _look(self, peer: PeerId) -> None:
        """Whether the peer can be read again, or forgotten."""
        queue = self._queues.get(peer)
        if queue is None or not queue.is_short:
            return
        if not queue.is_paused:
            if not queue.count:
                del self._queues[peer]
        elif not self._is_used_up(peer):
            queue.is_paused = False
            self._network.resume_reading(peer)
        elif not queue.is_watched:
            self._watch(peer, queue)

    def _watch(self, peer: PeerId, queue: _Queue) -> None:
        """Look again when the quota allows a fair amount; that of a full disk never does."""
        contact = self._book.of_peer(peer)
        if contact is None or self._quotas.is_full(contact.number):
            return

        async def look() -> None:
            queue.is_watched = False
            self._look(peer)

        queue.is_watched = True
        self._tasks.start_later(self._quotas.wait_s(contact.number, _now()), look, name="look at a quota")


def _now() -> float:
    return asyncio.get_running_loop().time()


def _size(event: EnvelopeReceived | HandshakeReceived) -> int:
    return len(event.envelope if isinstance(event, EnvelopeReceived) else event.message)
