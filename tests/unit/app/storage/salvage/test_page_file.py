"""File and log together: the newest sound version of each page."""

import errno
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.storage.high_water_mark import Mark
from app.storage.migrations import CURRENT_VERSION
from app.storage.salvage import page_file
from app.storage.salvage.page_cipher import PAGE_BYTES
from app.storage.salvage.page_file import PageFile
from app.storage.writer import write_transaction
from crypto.secret import Secret
from tests.support.databases import STORE_KEY, connection_in

CLOSED = Mark(0, is_running=False)


class Files:
    """A database, with a log beside it if a process that was killed left one."""

    def __init__(self, folder: Path) -> None:
        connection = connection_in(folder)
        connection.execute("INSERT INTO settings VALUES ('before', '')")
        connection.execute("PRAGMA wal_checkpoint (TRUNCATE)")
        self._source, self._connection = folder / "kith.db", connection
        self.folder = folder / "copy"
        self.folder.mkdir()
        self.path, self.log_path = self.folder / "kith.db", self.folder / "kith.db-wal"

    def kill(self, *, after: int = 0) -> None:
        for number in range(after):
            write_transaction(self._connection, [], after=number)
            self._connection.execute("INSERT INTO settings VALUES (?, ?)", (str(number), "x" * 3_000))
        self.path.write_bytes(self._source.read_bytes())
        if after:
            self.log_path.write_bytes(self._source.with_name("kith.db-wal").read_bytes())
        self._connection.close()

    def overwrite(self, number: int, content: bytes = bytes(PAGE_BYTES)) -> None:
        with self.path.open("r+b") as file:
            file.seek((number - 1) * PAGE_BYTES)
            file.write(content)


@pytest.fixture
def closed(tmp_path: Path) -> Files:
    files = Files(tmp_path)
    files.kill()
    return files


@pytest.fixture
def killed(tmp_path: Path) -> Files:
    files = Files(tmp_path)
    files.kill(after=5)
    return files


@contextmanager
def opened(files: Files, mark: Mark | None = CLOSED) -> Iterator[PageFile]:
    with PageFile(files.path, STORE_KEY, mark) as file:
        yield file


def test_a_closed_database_is_sound_and_has_all_its_pages(closed: Files) -> None:
    with opened(closed) as file:
        assert file.is_sound()
        assert not file.has_log
        assert file.version == CURRENT_VERSION
        assert file.page_count == closed.path.stat().st_size // PAGE_BYTES
        assert file.by_age() == list(range(1, file.page_count + 1))


def test_pages_of_the_log_count_before_those_of_the_file(killed: Files) -> None:
    with opened(killed) as file:
        assert file.is_sound()
        assert file.has_log
        assert file.page_count > killed.path.stat().st_size // PAGE_BYTES
        assert file.by_age()[0] != 1, "the first page is one of the newest"
        in_log = set(file.by_age()[-3:])
    for number in in_log - {1}:
        killed.overwrite(number, b"x" * PAGE_BYTES)
    with opened(killed) as file:
        assert file.is_sound(), "what a killed checkpoint leaves is in the log"


@pytest.mark.parametrize("content", [bytes(PAGE_BYTES), b"x" * PAGE_BYTES])
def test_a_lost_page_is_missing_and_no_other(closed: Files, content: bytes) -> None:
    closed.overwrite(3, content)
    with opened(closed) as file:
        assert not file.is_sound()
        assert file.page(3) is None
        assert set(file.by_age()) == set(range(1, file.page_count + 1)) - {3}
        assert not file.is_truncated
        assert not file.is_behind


def test_the_salt_is_found_though_the_first_page_is_lost(closed: Files) -> None:
    closed.overwrite(1)
    with opened(closed) as file:
        assert not file.is_sound()
        assert file.version is None
        assert set(file.by_age()) == set(range(2, file.page_count + 1))


def test_the_salt_is_needed_in_its_place_though_the_log_has_the_first_page(killed: Files) -> None:
    killed.overwrite(1, b"x" * 16)
    with opened(killed) as file:
        assert file.page(1) is not None
        assert not file.is_sound()


def test_a_file_cut_off_is_truncated(closed: Files) -> None:
    closed.path.write_bytes(closed.path.read_bytes()[: -3 * PAGE_BYTES])
    with opened(closed) as file:
        assert file.is_truncated
        assert not file.is_sound()


@pytest.mark.parametrize("content", [None, b"", b"x" * 100_000])
def test_of_a_file_that_is_gone_or_garbage_nothing_is_left(closed: Files, content: bytes | None) -> None:
    closed.path.unlink() if content is None else closed.path.write_bytes(content)
    with opened(closed) as file:
        assert not file.is_sound()
        assert file.by_age() == []


def test_nothing_is_left_for_a_wrong_key(closed: Files) -> None:
    with PageFile(closed.path, Secret(bytes(32)), None) as file:
        assert not file.is_sound()
        assert file.by_age() == []


@pytest.mark.parametrize(
    ("transaction", "is_behind"), [(0, False), (4, False), (5, False), (6, True), (2**31 + 6, False)]
)
def test_a_database_before_its_mark_is_behind(killed: Files, transaction: int, *, is_behind: bool) -> None:
    with opened(killed, Mark(transaction, is_running=True)) as file:
        assert file.is_behind is is_behind
        assert file.is_sound() is not is_behind


def test_without_its_log_a_running_database_is_behind(killed: Files) -> None:
    killed.log_path.unlink()
    with opened(killed, None) as file:
        assert not file.is_behind
    with opened(killed, Mark(0, is_running=True)) as file:
        assert file.is_behind


def test_of_a_damaged_log_older_versions_serve(killed: Files) -> None:
    content = bytearray(killed.log_path.read_bytes())
    frames = (len(content) - 32) // 4120
    for frame in range(frames // 2):
        content[32 + frame * 4120 + 1_000] ^= 1
    killed.log_path.write_bytes(content)
    with opened(killed) as file:
        assert file.is_behind
        assert not file.is_sound()
        assert 1 in file.by_age()


def test_a_large_file_is_checked_at_its_beginning(closed: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_file, "CHECKED_WHOLE_BYTES", 0)
    closed.overwrite(3)
    with opened(closed) as file:
        assert file.is_sound()
        assert file.page(3) is None
    closed.overwrite(1, b"x" * PAGE_BYTES)
    with opened(closed) as file:
        assert not file.is_sound()


def test_a_bad_sector_costs_its_page_and_another_error_is_raised(
    closed: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = errno.EIO

    class Failing(io.FileIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() == 2 * PAGE_BYTES:
                raise OSError(number, "bad sector")
            return super().read(-1 if size is None else size)

    monkeypatch.setattr(page_file, "FileIO", Failing)
    with opened(closed) as file:
        assert not file.is_sound()
        assert 3 not in file.by_age()
    number = errno.ENXIO
    with opened(closed) as file, pytest.raises(OSError):
        file.is_sound()
