"""What the vectors are made with: fixed randomness, and envelopes with all that a reader needs to make them again."""

import hashlib
from typing import TypeAlias

from crypto import session
from crypto.session import Session

NOW_S = 1_800_000_000

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int"

Sent: TypeAlias = "dict[str, Json]"


class Stream:
    """Randomness of one name, and what was taken of it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.taken = b""

    def __call__(self, size_bytes: int) -> bytes:
        end = len(self.taken) + size_bytes
        drawn = hashlib.shake_256(b"kith1 vectors" + self._name.encode()).digest(end)[len(self.taken) :]
        self.taken += drawn
        return drawn


def sent(
    sender: Session, name: str, payload_type: int, content: bytes, *, message_id: bytes | None = None
) -> tuple[Session, bytes, Sent]:
    """The session after sending, the envelope, and its vector; ``message_id`` is that of a payload sealed anew."""
    stream = Stream(name)
    message_id = message_id or Stream(f"{name} id")(16)
    sender, envelope = session.encrypt(sender, payload_type, message_id, content, random=stream)
    return (
        sender,
        envelope,
        {
            "name": name,
            "type": payload_type,
            "message_id": message_id.hex(),
            "count": sender.sent_count,
            "content": content.hex(),
            "randomness": stream.taken.hex(),
            "envelope": envelope.hex(),
            "envelope_id": session.envelope_id(envelope).hex(),
        },
    )


def received(receiver: Session, envelope: bytes, content: bytes, *, now_s: int = NOW_S) -> Session:
    """The session after receiving, which must find this content."""
    receiver, payload = session.decrypt(receiver, envelope, now_s=now_s)
    assert payload.content == content
    return receiver
