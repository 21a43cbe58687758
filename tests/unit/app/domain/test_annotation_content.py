"""REACTION, EDIT and DELETION: every value survives, and hostile bytes are the peer's fault and nothing else."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.annotation import MAX_EMOJI_BYTES
from app.domain.annotation_content import DeletionContent, EditContent, ReactionContent
from app.domain.hybrid_clock import CLOCK_LIMIT
from app.domain.identifiers import MessageId
from app.domain.message import MAX_TEXT_BYTES
from crypto.encoding import Writer
from crypto.errors import MalformedError

FEW = settings(max_examples=30)

clocks = st.integers(0, CLOCK_LIMIT - 1)
message_ids = st.binary(min_size=16, max_size=16).map(lambda identifier: MessageId(identifier.hex()))
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)
ID = bytes(16)


@FEW
@given(clocks, st.booleans(), message_ids, st.sampled_from(["", "👍", "👨‍👩‍👧‍👦"]))
def test_a_reaction_survives(clock: int, of_receiver: bool, message: MessageId, emoji: str) -> None:  # noqa: FBT001
    content = ReactionContent(clock, of_receiver, message, emoji)
    assert ReactionContent.decode(content.encode()) == content


@FEW
@given(clocks, st.integers(0, 2**40), message_ids, texts)
def test_an_edit_survives(clock: int, edited_at_ms: int, message: MessageId, text: str) -> None:
    content = EditContent(clock, edited_at_ms / 1000, message, text)
    assert EditContent.decode(content.encode()) == content


@FEW
@given(message_ids)
def test_a_deletion_survives(message: MessageId) -> None:
    assert DeletionContent.decode(DeletionContent(message).encode()) == DeletionContent(message)


def test_bytes_stand_where_the_table_says() -> None:
    message = MessageId("0f" * 16)
    assert ReactionContent(5, True, message, "👍").encode() == (
        (5).to_bytes(8, "little") + b"\1" + b"\x0f" * 16 + "👍".encode()
    )
    assert EditContent(5, 1.5, message, "ä").encode() == (
        (5).to_bytes(8, "little") + (1_500).to_bytes(8, "little") + b"\x0f" * 16 + "ä".encode()
    )
    assert DeletionContent(message).encode() == b"\x0f" * 16


@pytest.mark.parametrize(
    "content",
    [
        b"",
        Writer().u64(CLOCK_LIMIT).u8(0).raw(ID).finish(),
        Writer().u64(1).u8(0).raw(ID[1:]).finish(),
        Writer().u64(1).u8(0).raw(ID).raw(b"words").finish(),
        Writer().u64(1).u8(0).raw(ID).raw(b"\xff").finish(),
        Writer().u64(1).u8(0).raw(ID).raw("👍".encode() * (MAX_EMOJI_BYTES // 4 + 1)).finish(),
    ],
)
def test_a_malformed_reaction_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedError):
        ReactionContent.decode(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        Writer().u64(CLOCK_LIMIT).u64(0).raw(ID).raw(b"text").finish(),
        Writer().u64(1).u64(0).raw(ID).finish(),
        Writer().u64(1).u64(0).raw(ID).raw(b"\xff").finish(),
        Writer().u64(1).u64(0).raw(ID).raw(b"x" * (MAX_TEXT_BYTES + 1)).finish(),
    ],
)
def test_a_malformed_edit_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedError):
        EditContent.decode(content)


@pytest.mark.parametrize("content", [b"", ID[1:], ID + b"\0"])
def test_a_malformed_deletion_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedError):
        DeletionContent.decode(content)


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_malformed_or_mean_something(content: bytes) -> None:
    for kind in (ReactionContent, EditContent, DeletionContent):
        with suppress(MalformedError):
            kind.decode(content)
