"""The signature of M2 covers suite, mode, identity, link and every field."""

from dataclasses import replace

import pytest

from crypto.encoding import listed
from crypto.errors import ForgedError
from crypto.handshake.bundle import sign_bundle, verify_bundle
from crypto.handshake.messages import Bundle
from crypto.handshake.terms import Mode
from crypto.identity import Identity
from crypto.primitives import ed25519_verify
from tests.support.handshakes import HANDSHAKE_HASH, invite_terms

RESPONDER = Identity.generate()
TERMS = invite_terms(RESPONDER.public)
UNSIGNED = Bundle(max_version=1, capabilities=0, flags=0, prekey=b"s" * 32, kem_key=b"q" * 1184, signature=b"")
SIGNED = replace(UNSIGNED, signature=sign_bundle(UNSIGNED, TERMS, RESPONDER))


def test_a_signed_bundle_verifies() -> None:
    verify_bundle(SIGNED, TERMS)


def test_the_signature_is_over_the_list_of_the_protocol() -> None:
    fields = b"\x01" + bytes(5) + b"s" * 32 + b"q" * 1184 + bytes(16)
    suite = b"kith1 X25519 ML-KEM-768 Ed25519 HKDF-SHA256 XChaCha20-Poly1305"
    signed = listed(b"kith1 bundle", suite, b"\x00", RESPONDER.public.encode(), HANDSHAKE_HASH, fields)

    ed25519_verify(RESPONDER.public.signing_key, signed, SIGNED.signature)


@pytest.mark.parametrize(
    "changed",
    [
        replace(SIGNED, max_version=2),
        replace(SIGNED, capabilities=1),
        replace(SIGNED, flags=1),
        replace(SIGNED, prekey=b"S" * 32),
        replace(SIGNED, kem_key=b"Q" * 1184),
        replace(SIGNED, prekey_ids=b"\1" * 8),
        replace(SIGNED, not_after_s=1),
        replace(SIGNED, signature=bytes(64)),
    ],
)
def test_a_changed_field_breaks_the_signature(changed: Bundle) -> None:
    with pytest.raises(ForgedError):
        verify_bundle(changed, TERMS)


def test_the_mode_breaks_the_signature() -> None:
    with pytest.raises(ForgedError):
        verify_bundle(SIGNED, replace(TERMS, mode=Mode.RESET))
