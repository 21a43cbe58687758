"""aioquic's connection within bounds: one stream, and a window that follows what was read of it.

Left to itself, aioquic doubles its windows with what it has received, for ever, and lets a hundred streams be opened.
All that Kith needs of aioquic beyond its documented interface stands in this file.
"""

import hashlib
import logging
import ssl
from typing import NamedTuple

from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.connection import MAX_STREAM_DATA_FRAME_CAPACITY, QuicConnection
from aioquic.quic.packet import QuicFrameType, QuicProtocolVersion
from aioquic.quic.packet_builder import QuicPacketBuilder
from aioquic.quic.recovery import QuicPacketSpace
from aioquic.quic.stream import QuicStream as StreamState
from cryptography.hazmat.primitives.serialization import Encoding

from net.limits import QUIC_IDLE_TIMEOUT_S, QUIC_WINDOW_BYTES
from net.transport.certificate import Certificate

logging.getLogger("quic").setLevel(logging.ERROR)  # else it warns of every mistake of a peer

PATH = ("peer", 0)
"""Where a connection believes its datagrams to go: the channel below knows better."""

STREAM = 0
"""The one stream: the first that the client opens."""

_UNBOUNDED = 1 << 60
"""The window of the whole connection; that of its one stream is smaller."""


class Limits(NamedTuple):
    """What a side lets the other do."""

    streams: int
    window_bytes: int


class BoundedConnection(QuicConnection):
    """One side of a connection that carries one stream."""

    def __init__(self, configuration: QuicConfiguration, *, first_destination: bytes | None = None) -> None:
        super().__init__(configuration=configuration, original_destination_connection_id=first_destination)
        self._local_max_streams_bidi.value = self._local_max_streams_bidi.sent = 0 if configuration.is_client else 1
        self._local_max_streams_uni.value = self._local_max_streams_uni.sent = 0
        self.consumed_bytes = 0
        """What the owner of the stream has taken so far."""

    @classmethod
    def client(cls) -> "BoundedConnection":
        """The side that sends first; it pins the server's certificate by :attr:`peer_certificate_hash`."""
        return cls(_configuration(is_client=True, verify_mode=ssl.CERT_NONE))

    @classmethod
    def server(cls, certificate: Certificate, first_destination: bytes) -> "BoundedConnection":
        """The side that answers a first packet to this connection id."""
        configuration = _configuration(is_client=False, verify_mode=None)
        configuration.certificate, configuration.private_key = certificate.certificate, certificate.private_key
        return cls(configuration, first_destination=first_destination)

    @property
    def peer_certificate_hash(self) -> bytes | None:
        """SHA-256 of the server's certificate, whose key has signed the handshake; None before."""
        certificate = self.tls._peer_certificate
        return None if certificate is None else hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()

    @property
    def has_stream(self) -> bool:
        """Whether the stream has begun, and not ended yet on both sides."""
        return STREAM in self._streams

    def say(self, data: bytes, *, is_last: bool = False) -> None:
        """Send on the stream; nothing, once the peer has asked for no more (STOP_SENDING; RFC 9000, section 3.5)."""
        if not self.is_stopped:
            self.send_stream_data(STREAM, data, end_stream=is_last)

    @property
    def is_stopped(self) -> bool:
        """Whether the peer wants nothing more of what we say."""
        stream = self._streams.get(STREAM)
        return stream is not None and stream.sender._reset_error_code is not None

    @property
    def unsent_bytes(self) -> int:
        """What was written and not acknowledged."""
        stream = self._streams.get(STREAM)
        return 0 if stream is None else len(stream.sender._buffer)

    @property
    def has_sent_all(self) -> bool:
        """Whether the peer has acknowledged everything, the end of the stream included."""
        stream = self._streams.get(STREAM)
        return stream is None or stream.sender.is_finished

    @property
    def limits(self) -> Limits:
        """What the peer may do now."""
        stream = self._streams.get(STREAM)
        window_end = 0 if stream is None else stream.max_stream_data_local
        streams = self._local_max_streams_bidi.value + self._local_max_streams_uni.value
        return Limits(streams, window_end - self.consumed_bytes)

    def _write_stream_limits(
        self,
        builder: QuicPacketBuilder,
        space: QuicPacketSpace,  # noqa: ARG002 - theirs
        stream: StreamState,
    ) -> None:
        window_end = self.consumed_bytes + QUIC_WINDOW_BYTES
        if stream.receiver.is_finished or window_end - stream.max_stream_data_local_sent < QUIC_WINDOW_BYTES // 2:
            return
        frame = builder.start_frame(
            QuicFrameType.MAX_STREAM_DATA,
            capacity=MAX_STREAM_DATA_FRAME_CAPACITY,
            handler=self._on_max_stream_data_delivery,
            handler_args=(stream,),
        )
        frame.push_uint_var(STREAM)
        frame.push_uint_var(window_end)
        stream.max_stream_data_local = stream.max_stream_data_local_sent = window_end


def _configuration(*, is_client: bool, verify_mode: int | None) -> QuicConfiguration:
    """No name and no protocol is said in the first packet, which anybody on the way can read."""
    return QuicConfiguration(
        is_client=is_client,
        max_data=_UNBOUNDED,
        max_stream_data=QUIC_WINDOW_BYTES,
        idle_timeout=QUIC_IDLE_TIMEOUT_S,
        supported_versions=[QuicProtocolVersion.VERSION_1],
        verify_mode=verify_mode,
    )
