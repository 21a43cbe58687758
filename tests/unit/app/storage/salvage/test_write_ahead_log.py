"""Logs as SQLite leaves them: what is committed, what was torn, and what was damaged later."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.storage.salvage.page_cipher import PAGE_BYTES, PageCipher
from app.storage.salvage.write_ahead_log import FRAME_BYTES, HEADER_BYTES, Frame, WriteAheadLog
from tests.support.databases import STORE_KEY, connection_in, database_in

TRANSACTIONS = 4


class Written:
    """The log of four transactions, as a killed process leaves it."""

    def __init__(self, folder: Path) -> None:
        connection = connection_in(folder)
        for number in range(TRANSACTIONS):
            connection.execute("INSERT INTO settings VALUES (?, ?)", (str(number), "x" * 6_000))
        self.path = folder / "copy-wal"
        self.content = bytearray((folder / "kith.db-wal").read_bytes())
        self.cipher = PageCipher(STORE_KEY, database_in(folder).read_bytes()[:16])
        connection.close()
        self.ends = [frame.place for frame in self.read().frames if frame.page_count]

    def read(self, *, is_expected: bool = True) -> WriteAheadLog:
        self.path.write_bytes(self.content)
        return WriteAheadLog.read(self.path, is_expected=is_expected)

    def committed(self, *, is_expected: bool = True) -> WriteAheadLog:
        return self.read(is_expected=is_expected).committed(self._is_sound)

    def spoil(self, frame: int, place: int = 100) -> None:
        self.content[HEADER_BYTES + frame * FRAME_BYTES + place] ^= 1

    def cut(self, frames: float) -> None:
        del self.content[HEADER_BYTES + int(frames * FRAME_BYTES) :]

    def _is_sound(self, frame: Frame) -> bool:
        page = bytes(self.content[frame.offset : frame.offset + PAGE_BYTES])
        return self.cipher.is_sound(frame.page, page)


@pytest.fixture
def written(tmp_path: Path) -> Written:
    return Written(tmp_path)


def test_a_whole_log_is_committed_to_its_end(written: Written) -> None:
    log = written.committed()
    assert not log.is_damaged
    assert len(written.ends) == TRANSACTIONS
    assert log.frames == written.read().frames
    assert [frame.place for frame in log.frames] == list(range(written.ends[-1] + 1))


def test_a_transaction_that_was_torn_never_was(written: Written) -> None:
    written.cut(written.ends[-1] - 0.5)
    log = written.committed()
    assert not log.is_damaged
    assert log.frames[-1].place == written.ends[-2]


def test_the_last_transaction_may_have_been_torn_in_its_middle(written: Written) -> None:
    written.spoil(written.ends[-2] + 1)
    log = written.committed()
    assert not log.is_damaged
    assert log.frames[-1].place == written.ends[-2]


@pytest.mark.parametrize("place", [0, 100], ids=["the number of a page", "a page"])
def test_an_earlier_one_was_on_the_disk_and_is_damaged(written: Written, place: int) -> None:
    spoiled = written.ends[1]
    written.spoil(spoiled, place)
    log = written.committed()
    assert log.is_damaged
    assert [frame.place for frame in log.frames] == [n for n in range(written.ends[-1] + 1) if n != spoiled]


def test_a_frame_whose_salt_is_lost_is_missed(written: Written) -> None:
    written.spoil(written.ends[0], 8)
    assert written.committed().is_damaged


def test_frames_of_an_earlier_run_through_the_file_do_not_count(written: Written) -> None:
    for frame in range(written.ends[1] + 1, written.ends[-1] + 1):
        written.spoil(frame, 8)
    log = written.committed()
    assert not log.is_damaged
    assert log.frames[-1].place == written.ends[1]


def without(written: Written) -> None:
    written.content.clear()


def beheaded(written: Written) -> None:
    written.content[:HEADER_BYTES] = bytes(HEADER_BYTES)


def header_flipped(written: Written) -> None:
    written.content[20] ^= 1


@pytest.mark.parametrize("harm", [beheaded, header_flipped])
def test_without_a_header_the_frames_are_still_there(written: Written, harm: Callable[[Written], None]) -> None:
    before = written.committed().frames
    harm(written)
    for is_expected in (True, False):
        log = written.committed(is_expected=is_expected)
        assert log.is_damaged
        assert log.frames == before


def test_an_empty_or_missing_log_is_damage_only_where_one_must_be(written: Written, tmp_path: Path) -> None:
    without(written)
    assert written.committed(is_expected=True).is_damaged
    assert not written.committed(is_expected=False).is_damaged
    assert WriteAheadLog.read(tmp_path / "absent", is_expected=True).is_damaged
    assert not WriteAheadLog.read(tmp_path / "absent", is_expected=False).is_damaged


def test_garbage_is_no_log(written: Written) -> None:
    written.content = bytearray(b"\xa5" * len(written.content))
    log = written.committed()
    assert (log.is_damaged, log.frames) == (True, ())
