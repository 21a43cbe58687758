"""The root chain: turns a Diffie-Hellman result into a new chain (Double Ratchet rev 3, section 5.2, with header keys).

    root key ‖ chain key ‖ next header key = HKDF-SHA256(salt = root key, ikm = DH, info = "kith1 root" ‖ u32 e, 96)

``e`` is the ML-KEM epoch mixed into the step.  Version 1 mixes none, so it is zero.
"""

from crypto import labels
from crypto.primitives import KEY_BYTES, hkdf

_NO_EPOCH = (0).to_bytes(4, "little")
_INFO = labels.ROOT_CHAIN + _NO_EPOCH


def step(root_key: bytes, shared_secret: bytes) -> tuple[bytes, bytes, bytes]:
    """The new root key, a new chain's key and the next header key of that chain's direction, 32 bytes each."""
    output = hkdf(salt=root_key, ikm=shared_secret, info=_INFO, size_bytes=3 * KEY_BYTES)
    return output[:KEY_BYTES], output[KEY_BYTES : 2 * KEY_BYTES], output[2 * KEY_BYTES :]
