"""Sealing frames, and reading them strictly."""

import os
from dataclasses import FrozenInstanceError

import pytest

from crypto.noise import CipherState
from crypto.secret import Secret
from net.endpoint import Endpoint
from net.errors import LocalError, RemoteError
from net.limits import INITIAL_BUFFER_BYTES, MAX_FRAME_BYTES
from net.link.frames import (
    MAX_BODY_BYTES,
    OVERHEAD_BYTES,
    SMALL_BODY_BYTES,
    CloseCode,
    Frame,
    FrameReader,
    FrameType,
    FrameWriter,
    Scratch,
    decode_observed,
    encode_observed,
)

KEY = Secret(b"f" * 32)


def reader() -> FrameReader:
    made = FrameReader(INITIAL_BUFFER_BYTES)
    made.unseal_with(KEY)
    made.unlock(INITIAL_BUFFER_BYTES)
    return made


def read(into: FrameReader, data: bytes) -> list[Frame]:
    """Feed bytes in pieces as large as there is space."""
    frames: list[Frame] = []
    while data:
        space = into.space()
        size_bytes = min(len(space), len(data))
        space[:size_bytes] = data[:size_bytes]
        into.wrote(size_bytes)
        data = data[size_bytes:]
        frames += into.frames()
        into.make_room()
    return frames


def sealed_by_hand(plaintext: bytes) -> bytes:
    length = (len(plaintext) + 16).to_bytes(3, "little")
    return length + CipherState(KEY).seal(plaintext, length)


def test_types_and_reasons_are_those_of_the_protocol() -> None:
    assert {frame_type.name: frame_type.value for frame_type in FrameType} == {
        "ENVELOPE": 0x01,
        "HANDSHAKE": 0x02,
        "PROGRESS": 0x03,
        "PING": 0x10,
        "PONG": 0x11,
        "NOMINATE": 0x12,
        "CONFIRM": 0x13,
        "CLOSE": 0x14,
        "REKEY": 0x15,
        "OBSERVED_ADDRESS": 0x16,
        "SIGNAL": 0x80,
    }
    assert {code.name: code.value for code in CloseCode} == {"GOING_AWAY": 0, "SUPERSEDED": 1, "PROTOCOL": 2}


def test_a_frame_does_not_change() -> None:
    frame = Frame(FrameType.PING, bytes(8))
    with pytest.raises(FrozenInstanceError):
        frame.body = b""  # type: ignore[misc]
    with pytest.raises(TypeError):
        vars(frame)


@pytest.mark.parametrize("size_bytes", [0, 1, 400, SMALL_BODY_BYTES, SMALL_BODY_BYTES + 1, 300_000, MAX_BODY_BYTES])
def test_a_body_of_any_size_arrives(size_bytes: int) -> None:
    body = os.urandom(size_bytes)
    sealed = bytes(FrameWriter(KEY).seal(FrameType.ENVELOPE, body))
    assert len(sealed) == size_bytes + OVERHEAD_BYTES
    assert read(reader(), sealed) == [Frame(FrameType.ENVELOPE, body)]


def test_many_frames_of_mixed_sizes_arrive_in_order() -> None:
    writer = FrameWriter(KEY)
    bodies = [os.urandom(size) for size in (3, 70_000, 0, 400, 900_000, 9_000, 1) * 3]
    stream = b"".join(writer.seal(FrameType.HANDSHAKE, body) for body in bodies)
    assert [frame.body for frame in read(reader(), stream)] == bodies


def test_a_body_too_large_for_a_frame_is_our_own_error() -> None:
    with pytest.raises(LocalError):
        FrameWriter(KEY).seal(FrameType.ENVELOPE, bytes(MAX_BODY_BYTES + 1))


@pytest.mark.parametrize("length", [0, 16, MAX_FRAME_BYTES + 1, 2**24 - 1])
def test_a_length_out_of_range_is_refused_before_its_body_comes(length: int) -> None:
    with pytest.raises(RemoteError):
        read(reader(), length.to_bytes(3, "little"))


