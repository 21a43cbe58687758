"""Values of items on the DHT: one size, one content, and nothing else opens."""

import os

import pytest

from crypto.dht_item import capacity, open_value, seal_value
from crypto.errors import ForgedError, LocalError, MalformedError
from crypto.primitives import xchacha_seal
from crypto.secret import Secret

KEY, ITEM_KEY = Secret(b"k" * 32), b"i" * 32
VALUE_BYTES = 100


def seal(content: bytes) -> bytes:
    return seal_value(KEY, ITEM_KEY, content, value_bytes=VALUE_BYTES, random=os.urandom)


def opened(value: bytes, *, key: Secret = KEY, item_key: bytes = ITEM_KEY) -> bytes:
    return open_value(key, item_key, value, value_bytes=VALUE_BYTES)


@pytest.mark.parametrize("size_bytes", [0, 1, capacity(VALUE_BYTES)])
def test_values_have_one_size_whatever_they_hold(size_bytes: int) -> None:
    assert len(seal(b"x" * size_bytes)) == VALUE_BYTES
    assert opened(seal(b"x" * size_bytes)) == b"x" * size_bytes


def test_more_than_fits_is_refused() -> None:
    with pytest.raises(LocalError):
        seal(b"x" * (capacity(VALUE_BYTES) + 1))


@pytest.mark.parametrize("size_bytes", [0, 16, 39, VALUE_BYTES - 1, VALUE_BYTES + 1])
def test_a_value_of_another_size_is_refused(size_bytes: int) -> None:
    with pytest.raises(MalformedError):
        opened(seal(b"").ljust(size_bytes, b"\0")[:size_bytes])


def test_nothing_opens_under_another_key_or_for_another_item() -> None:
    with pytest.raises(ForgedError):
        opened(seal(b"x"), key=Secret(b"l" * 32))
    with pytest.raises(ForgedError):
        opened(seal(b"x"), item_key=b"j" * 32)


def test_every_changed_byte_is_noticed() -> None:
    value = seal(b"where I am")
    for position in range(VALUE_BYTES):
        changed = bytearray(value)
        changed[position] ^= 1
        with pytest.raises(ForgedError):
            opened(bytes(changed))


@pytest.mark.parametrize("plaintext", [b"\x01\x00x".ljust(59, b"\0") + b"\x01", b"\x3b\x00".ljust(60, b"\0")])
def test_other_padding_than_zeros_and_a_size_beyond_the_end_are_refused(plaintext: bytes) -> None:
    """The holder of the key can seal what it likes."""
    value = bytes(24) + xchacha_seal(KEY.reveal(), bytes(24), plaintext, ITEM_KEY)
    assert len(value) == VALUE_BYTES
    with pytest.raises(MalformedError):
        opened(value)
