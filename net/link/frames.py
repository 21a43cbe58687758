"""Frames of an open link: their table, their seal, and a strict reader (``docs/protocol.md``, section 4).

    frame    length u24 | sealed(type u8 ‖ body)      length counts the sealed part: 17 bytes to 1 MiB
    sealed   ChaCha20-Poly1305, one key a direction, nonce = count of frames, associated data = the length bytes

    type  name              body
    0x01  envelope          opaque: a sealed message between the two ends
    0x02  handshake         opaque: first contact and reset
    0x03  progress          opaque: counts of envelopes a session
    0x10  ping              token 8
    0x11  pong              token 8, of the ping
    0x12  nominate          empty: this link shall survive
    0x13  confirm           empty: yes, this one
    0x14  close             reason u8
    0x15  rekey             empty: the last frame under the old key of this direction
    0x16  observed-address  address 4 or 16 (network order) | port u16: from where the receiver is seen to come
    0x80  signal            at most 512 bytes, as in net.discovery.signal: what paths tell each other

Unknown types below 0x80 break the protocol; those from 0x80 on are ignored, so that later versions can add to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import ip_address

from crypto.errors import ForgedError
from crypto.noise import CipherState
from crypto.primitives import TAG_BYTES
from crypto.secret import Secret
from net.endpoint import Endpoint
from net.errors import LocalError, RemoteError
from net.limits import BULK_BUFFER_BYTES, MAX_FRAME_BYTES, MAX_SIGNAL_BYTES

LENGTH_BYTES = 3
TYPE_BYTES = 1
OVERHEAD_BYTES = LENGTH_BYTES + TYPE_BYTES + TAG_BYTES
MIN_SEALED_BYTES = TYPE_BYTES + TAG_BYTES
MAX_BODY_BYTES = MAX_FRAME_BYTES - MIN_SEALED_BYTES
FIRST_IGNORABLE_TYPE = 0x80
TOKEN_BYTES = 8
SMALL_BODY_BYTES = 8 * 1024
"""Up to here plain concatenation is fastest."""

_PORT_BYTES = 2


class FrameType(IntEnum):
    """See the table above."""

    ENVELOPE = 0x01
    HANDSHAKE = 0x02
    PROGRESS = 0x03
    PING = 0x10
    PONG = 0x11
    NOMINATE = 0x12
    CONFIRM = 0x13
    CLOSE = 0x14
    REKEY = 0x15
    OBSERVED_ADDRESS = 0x16
    SIGNAL = 0x80


class CloseCode(IntEnum):
    """The reason in a close frame; an unknown one reads as ``GOING_AWAY``."""

    GOING_AWAY = 0
    SUPERSEDED = 1
    PROTOCOL = 2


@dataclass(frozen=True, slots=True)
class Frame:
    """One verified frame of a known type."""

    type: FrameType
    body: bytes


_TYPES = {int(frame_type): frame_type for frame_type in FrameType}
_BODY_BYTES = {
    FrameType.PING: TOKEN_BYTES,
    FrameType.PONG: TOKEN_BYTES,
    FrameType.NOMINATE: 0,
    FrameType.CONFIRM: 0,
    FrameType.CLOSE: 1,
    FrameType.REKEY: 0,
}
_MOST_BODY_BYTES = {FrameType.SIGNAL: MAX_SIGNAL_BYTES}
_PREFIXES = {frame_type: bytes([frame_type]) for frame_type in FrameType}


class Scratch:
    """Memory for the plaintext of large frames, used again and again: fresh pages cost as much as the cipher."""

    __slots__ = ("_memory",)

    def __init__(self) -> None:
        self._memory = memoryview(b"")

    def space(self, size_bytes: int) -> memoryview:
        """So many bytes, to be filled."""
        if size_bytes > len(self._memory):
            self._memory = memoryview(bytearray(size_bytes))
        return self._memory[:size_bytes]

    def release(self) -> None:
        """Give the memory back."""
        self._memory = memoryview(b"")


class FrameWriter:
    """Seals the frames of one direction."""

    __slots__ = ("_cipher", "_scratch", "frames_under_key")

    def __init__(self, key: Secret) -> None:
        self._cipher = CipherState(key)
        self._scratch = Scratch()
        self.frames_under_key = 0

    def seal(self, frame_type: FrameType, body: bytes = b"") -> bytes | bytearray:
        """The bytes to send: ``len(body) + 20``.

        Raises:
            LocalError: the body does not fit into a frame.
        """
        if len(body) > MAX_BODY_BYTES:
            raise LocalError("too large for a frame")
        length = (len(body) + MIN_SEALED_BYTES).to_bytes(LENGTH_BYTES, "little")
        self.frames_under_key += 1
        if len(body) <= SMALL_BODY_BYTES:
            return length + self._cipher.seal(_PREFIXES[frame_type] + body, length)
        return self._seal_large(frame_type, body, length)

    def _seal_large(self, frame_type: FrameType, body: bytes, length: bytes) -> bytearray:
        plaintext = self._scratch.space(TYPE_BYTES + len(body))
        plaintext[0] = frame_type
        plaintext[TYPE_BYTES:] = body
        frame = bytearray(len(body) + OVERHEAD_BYTES)
        frame[:LENGTH_BYTES] = length
        self._cipher.seal_into(plaintext, length, memoryview(frame)[LENGTH_BYTES:])
        return frame

    def shrink(self) -> None:
        """Give back what large frames needed."""
        self._scratch.release()

    def rekey(self) -> bytes | bytearray:
        """The rekey frame; what is sealed afterwards is under the new key."""
        frame = self.seal(FrameType.REKEY)
        self._cipher.rekey()
        self.frames_under_key = 0
        return frame


class FrameReader:
    """Takes the frames of one direction out of a buffer that fills in place.

    A transport writes into :meth:`space` and says how much it :meth:`wrote`; :meth:`frames` yields what is whole, and
    :meth:`make_room` tidies up.  Until :meth:`unlock` the buffer keeps its first size, whatever the peer announces.
    """

    __slots__ = ("_buffer", "_cipher", "_end", "_locked", "_scratch", "_size_bytes", "_start", "_wanted_bytes")

    def __init__(self, size_bytes: int) -> None:
        self._buffer = memoryview(bytearray(size_bytes))
        self._size_bytes = size_bytes
        self._locked = True
        self._start = self._end = 0
        self._wanted_bytes = LENGTH_BYTES
        self._cipher: CipherState | None = None
        self._scratch = Scratch()

    def space(self) -> memoryview:
        """Where the next bytes go."""
        return self._buffer[self._end :]

    def wrote(self, size_bytes: int) -> None:
        self._end += size_bytes

    def peek(self, size_bytes: int) -> bytes | None:
        """The next ``size_bytes`` plain bytes, once all are there: the flights of the handshake."""
        end = self._start + size_bytes
        return None if end > self._end else bytes(self._buffer[self._start : end])

    def take(self, size_bytes: int) -> bytes | None:
        """The same, and past them."""
        taken = self.peek(size_bytes)
        if taken is not None:
            self._start += size_bytes
        return taken

    def discard(self) -> None:
        """Forget everything received."""
        self._start = self._end = 0
        self._wanted_bytes = LENGTH_BYTES

    def unseal_with(self, key: Secret) -> None:
        """From here on the bytes are frames under this key."""
        self._cipher = CipherState(key)

    def unlock(self, size_bytes: int) -> None:
        """Let the buffer have this size, and grow for larger frames: the peer has proved itself."""
        self._size_bytes = size_bytes
        self._locked = False

    def frames(self) -> Iterator[Frame]:
        """Every whole frame received, verified and in order.

        Raises:
            RemoteError: a frame is malformed, forged, or of an unknown type that must not be ignored.
        """
        cipher, buffer = self._cipher, self._buffer
        assert cipher is not None, "frames come after the handshake"
        while self._end - self._start >= LENGTH_BYTES:
            body_start = self._start + LENGTH_BYTES
            length = bytes(buffer[self._start : body_start])
            sealed_bytes = int.from_bytes(length, "little")
            if not MIN_SEALED_BYTES <= sealed_bytes <= MAX_FRAME_BYTES:
                raise RemoteError("frame length out of range")
            body_end = body_start + sealed_bytes
            if body_end > self._end:
                self._wanted_bytes = LENGTH_BYTES + sealed_bytes
                return
            try:
                type_number, body = self._open(cipher, buffer[body_start:body_end], length)
            except ForgedError as error:
                raise RemoteError("frame does not verify") from error
            self._start = body_end
            frame = _decode(type_number, body)
            if frame is None:
                continue
            if frame.type is FrameType.REKEY:
                cipher.rekey()
            else:
                yield frame
        self._wanted_bytes = LENGTH_BYTES

    def _open(self, cipher: CipherState, sealed: memoryview, length: bytes) -> tuple[int, bytes]:
        if len(sealed) <= SMALL_BODY_BYTES:
            small = cipher.open(sealed, length)
            return small[0], small[TYPE_BYTES:]
        plaintext = self._scratch.space(len(sealed) - TAG_BYTES)
        cipher.open_into(sealed, length, plaintext)
        return plaintext[0], bytes(plaintext[TYPE_BYTES:])

    def make_room(self) -> None:
        """Move what is left to the front, into a larger buffer if the frame that has begun needs one.

        Raises:
            RemoteError: it does, and the peer has not proved itself.
        """
        rest = self._end - self._start
        needed_bytes = max(self._wanted_bytes, self._size_bytes)
        if needed_bytes > len(self._buffer):
            if self._locked:
                raise RemoteError("large frame from a stranger")
            old, self._buffer = self._buffer, memoryview(bytearray(max(needed_bytes, BULK_BUFFER_BYTES)))
            self._buffer[:rest] = old[self._start : self._end]
        elif rest and self._start:
            self._buffer[:rest] = self._buffer[self._start : self._end]
        self._start, self._end = 0, rest

    def shrink(self) -> None:
        """Give back what large frames needed, unless one is on its way."""
        self._scratch.release()
        if self._end == self._start and len(self._buffer) > self._size_bytes:
            self._buffer = memoryview(bytearray(self._size_bytes))
            self._start = self._end = 0


def _decode(type_number: int, body: bytes) -> Frame | None:
    """The frame, or None for a type to be ignored."""
    frame_type = _TYPES.get(type_number)
    if frame_type is None:
        if type_number < FIRST_IGNORABLE_TYPE:
            raise RemoteError("unknown frame type")
        return None
    size_bytes = len(body)
    if _BODY_BYTES.get(frame_type, size_bytes) != size_bytes or size_bytes > _MOST_BODY_BYTES.get(
        frame_type, size_bytes
    ):
        raise RemoteError("frame body of a wrong length")
    return Frame(frame_type, body)


def encode_observed(endpoint: Endpoint) -> bytes:
    return endpoint.address.packed + endpoint.port.to_bytes(_PORT_BYTES, "little")


def decode_observed(body: bytes) -> Endpoint:
    """The endpoint of an observed-address frame.

    Raises:
        RemoteError: neither 6 nor 18 bytes.
    """
    if len(body) not in (4 + _PORT_BYTES, 16 + _PORT_BYTES):
        raise RemoteError("malformed observed address")
    address = ip_address(body[:-_PORT_BYTES])
    return Endpoint.of(str(address), int.from_bytes(body[-_PORT_BYTES:], "little"))
