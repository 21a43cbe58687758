"""Binding requests of STUN (RFC 8489): from where does this come?  Sans-IO, and nothing else of STUN.

    message     type 2 | length 2 of what follows the header | magic cookie 4 | transaction 12 | attributes
    attribute   type 2 | length 2 | value, padded to 4
    address     reserved 1 | family 1 (1 or 2) | port 2 | address 4 or 16; in XOR-MAPPED-ADDRESS all but the family
                is XORed with magic cookie ‖ transaction
All numbers are big-endian.  Over TCP the same messages follow each other without more framing.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from net.endpoint import Endpoint
from net.errors import RemoteError

TRANSACTION_BYTES = 12
HEADER_BYTES = 20
MAX_ANSWER_BYTES = 1_280
"""Servers add their name and software; none needs more than a datagram."""

_BINDING_REQUEST = b"\x00\x01"
_BINDING_SUCCESS = b"\x01\x01"
_MAGIC_COOKIE = b"\x21\x12\xa4\x42"
_MAPPED_ADDRESS = 0x0001
_XOR_MAPPED_ADDRESS = 0x0020
_FAMILIES = {(1, 8): IPv4Address, (2, 20): IPv6Address}
"""By family and size of the attribute."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server or node answers: that the question of this transaction came from there."""

    transaction: bytes
    seen: Endpoint


def question(transaction: bytes) -> bytes:
    """A binding request, 20 bytes."""
    return _BINDING_REQUEST + bytes(2) + _MAGIC_COOKIE + transaction


def answer_bytes(header: bytes) -> int:
    """How long the message is that begins with these 20 bytes.

    Raises:
        RemoteError: it is no success response, or too long.
    """
    size_bytes = HEADER_BYTES + int.from_bytes(header[2:4], "big")
    if len(header) < HEADER_BYTES or header[:2] != _BINDING_SUCCESS or header[4:8] != _MAGIC_COOKIE:
        raise RemoteError("no success response of STUN")
    if size_bytes > MAX_ANSWER_BYTES or size_bytes % 4:
        raise RemoteError("a STUN message of no possible size")
    return size_bytes


def answer(message: bytes) -> Answer:
    """Read a success response; of two addresses the XORed one counts, which no router on the way has rewritten.

    Raises:
        RemoteError: it is none, or holds no address.
    """
    if answer_bytes(message[:HEADER_BYTES]) != len(message):
        raise RemoteError("a STUN message of another size than it says")
    transaction = message[8:HEADER_BYTES]
    attributes = _attributes(message[HEADER_BYTES:])
    if (value := attributes.get(_XOR_MAPPED_ADDRESS)) is not None:
        return Answer(transaction, _endpoint(value, _MAGIC_COOKIE + transaction))
    if (value := attributes.get(_MAPPED_ADDRESS)) is not None:
        return Answer(transaction, _endpoint(value, bytes(16)))
    raise RemoteError("a STUN response without an address")


def _attributes(body: bytes) -> dict[int, bytes]:
    """By type, of several the first."""
    found: dict[int, bytes] = {}
    while body:
        size_bytes = int.from_bytes(body[2:4], "big")
        if len(body) < 4 + size_bytes:
            raise RemoteError("a STUN attribute is cut off")
        found.setdefault(int.from_bytes(body[:2], "big"), body[4 : 4 + size_bytes])
        body = body[4 + size_bytes + -size_bytes % 4 :]
    return found


def _endpoint(value: bytes, mask: bytes) -> Endpoint:
    family = _FAMILIES.get((value[1], len(value))) if len(value) > 1 else None
    if family is None:
        raise RemoteError("a STUN address of no known family")
    port = bytes(byte ^ hidden for byte, hidden in zip(value[2:4], mask, strict=False))
    address = bytes(byte ^ hidden for byte, hidden in zip(value[4:], mask, strict=False))
    return Endpoint.of(str(family(address)), int.from_bytes(port, "big"))
