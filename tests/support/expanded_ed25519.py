"""Ed25519 signatures under an expanded private key, as the DHT's client makes them (RFC 8032, section 5.1.6)."""

import hashlib

import nacl.bindings as sodium


def sign_expanded(expanded: bytes, message: bytes) -> bytes:
    """Sign with ``scalar 32 | prefix 32``."""
    scalar, prefix = sodium.crypto_core_ed25519_scalar_reduce(expanded[:32] + bytes(32)), expanded[32:]
    public = sodium.crypto_scalarmult_ed25519_base_noclamp(scalar)
    nonce = sodium.crypto_core_ed25519_scalar_reduce(hashlib.sha512(prefix + message).digest())
    commitment = sodium.crypto_scalarmult_ed25519_base_noclamp(nonce)
    challenge = sodium.crypto_core_ed25519_scalar_reduce(hashlib.sha512(commitment + public + message).digest())
    answer = sodium.crypto_core_ed25519_scalar_add(nonce, sodium.crypto_core_ed25519_scalar_mul(challenge, scalar))
    return commitment + answer
