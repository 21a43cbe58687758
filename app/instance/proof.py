"""How both ends of a TCP connection on one computer prove that they may read the profile folder.

    later start    nonce (64 hexadecimal digits) newline
    instance       HMAC-SHA256(token, nonce), likewise
    later start    token, likewise, then its request

The instance goes first, so that a link is not handed to whoever took the port of an instance that was killed.
"""

import hmac
import secrets

from app.instance.files import TOKEN_BYTES

LINE_BYTES = 2 * TOKEN_BYTES + 1


def new_token() -> bytes:
    return secrets.token_bytes(TOKEN_BYTES)


def nonce_line() -> bytes:
    return _line(secrets.token_bytes(TOKEN_BYTES))


def proof_line(token: bytes, nonce: bytes) -> bytes:
    """What the instance answers to a nonce line."""
    return _line(hmac.digest(token, nonce, "sha256"))


def token_line(token: bytes) -> bytes:
    return _line(token)


def is_same(line: bytes, expected: bytes) -> bool:
    """Whether a line is the one expected, in constant time."""
    return hmac.compare_digest(line, expected)


def _line(value: bytes) -> bytes:
    return value.hex().encode("ascii") + b"\n"
