"""What anybody on the way reads of QUIC: the first packets of both sides are sealed under a key that stands in them.

RFC 9001, section 5.2: that key is made of the connection id which the client chose, and of a public constant.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aioquic.buffer import Buffer
from aioquic.quic.crypto import CryptoError, CryptoPair
from aioquic.quic.packet import QuicHeader, QuicPacketType, pull_quic_header
from aioquic.tls import ClientHello, HandshakeType, pull_client_hello

CONNECTION_ID_BYTES = 8
LONG_HEADER = 0x80
PADDING, PING, ACK, ACK_ECN, CRYPTO = 0x00, 0x01, 0x02, 0x03, 0x06


@dataclass(frozen=True, slots=True)
class Initial:
    """One first packet, opened."""

    source: bytes
    """The sender's connection id."""
    frames: bytes

    @property
    def client_hello(self) -> ClientHello | None:
        """What a client says of itself and of whom it wants."""
        message = self._message()
        if message[:1] != bytes([HandshakeType.CLIENT_HELLO]):
            return None
        return pull_client_hello(Buffer(data=message))

    def _message(self) -> bytes:
        """The TLS message in the first CRYPTO frame that begins one."""
        buffer = Buffer(data=self.frames)
        while not buffer.eof():
            kind = buffer.pull_uint_var()
            if kind in (ACK, ACK_ECN):
                _skip_ack(buffer, has_counts=kind == ACK_ECN)
            elif kind == CRYPTO:
                offset, size = buffer.pull_uint_var(), buffer.pull_uint_var()
                data = buffer.pull_bytes(size)
                if offset == 0:
                    return data
            else:
                assert kind in (PADDING, PING), f"frame {kind:#x} in a first packet"
        return b""


def initials(datagrams: Iterable[bytes]) -> list[Initial]:
    """All first packets among these; who begins a connection comes before who answers."""
    found = list[Initial]()
    begun = dict[bytes, None]()
    for datagram in datagrams:
        for packet, header, offset in _packets(datagram):
            origins = dict.fromkeys([header.destination_cid, *begun])
            opened = next(_opened(packet, offset, origins), None)
            if opened is not None:
                origin, frames = opened
                begun[origin] = None
                found.append(Initial(header.source_cid, frames))
    return found


def _packets(datagram: bytes) -> Iterator[tuple[bytes, QuicHeader, int]]:
    """The Initial packets of a datagram, each with the place of its packet number."""
    while datagram and datagram[0] & LONG_HEADER:
        buffer = Buffer(data=datagram)
        try:
            header = pull_quic_header(buffer, host_cid_length=CONNECTION_ID_BYTES)
        except ValueError:
            return
        if header.packet_type is QuicPacketType.INITIAL:
            yield datagram[: header.packet_length], header, buffer.tell()
        datagram = datagram[header.packet_length :]


def _opened(packet: bytes, offset: int, origins: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    version = int.from_bytes(packet[1:5], "big")
    for origin in origins:
        for is_client in (False, True):  # the receiver
            pair = CryptoPair()
            pair.setup_initial(cid=origin, is_client=is_client, version=version)
            try:
                yield origin, pair.decrypt_packet(packet, offset, 0)[1]
            except CryptoError:
                continue


def _skip_ack(buffer: Buffer, *, has_counts: bool) -> None:
    buffer.pull_uint_var()
    buffer.pull_uint_var()
    ranges = buffer.pull_uint_var()
    for _ in range(1 + 2 * ranges + 3 * has_counts):
        buffer.pull_uint_var()
