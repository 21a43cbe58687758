"""Terms: which psk counts, and that nobody is talked down to an older version."""

import pytest

from crypto.errors import ForgedError, UnsupportedVersionError
from crypto.handshake.reset import reset_psk
from crypto.handshake.terms import RESUME_MIXED, Mode, Terms, check_version
from crypto.identity import PublicIdentity
from crypto.secret import Secret
from tests.support.handshakes import invite_terms

INITIATOR = PublicIdentity(b"i" * 32, b"j" * 32)
RESPONDER = PublicIdentity(b"r" * 32, b"q" * 32)
SECRET = Secret(b"k" * 32)
RESUME = Secret(b"m" * 32)


def reset_terms(resume: Secret | None) -> Terms:
    return Terms.of_reset(
        secret=SECRET, resume=resume, initiator=INITIATOR, responder=RESPONDER, handshake_hash=bytes(32)
    )


def test_modes_and_flags_are_those_of_the_protocol() -> None:
    assert (Mode.FIRST_CONTACT.value, Mode.RESET.value, RESUME_MIXED) == (0, 1, 1)


def test_an_invite_has_one_psk() -> None:
    terms = invite_terms(RESPONDER)

    assert terms.mode is Mode.FIRST_CONTACT
    assert terms.psk_for(0) is terms.psk
    with pytest.raises(ForgedError):
        terms.psk_for(RESUME_MIXED)


def test_a_reset_names_the_initiator_and_no_invite() -> None:
    terms = reset_terms(None)

    assert (terms.mode, terms.invite_id, terms.initiator) == (Mode.RESET, bytes(32), INITIATOR)


def test_a_reset_with_resume_lets_the_flag_decide() -> None:
    terms = reset_terms(RESUME)

    assert terms.psk_for(0).matches(reset_psk(SECRET, None))
    assert terms.psk_for(RESUME_MIXED).matches(reset_psk(SECRET, RESUME))


def test_a_reset_without_resume_refuses_the_flag() -> None:
    with pytest.raises(ForgedError):
        reset_terms(None).psk_for(RESUME_MIXED)


@pytest.mark.parametrize(("own", "peer"), [(1, 1), (1, 2), (1, 255), (2, 1)])
def test_version_1_is_right_where_one_side_knows_no_more(own: int, peer: int) -> None:
    check_version(peer, own_max_version=own)


@pytest.mark.parametrize(("own", "peer"), [(2, 2), (2, 3), (1, 0)])
def test_version_1_is_refused_where_both_could_do_better_or_one_cannot_do_it(own: int, peer: int) -> None:
    with pytest.raises(UnsupportedVersionError):
        check_version(peer, own_max_version=own)
