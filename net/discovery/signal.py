"""What a signal on the DHT says: who rings can be reached there, and what its paths want to be told
(``docs/protocol.md``, section 6).

version     1   01
time        8   Unix milliseconds at which it was made: each signal is newer than the ones before
NAT         1   what is between the sender and the internet, as in ``net.nat_kind``
endpoints       as in ``net.endpoint_list``
content     …   at most 512 bytes; first a type, unknown ones are ignored
"""

from dataclasses import dataclass
from typing import Self

from crypto.encoding import Reader, Writer
from crypto.errors import MalformedError, UnsupportedVersionError
from net.endpoint import Endpoint
from net.endpoint_list import encode_endpoints, read_endpoints
from net.errors import LocalError
from net.limits import MAX_SIGNAL_BYTES
from net.nat_kind import NatKind

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal, open."""

    time_ms: int
    endpoints: tuple[Endpoint, ...]
    content: bytes
    nat: NatKind = NatKind.UNKNOWN

    def encode(self) -> bytes:
        """At most 675 bytes.

        Raises:
            LocalError: more than 512 bytes of content.
        """
        if len(self.content) > MAX_SIGNAL_BYTES:
            raise LocalError("more than a signal holds")
        writer = Writer().u8(_VERSION).u64(self.time_ms).u8(self.nat.value)
        return writer.raw(encode_endpoints(self.endpoints)).raw(self.content).finish()

    @classmethod
    def decode(cls, content: bytes) -> Self:
        """Read what :meth:`crypto.signal.SignalBox.open` gave.

        Raises:
            UnsupportedVersionError: another first byte.
            MalformedError: truncated, oversized, or endpoints that are none.
        """
        reader = Reader(content)
        if reader.u8() != _VERSION:
            raise UnsupportedVersionError("a signal of another version")
        time_ms, nat = reader.u64(), NatKind.read(reader.u8())
        endpoints, said = read_endpoints(reader), reader.rest()
        if len(said) > MAX_SIGNAL_BYTES:
            raise MalformedError("more than a signal holds")
        return cls(time_ms, endpoints, said, nat)
