"""Errors of the cryptographic layer: whose fault, in the type (``docs/architecture.md``, Errors).

No message here may hold a secret, a key or a user's text.
"""


class CryptoError(Exception):
    """Anything this package raises on purpose."""


class LocalError(CryptoError):
    """Our own misuse, or our own user's input: a bug or a wrong passphrase, never the peer's doing."""


class RemoteError(CryptoError):
    """Bytes that came from outside are not acceptable; the caller drops them, and its state stands unchanged."""


class MalformedError(RemoteError):
    """Bytes do not follow their format: truncated, oversized, trailing or out of range."""


class UnsupportedVersionError(RemoteError):
    """A well-formed version number that this Kith does not speak."""


class ForgedError(RemoteError):
    """A tag, signature, proof or checksum does not verify."""


class MessageKeyError(RemoteError):
    """No key for a message: it was read before, its key has expired, or it is too far ahead."""


class JumpError(MessageKeyError):
    """More messages are missing before this one than the caller wants to pay for unasked; ``missing`` of them."""

    def __init__(self, missing: int) -> None:
        super().__init__("many messages are missing")
        self.missing = missing


class WeakKeyError(RemoteError):
    """A Diffie-Hellman result is the zero point: the peer sent a low-order public key."""


class WrongPassphraseError(LocalError):
    """No key slot opens with this passphrase."""


class WrongKeyError(LocalError):
    """No key slot opens with this key from the keyring of the operating system."""
