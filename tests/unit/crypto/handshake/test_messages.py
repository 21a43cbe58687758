"""Messages of the handshake: sizes, round trips, refusals."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import LocalError, MalformedError, RemoteError
from crypto.handshake.messages import (
    MAX_ENVELOPE_BYTES,
    Answer,
    Bundle,
    Claim,
    Confirmation,
    Kind,
    Message,
    ResetRequest,
    UsedNotice,
    UsedStatus,
    decode,
    decode_as,
)
from crypto.identity import PublicIdentity

BUNDLE = Bundle(
    max_version=1,
    capabilities=2,
    flags=1,
    prekey=b"s" * 32,
    kem_key=b"q" * 1184,
    signature=b"g" * 64,
    prekey_ids=b"i" * 8,
    not_after_s=3,
)
ANSWER = Answer(ephemeral=b"e" * 32, kem_ciphertext=b"c" * 1088, sealed_claim=b"l" * 153, envelope=b"v" * 361)
CONFIRMATION = Confirmation(envelope=b"v" * 361)
NOTICE = UsedNotice(UsedStatus.REVOKED, b"h" * 32, b"g" * 64)
RESET = ResetRequest(resume_hint=b"r" * 8)
CLAIM = Claim(
    identity=PublicIdentity(b"s" * 32, b"d" * 32), device_id=7, max_version=1, capabilities=9, binding=b"b" * 64
)


@pytest.mark.parametrize(
    ("message", "size_bytes", "kind"),
    [
        (BUNDLE, 1303, Kind.BUNDLE),
        (ANSWER, 1274 + 361, Kind.ANSWER),
        (CONFIRMATION, 1 + 361, Kind.CONFIRMATION),
        (NOTICE, 98, Kind.USED),
        (RESET, 9, Kind.RESET),
    ],
)
def test_a_message_has_its_size_and_kind_and_survives_the_wire(message: Message, size_bytes: int, kind: Kind) -> None:
    encoded = message.encode()

    assert len(encoded) == size_bytes
    assert encoded[0] == kind
    assert decode(encoded) == message


def test_the_kinds_are_those_of_the_protocol() -> None:
    assert [kind.value for kind in Kind] == [2, 3, 4, 5, 6]


def test_the_statuses_are_those_of_the_protocol() -> None:
    assert {status.name: status.value for status in UsedStatus} == {"USED": 1, "REVOKED": 2, "EXPIRED": 3}


def test_a_first_ratchet_message_may_have_8_kib() -> None:
    assert MAX_ENVELOPE_BYTES == 8_192


def test_m2_lies_on_the_wire_as_its_table_says() -> None:
    head = bytes([2, 1]) + (2).to_bytes(4, "little") + b"\x01"

    assert BUNDLE.encode() == head + b"s" * 32 + b"q" * 1184 + b"i" * 8 + (3).to_bytes(8, "little") + b"g" * 64


def test_m3_lies_on_the_wire_as_its_table_says() -> None:
    assert ANSWER.encode() == b"\x03" + b"e" * 32 + b"c" * 1088 + b"l" * 153 + b"v" * 361


def test_a_claim_lies_on_the_wire_as_its_table_says() -> None:
    encoded = b"s" * 32 + b"d" * 32 + b"\x07\0\0\0" + b"\x01" + b"\x09\0\0\0" + b"b" * 64

    assert CLAIM.encode() == encoded
    assert Claim.decode(encoded) == CLAIM
    for damaged in (encoded[:-1], encoded + b"\0"):
        with pytest.raises(MalformedError):
            Claim.decode(damaged)


@pytest.mark.parametrize("message", [BUNDLE, NOTICE, RESET])
def test_a_message_of_fixed_size_is_refused_when_cut_or_extended(message: Message) -> None:
    encoded = message.encode()

    for damaged in (encoded[:-1], encoded + b"\0", encoded[:1]):
        with pytest.raises(MalformedError):
            decode(damaged)


@pytest.mark.parametrize("message", [ANSWER, CONFIRMATION])
def test_a_first_ratchet_message_above_its_limit_is_refused(message: Answer | Confirmation) -> None:
    head = message.encode()[: -len(message.envelope)]

    assert decode(head + bytes(MAX_ENVELOPE_BYTES)) is not None
    with pytest.raises(MalformedError):
        decode(head + bytes(MAX_ENVELOPE_BYTES + 1))


@pytest.mark.parametrize("message", [ANSWER, CONFIRMATION])
def test_a_first_ratchet_message_above_its_limit_is_not_sent(message: Answer | Confirmation) -> None:
    longest = replace(message, envelope=bytes(MAX_ENVELOPE_BYTES))
    assert decode(longest.encode()) == longest
    with pytest.raises(LocalError):
        replace(message, envelope=bytes(MAX_ENVELOPE_BYTES + 1)).encode()


def test_an_answer_cut_before_its_envelope_is_refused() -> None:
    with pytest.raises(MalformedError):
        decode(ANSWER.encode()[:1273])


@pytest.mark.parametrize("message", [b"", b"\0", b"\x01", b"\x07" + bytes(97), b"\xff"])
def test_an_unknown_kind_is_refused(message: bytes) -> None:
    with pytest.raises(MalformedError):
        decode(message)


@pytest.mark.parametrize("status", [0, 4, 255])
def test_an_unknown_status_is_refused(status: int) -> None:
    with pytest.raises(MalformedError):
        decode(bytes([Kind.USED, status]) + bytes(96))


def test_another_kind_than_the_one_due_is_refused() -> None:
    assert decode_as(ResetRequest, RESET.encode()) == RESET
    with pytest.raises(MalformedError):
        decode_as(Bundle, RESET.encode())


@given(st.binary(max_size=1400))
def test_arbitrary_bytes_decode_to_what_encodes_back_or_are_refused(data: bytes) -> None:
    try:
        message = decode(data)
    except RemoteError:
        return
    assert message.encode() == data
