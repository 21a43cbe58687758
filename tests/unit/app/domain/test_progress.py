"""Progress frames: their bytes, and what is none."""

import pytest

from app.domain.progress import (
    MAX_ENTRIES,
    NO_MORE,
    Progress,
    decode_progress,
    encode_progress,
    session_name,
)
from crypto.errors import MalformedError


def test_an_entry_is_eight_bytes_of_the_transcript_and_a_count() -> None:
    assert encode_progress([Progress(session_name(bytes(range(32))), 258)]) == bytes([*range(8), 2, 1, *bytes(6)])


def test_what_was_encoded_is_read() -> None:
    entries = [Progress(bytes([number] * 8), number) for number in range(MAX_ENTRIES - 1)]
    entries.append(Progress(b"replaced", NO_MORE))
    assert decode_progress(encode_progress(entries)) == entries


def test_of_too_many_sessions_the_newest_are_told() -> None:
    entries = [Progress(bytes([number] * 8), number) for number in range(MAX_ENTRIES + 2)]
    assert decode_progress(encode_progress(entries)) == entries[2:]


@pytest.mark.parametrize("size_bytes", [0, 1, 15, 17, 16 * (MAX_ENTRIES + 1)])
def test_another_length_is_refused(size_bytes: int) -> None:
    with pytest.raises(MalformedError):
        decode_progress(bytes(size_bytes))
