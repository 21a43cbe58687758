"""Lists of endpoints, as payloads and records carry them (``docs/protocol.md``, sections 3 and 6).

count       1   at most 8: of one contact more are never dialled
endpoints       each: family 1 (4 or 6) | address 4 or 16 (network order) | port 2
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address

from crypto.encoding import Reader, Writer
from crypto.errors import MalformedError
from net.endpoint import Endpoint
from net.limits import MAX_ENDPOINTS


def encode_endpoints(endpoints: Sequence[Endpoint]) -> bytes:
    """The bytes of the table above, for the first eight."""
    listed = endpoints[:MAX_ENDPOINTS]
    writer = Writer().u8(len(listed))
    for endpoint in listed:
        writer.u8(endpoint.address.version).raw(endpoint.address.packed).u16(endpoint.port)
    return writer.finish()


def decode_endpoints(content: bytes) -> tuple[Endpoint, ...]:
    """A list with nothing behind it.

    Raises:
        MalformedError: it is not of this form.
    """
    reader = Reader(content)
    endpoints = read_endpoints(reader)
    reader.finish()
    return endpoints


def read_endpoints(reader: Reader) -> tuple[Endpoint, ...]:
    """A list inside something larger.

    Raises:
        MalformedError: it is not of this form.
    """
    count = reader.u8()
    if count > MAX_ENDPOINTS:
        raise MalformedError("too many endpoints")
    return tuple(_endpoint(reader) for _ in range(count))


def _endpoint(reader: Reader) -> Endpoint:
    match reader.u8():
        case 4:
            return Endpoint(IPv4Address(reader.raw(4)), reader.u16())
        case 6:
            return Endpoint(IPv6Address(reader.raw(16)), reader.u16())
        case _:
            raise MalformedError("unknown address family")
