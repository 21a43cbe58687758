"""The self-test tells of every part, and of every one that fails."""

from collections.abc import Iterator

import pytest

from app import self_test

NAMES = {
    "libsodium",
    "OpenSSL",
    "SQLCipher",
    "keyring",
    "zeroconf",
    "libtorrent",
    "QUIC",
    "Qt",
    "pictures",
    "QR codes",
    "translations",
}


def test_every_part_is_tried() -> None:
    assert {name for name, _ in self_test.parts()} == NAMES


def test_a_part_that_fails_is_named_and_the_others_are_tried_all_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> str:
        raise OSError("libwhatever.so.1 is missing")

    def sound() -> str:
        return "1.0"

    def parts() -> Iterator[tuple[str, self_test.Check]]:
        yield "first", broken
        yield "second", sound

    monkeypatch.setattr(self_test, "parts", parts)
    assert self_test.run() == self_test.EXIT_BROKEN
    assert capsys.readouterr().out == "--  first: OSError: libwhatever.so.1 is missing\nok  second: 1.0\n"


def test_a_wrong_answer_is_no_answer() -> None:
    with pytest.raises(self_test.PartError):
        self_test._expect(False)