@pytest.mark.parametrize("position", [3, 4, 30, 40])
def test_a_changed_byte_is_refused(position: int) -> None:
    sealed = bytearray(FrameWriter(KEY).seal(FrameType.ENVELOPE, bytes(30)))
    sealed[position] ^= 1
    with pytest.raises(RemoteError):
        read(reader(), bytes(sealed))


def test_a_changed_large_frame_is_refused() -> None:
    sealed = bytearray(FrameWriter(KEY).seal(FrameType.ENVELOPE, bytes(100_000)))
    sealed[50_000] ^= 1
    with pytest.raises(RemoteError):
        read(reader(), bytes(sealed))


def test_the_length_is_authenticated() -> None:
    sealed = bytearray(FrameWriter(KEY).seal(FrameType.ENVELOPE, bytes(30)))
    sealed[0] -= 1
    with pytest.raises(RemoteError):
        read(reader(), bytes(sealed))


def test_a_repeated_frame_is_refused() -> None:
    sealed = bytes(FrameWriter(KEY).seal(FrameType.ENVELOPE, b"once"))
    with pytest.raises(RemoteError):
        read(reader(), sealed + sealed)


def test_frames_are_counted_from_the_key_on() -> None:
    writer = FrameWriter(KEY)
    assert writer.frames_under_key == 0
    for count in (1, 2, 3):
        writer.seal(FrameType.PING, bytes(8))
        assert writer.frames_under_key == count


def test_after_rekey_frames_go_on_under_a_new_key() -> None:
    writer = FrameWriter(KEY)
    stream = bytes(writer.seal(FrameType.ENVELOPE, b"old")) + bytes(writer.rekey())
    assert writer.frames_under_key == 0
    stream += bytes(writer.seal(FrameType.ENVELOPE, b"new"))
    assert [frame.body for frame in read(reader(), stream)] == [b"old", b"new"]


@pytest.mark.parametrize("frame_type", [0x00, 0x04, 0x0F, 0x17, 0x7F])
def test_an_unknown_type_below_0x80_is_refused(frame_type: int) -> None:
    with pytest.raises(RemoteError):
        read(reader(), sealed_by_hand(bytes([frame_type]) + b"body"))


def test_unknown_types_from_0x80_on_are_ignored_and_what_follows_is_read() -> None:
    cipher, stream = CipherState(KEY), b""
    for plaintext in (b"\x81body", b"\x82", b"\xff" + bytes(100), b"\x01envelope"):
        length = (len(plaintext) + 16).to_bytes(3, "little")
        stream += length + cipher.seal(plaintext, length)
    assert read(reader(), stream) == [Frame(FrameType.ENVELOPE, b"envelope")]


@pytest.mark.parametrize("frame_type", FrameType)
def test_every_type_has_a_body_that_is_read(frame_type: FrameType) -> None:
    sizes = {FrameType.PING: 8, FrameType.PONG: 8, FrameType.NOMINATE: 0, FrameType.CONFIRM: 0, FrameType.CLOSE: 1}
    plaintext = bytes([frame_type]) + bytes(sizes.get(frame_type, 0))
    read_types = [frame.type for frame in read(reader(), sealed_by_hand(plaintext))]
    assert read_types == ([] if frame_type is FrameType.REKEY else [frame_type])


@pytest.mark.parametrize(
    "plaintext",
    [b"\x10short", b"\x11" + bytes(9), b"\x12x", b"\x13x", b"\x14", b"\x14\x00\x00", b"\x15x", b"\x80" + bytes(513)],
)
def test_a_body_of_a_wrong_length_is_refused(plaintext: bytes) -> None:
    with pytest.raises(RemoteError):
        read(reader(), sealed_by_hand(plaintext))


def test_a_locked_reader_does_not_grow() -> None:
    locked = FrameReader(4096)
    locked.unseal_with(KEY)
    with pytest.raises(RemoteError):
        read(locked, (5000).to_bytes(3, "little"))


def test_nothing_is_read_as_a_frame_before_there_is_a_key() -> None:
    with pytest.raises(AssertionError):
        list(FrameReader(4096).frames())


def test_plain_bytes_are_taken_once_they_are_there_and_what_follows_stays() -> None:
    plain = FrameReader(16)
    plain.space()[:5] = b"12345"
    plain.wrote(5)
    assert plain.take(6) is None
    assert [plain.take(2), plain.take(3), plain.take(1)] == [b"12", b"345", None]


