"""What a session carries from one ML-KEM epoch to the next evolves, is proved, and is stored."""

import hmac

import pytest

from crypto import epoch as epochs
from crypto.encoding import Reader, Writer
from crypto.epoch import Epoch, Roots
from crypto.errors import MalformedError
from crypto.secret import Secret

RESUME, PAIR, UPDATE = b"\x01" * 32, b"\x02" * 32, b"\x03" * 32
FIRST = epochs.first(Roots(Secret(RESUME), Secret(PAIR)))


def hkdf_of(salt: bytes, ikm: bytes, info: bytes) -> bytes:
    return hmac.digest(hmac.digest(salt, ikm, "sha256"), info + b"\x01", "sha256")


def image(epoch: Epoch) -> bytes:
    writer = Writer()
    epoch.write(writer)
    return writer.finish()


def test_the_roots_evolve_by_hkdf_as_the_protocol_writes_it() -> None:
    mixed = FIRST.mixed(UPDATE)
    assert mixed.roots.resume.reveal() == hkdf_of(RESUME, UPDATE, b"kith1 resume")
    assert mixed.roots.pair.reveal() == hkdf_of(PAIR, UPDATE, b"kith1 pair")


def test_the_first_epoch_has_no_date_and_nothing_before_it() -> None:
    assert FIRST.former is None
    assert (FIRST.sent_count, FIRST.began_s) == (0, 0)


def test_the_former_roots_stay_until_the_new_are_proved() -> None:
    mixed = FIRST.mixed(UPDATE)
    assert mixed.former is FIRST.roots
    proved = mixed.proved()
    assert proved.former is None
    assert proved.roots is mixed.roots
    assert proved.proved() is proved


def test_a_beginning_dates_the_epoch_and_leaves_the_roots() -> None:
    begun = FIRST.mixed(UPDATE).begun(sent_count=7, now_s=1_800_000_000)
    assert (begun.sent_count, begun.began_s) == (7, 1_800_000_000)
    assert begun.former is FIRST.roots


@pytest.mark.parametrize("epoch", [FIRST, FIRST.mixed(UPDATE), FIRST.begun(sent_count=7, now_s=2**63)])
def test_storage_gives_back_the_same_epoch_and_takes_no_less(epoch: Epoch) -> None:
    stored = image(epoch)
    reader = Reader(stored)
    assert image(Epoch.read(reader)) == stored
    reader.finish()
    for size_bytes in range(len(stored)):
        with pytest.raises(MalformedError):
            Epoch.read(Reader(stored[:size_bytes]))


def test_former_roots_are_there_or_not() -> None:
    stored = image(FIRST)
    with pytest.raises(MalformedError):
        Epoch.read(Reader(stored[:64] + b"\x02" + stored[65:] + bytes(100)))


def test_no_value_shows_a_key() -> None:
    assert repr(FIRST) == "Epoch(<hidden>)"
    assert repr(FIRST.roots) == "Roots(<hidden>)"
