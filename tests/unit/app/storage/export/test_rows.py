"""Rows as bytes: every value survives, and anything else is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.storage.connection import Value
from app.storage.export.rows import MAX_ROW_BYTES, MAX_VALUE_BYTES, ExportedRow, RowDecoder, encode_row, encode_version
from crypto.errors import MalformedError

values = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.binary(max_size=40),
)
rows = st.builds(
    ExportedRow, st.sampled_from(["account", "messages", "reactions"]), st.lists(values, max_size=6).map(tuple)
)


def decoded(plaintext: bytes, *, piece_bytes: int = 1 << 16) -> tuple[int | None, list[ExportedRow]]:
    decoder = RowDecoder()
    pieces = [plaintext[start : start + piece_bytes] for start in range(0, len(plaintext), piece_bytes)]
    found = [row for piece in pieces for row in decoder.take(piece)]
    decoder.finish()
    return decoder.version, found


@given(st.lists(rows, max_size=6), st.integers(1, 50))
def test_rows_survive_however_they_are_cut(given_rows: list[ExportedRow], piece_bytes: int) -> None:
    plaintext = encode_version(7) + b"".join(encode_row(row.table, row.values) for row in given_rows)
    assert decoded(plaintext, piece_bytes=piece_bytes) == (7, given_rows)


@pytest.mark.parametrize(
    "row",
    [
        b"\x00\x00",
        b"\x63\x00",
        b"\x05\x01\x07",
        b"\x05\x01\x03" + (MAX_VALUE_BYTES + 1).to_bytes(4, "little"),
        b"\x05\x01\x03\x01\x00\x00\x00\xff",
        b"\x05\x02\x00",
        b"\x05",
        encode_row("messages", [bytes(MAX_VALUE_BYTES)] * (MAX_ROW_BYTES // MAX_VALUE_BYTES))[:-1]
        + b"\x00" * 9
        + b"\x05",
    ],
)
def test_what_is_no_row_is_refused(row: bytes) -> None:
    with pytest.raises(MalformedError):
        decoded(encode_version(7) + row)


def test_a_row_that_does_not_end_is_not_kept_for_ever() -> None:
    decoder = RowDecoder()
    endless: list[Value] = [bytes(MAX_VALUE_BYTES)] * 255
    encoded = encode_version(7) + encode_row("messages", endless)
    pieces = [encoded[start : start + (1 << 16)] for start in range(0, MAX_ROW_BYTES, 1 << 16)]
    for piece in pieces:
        assert list(decoder.take(piece)) == []
    with pytest.raises(MalformedError):
        list(decoder.take(b"one more"))


def test_nothing_at_all_is_no_profile() -> None:
    with pytest.raises(MalformedError):
        decoded(b"")


@given(st.binary(max_size=80))
def test_arbitrary_bytes_are_rows_or_malformed(plaintext: bytes) -> None:
    with suppress(MalformedError):
        decoded(plaintext)
