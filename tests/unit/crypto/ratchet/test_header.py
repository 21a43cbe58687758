"""A header has a fixed layout and opens under its own key only."""

import pytest

from crypto.primitives import xchacha_open, xchacha_seal
from crypto.ratchet.header import SEALED_BYTES, WANT, Header, seal, unseal

KEY, NONCE, BOUND = b"\x01" * 32, b"\x02" * 24, b"bound"
HEADER = Header(ratchet_key=b"\xdd" * 32, previous_count=0x01020304, number=0x05060708)


def test_the_layout_is_the_protocols() -> None:
    plain = xchacha_open(KEY, NONCE, seal(HEADER, KEY, NONCE, BOUND), BOUND)
    assert plain == b"\xdd" * 32 + bytes.fromhex("04030201 08070605 00000000 0000 0000")


def test_a_sealed_header_has_64_bytes_and_comes_back() -> None:
    sealed = seal(HEADER, KEY, NONCE, BOUND)
    assert len(sealed) == SEALED_BYTES == 64
    assert unseal(sealed, KEY, NONCE, BOUND) == HEADER


def test_the_wish_for_an_epoch_is_the_lowest_bit_of_the_flags() -> None:
    wishing = HEADER._replace(epoch=0x090A0B0C, flags=WANT)
    plain = xchacha_open(KEY, NONCE, seal(wishing, KEY, NONCE, BOUND), BOUND)
    assert plain[40:] == bytes.fromhex("0c0b0a09 0100 0000")


def test_printing_shows_nothing_of_it() -> None:
    assert repr(HEADER) == "Header(<hidden>)"


@pytest.mark.parametrize(
    ("key", "nonce", "bound"), [(b"\x03" * 32, NONCE, BOUND), (KEY, b"\x03" * 24, BOUND), (KEY, NONCE, b"other")]
)
def test_nothing_else_opens_it(key: bytes, nonce: bytes, bound: bytes) -> None:
    assert unseal(seal(HEADER, KEY, NONCE, BOUND), key, nonce, bound) is None


def test_reserved_bits_are_read_past() -> None:
    sealed = xchacha_seal(KEY, NONCE, b"\xdd" * 32 + bytes(12) + b"\xff" * 4, BOUND)
    header = unseal(sealed, KEY, NONCE, BOUND)
    assert header is not None
    assert (header.flags, header.reserved) == (0xFFFF, 0xFFFF)
