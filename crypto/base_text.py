"""Base32 and base64url of RFC 4648 without padding characters, canonical in both directions.

A text that decodes must be the very text its bytes encode to, so that nothing can hide in unused bits and one value
has one spelling.
"""

import base64
import binascii

from crypto.errors import MalformedError


def to_base32(data: bytes) -> str:
    """Upper-case base32 without padding."""
    return base64.b32encode(data).decode("ascii").rstrip("=")


def from_base32(text: str) -> bytes:
    """The bytes of :func:`to_base32`.

    Raises:
        MalformedError: a character outside ``A-Z2-7``, an impossible length, or unused bits that are not zero.
    """
    try:
        data = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError) as error:
        raise MalformedError("not base32") from error
    return _canonical(data, text, to_base32(data))


def to_base64url(data: bytes) -> str:
    """URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def from_base64url(text: str) -> bytes:
    """The bytes of :func:`to_base64url`.

    Raises:
        MalformedError: a character outside ``A-Za-z0-9_-``, an impossible length, or unused bits that are not zero.
    """
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise MalformedError("not base64url") from error
    return _canonical(data, text, to_base64url(data))


def _canonical(data: bytes, text: str, expected: str) -> bytes:
    if text != expected:
        raise MalformedError("not the canonical text of its bytes")
    return data
