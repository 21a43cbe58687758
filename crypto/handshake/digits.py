"""Digits of one handshake, for two people to compare (``docs/protocol.md``, sections 1 and 2).

They hang on M4, the last message: before it is there, whoever speaks last could choose them.  ``m4`` is the whole
message, kind included, as it was sent first and is sent again.
"""

from crypto.primitives import sha256
from crypto.safety_number import session_digits, short_digits


def check_digits(transcript: bytes, m4: bytes) -> str:
    """4 digits for two people in one room: only that both screens show the same verifies the scanner."""
    return short_digits(transcript, sha256(m4))


def reset_digits(transcript: bytes, m4: bytes) -> str:
    """60 digits for after a reset without resume: the safety number is the same for a thief of the identity."""
    return session_digits(transcript, sha256(m4))
