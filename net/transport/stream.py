"""What every transport gives: a byte stream between two endpoints, which fills a buffer of its owner."""

from typing import Protocol

from net.endpoint import Endpoint
from net.limits import MAX_FRAME_BYTES, MAX_SEND_BUFFER_BYTES

HIGH_WATER_BYTES = MAX_SEND_BUFFER_BYTES - 2 * MAX_FRAME_BYTES
"""Above so much that is unsent nothing more is taken in; what was just gathered and one more frame may come on top."""


class Stream(Protocol):
    """One connection."""

    remote: Endpoint
    local: Endpoint

    @property
    def unsent_bytes(self) -> int: ...

    @property
    def is_writable(self) -> bool:
        """Whether another frame may be written without exceeding the send buffer's limit."""

    def write(self, data: bytes | bytearray) -> None: ...

    def close(self) -> None:
        """End after what was written has left."""

    def abort(self) -> None:
        """End now, whatever was written, and leave nothing of it."""

    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


class StreamOwner(Protocol):
    """Whoever gives a stream's bytes their meaning.  All calls come from the event loop."""

    def stream_opened(self, stream: Stream) -> None: ...
    def space(self) -> memoryview: ...
    def received(self, size_bytes: int) -> None: ...

    def stream_drained(self) -> None:
        """The stream is writable again."""

    def stream_lost(self) -> None:
        """The last call, whether the stream was ever opened or not."""


class DatagramReceiver(Protocol):
    """Whoever makes a stream of the datagrams that a channel brings."""

    def datagram_received(self, datagram: bytes) -> None: ...

    def channel_lost(self) -> None:
        """The last call."""
