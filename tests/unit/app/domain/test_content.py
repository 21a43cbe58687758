"""What payloads say: every value survives, and hostile bytes are the peer's fault and nothing else."""

from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.domain.account import MAX_NAME_CHARACTERS
from app.domain.content import (
    ENVELOPE_ID_BYTES,
    MAX_LISTED_IDS,
    ContentType,
    ProfileContent,
    TextContent,
    decode_clock,
    decode_ids,
    decode_transcripts,
    encode_ids,
    encode_transcripts,
    is_conversation,
)
from app.domain.errors import KithError
from app.domain.hybrid_clock import CLOCK_LIMIT
from app.domain.identifiers import MessageId
from app.domain.message import MAX_TEXT_BYTES
from app.domain.name import clean_name
from crypto.discovery_key import DiscoveryKey
from crypto.encoding import Writer
from crypto.errors import MalformedError, RemoteError
from net.endpoint import Endpoint
from net.endpoint_list import decode_endpoints, encode_endpoints
from net.limits import MAX_ENDPOINTS

FEW = settings(max_examples=30)
"""The codecs are fuzzed at length elsewhere; these keep them honest at every run."""

DISCOVERY = DiscoveryKey.generate().point + bytes(32)

clocks = st.integers(0, CLOCK_LIMIT - 1)
moments_ms = st.integers(0, 2**40)
message_ids = st.binary(min_size=16, max_size=16).map(lambda identifier: MessageId(identifier.hex()))
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)
endpoints = st.builds(
    Endpoint,
    st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(0, 2**128 - 1).map(IPv6Address),
    st.integers(0, 65_535),
)


def cleaned(name: str) -> str | None:
    with suppress(KithError):
        return clean_name(name)
    return None


names = texts.map(cleaned).filter(lambda name: name is not None)

# --- What survives


@FEW
@given(clocks, moments_ms, texts, st.none() | message_ids)
def test_a_text_survives(clock: int, sent_at_ms: int, text: str, reply_to: MessageId | None) -> None:
    content = TextContent(clock, sent_at_ms / 1000, text, reply_to)
    assert TextContent.decode(content.encode()) == content
    assert decode_clock(content.encode()) == (clock, sent_at_ms / 1000)


@FEW
@given(names, st.integers(0, 2**32 - 1), st.lists(endpoints, max_size=MAX_ENDPOINTS), st.sampled_from([b"", DISCOVERY]))
def test_a_profile_survives(name: str, capabilities: int, listed: list[Endpoint], discovery: bytes) -> None:
    content = ProfileContent(name, capabilities, tuple(listed), discovery)
    assert ProfileContent.decode(content.encode()) == content


@FEW
@given(st.lists(endpoints, max_size=12))
def test_the_first_eight_endpoints_survive(listed: list[Endpoint]) -> None:
    assert decode_endpoints(encode_endpoints(listed)) == tuple(listed[:MAX_ENDPOINTS])


@FEW
@given(st.lists(st.binary(min_size=16, max_size=16), min_size=1, max_size=20))
def test_ids_survive(ids: list[bytes]) -> None:
    assert decode_ids(encode_ids(ids)) == ids


@FEW
@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=16))
def test_transcripts_survive(transcripts: list[bytes]) -> None:
    assert decode_transcripts(encode_transcripts(transcripts)) == transcripts


def test_the_longest_name_survives() -> None:
    content = ProfileContent("𝕬" * MAX_NAME_CHARACTERS, 0, ())
    assert ProfileContent.decode(content.encode()) == content


def test_a_clock_before_1970_sends_its_beginning() -> None:
    assert TextContent.decode(TextContent(0, -1.5, "hello").encode()).sent_at == 0


# --- Bounds


def encoded_text(*, clock: int = 0, text: bytes = b"hello", flags: int = 0) -> bytes:
    return Writer().u64(clock).u64(0).u8(flags).raw(text).finish()


@pytest.mark.parametrize("size_bytes", [1, MAX_TEXT_BYTES])
def test_a_text_has_up_to_64_kib(size_bytes: int) -> None:
    assert TextContent.decode(encoded_text(text=b"a" * size_bytes)).text == "a" * size_bytes


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(encoded_text(text=b""), id="empty"),
        pytest.param(encoded_text(text=b"a" * (MAX_TEXT_BYTES + 1)), id="too long"),
        pytest.param(encoded_text(text=b"\xff"), id="not UTF-8"),
        pytest.param(encoded_text(text=b"\xed\xa0\x80"), id="half of a surrogate pair"),
        pytest.param(encoded_text(clock=CLOCK_LIMIT), id="clock out of range"),
        pytest.param(encoded_text(text=bytes(15), flags=1), id="reply without its id"),
        pytest.param(encoded_text(text=bytes(16), flags=1), id="reply without a text"),
    ],
)
def test_a_text_out_of_bounds_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedError):
        TextContent.decode(content)


