"""The rules of first contact keep both sides consistent in every schedule, with ideal and with real cryptography.

40,000 schedules with ideal and 3,000 with real cryptography with ``KITH_SLOW=1``.
"""

import os

import pytest

from crypto import handshake
from crypto.errors import RemoteError
from crypto.handshake import Attempt, Confirmation, HalfOpen, Terms, UsedStatus
from crypto.identity import Identity
from crypto.primitives import sha256
from crypto.session import decrypt, encrypt
from tests.support.first_contact_model import TokenHandshake, inconsistency_of
from tests.support.handshakes import HELLO, NOW_S, invite_terms

pytestmark = pytest.mark.thorough

IS_SLOW = os.environ.get("KITH_SLOW") == "1"
SCHEDULES = 40_000 if IS_SLOW else 4_000
REAL_SCHEDULES = 3_000 if IS_SLOW else 120

OWNER = Identity.generate()
INVITEES = (Identity.generate(), Identity.generate())


class RealHandshake:
    """The model's cryptography done by ``crypto.handshake`` and ``crypto.session``."""

    def offer(self, connection: int) -> tuple[HalfOpen, bytes]:
        half_open = handshake.offer(_terms(connection), OWNER)
        return half_open, half_open.message

    def answer(self, connection: int, invitee: int, m2: bytes) -> tuple[Attempt, bytes, bytes]:
        attempt = handshake.answer(_terms(connection), INVITEES[invitee], m2, HELLO)
        return attempt, attempt.ephemeral, attempt.message

    def ephemeral_of(self, m3: bytes) -> bytes:
        answer = handshake.decode(m3)
        assert isinstance(answer, handshake.Answer)
        return answer.ephemeral

    def accept(self, half_open: HalfOpen, m3: bytes) -> tuple[int, bytes] | None:
        try:
            accepted = handshake.accept(half_open, OWNER, m3, now_s=NOW_S)
        except RemoteError:
            return None
        assert accepted.first_payload.content == HELLO[2]
        _, envelope = encrypt(accepted.session, *HELLO)
        peers = [invitee.public for invitee in INVITEES]
        return peers.index(accepted.peer), Confirmation(envelope).encode()

    def confirms(self, attempt: Attempt, m4: bytes) -> bool:
        confirmation = handshake.decode(m4)
        assert isinstance(confirmation, Confirmation)
        try:
            decrypt(attempt.session, confirmation.envelope, now_s=NOW_S)
        except RemoteError:
            return False
        return True

    def used_notice(self, connection: int, ephemeral: bytes) -> bytes:
        handshake_hash = _terms(connection).handshake_hash
        return handshake.used_notice(OWNER, handshake_hash, UsedStatus.USED, handshake.ephemeral_hash(ephemeral))

    def names(self, connection: int, notice: bytes, ephemeral: bytes) -> bool:
        read = handshake.read_used_notice(OWNER.public, _terms(connection).handshake_hash, notice)
        return read.ephemeral_hash == handshake.ephemeral_hash(ephemeral)


def test_every_schedule_ends_consistent() -> None:
    problems = {inconsistency_of(seed, TokenHandshake()) for seed in range(SCHEDULES)}

    assert problems == {None}


def test_without_m4_and_used_notices_schedules_end_inconsistent() -> None:
    """The model has teeth: leave out what the rules add, and half the schedules fail."""
    problems = [inconsistency_of(seed, TokenHandshake(), silent=True) for seed in range(500)]

    assert sum(problem is not None for problem in problems) > 100


@pytest.mark.parametrize("first_seed", range(0, REAL_SCHEDULES, 30))
def test_schedules_with_real_cryptography_end_consistent(first_seed: int) -> None:
    problems = {inconsistency_of(seed, RealHandshake()) for seed in range(first_seed, first_seed + 30)}

    assert problems == {None}


def _terms(connection: int) -> Terms:
    return invite_terms(OWNER.public, handshake_hash=sha256(connection.to_bytes(4, "little")))
