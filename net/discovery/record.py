"""What a record on the DHT says: where its owner can be reached (``docs/protocol.md``, section 6).

version     1   01
time        8   Unix seconds at which it was made: of several copies the newest counts
NAT         1   what is between the owner and the internet, as in ``net.nat_kind``
endpoints       as in ``net.endpoint_list``
…               ignored, for later versions
"""

from dataclasses import dataclass
from typing import Self

from crypto.encoding import Reader, Writer
from crypto.errors import UnsupportedVersionError
from net.endpoint import Endpoint
from net.endpoint_list import encode_endpoints, read_endpoints
from net.nat_kind import NatKind

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Record:
    """One record, open."""

    time: int
    endpoints: tuple[Endpoint, ...]
    nat: NatKind = NatKind.UNKNOWN

    def encode(self) -> bytes:
        """At most 163 bytes."""
        writer = Writer().u8(_VERSION).u64(self.time).u8(self.nat.value)
        return writer.raw(encode_endpoints(self.endpoints)).finish()

    @classmethod
    def decode(cls, content: bytes) -> Self:
        """Read what :meth:`crypto.rendezvous.Rendezvous.open` gave.

        Raises:
            UnsupportedVersionError: another first byte.
            MalformedError: truncated, or endpoints that are none.
        """
        reader = Reader(content)
        if reader.u8() != _VERSION:
            raise UnsupportedVersionError("a record of another version")
        time, nat = reader.u64(), NatKind.read(reader.u8())
        return cls(time, read_endpoints(reader), nat)
