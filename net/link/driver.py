"""Runs one :class:`LinkMachine` on a stream and a clock: no decisions of its own."""

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeAlias

from net.endpoint import Endpoint
from net.events import CloseReason, LinkId, PathClass
from net.limits import CLOSE_TIMEOUT_S, MAX_CONTROL_BACKLOG_BYTES, MAX_SEND_BUFFER_BYTES
from net.link.frames import Frame, FrameType
from net.link.machine import Closed, LinkEvent, LinkMachine, Opened, Party
from net.transport.stream import Stream

_GATHERED_BYTES = 64 * 1024
"""Sealed frames gathered for one write; the rest of the loop's turn gathers anew."""


class LinkOwner(Protocol):
    """Whoever owns the links of a process."""

    def connection_made(self, driver: "LinkDriver") -> None: ...
    def link_opened(self, driver: "LinkDriver", handshake_hash: bytes) -> None: ...
    def frame_received(self, driver: "LinkDriver", frame: Frame) -> None: ...
    def link_writable(self, driver: "LinkDriver") -> None: ...
    def link_suspected(self, driver: "LinkDriver") -> None:
        """Nobody answers, or somebody does again: see :attr:`LinkDriver.is_suspect`."""

    def link_ended(self, driver: "LinkDriver", reason: CloseReason) -> None: ...
    def connection_gone(self, driver: "LinkDriver") -> None: ...


Start: TypeAlias = Callable[["LinkDriver", Endpoint, float], LinkMachine | None]
"""Makes the machine once the connection stands, for its remote endpoint and the time; None refuses it."""


class LinkDriver:
    """One connection, from the moment it is tried."""

    def __init__(self, owner: LinkOwner, start: Start, loop: asyncio.AbstractEventLoop) -> None:
        self._owner = owner
        self._start = start
        self._loop = loop
        self._machine: LinkMachine
        self._stream: Stream | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._flush_is_due = False
        self._reading_is_paused = False
        self._was_refused = False
        self._ended = False
        self.is_suspect = False
        """Nobody has answered for a while: the link may be dead."""
        self.link: LinkId | None = None
        """Set by the owner once the link is open."""
        self.party: Party
        """Whom it is with, from then on; an adopted link changes it."""
        self.was_dialled: bool
        """Whether we connected, and not the other side; set by the owner as well."""
        self.ice_path: PathClass | None = None
        """How datagrams reach the peer, where ICE has found it; None for TCP."""
        self.observations = 0
        """So often the peer has said where it sees us."""
        self.remote: Endpoint
        self.local: Endpoint

    @property
    def rtt_s(self) -> float | None:
        return self._machine.rtt_s

    @property
    def has_crossed(self) -> bool:
        """Both sides dialled each other at once."""
        return self._machine.has_crossed

    @property
    def has_yielded(self) -> bool:
        """And the other side's first flight stands."""
        return self._machine.has_yielded

    # --- What the owner asks for

    def offer(self, frame_type: FrameType, body: bytes) -> bool:
        """Send an opaque frame, unless the send buffer is full; then the owner is told when it has drained."""
        if self._ended or self._stream is None or not self._machine.is_open:
            return False
        if not self._stream.is_writable:
            self._was_refused = True
            return False
        self.send(frame_type, body)
        return True

    def send(self, frame_type: FrameType, body: bytes = b"") -> None:
        """Send a frame, whatever waits before it; nothing happens if a close frame came in with what is answered."""
        if not self._machine.is_open:
            return
        self._machine.send(frame_type, body)
        if self._machine.output_bytes >= _GATHERED_BYTES:
            self._flush()
        elif not self._flush_is_due:
            self._flush_is_due = True
            self._loop.call_soon(self._flush)

    def expect_answer(self, *, expecting: bool) -> None:
        self._machine.expect_answer(expecting=expecting)
        self._arm()

    def pause_reading(self, *, paused: bool) -> None:
        """Leave what the peer sends in the kernel, or take it again."""
        self._reading_is_paused = paused
        if self._stream is None:
            return
        if paused:
            self._stream.pause_reading()
        else:
            self._stream.resume_reading()

    def close(self, reason: CloseReason) -> None:
        """End the connection; the owner hears of it at once, the last bytes leave within two seconds."""
        if self._ended:
            return
        if self._stream is None:
            self._end(reason)
        else:
            self._settle(self._machine.close(reason))

    # --- StreamOwner

    def stream_opened(self, stream: Stream) -> None:
        self.remote, self.local = stream.remote, stream.local
        self._owner.connection_made(self)
        machine = None if self._ended else self._start(self, stream.remote, self._loop.time())
        if machine is None:
            self._ended = True
            stream.abort()
            return
        self._machine = machine
        self._stream = stream
        self._settle([])

    def space(self) -> memoryview:
        return self._machine.space()

    def received(self, size_bytes: int) -> None:
        if not self._ended:
            self._settle(self._machine.received(size_bytes, self._loop.time()))

    def stream_drained(self) -> None:
        if self._was_refused and not self._ended:
            self._was_refused = False
            self._owner.link_writable(self)

    def stream_lost(self) -> None:
        self._cancel_timer()
        self._stream = None  # a connection may be lost without ever having been opened: there is no machine then
        self.close(CloseReason.LOST)
        self._owner.connection_gone(self)

    # --- Turning events into calls and output into bytes

    def _settle(self, events: list[LinkEvent]) -> None:
        for event in events:
            if self._ended:
                return
            match event:
                case Frame():
                    self._owner.frame_received(self, event)
                case Opened(handshake_hash=handshake_hash):
                    assert self._machine.party is not None
                    self.party = self._machine.party
                    self._owner.link_opened(self, handshake_hash)
                case Closed(reason=reason):
                    self._end(reason)
        if self._ended:
            return
        if self.is_suspect != self._machine.is_suspect:
            self.is_suspect = self._machine.is_suspect
            self._owner.link_suspected(self)
        self._flush()
        self._arm()
        if self._stream is not None and not self._machine.wants_bytes:
            self._stream.pause_reading()

    def _flush(self) -> None:
        self._flush_is_due = False
        if self._stream is None:
            return
        chunks = self._machine.take_output(self._loop.time())
        if chunks:
            self._stream.write(chunks[0] if len(chunks) == 1 else b"".join(chunks))
        if self._stream.unsent_bytes > MAX_SEND_BUFFER_BYTES + MAX_CONTROL_BACKLOG_BYTES and not self._ended:
            self._stream.abort()

    def _end(self, reason: CloseReason) -> None:
        self._ended = True
        self._cancel_timer()
        if self._stream is not None:
            self._leave(self._stream, reason)
        self._owner.link_ended(self, reason)

    def _leave(self, stream: Stream, reason: CloseReason) -> None:
        self._flush()
        if self.link is not None and reason in (CloseReason.DEAD, CloseReason.LOST):
            stream.abort()  # nobody takes what is left, and the next dial may need the pair of ports
            return
        stream.close()
        # A peer that reads nothing must not hold the connection; connection_lost cancels this.
        self._timer = self._loop.call_later(CLOSE_TIMEOUT_S, stream.abort)

    def _arm(self) -> None:
        wake_at = self._machine.wake_at()
        if wake_at is None:
            return
        # The moment usually moves away with every frame: a timer that rings too early just looks again.
        if self._timer is None or wake_at < self._timer.when():
            self._cancel_timer()
            self._timer = self._loop.call_at(wake_at, self._ring)

    def _ring(self) -> None:
        self._timer = None
        now = self._loop.time()
        if self._reading_is_paused:
            self._machine.excuse(now)
        self._settle(self._machine.handle_timer(now))

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
