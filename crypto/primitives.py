"""The primitives of ``docs/protocol.md``, each over one well-kept library, with our errors.

X25519, Ed25519, XChaCha20-Poly1305 and Argon2id come from libsodium (PyNaCl), HKDF from pyca ``cryptography``,
keyed BLAKE2b and SHA-256 from the standard library.  Keys are ``bytes`` here; :class:`crypto.secret.Secret` wraps them
wherever they are stored.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import nacl.bindings as sodium
import nacl.exceptions
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl._sodium import ffi  # type: ignore[import-not-found] # docs/decisions/0009-xchacha-past-pynacl.md
from nacl._sodium import lib as libsodium

from crypto.errors import ForgedError, LocalError, MalformedError, WeakKeyError
from crypto.secret import Secret

KEY_BYTES = 32
SIGNATURE_BYTES = 64
TAG_BYTES = 16
XCHACHA_NONCE_BYTES = 24
ARGON2_SALT_BYTES = 16
ZERO_KEY = bytes(32)

_BYTES = ffi.typeof("unsigned char[]")
_KEY = ffi.typeof("unsigned char[32]")

_BAD_XCHACHA_SIZES = "an XChaCha20 key is 32 bytes and its nonce 24"
"""libsodium takes both lengths for granted, and would read past the end of less."""

_SHA256 = SHA256()

_SHA256_BLOCK_BYTES = 64
_INNER_PAD = bytes(byte ^ 0x36 for byte in range(256))
_OUTER_PAD = bytes(byte ^ 0x5C for byte in range(256))

Random: TypeAlias = Callable[[int], bytes]
"""A source of uniform bytes, ``os.urandom`` outside tests: takes a count, returns that many."""


@dataclass(frozen=True, slots=True, eq=False)
class KeyPair:
    """An X25519 key pair (RFC 7748)."""

    private: Secret
    public: bytes

    @classmethod
    def from_private(cls, private: bytes) -> "KeyPair":
        """The pair of a 32-byte private key, clamped as RFC 7748 says when it is used."""
        _require_key(private)
        public = ffi.new(_KEY)
        libsodium.crypto_scalarmult_base(public, private)
        return cls(Secret(private), bytes(ffi.buffer(public)))


def x25519(private: bytes, public: bytes) -> bytes:
    """Diffie-Hellman over Curve25519 (RFC 7748): 32 bytes.

    Raises:
        MalformedError: ``public`` is not 32 bytes.
        WeakKeyError: the result is zero, since ``public`` has low order.
    """
    if len(public) != KEY_BYTES:  # libsodium would read past its end
        raise MalformedError("bad X25519 public key length")
    _require_key(private)
    shared = ffi.new(_KEY)
    if libsodium.crypto_scalarmult(shared, private, public):
        raise WeakKeyError("low-order public key")
    return bytes(ffi.buffer(shared))


def ed25519_public(seed: bytes) -> bytes:
    """The Ed25519 public key of a 32-byte seed (RFC 8032)."""
    return sodium.crypto_sign_seed_keypair(seed)[0]


def ed25519_sign(seed: bytes, message: bytes) -> bytes:
    """A detached Ed25519 signature of 64 bytes (RFC 8032)."""
    _, secret_key = sodium.crypto_sign_seed_keypair(seed)
    return sodium.crypto_sign(message, secret_key)[:SIGNATURE_BYTES]


def ed25519_sign_expanded(expanded: bytes, message: bytes) -> bytes:
    """The same under an expanded private key, ``scalar 32 | prefix 32`` (RFC 8032, section 5.1.6): a blinded one has no
    seed.
    """
    scalar, prefix = sodium.crypto_core_ed25519_scalar_reduce(expanded[:KEY_BYTES] + ZERO_KEY), expanded[KEY_BYTES:]
    public = sodium.crypto_scalarmult_ed25519_base_noclamp(scalar)
    nonce = sodium.crypto_core_ed25519_scalar_reduce(hashlib.sha512(prefix + message).digest())
    commitment = sodium.crypto_scalarmult_ed25519_base_noclamp(nonce)
    challenge = sodium.crypto_core_ed25519_scalar_reduce(hashlib.sha512(commitment + public + message).digest())
    answer = sodium.crypto_core_ed25519_scalar_mul(challenge, scalar)
    return commitment + sodium.crypto_core_ed25519_scalar_add(nonce, answer)


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> None:
    """Check a detached Ed25519 signature; small-order keys and unreduced signatures are refused as libsodium does.

    Raises:
        ForgedError: it does not verify.
    """
    # libsodium takes signature and message in one: a longer "signature" would move bytes into the message.
    if len(signature) != SIGNATURE_BYTES or len(public) != KEY_BYTES:
        raise ForgedError("bad signature or key length")
    try:
        sodium.crypto_sign_open(signature + message, public)
    except nacl.exceptions.BadSignatureError as error:
        raise ForgedError("bad signature") from error


def xchacha_seal(key: bytes, nonce: bytes, plaintext: bytes, associated_data: bytes) -> bytes:
    """XChaCha20-Poly1305: ``len(plaintext) + 16`` bytes; ``nonce`` is 24 bytes."""
    if len(key) != KEY_BYTES or len(nonce) != XCHACHA_NONCE_BYTES:
        raise LocalError(_BAD_XCHACHA_SIZES)
    size_bytes = len(plaintext)
    sealed = ffi.new(_BYTES, size_bytes + TAG_BYTES)
    libsodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
        sealed, ffi.NULL, plaintext, size_bytes, associated_data, len(associated_data), ffi.NULL, nonce, key
    )
    return bytes(ffi.buffer(sealed))


def xchacha_open(key: bytes, nonce: bytes, sealed: bytes, associated_data: bytes) -> bytes:
    """The plaintext of :func:`xchacha_seal`.

    Raises:
        ForgedError: the tag does not verify.
    """
    plaintext = xchacha_try(key, nonce, sealed, associated_data)
    if plaintext is None:
        raise ForgedError("bad tag")
    return plaintext


def xchacha_try(key: bytes, nonce: bytes, sealed: bytes, associated_data: bytes) -> bytes | None:
    """The same, or ``None`` if the tag does not verify: for who tries one key after the other."""
    if len(key) != KEY_BYTES or len(nonce) != XCHACHA_NONCE_BYTES:
        raise LocalError(_BAD_XCHACHA_SIZES)
    size_bytes = len(sealed)
    if size_bytes < TAG_BYTES:
        return None
    plaintext = ffi.new(_BYTES, size_bytes - TAG_BYTES)
    if libsodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
        plaintext, ffi.NULL, ffi.NULL, sealed, size_bytes, associated_data, len(associated_data), nonce, key
    ):
        return None
    return bytes(ffi.buffer(plaintext))


def hkdf(*, salt: bytes, ikm: bytes, info: bytes, size_bytes: int) -> bytes:
    """HKDF-SHA256 (RFC 5869); an empty ``salt`` means 32 zero bytes."""
    return HKDF(_SHA256, size_bytes, salt or None, info).derive(ikm)


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104): 32 bytes.

    Written out: on messages of a byte it takes 0.6 of the time of ``hmac.digest``, and one envelope that jumps ahead
    makes us do it 25,000 times.
    """
    block = (key if len(key) <= _SHA256_BLOCK_BYTES else sha256(key)).ljust(_SHA256_BLOCK_BYTES, b"\0")
    inner = hashlib.sha256(block.translate(_INNER_PAD) + message)
    return hashlib.sha256(block.translate(_OUTER_PAD) + inner.digest()).digest()


