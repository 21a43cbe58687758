"""The root chain: turns a Diffie-Hellman result into a new chain (Double Ratchet rev 3, section 5.2, with header keys).

    root key ‖ chain key ‖ next header key
        = HKDF-SHA256(salt = root key, ikm = DH ‖ [pqm_e], info = "kith1 root" ‖ u32 e, 96)

``e`` is the ML-KEM epoch that is mixed into the step, and ``pqm_e`` its key; mostly there is none, and ``e`` is zero.
"""

from crypto import labels
from crypto.primitives import KEY_BYTES, hkdf
from crypto.ratchet.kem_ratchet import NO_MIX, Mix


def step(root_key: bytes, shared_secret: bytes, mix: Mix = NO_MIX) -> tuple[bytes, bytes, bytes]:
    """The new root key, a new chain's key and the next header key of that chain's direction, 32 bytes each."""
    info = labels.ROOT_CHAIN + mix.epoch.to_bytes(4, "little")
    output = hkdf(salt=root_key, ikm=shared_secret + mix.key, info=info, size_bytes=3 * KEY_BYTES)
    return output[:KEY_BYTES], output[KEY_BYTES : 2 * KEY_BYTES], output[2 * KEY_BYTES :]
