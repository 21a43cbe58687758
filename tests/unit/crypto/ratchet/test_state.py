"""A state is stored whole and read strictly, and shows no key."""

import copy
from dataclasses import replace

import pytest

from crypto.encoding import Reader, Writer
from crypto.errors import MalformedError
from crypto.primitives import KeyPair
from crypto.ratchet import kem_ratchet, skipped, state
from crypto.ratchet.chain import Chain
from crypto.ratchet.state import Listening, Ratchet, Sending, Turning

KEY_PAIR = KeyPair.from_private(b"\x04" * 32)
CHAIN = Chain(b"\x05" * 32, b"\x06" * 32, 7)
KEM = kem_ratchet.begin(b"\x0b" * 32, is_initiator=True)
KEPT = skipped.NONE.adding(b"\x08" * 32, {1: b"\x09" * 32}, now_s=1_800_000_000)

LISTENING = Ratchet(b"\x01" * 32, b"\x02" * 32, Listening(KEY_PAIR, b"\x03" * 32), None, skipped.NONE, KEM)
TURNING = Ratchet(b"\x01" * 32, b"\x02" * 32, Turning(b"\x0a" * 32, b"\x03" * 32, 9), CHAIN, KEPT, KEM)
SENDING = Ratchet(b"\x01" * 32, b"\x02" * 32, Sending(KEY_PAIR, b"\x03" * 32, 9, CHAIN, 0), CHAIN, KEPT, KEM)
MIXED_SENDING = replace(SENDING, position=Sending(KEY_PAIR, b"\x03" * 32, 9, CHAIN, 5))
FIRST_SENDING = Ratchet(
    b"\x01" * 32, b"\x02" * 32, Sending(KEY_PAIR, b"\x03" * 32, 0, CHAIN, 0), None, skipped.NONE, KEM
)

EVERY = pytest.mark.parametrize(
    "ratchet",
    [LISTENING, TURNING, SENDING, MIXED_SENDING, FIRST_SENDING],
    ids=["listening", "turning", "sending", "sending with an epoch", "first sending"],
)


def stored(ratchet: Ratchet) -> bytes:
    writer = Writer()
    state.write(ratchet, writer)
    return writer.finish()


@EVERY
def test_storage_gives_back_the_same_state(ratchet: Ratchet) -> None:
    reader = Reader(stored(ratchet))
    again = state.read(reader, KEM)
    reader.finish()
    assert type(again.position) is type(ratchet.position)
    assert stored(again) == stored(ratchet)


@EVERY
def test_a_truncated_state_is_refused(ratchet: Ratchet) -> None:
    data = stored(ratchet)
    for size_bytes in range(len(data)):
        with pytest.raises(MalformedError):
            state.read(Reader(data[:size_bytes]), KEM)


@pytest.mark.parametrize("kind", [4, 0xFF])
def test_an_unknown_position_is_refused(kind: int) -> None:
    for position in (b"", stored(LISTENING)[97:-3], stored(SENDING)[97:]):
        data = bytes(64) + bytes([kind]) + bytes(32) + position + bytes(3)
        with pytest.raises(MalformedError):
            state.read(Reader(data), KEM)


@pytest.mark.parametrize("presence", [1, 2])
def test_a_listening_party_has_received_nothing(presence: int) -> None:
    data = stored(LISTENING)
    with_chain = data[:-3] + bytes([presence]) + bytes(72) + data[-2:]
    with pytest.raises(MalformedError):
        state.read(Reader(with_chain), KEM)


def test_a_turning_party_has_received_something() -> None:
    data = stored(Ratchet(TURNING.root_key, bytes(32), TURNING.position, None, skipped.NONE, KEM))
    with pytest.raises(MalformedError):
        state.read(Reader(data), KEM)


def test_the_epoch_of_a_sending_chain_is_stored() -> None:
    again = state.read(Reader(stored(MIXED_SENDING)), KEM)
    assert isinstance(again.position, Sending)
    assert again.position.epoch == 5


def test_a_chain_with_an_epoch_that_is_none_is_refused() -> None:
    data = stored(replace(MIXED_SENDING, receiving=None, skipped=skipped.NONE))
    without_epoch = data[: -len(b"\x05\0\0\0" + b"\0" + b"\0\0")] + bytes(7)
    with pytest.raises(MalformedError):
        state.read(Reader(without_epoch), KEM)


@EVERY
def test_a_ratchet_with_the_epochs_that_it_has_is_itself(ratchet: Ratchet) -> None:
    assert ratchet.with_kem(ratchet.kem) is ratchet


@EVERY
def test_no_value_shows_pickles_or_compares_its_keys(ratchet: Ratchet) -> None:
    for value in (ratchet, ratchet.position, CHAIN, KEPT, KEM):
        assert repr(value) == str(value) == f"{type(value).__name__}(<hidden>)"
        with pytest.raises(TypeError):
            copy.copy(value)
        with pytest.raises(TypeError):
            _ = value == value  # noqa: PLR0124 - the comparison itself is what is refused
        with pytest.raises(TypeError):
            hash(value)
