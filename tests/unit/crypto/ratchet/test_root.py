"""A root step is HKDF as the protocol writes it."""

import hmac

from crypto.ratchet import root


def test_a_step_is_hkdf_with_the_root_key_as_salt_and_a_zero_epoch() -> None:
    root_key, shared_secret = b"\x01" * 32, b"\x02" * 32
    info = b"kith1 root" + bytes(4)
    extracted = hmac.digest(root_key, shared_secret, "sha256")
    first = hmac.digest(extracted, info + b"\x01", "sha256")
    second = hmac.digest(extracted, first + info + b"\x02", "sha256")
    third = hmac.digest(extracted, second + info + b"\x03", "sha256")
    assert root.step(root_key, shared_secret) == (first, second, third)
