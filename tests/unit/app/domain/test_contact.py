from dataclasses import replace

import pytest

from app.domain.contact import ContactProblem, ContactState
from tests.support import samples


def test_a_contact_goes_by_its_petname_then_by_its_own() -> None:
    contact = samples.contact()
    assert replace(contact, given_name="Ann", petname="Annie").name == "Annie"
    assert replace(contact, given_name="Ann").name == "Ann"


def test_a_contact_without_a_name_is_told_apart_by_its_id() -> None:
    contact = samples.contact()
    assert contact.name == f"New contact {contact.contact_id[:4].upper()}"


def test_a_contact_is_known_by_its_fingerprint() -> None:
    assert samples.contact(1).contact_id == samples.contact(1).identity.account_id
    assert samples.contact(1).contact_id != samples.contact(2).contact_id


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (ContactProblem.LINK_USED, "link_used"),
        (ContactProblem.LINK_REVOKED, "link_revoked"),
        (ContactProblem.LINK_EXPIRED, "link_expired"),
        (ContactProblem.RESET, "reset"),
    ],
)
def test_a_problem_has_the_word_of_the_contract(problem: ContactProblem, kind: str) -> None:
    assert problem.kind == kind


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        (ContactState.ESTABLISHED, ContactProblem.NONE),
        (ContactState.ESTABLISHED, ContactProblem.SESSION_LOST),
        (ContactState.PENDING, ContactProblem.LINK_USED),
    ],
)
def test_a_contact_may_know_us_where_we_met_or_somebody_used_our_link(
    state: ContactState, problem: ContactProblem
) -> None:
    assert replace(samples.contact(), state=state, problem=problem).may_know_us


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        (ContactState.PENDING, ContactProblem.NONE),
        (ContactState.PENDING, ContactProblem.LINK_EXPIRED),
        (ContactState.REQUEST, ContactProblem.NONE),
    ],
)
def test_a_contact_to_be_does_not_know_us_yet(state: ContactState, problem: ContactProblem) -> None:
    assert not replace(samples.contact(), state=state, problem=problem).may_know_us
