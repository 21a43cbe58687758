"""Digits that two people compare to be sure of each other (``docs/protocol.md``, sections 1, 2 and 5).

    safety number   60 digits of two identities, for life: the same whatever sessions come and go
    session digits  60 digits of one session, for after a reset: a thief of the identity has the same safety number
    short digits     4 digits of one session, for two people in one room

A half of the safety number is Signal's numeric fingerprint with our label, over the 32-byte fingerprint F:

    h0 = listed("kith1 safety", F);  hi = SHA-512(hi−1 ‖ F), i = 1 … 5,200
    digits: of each of the first six 5-byte groups of h5200, the big-endian number mod 100,000

The iterations make it dear to search for an identity whose digits resemble somebody's.  The halves stand in ascending
order, so both sides show the same.  Session digits are the number h mod 10⁶⁰ (short ones mod 10⁴), where h is
BLAKE2b-512(listed(th, H(M4)), person "kith1-sas") read as a little-endian integer.
"""

import hashlib

from crypto import labels
from crypto.encoding import listed
from crypto.identity import PublicIdentity
from crypto.primitives import blake2b

SAFETY_NUMBER_DIGITS = 60
SHORT_DIGITS = 4

_ITERATIONS = 5200
_GROUP_BYTES = 5
_GROUP_DIGITS = 5
_GROUPS_A_SIDE = 6
_SESSION_HASH_BYTES = 64


def safety_number(own: PublicIdentity, peer: PublicIdentity) -> str:
    """60 digits, the same on both sides; about 7 ms."""
    return "".join(sorted(_half(identity.fingerprint) for identity in (own, peer)))


def session_digits(transcript: bytes, m4_hash: bytes) -> str:
    """60 digits of one session: of its transcript hash ``th`` and of the hash of M4, 32 bytes each."""
    return _session_number(transcript, m4_hash, digits=SAFETY_NUMBER_DIGITS)


def short_digits(transcript: bytes, m4_hash: bytes) -> str:
    """4 digits of one session, to be shown only once M4 is there: whoever speaks last could choose them before."""
    return _session_number(transcript, m4_hash, digits=SHORT_DIGITS)


def _half(fingerprint: bytes) -> str:
    digest = listed(labels.SAFETY_NUMBER, fingerprint)
    for _ in range(_ITERATIONS):
        digest = hashlib.sha512(digest + fingerprint).digest()
    starts = range(0, _GROUPS_A_SIDE * _GROUP_BYTES, _GROUP_BYTES)
    numbers = (int.from_bytes(digest[start : start + _GROUP_BYTES], "big") for start in starts)
    return "".join(f"{number % 10**_GROUP_DIGITS:0{_GROUP_DIGITS}}" for number in numbers)


def _session_number(transcript: bytes, m4_hash: bytes, *, digits: int) -> str:
    hashed = blake2b(listed(transcript, m4_hash), size_bytes=_SESSION_HASH_BYTES, person=labels.SHORT_AUTHENTICATION)
    return f"{int.from_bytes(hashed, 'little') % 10**digits:0{digits}}"
