"""Single pages: what SQLCipher wrote is sound and readable, anything else is not."""

from pathlib import Path

import pytest

from app.storage.salvage.page_cipher import PAGE_BYTES, USABLE_BYTES, PageCipher
from tests.support.databases import STORE_KEY, database_in


@pytest.fixture
def pages(tmp_path: Path) -> list[bytes]:
    content = database_in(tmp_path).read_bytes()
    return [content[start : start + PAGE_BYTES] for start in range(0, len(content), PAGE_BYTES)]


@pytest.fixture
def cipher(pages: list[bytes]) -> PageCipher:
    return PageCipher(STORE_KEY, pages[0][:16])


def test_every_page_of_a_database_is_sound(cipher: PageCipher, pages: list[bytes]) -> None:
    assert all(cipher.is_sound(number, page) for number, page in enumerate(pages, start=1))


def test_decrypted_it_is_what_sqlite_sees(cipher: PageCipher, pages: list[bytes]) -> None:
    first = cipher.decrypt(1, pages[0])
    assert first.startswith(b"SQLite format 3\0")
    assert int.from_bytes(first[16:18], "big") == PAGE_BYTES
    assert first[20] == PAGE_BYTES - USABLE_BYTES
    assert b"CREATE TABLE" in b"".join(cipher.decrypt(number, page) for number, page in enumerate(pages, start=1))
    assert {len(cipher.decrypt(number, page)) for number, page in enumerate(pages, start=1)} == {USABLE_BYTES}


@pytest.mark.parametrize("place", [16, 2_000, USABLE_BYTES, PAGE_BYTES - 1])
def test_a_changed_page_is_not_sound(cipher: PageCipher, pages: list[bytes], place: int) -> None:
    for number in (1, 2):
        page = bytearray(pages[number - 1])
        page[place] ^= 1
        assert not cipher.is_sound(number, bytes(page))


def test_a_page_of_another_number_size_or_salt_is_not_sound(cipher: PageCipher, pages: list[bytes]) -> None:
    assert not cipher.is_sound(3, pages[1])
    assert not cipher.is_sound(2, pages[1][:-1])
    assert not cipher.is_sound(2, b"")
    assert not cipher.is_sound(2, bytes(PAGE_BYTES))
    assert not PageCipher(STORE_KEY, bytes(16)).is_sound(2, pages[1])


def test_it_shows_no_key(cipher: PageCipher) -> None:
    assert STORE_KEY.reveal().hex() not in repr(cipher)
    assert repr(cipher) == "PageCipher(<hidden>)"
