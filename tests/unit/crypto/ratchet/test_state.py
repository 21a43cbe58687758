"""A state is stored whole and read strictly, and shows no key."""

import copy

import pytest

from crypto.encoding import Reader, Writer
from crypto.errors import MalformedError
from crypto.primitives import KeyPair
from crypto.ratchet import skipped, state
from crypto.ratchet.chain import Chain
from crypto.ratchet.state import Listening, Ratchet, Sending, Turning

KEY_PAIR = KeyPair.from_private(b"\x04" * 32)
CHAIN = Chain(b"\x05" * 32, b"\x06" * 32, 7)
KEPT = skipped.NONE.adding(b"\x08" * 32, {1: b"\x09" * 32}, now_s=1_800_000_000)

LISTENING = Ratchet(b"\x01" * 32, b"\x02" * 32, Listening(KEY_PAIR, b"\x03" * 32), None, skipped.NONE)
TURNING = Ratchet(b"\x01" * 32, b"\x02" * 32, Turning(b"\x0a" * 32, b"\x03" * 32, 9), CHAIN, KEPT)
SENDING = Ratchet(b"\x01" * 32, b"\x02" * 32, Sending(KEY_PAIR, b"\x03" * 32, 9, CHAIN), CHAIN, KEPT)
FIRST_SENDING = Ratchet(b"\x01" * 32, b"\x02" * 32, Sending(KEY_PAIR, b"\x03" * 32, 0, CHAIN), None, skipped.NONE)

EVERY = pytest.mark.parametrize(
    "ratchet", [LISTENING, TURNING, SENDING, FIRST_SENDING], ids=["listening", "turning", "sending", "first sending"]
)


def stored(ratchet: Ratchet) -> bytes:
    writer = Writer()
    state.write(ratchet, writer)
    return writer.finish()


@EVERY
def test_storage_gives_back_the_same_state(ratchet: Ratchet) -> None:
    reader = Reader(stored(ratchet))
    again = state.read(reader)
    reader.finish()
    assert type(again.position) is type(ratchet.position)
    assert stored(again) == stored(ratchet)


@EVERY
def test_a_truncated_state_is_refused(ratchet: Ratchet) -> None:
    data = stored(ratchet)
    for size_bytes in range(len(data)):
        with pytest.raises(MalformedError):
            state.read(Reader(data[:size_bytes]))


@pytest.mark.parametrize("kind", [3, 0xFF])
def test_an_unknown_position_is_refused(kind: int) -> None:
    data = bytearray(stored(SENDING))
    data[64] = kind
    with pytest.raises(MalformedError):
        state.read(Reader(bytes(data)))


@pytest.mark.parametrize("presence", [1, 2])
def test_a_listening_party_has_received_nothing(presence: int) -> None:
    data = stored(LISTENING)
    with_chain = data[:-3] + bytes([presence]) + bytes(72) + data[-2:]
    with pytest.raises(MalformedError):
        state.read(Reader(with_chain))


def test_a_turning_party_has_received_something() -> None:
    data = stored(Ratchet(TURNING.root_key, bytes(32), TURNING.position, None, skipped.NONE))
    with pytest.raises(MalformedError):
        state.read(Reader(data))


@EVERY
def test_no_value_shows_pickles_or_compares_its_keys(ratchet: Ratchet) -> None:
    for value in (ratchet, ratchet.position, CHAIN, KEPT):
        assert repr(value) == str(value) == f"{type(value).__name__}(<hidden>)"
        with pytest.raises(TypeError):
            copy.copy(value)
        with pytest.raises(TypeError):
            _ = value == value  # noqa: PLR0124 - the comparison itself is what is refused
        with pytest.raises(TypeError):
            hash(value)
