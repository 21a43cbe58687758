"""What stands in messages of STUN and TURN, read without the library that wrote them (RFC 8489, section 5)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

HEADER_BYTES = 20
MAGIC_COOKIE = b"\x21\x12\xa4\x42"
CLASS_BITS = 0x0110
"""Of the type of a message; a request has none of them, an indication the lower one."""
INDICATION = 0x0010


@dataclass(frozen=True, slots=True)
class StunMessage:
    """One message."""

    kind: int
    transaction: bytes
    attributes: dict[int, bytes] = field(hash=False)
    """By type."""

    @property
    def is_request(self) -> bool:
        """Whether it is no answer."""
        return self.kind & CLASS_BITS in (0, INDICATION)


def is_stun(payload: bytes) -> bool:
    """Whether this is a STUN message: nothing else begins like one."""
    return payload[:1] < b"\x04" and payload[4:8] == MAGIC_COOKIE


def overheard(payloads: Iterable[bytes]) -> Iterator[StunMessage]:
    """The STUN messages among what packets carried."""
    for payload in payloads:
        if is_stun(payload):
            size = HEADER_BYTES + int.from_bytes(payload[2:4], "big")
            assert size == len(payload), "more than a message, or less"
            yield StunMessage(
                int.from_bytes(payload[:2], "big"), payload[8:HEADER_BYTES], dict(_attributes(payload[HEADER_BYTES:]))
            )


def _attributes(body: bytes) -> Iterator[tuple[int, bytes]]:
    while body:
        size = int.from_bytes(body[2:4], "big")
        yield int.from_bytes(body[:2], "big"), body[4 : 4 + size]
        body = body[4 + size + -size % 4 :]
