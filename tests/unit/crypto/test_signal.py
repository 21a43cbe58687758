"""Signals and rings: only two can make or read them, and nothing links two epochs, directions or rings."""

import hashlib
import hmac

import pytest

from crypto.encoding import listed
from crypto.errors import ForgedError, LocalError
from crypto.primitives import ed25519_sign, ed25519_verify
from crypto.secret import Secret
from crypto.signal import MAX_SIGNAL_CONTENT_BYTES, RINGS, SIGNAL_ITEM_BYTES, SignalBox, ring_hints
from tests.support.expanded_ed25519 import sign_expanded

KEY, OTHER_KEY = Secret(b"k" * 32), Secret(b"l" * 32)
EPOCH, BELL = 123_456, b"b" * 20


def box(key: Secret = KEY, epoch: int = EPOCH, *, from_controlling: bool = True) -> SignalBox:
    return SignalBox.of(key, epoch, from_controlling=from_controlling)


def test_the_other_side_reads_what_one_writes() -> None:
    written, read = box(), box(Secret(KEY.reveal()))
    assert written.item_key == read.item_key
    assert read.open(written.seal(b"come here")) == b"come here"


def test_each_key_epoch_and_direction_has_an_item_and_a_seal_of_its_own() -> None:
    boxes = [
        box(key, epoch, from_controlling=side) for key in (KEY, OTHER_KEY) for epoch in (1, 2) for side in (True, False)
    ]
    assert len({each.item_key for each in boxes}) == len({each.value_key.reveal() for each in boxes}) == 8
    for each in boxes[1:]:
        with pytest.raises(ForgedError):
            each.open(boxes[0].seal(b"x"))


def test_all_signals_have_one_size() -> None:
    for size_bytes in (0, 1, MAX_SIGNAL_CONTENT_BYTES):
        assert len(box().seal(b"x" * size_bytes)) == SIGNAL_ITEM_BYTES
    with pytest.raises(LocalError):
        box().seal(b"x" * (MAX_SIGNAL_CONTENT_BYTES + 1))


def test_the_signing_key_signs_as_its_seed_does() -> None:
    signature = sign_expanded(box().signing_key.reveal(), b"value")
    assert signature == ed25519_sign(box().seed.reveal(), b"value")
    ed25519_verify(box().item_key, b"value", signature)


def test_the_keys_are_those_of_the_protocol() -> None:
    """Written out a second time, by RFC 5869."""
    info = listed(b"kith1 signal", b"\x01", EPOCH.to_bytes(8, "little"))
    pseudorandom = hmac.digest(bytes(32), KEY.reveal(), "sha256")
    first = hmac.digest(pseudorandom, info + b"\x01", "sha256")
    second = hmac.digest(pseudorandom, first + info + b"\x02", "sha256")
    assert (box().seed.reveal(), box().value_key.reveal()) == (first, second)


def test_a_ring_is_known_to_who_holds_the_key_and_is_a_port() -> None:
    hints = ring_hints(KEY, BELL)
    assert hints == ring_hints(Secret(KEY.reveal()), BELL)
    assert len(hints) == RINGS
    assert all(1 <= hint <= 65_535 for hint in hints)
    digest = hashlib.blake2b(b"kith1 ring" + BELL, key=KEY.reveal(), digest_size=16).digest()
    assert hints[1] == int.from_bytes(digest[2:4], "little")


def test_rings_of_other_keys_and_at_other_bells_are_others() -> None:
    assert len({ring_hints(KEY, BELL), ring_hints(OTHER_KEY, BELL), ring_hints(KEY, b"c" * 20)}) == 3


def test_no_ring_is_at_port_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crypto.signal.blake2b", lambda *_, **__: bytes(16))
    assert ring_hints(KEY, BELL) == (1,) * RINGS
