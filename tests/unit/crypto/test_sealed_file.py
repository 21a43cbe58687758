"""A file under a passphrase, piece by piece."""

import pytest

from crypto.errors import ForgedError, LocalError, MalformedError
from crypto.passphrase import Argon2Cost
from crypto.sealed_file import HEADER_BYTES, PIECE_BYTES, SEALED_PIECE_BYTES, FileHeader, open_piece, seal_piece

CHEAP = Argon2Cost(memory_kib=8, passes=1)
HEADER = FileHeader(CHEAP, bytes(range(16)))
KEY = HEADER.key("correct horse")
FULL = bytes(PIECE_BYTES)


def test_a_header_is_read_as_it_was_written() -> None:
    encoded = HEADER.encode()
    assert len(encoded) == HEADER_BYTES == 29
    assert encoded[:8] == b"KITHEXP1"
    assert FileHeader.decode(encoded) == HEADER


def test_each_file_has_a_salt_of_its_own() -> None:
    drawn = iter((b"a" * 16, b"b" * 16))
    first, second = (FileHeader.create(CHEAP, random=lambda _: next(drawn)) for _ in range(2))
    assert (first.salt, second.salt) == (b"a" * 16, b"b" * 16)
    assert not first.key("correct horse").matches(second.key("correct horse"))


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"KITHEXP2" + data[8:],
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: data[:8] + (1 << 30).to_bytes(4, "little") + data[12:],
        lambda data: data[:12] + b"\xff" + data[13:],
        lambda _: b"",
    ],
)
def test_another_header_is_refused(change: object) -> None:
    with pytest.raises(MalformedError):
        FileHeader.decode(change(HEADER.encode()))  # type: ignore[operator]


def test_pieces_open_in_their_places() -> None:
    pieces = [FULL, FULL, b"the rest"]
    sealed = [seal_piece(HEADER, KEY, n, piece, is_last=n == 2) for n, piece in enumerate(pieces)]
    assert [len(each) for each in sealed] == [SEALED_PIECE_BYTES, SEALED_PIECE_BYTES, 24]
    assert [open_piece(HEADER, KEY, n, each) for n, each in enumerate(sealed)] == pieces
    assert open_piece(HEADER, KEY, 0, seal_piece(HEADER, KEY, 0, b"", is_last=True)) == b""


def test_a_piece_that_moved_was_cut_or_is_of_another_file_does_not_open() -> None:
    full, last = seal_piece(HEADER, KEY, 0, FULL, is_last=False), seal_piece(HEADER, KEY, 1, b"rest", is_last=True)
    other = FileHeader(CHEAP, bytes(16))
    for header, key, number, sealed in (
        (HEADER, KEY, 1, full),
        (HEADER, KEY, 0, last),
        (HEADER, KEY, 0, full[:-1]),
        (HEADER, KEY, 1, last[:-1]),
        (HEADER, KEY, 1, b""),
        (HEADER, HEADER.key("wrong horse"), 1, last),
        (other, KEY, 1, last),
        (other, other.key("correct horse"), 1, last),
    ):
        with pytest.raises(ForgedError):
            open_piece(header, key, number, sealed)


@pytest.mark.parametrize(("plaintext", "is_last"), [(b"short", False), (FULL, True), (FULL + b"x", False)])
def test_only_the_last_piece_is_shorter(plaintext: bytes, is_last: bool) -> None:  # noqa: FBT001
    with pytest.raises(LocalError):
        seal_piece(HEADER, KEY, 0, plaintext, is_last=is_last)
