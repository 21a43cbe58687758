"""A session is stored whole, in one spelling, and what is not one is refused."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import MalformedError, RemoteError, UnsupportedVersionError
from crypto.session import Session, decrypt, encrypt
from crypto.stored_session import decode_session, encode
from tests.support.changed import changed
from tests.support.sessions import MESSAGE_ID, NOW_S, conversation, session_ends

STORED_SESSIONS_1 = Path(__file__).parents[2] / "vectors" / "stored_sessions_1.json"
"""Written by the last Kith that stored sessions without ML-KEM epochs, from :func:`both`."""

LATER = conversation()[1]


def both() -> list[Session]:
    return [*session_ends(), *conversation()]


@pytest.mark.parametrize("index", range(4), ids=["initiator", "responder", "initiator later", "responder later"])
def test_storage_gives_back_the_same_session(index: int) -> None:
    session = both()[index]
    again = decode_session(encode(session))
    assert encode(again) == encode(session)
    assert (again.initiator, again.associated_data, again.transcript, again.sent_count) == (
        session.initiator,
        session.associated_data,
        session.transcript,
        session.sent_count,
    )
    assert again.pair.matches(session.pair)
    assert again.resume.matches(session.resume)


def test_a_stored_session_goes_on() -> None:
    alice, bob = (decode_session(encode(end)) for end in conversation())
    alice, envelope = encrypt(alice, 1, MESSAGE_ID, b"still here")
    assert decrypt(bob, envelope, now_s=NOW_S)[1].content == b"still here"


@pytest.mark.parametrize("version", [0, 3, 0xFF])
def test_another_stored_version_is_refused(version: int) -> None:
    stored = encode(LATER)
    with pytest.raises(UnsupportedVersionError):
        decode_session(bytes([version]) + stored[1:])


@pytest.mark.parametrize(
    ("name", "index"),
    [("initiator at the start", 0), ("responder at the start", 1), ("initiator", 2), ("responder", 3)],
)
def test_a_session_stored_before_there_were_epochs_is_the_same_today(name: str, index: int) -> None:
    stored = bytes.fromhex(json.loads(STORED_SESSIONS_1.read_text())[name])
    assert stored[0] == 1
    assert encode(decode_session(stored)) == encode(both()[index])
    for end in (len(stored) - 1, 40):
        with pytest.raises(MalformedError):
            decode_session(stored[:end])
    with pytest.raises(MalformedError):
        decode_session(stored + b"\0")


def test_a_stored_count_that_cannot_go_on_is_refused() -> None:
    stored = encode(LATER)
    for count in (1_000, 2**62, 2**63):
        assert decode_session(with_sent_count(stored, count)).sent_count == count
    for count in (2**63 + 1, 2**64 - 1):
        with pytest.raises(MalformedError):
            decode_session(with_sent_count(stored, count))


def with_sent_count(stored: bytes, count: int) -> bytes:
    return stored[:66] + count.to_bytes(8, "little") + stored[74:]


@pytest.mark.parametrize("change", [lambda stored: stored + b"\0", lambda stored: stored[:1] + b"\x02" + stored[2:]])
def test_what_was_not_stored_is_refused(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(MalformedError):
        decode_session(change(encode(LATER)))


@given(st.data())
def test_changed_storage_is_refused_or_a_session(data: st.DataObject) -> None:
    stored = data.draw(st.binary(max_size=300) | changed(encode(LATER)))
    try:
        again = decode_session(stored)
    except RemoteError:
        return
    assert encode(again) == stored