def test_unknown_flags_of_a_text_are_ignored() -> None:
    assert TextContent.decode(encoded_text(flags=0xFE)).text == "hello"


@pytest.mark.parametrize("count", [0, MAX_LISTED_IDS + 1])
def test_a_list_has_one_to_4096_ids(count: int) -> None:
    with pytest.raises(MalformedError):
        decode_ids(bytes(ENVELOPE_ID_BYTES * count))


def test_a_list_of_broken_ids_is_refused() -> None:
    with pytest.raises(MalformedError):
        decode_ids(bytes(ENVELOPE_ID_BYTES + 1))


@pytest.mark.parametrize("size_bytes", [0, 31, 33, 17 * 32])
def test_a_notice_has_one_to_sixteen_transcripts(size_bytes: int) -> None:
    with pytest.raises(MalformedError):
        decode_transcripts(bytes(size_bytes))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(bytes([9]), id="nine"),
        pytest.param(bytes([1, 5]) + bytes(6), id="a family of its own"),
        pytest.param(bytes([1, 4]) + bytes(5), id="cut"),
        pytest.param(bytes([0, 0]), id="trailing"),
    ],
)
def test_broken_endpoints_are_refused(content: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_endpoints(content)


def encoded_profile(*, name: bytes = b"Ann", flags: int = 0, rest: bytes = b"") -> bytes:
    return Writer().u32(0).u8(flags).sized(name).u8(0).raw(rest).finish()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(encoded_profile(name=b""), id="no name"),
        pytest.param(encoded_profile(name=b"\xff"), id="name not UTF-8"),
        pytest.param(encoded_profile(name=b"a" * 65), id="name too long"),
        pytest.param(encoded_profile(name=b"a\nb\x07"), id="control character"),
        pytest.param(encoded_profile(flags=1), id="discovery missing"),
        pytest.param(encoded_profile(flags=1, rest=bytes(64)), id="discovery point of low order"),
        pytest.param(encoded_profile(rest=b"\0"), id="trailing"),
    ],
)
def test_a_broken_profile_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedError):
        ProfileContent.decode(content)


# --- Hostile bytes


@pytest.mark.parametrize(
    "decode",
    [TextContent.decode, ProfileContent.decode, decode_endpoints, decode_ids, decode_transcripts, decode_clock],
)
@FEW
@given(content=st.binary(max_size=400))
def test_any_bytes_are_a_value_or_the_fault_of_the_peer(decode: Callable[[bytes], object], content: bytes) -> None:
    with suppress(RemoteError):
        decode(content)


@FEW
@given(names, st.lists(endpoints, max_size=3), st.data())
def test_a_damaged_profile_is_a_value_or_the_fault_of_the_peer(
    name: str, listed: list[Endpoint], data: st.DataObject
) -> None:
    content = bytearray(ProfileContent(name, 0, tuple(listed), DISCOVERY).encode())
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))
    with suppress(RemoteError):
        ProfileContent.decode(bytes(content))


@FEW
@given(texts, st.data())
def test_a_text_that_is_cut_is_refused_or_shorter(text: str, data: st.DataObject) -> None:
    content = TextContent(1, 2.0, text).encode()
    cut = content[: data.draw(st.integers(0, len(content) - 1))]
    assume(len(cut) < len(content))
    try:
        decoded = TextContent.decode(cut)
    except RemoteError:
        return
    assert text.startswith(decoded.text)


# --- Ranges


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [(0x00, False), (0x1F, False), (0x20, True), (0x7F, True), (0x80, False), (0xFF, False)],
)
def test_a_range_says_what_stands_in_the_conversation(content_type: int, *, expected: bool) -> None:
    assert is_conversation(content_type) is expected


@pytest.mark.parametrize("content_type", ContentType)
def test_text_alone_of_the_known_types_stands_in_the_conversation(content_type: ContentType) -> None:
    assert is_conversation(content_type) is (content_type is ContentType.TEXT)
