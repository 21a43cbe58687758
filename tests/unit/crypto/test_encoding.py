"""Strict encoding: what is written reads back, and nothing else reads at all."""

import struct

import pytest

from crypto.encoding import Reader, Writer, listed
from crypto.errors import MalformedError


def test_a_list_is_length_and_field_each() -> None:
    assert listed() == b""
    assert listed(b"ab", b"", b"c") == b"\x02\x00ab\x00\x00\x01\x00c"


def test_no_two_lists_share_their_bytes() -> None:
    lists = [(b"ab", b"c"), (b"a", b"bc"), (b"abc",), (b"abc", b""), (b"", b"abc")]
    assert len({listed(*fields) for fields in lists}) == len(lists)


def test_a_field_of_65536_bytes_is_our_own_mistake() -> None:
    assert len(listed(bytes(65_535))) == 65_537
    with pytest.raises(OverflowError):
        listed(bytes(65_536))


def test_integers_are_little_endian() -> None:
    assert Writer().u8(1).u16(2).u32(3).u64(4).finish() == bytes.fromhex("01 0200 03000000 0400000000000000")


@pytest.mark.parametrize("value", [-1, 256])
def test_an_integer_that_does_not_fit_is_our_own_mistake(value: int) -> None:
    with pytest.raises(OverflowError):
        Writer().u8(value)


def test_what_is_written_reads_back() -> None:
    data = Writer().u8(255).u16(65_535).u32(2**32 - 1).u64(2**64 - 1).raw(b"raw").sized(b"sized").raw(b"rest").finish()
    reader = Reader(data)
    assert (reader.u8(), reader.u16(), reader.u32(), reader.u64()) == (255, 65_535, 2**32 - 1, 2**64 - 1)
    assert (reader.raw(3), reader.sized(), reader.rest()) == (b"raw", b"sized", b"rest")
    reader.finish()


def test_a_layout_reads_several_fields_at_once() -> None:
    reader = Reader(b"\x01\x02\x00ab")
    assert reader.unpack(struct.Struct("<BH2s")) == (1, 2, b"ab")
    reader.finish()


def test_truncated_fields_are_refused() -> None:
    for read in (Reader.u8, Reader.u16, Reader.u32, Reader.u64, Reader.sized):
        with pytest.raises(MalformedError):
            read(Reader(b""))
    with pytest.raises(MalformedError):
        Reader(b"ab").raw(3)
    with pytest.raises(MalformedError):
        Reader(b"\x03\x00ab").sized()
    with pytest.raises(MalformedError):
        Reader(b"\x01").unpack(struct.Struct("<H"))


def test_a_refused_field_is_not_consumed() -> None:
    reader = Reader(b"ab")
    with pytest.raises(MalformedError):
        reader.u32()
    assert reader.rest() == b"ab"


def test_a_field_above_its_bound_is_refused() -> None:
    data = Writer().sized(b"12345").finish()
    assert Reader(data).sized(max_bytes=5) == b"12345"
    with pytest.raises(MalformedError):
        Reader(data).sized(max_bytes=4)


def test_trailing_bytes_are_refused() -> None:
    reader = Reader(b"ab")
    reader.u8()
    with pytest.raises(MalformedError):
        reader.finish()
    assert reader.rest() == b"b"
    reader.finish()
    assert reader.rest() == b""
