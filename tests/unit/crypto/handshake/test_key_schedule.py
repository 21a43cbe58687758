"""The key schedule, step by step against formulas written out with the standard library alone."""

import hashlib
import hmac

import pytest

from crypto.errors import ForgedError
from crypto.handshake.key_schedule import FirstKeys, transcript_hash
from crypto.handshake.messages import Claim
from crypto.handshake.terms import Parties
from crypto.identity import PublicIdentity
from crypto.secret import Secret
from tests.support.handshakes import HANDSHAKE_HASH, INVITE_ID, invite_terms

INITIATOR = PublicIdentity(b"i" * 32, b"j" * 32)
RESPONDER = PublicIdentity(b"r" * 32, b"q" * 32)
TRANSCRIPT = b"t" * 32
KEYS = FirstKeys.derive(
    identity_dh=b"1" * 32,
    prekey_dh=b"2" * 32,
    kem_secret=Secret(b"3" * 32),
    psk=Secret(b"4" * 16),
    transcript=TRANSCRIPT,
)
PARTIES = Parties(INITIATOR, RESPONDER, initiator_device=7)
CLAIM = Claim(identity=INITIATOR, device_id=7, max_version=1, capabilities=0, binding=b"b" * 64)


def listed(*fields: bytes) -> bytes:
    return b"".join(len(field).to_bytes(2, "little") + field for field in fields)


def hkdf(salt: bytes, ikm: bytes, info: bytes, size_bytes: int) -> bytes:
    prk = hmac.digest(salt, ikm, "sha256")
    okm = block = b""
    for counter in range(1, size_bytes // 32 + 1):
        block = hmac.digest(prk, block + info + bytes([counter]), "sha256")
        okm += block
    return okm


def test_the_transcript_lists_everything_both_sides_saw() -> None:
    expected = hashlib.sha256(
        listed(
            b"kith1 th",
            b"\x01",
            b"\x00",
            INVITE_ID,
            b"r" * 32 + b"q" * 32,
            HANDSHAKE_HASH,
            b"m2",
            b"ek",
            b"ct",
        )
    ).digest()

    assert transcript_hash(invite_terms(RESPONDER), bundle=b"m2", ephemeral=b"ek", kem_ciphertext=b"ct") == expected


def test_the_first_keys_mix_both_agreements_the_kem_secret_and_the_psk() -> None:
    ikm = b"\xff" * 32 + b"1" * 32 + b"2" * 32 + b"3" * 32 + b"4" * 16
    okm = hkdf(bytes(32), ikm, listed(b"kith1 k1", TRANSCRIPT), 64)

    assert KEYS.seal_key.reveal() + KEYS.session_salt.reveal() == okm


def test_the_session_keys_come_in_their_order() -> None:
    info = listed(b"kith1 sk", INITIATOR.encode(), RESPONDER.encode(), b"\x07\0\0\0\0\0\0\0", TRANSCRIPT)
    okm = hkdf(KEYS.session_salt.reveal(), b"5" * 32, info, 192)

    keys = KEYS.session_keys(static_dh=b"5" * 32, parties=PARTIES)
    in_order = [
        keys.root_key,
        keys.header_key_initiator,
        keys.next_header_key_responder,
        keys.resume,
        keys.pair,
        keys.pq_secret,
    ]

    assert b"".join(key.reveal() for key in in_order) == okm


def test_the_associated_data_names_both_people_and_devices() -> None:
    signed = listed(b"kith1 ad", INITIATOR.encode(), RESPONDER.encode(), b"\x07\0\0\0\0\0\0\0", TRANSCRIPT)

    assert KEYS.associated_data(PARTIES) == hashlib.sha256(signed).digest()


def test_a_claim_opens_under_the_keys_that_sealed_it() -> None:
    assert KEYS.open(KEYS.seal(CLAIM)) == CLAIM


def test_a_claim_does_not_open_under_another_transcript() -> None:
    other = FirstKeys(KEYS.seal_key, KEYS.session_salt, b"u" * 32)

    with pytest.raises(ForgedError):
        other.open(KEYS.seal(CLAIM))