def test_all_of_the_buffer_is_there_at_first_and_after_discarding() -> None:
    plain = FrameReader(16)
    assert len(plain.space()) == 16
    plain.wrote(5)
    plain.discard()
    assert len(plain.space()) == 16
    assert plain.take(1) is None


def test_a_buffer_is_as_large_as_the_frame_on_its_way() -> None:
    grown = reader()
    sealed = bytes(FrameWriter(KEY).seal(FrameType.ENVELOPE, bytes(MAX_BODY_BYTES)))
    read(grown, sealed[:100])
    assert len(grown.space()) == len(sealed) - 100


def test_a_buffer_gets_the_size_it_is_unlocked_with() -> None:
    unlocked = FrameReader(4096)
    unlocked.unseal_with(KEY)
    unlocked.unlock(INITIAL_BUFFER_BYTES)
    read(unlocked, bytes(FrameWriter(KEY).seal(FrameType.ENVELOPE, bytes(100))))
    unlocked.shrink()
    assert len(unlocked.space()) == INITIAL_BUFFER_BYTES


def test_a_buffer_that_was_given_back_does_not_grow_for_small_frames() -> None:
    grown, writer = reader(), FrameWriter(KEY)
    read(grown, bytes(writer.seal(FrameType.ENVELOPE, bytes(500_000))))
    grown.shrink()
    read(grown, bytes(writer.seal(FrameType.ENVELOPE, bytes(100))))
    assert len(grown.space()) == INITIAL_BUFFER_BYTES


def test_a_buffer_is_given_back_whole_even_if_nobody_made_room() -> None:
    grown = reader()
    sealed = bytes(FrameWriter(KEY).seal(FrameType.ENVELOPE, bytes(500_000)))
    read(grown, sealed[:100_000])
    grown.space()[: len(sealed) - 100_000] = sealed[100_000:]
    grown.wrote(len(sealed) - 100_000)
    assert len(list(grown.frames())) == 1
    grown.shrink()
    assert len(grown.space()) == INITIAL_BUFFER_BYTES


def test_scratch_memory_is_used_again_until_it_is_released() -> None:
    scratch = Scratch()
    scratch.space(1)[:] = b"x"
    memory = scratch.space(100).obj
    assert scratch.space(50).obj is scratch.space(100).obj is memory
    assert len(scratch.space(50)) == 50
    scratch.release()
    assert scratch.space(100).obj is not memory
    scratch.release()
    scratch.space(1)[:] = b"x"


@pytest.mark.parametrize("user", [FrameWriter(KEY), reader()], ids=["writer", "reader"])
def test_shrinking_releases_scratch_memory(user: FrameWriter | FrameReader) -> None:
    memory = user._scratch.space(100).obj
    user.shrink()
    assert user._scratch.space(100).obj is not memory


def test_a_grown_buffer_is_given_back() -> None:
    grown = reader()
    read(grown, bytes(FrameWriter(KEY).seal(FrameType.ENVELOPE, bytes(500_000))))
    assert len(grown.space()) > 500_000
    grown.shrink()
    assert len(grown.space()) == INITIAL_BUFFER_BYTES


def test_a_buffer_with_half_a_frame_is_kept() -> None:
    grown = reader()
    sealed = bytes(FrameWriter(KEY).seal(FrameType.ENVELOPE, bytes(500_000)))
    read(grown, sealed[:100_000])
    grown.shrink()
    assert len(read(grown, sealed[100_000:])) == 1


@pytest.mark.parametrize("text", ["192.0.2.7:443", "[2001:db8::1]:65535"])
def test_an_observed_address_arrives(text: str) -> None:
    endpoint = Endpoint.parse(text)
    assert decode_observed(encode_observed(endpoint)) == endpoint


@pytest.mark.parametrize("size_bytes", [0, 4, 5, 7, 16, 17, 19])
def test_an_observed_address_of_another_length_is_refused(size_bytes: int) -> None:
    with pytest.raises(RemoteError):
        decode_observed(bytes(size_bytes))
