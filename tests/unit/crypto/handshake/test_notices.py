"""USED notices: only the responder's own word about this very link counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.encoding import listed
from crypto.errors import ForgedError, MalformedError, RemoteError
from crypto.handshake import NO_EPHEMERAL, UsedStatus, ephemeral_hash, read_used_notice, used_notice
from crypto.identity import Identity
from crypto.primitives import ed25519_verify, sha256
from tests.support.handshakes import HANDSHAKE_HASH

RESPONDER = Identity.generate()
MALLORY = Identity.generate()
TAKER = ephemeral_hash(b"e" * 32)
NOTICE = used_notice(RESPONDER, HANDSHAKE_HASH, UsedStatus.USED, TAKER)


def test_an_attempt_is_named_by_the_hash_of_its_ephemeral_key() -> None:
    assert ephemeral_hash(b"e" * 32) == sha256(b"e" * 32) == TAKER


def test_a_notice_tells_whose_attempt_took_the_invite() -> None:
    notice = read_used_notice(RESPONDER.public, HANDSHAKE_HASH, NOTICE)

    assert (notice.status, notice.ephemeral_hash) == (UsedStatus.USED, TAKER)


@pytest.mark.parametrize("status", [UsedStatus.REVOKED, UsedStatus.EXPIRED])
def test_an_invite_that_nobody_used_names_no_attempt(status: UsedStatus) -> None:
    notice = read_used_notice(RESPONDER.public, HANDSHAKE_HASH, used_notice(RESPONDER, HANDSHAKE_HASH, status))

    assert (notice.status, notice.ephemeral_hash) == (status, NO_EPHEMERAL)


def test_a_notice_has_98_bytes_signed_as_the_protocol_says() -> None:
    signed = listed(b"kith1 used", RESPONDER.public.encode(), HANDSHAKE_HASH, b"\x01", TAKER)

    assert NOTICE[:34] == b"\x05\x01" + TAKER
    assert len(NOTICE) == 98
    ed25519_verify(RESPONDER.public.signing_key, signed, NOTICE[34:])


def test_a_notice_for_another_link_is_refused() -> None:
    with pytest.raises(ForgedError):
        read_used_notice(RESPONDER.public, bytes(32), NOTICE)


def test_a_notice_by_somebody_else_is_refused() -> None:
    with pytest.raises(ForgedError):
        read_used_notice(RESPONDER.public, HANDSHAKE_HASH, used_notice(MALLORY, HANDSHAKE_HASH, UsedStatus.USED, TAKER))


def test_a_flipped_bit_anywhere_is_refused() -> None:
    for position in range(len(NOTICE)):
        damaged = bytearray(NOTICE)
        damaged[position] ^= 1 << position % 8
        with pytest.raises(RemoteError):
            read_used_notice(RESPONDER.public, HANDSHAKE_HASH, bytes(damaged))


def test_another_kind_of_message_is_refused() -> None:
    with pytest.raises(MalformedError):
        read_used_notice(RESPONDER.public, HANDSHAKE_HASH, b"\x06" + bytes(8))


@given(st.binary(max_size=128))
def test_arbitrary_bytes_raise_only_remote_errors(data: bytes) -> None:
    with pytest.raises(RemoteError):
        read_used_notice(RESPONDER.public, HANDSHAKE_HASH, data)