def hmac_sha256_pair(key: bytes, first: bytes, second: bytes) -> tuple[bytes, bytes]:
    """HMAC-SHA256 of two messages under one key, 32 bytes each.

    A ratchet does this at either end of every message, and hashing the key's pads only once takes 0.6 of the time.
    """
    block = (key if len(key) <= _SHA256_BLOCK_BYTES else sha256(key)).ljust(_SHA256_BLOCK_BYTES, b"\0")
    inner, outer = hashlib.sha256(block.translate(_INNER_PAD)), hashlib.sha256(block.translate(_OUTER_PAD))
    other_inner, other_outer = inner.copy(), outer.copy()
    inner.update(first)
    outer.update(inner.digest())
    other_inner.update(second)
    other_outer.update(other_inner.digest())
    return outer.digest(), other_outer.digest()


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def blake2b(data: bytes, *, size_bytes: int, person: bytes = b"", key: bytes = b"") -> bytes:
    """BLAKE2b (RFC 7693), personalised and optionally keyed."""
    return hashlib.blake2b(data, digest_size=size_bytes, person=person, key=key).digest()


def argon2id(passphrase: bytes, *, salt: bytes, memory_kib: int, passes: int) -> bytes:
    """Argon2id (RFC 9106) with one lane: 32 bytes; ``salt`` is 16 bytes.

    Raises:
        LocalError: the computer cannot give that much memory.
    """
    try:
        return sodium.crypto_pwhash_alg(
            KEY_BYTES, passphrase, salt, passes, memory_kib * 1024, sodium.crypto_pwhash_ALG_ARGON2ID13
        )
    except nacl.exceptions.RuntimeError as error:
        raise LocalError("not enough memory for Argon2id") from error


def _require_key(key: bytes) -> None:
    if len(key) != KEY_BYTES:
        raise LocalError("a private key is 32 bytes")
