"""A QUIC stream as a byte stream, over whatever carries datagrams (RFC 9000).

                      open_client()                    open_server()
                           │                                │ first datagram that begins a connection
                           ▼                                ▼
                       Handshaking, 5 s: the client checks the server's certificate against its hash
                           │
                           ▼
    stream_opened()      Open ── close() ──► Closing: what was written goes out, then the end of the stream
                           │                    │ acknowledged, or the peer has closed
                           ▼                    ▼
    stream_lost()        Lost ◄── abort(), channel lost, peer closed, 60 s of silence, broken protocol

Who connects is not proved here: the link's own handshake does that, bound to the certificate.
"""

import asyncio
import hmac
import logging
from collections import deque
from enum import Enum, auto
from typing import Protocol

from aioquic.buffer import Buffer
from aioquic.quic.events import (
    ConnectionTerminated,
    HandshakeCompleted,
    QuicEvent,
    StopSendingReceived,
    StreamDataReceived,
    StreamReset,
)
from aioquic.quic.packet import QuicPacketType, pull_quic_header

from net.endpoint import Endpoint
from net.limits import QUIC_HANDSHAKE_TIMEOUT_S, RESUME_SEND_BYTES
from net.transport.certificate import Certificate
from net.transport.quic_connection import PATH, BoundedConnection
from net.transport.stream import HIGH_WATER_BYTES, StreamOwner

log = logging.getLogger(__name__)

_CONNECTION_ID_BYTES = 8
_SMALLEST_FIRST_DATAGRAM_BYTES = 1200
"""RFC 9000, section 14.1."""


class DatagramChannel(Protocol):
    """What carries datagrams to the peer, in any order, some of them never."""

    remote: Endpoint
    local: Endpoint

    def send(self, datagram: bytes) -> None: ...
    def close(self) -> None: ...


class _State(Enum):
    HANDSHAKING = auto()
    OPEN = auto()
    CLOSING = auto()
    LOST = auto()


