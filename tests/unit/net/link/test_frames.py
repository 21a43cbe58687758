"""Sealing frames, and reading them strictly."""

import os

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
    Frame,
    FrameReader,
    FrameType,
    FrameWriter,
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


def test_after_rekey_frames_go_on_under_a_new_key() -> None:
    writer = FrameWriter(KEY)
    stream = bytes(writer.seal(FrameType.ENVELOPE, b"old")) + bytes(writer.rekey())
    assert writer.frames_under_key == 0
    stream += bytes(writer.seal(FrameType.ENVELOPE, b"new"))
    assert [frame.body for frame in read(reader(), stream)] == [b"old", b"new"]


def test_an_unknown_type_below_0x80_is_refused() -> None:
    with pytest.raises(RemoteError):
        read(reader(), sealed_by_hand(b"\x7fbody"))


def test_an_unknown_type_from_0x80_on_is_ignored() -> None:
    assert read(reader(), sealed_by_hand(b"\x80body")) == []


@pytest.mark.parametrize(
    "plaintext", [b"\x10short", b"\x11" + bytes(9), b"\x12x", b"\x13x", b"\x14", b"\x14\x00\x00", b"\x15x"]
)
def test_a_body_of_a_wrong_length_is_refused(plaintext: bytes) -> None:
    with pytest.raises(RemoteError):
        read(reader(), sealed_by_hand(plaintext))


def test_a_locked_reader_does_not_grow() -> None:
    locked = FrameReader(4096)
    locked.unseal_with(KEY)
    with pytest.raises(RemoteError):
        read(locked, (5000).to_bytes(3, "little"))


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
