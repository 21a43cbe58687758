"""Digits hang on transcript and M4, and are the same on both sides."""

from crypto.handshake import check_digits, reset_digits
from crypto.primitives import sha256
from crypto.safety_number import session_digits, short_digits

TRANSCRIPT = b"t" * 32
M4 = b"\x04envelope"


def test_check_digits_are_four_of_transcript_and_hash_of_m4() -> None:
    assert check_digits(TRANSCRIPT, M4) == short_digits(TRANSCRIPT, sha256(M4))
    assert len(check_digits(TRANSCRIPT, M4)) == 4


def test_reset_digits_are_sixty_of_transcript_and_hash_of_m4() -> None:
    assert reset_digits(TRANSCRIPT, M4) == session_digits(TRANSCRIPT, sha256(M4))
    assert len(reset_digits(TRANSCRIPT, M4)) == 60


def test_another_m4_gives_other_digits() -> None:
    assert reset_digits(TRANSCRIPT, M4) != reset_digits(TRANSCRIPT, M4 + b"\0")