class QuicStream:
    """One connection; its channel hands datagrams to :meth:`datagram_received`."""

    def __init__(
        self,
        owner: StreamOwner,
        channel: DatagramChannel,
        *,
        certificate: Certificate | None = None,
        pinned_hash: bytes | None = None,
    ) -> None:
        assert (certificate is None) != (pinned_hash is None), "either serve or connect"
        self._owner = owner
        self._channel = channel
        self._certificate = certificate
        self._pinned_hash = pinned_hash
        self._loop = asyncio.get_running_loop()
        self._connection: BoundedConnection | None = None
        self._state = _State.HANDSHAKING
        self._held: deque[memoryview] = deque()
        """Received and not taken, never more than a window."""
        self._early: list[bytes] = []
        self._has_ended = False
        self._is_paused = False
        self._is_full = False
        self._flush_is_due = False
        self._timer: asyncio.TimerHandle | None = None
        self._deadline = self._loop.call_later(QUIC_HANDSHAKE_TIMEOUT_S, self.abort)
        self.remote = channel.remote
        self.local = channel.local
        if certificate is None:
            self._connection = BoundedConnection.client()
            self._connection.connect(PATH, now=self._loop.time())
            self._flush()

    # --- Stream

    @property
    def unsent_bytes(self) -> int:
        return 0 if self._connection is None else self._connection.unsent_bytes

    @property
    def is_writable(self) -> bool:
        """Whether another frame may be written without exceeding the send buffer's limit."""
        return self._state is _State.OPEN and not self._is_full

    def write(self, data: bytes | bytearray) -> None:
        """Send in the end; what a server says before the client has opened the stream waits for that."""
        if self._state is not _State.OPEN or self._connection is None:
            return
        if self._certificate is not None and not self._connection.has_stream:
            self._early.append(bytes(data))
            return
        self._connection.say(bytes(data))
        self._is_full = self._is_full or self.unsent_bytes > HIGH_WATER_BYTES
        self._flush_soon()

    def close(self) -> None:
        """End after what was written has left."""
        if self._state is not _State.OPEN or self._connection is None or not self._connection.has_stream:
            self.abort()
            return
        self._state = _State.CLOSING
        self._held.clear()
        self._connection.say(b"", is_last=True)
        self._flush_soon()

    def abort(self) -> None:
        """End now."""
        if self._state is _State.LOST:
            return
        if self._connection is not None:
            self._connection.close()
            self._transmit(self._connection)
        self._lose()

    def pause_reading(self) -> None:
        self._is_paused = True

    def resume_reading(self) -> None:
        if self._is_paused:
            self._is_paused = False
            self._loop.call_soon(self._deliver)

    # --- From the channel

    def datagram_received(self, datagram: bytes) -> None:
        """One datagram of the peer, or of anybody else."""
        if self._state is _State.LOST:
            return
        connection = self._connection or self._answer(datagram)
        if connection is None:
            return
        connection.receive_datagram(datagram, PATH, now=self._loop.time())
        if connection.get_peer_address() is not None:  # else it was nothing to begin a connection with
            self._connection = connection
            self._settle(connection)

    def channel_lost(self) -> None:
        """Nothing comes or goes any more."""
        if self._state is not _State.LOST:
            self._has_ended = True
            self._deliver()
            self._end_if_taken()

    def _answer(self, datagram: bytes) -> BoundedConnection | None:
        """The server's side of what this datagram begins, if it begins anything."""
        assert self._certificate is not None
        if len(datagram) < _SMALLEST_FIRST_DATAGRAM_BYTES:
            return None
        try:
            header = pull_quic_header(Buffer(data=datagram), host_cid_length=_CONNECTION_ID_BYTES)
        except ValueError:
            return None
        if header.packet_type is not QuicPacketType.INITIAL or len(header.destination_cid) < _CONNECTION_ID_BYTES:
            return None
        return BoundedConnection.server(self._certificate, header.destination_cid)

    # --- What the connection says

    def _settle(self, connection: BoundedConnection) -> None:
        while self._state is not _State.LOST and (event := connection.next_event()) is not None:
            self._handle(connection, event)
        if self._state is _State.LOST:
            return
        if self._state is _State.CLOSING and connection.has_sent_all:
            self.abort()
            return
        self._flush()
        if self._is_full and connection.unsent_bytes <= RESUME_SEND_BYTES:
            self._is_full = False
            self._owner.stream_drained()

    def _handle(self, connection: BoundedConnection, event: QuicEvent) -> None:
        match event:
            case HandshakeCompleted():
                self._open(connection)
            case StreamDataReceived(data=data, end_stream=has_ended):
                self._has_ended = self._has_ended or has_ended
                early, self._early = self._early, []
                for said in early:
                    connection.say(said)
                if self._state is _State.OPEN:
                    self._held.append(memoryview(data))
                self._deliver()
            case StreamReset() | StopSendingReceived():
                self.abort()
            case ConnectionTerminated():
                self.channel_lost()
            case _:
                pass

    def _open(self, connection: BoundedConnection) -> None:
        if self._pinned_hash is not None and not _is_same(connection.peer_certificate_hash, self._pinned_hash):
            log.info("the certificate is not the one that was announced")
            self.abort()
            return
        self._deadline.cancel()
        self._state = _State.OPEN
        self._owner.stream_opened(self)

    def _deliver(self) -> None:
        """Hand over what is held, as far as it is wanted."""
        while self._held and not self._is_paused and self._state is _State.OPEN:
            data = self._held.popleft()
            space = self._owner.space()
            size_bytes = min(len(space), len(data))
            space[:size_bytes] = data[:size_bytes]
            if size_bytes < len(data):
                self._held.appendleft(data[size_bytes:])
            if self._connection is not None:
                self._connection.consumed_bytes += size_bytes
            self._owner.received(size_bytes)
        self._flush_soon()
        self._end_if_taken()

    def _end_if_taken(self) -> None:
        """The peer has said its last word: so have we, as soon as it was heard."""
        if self._has_ended and not self._held and self._state is not _State.LOST:
            self.abort()

    # --- Time and datagrams out

    def _flush_soon(self) -> None:
        if not self._flush_is_due and self._state is not _State.LOST:
            self._flush_is_due = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flush_is_due = False
        if self._state is _State.LOST or self._connection is None:
            return
        self._transmit(self._connection)
        self._arm(self._connection)

    def _transmit(self, connection: BoundedConnection) -> None:
        for datagram, _ in connection.datagrams_to_send(now=self._loop.time()):
            self._channel.send(datagram)

    def _arm(self, connection: BoundedConnection) -> None:
        wake_at = connection.get_timer()
        if self._timer is not None and self._timer.when() != wake_at:
            self._timer.cancel()
            self._timer = None
        if self._timer is None and wake_at is not None:
            self._timer = self._loop.call_at(wake_at, self._ring, connection, wake_at)

    def _ring(self, connection: BoundedConnection, due_at: float) -> None:
        self._timer = None
        connection.handle_timer(now=max(due_at, self._loop.time()))
        self._settle(connection)

    def _lose(self) -> None:
        self._state = _State.LOST
        self._held.clear()
        self._deadline.cancel()
        if self._timer is not None:
            self._timer.cancel()
        self._channel.close()
        self._loop.call_soon(self._owner.stream_lost)


def _is_same(actual: bytes | None, expected: bytes) -> bool:
    return actual is not None and hmac.compare_digest(actual, expected)
