"""Lengths on the wire tell little, and padding always comes off again."""

import pytest

from crypto.errors import MalformedError
from crypto.padding import pad, padded_size, unpad


@pytest.mark.parametrize(
    ("data_bytes", "expected_bytes"),
    [
        (0, 256),
        (255, 256),
        (256, 512),
        (511, 512),
        (512, 1024),
        (2047, 2048),
        (2048, 4096),
        (4095, 4096),
        (4096, 4352),  # Padmé of 4,097: 13 bits, of which the leading 5 remain
        (4351, 4352),
        (4352, 4608),
        (65_535, 65_536),
        (65_536, 67_584),
        (1_000_000, 1_015_808),
    ],
)
def test_each_length_has_its_step(data_bytes: int, expected_bytes: int) -> None:
    assert padded_size(data_bytes) == expected_bytes
    assert len(pad(bytes(data_bytes))) == expected_bytes


@pytest.mark.parametrize("data", [b"", b"\x80", b"\0", b"text\x80\0\0", bytes(300), b"\x80" * 5000])
def test_what_was_padded_comes_back(data: bytes) -> None:
    assert unpad(pad(data)) == data


def test_padding_is_a_marker_and_zeros() -> None:
    assert pad(b"hello") == b"hello\x80" + bytes(250)


@pytest.mark.parametrize("data", [b"", b"\0", bytes(256), b"text", b"text\0\0", b"\x80x\0"])
def test_data_without_a_marker_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        unpad(data)


def test_above_the_doubling_at_most_an_eighth_is_added() -> None:
    for data_bytes in range(4096, 200_000, 37):
        assert data_bytes < padded_size(data_bytes) <= (data_bytes + 1) * 1.12


def test_a_longer_text_never_looks_shorter() -> None:
    sizes = [padded_size(data_bytes) for data_bytes in range(20_000)]
    assert sizes == sorted(sizes)
