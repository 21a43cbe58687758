"""What a reset makes of a contact, on either side."""

from dataclasses import replace

import pytest

from app.domain.contact import ContactNotice, ContactProblem
from app.domain.content import ContentType, ProfileContent
from app.domain.events import ContactChanged
from app.services.renewal import Renewal
from crypto.session import Payload
from tests.support import samples
from tests.support.aio import run
from tests.support.pair import Pair, friends, known, of_type

DIGITS = "12345" * 12
PROFILE = ProfileContent(name="Benno", capabilities=0, endpoints=(), discovery=b"").encode()


def renewal(pair: Pair) -> Renewal:
    return pair.ann.messenger._intake._inbox._renewal


@pytest.mark.parametrize("problem", [ContactProblem.NONE, ContactProblem.SESSION_LOST])
def test_a_resumed_session_ends_the_problem_and_keeps_what_was_verified(problem: ContactProblem) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            contact = replace(known(pair.ann, pair.ben), problem=problem, verified=True)
            unit, stored = pair.ann.store.begin(), samples.stored_session(1)
            renewed = renewal(pair).renew(contact, stored, unit, is_resumed=True)
            assert renewed == replace(contact, problem=ContactProblem.NONE)

    run(scenario())


@pytest.mark.parametrize(("is_held", "is_resumed"), [(False, False), (True, False), (True, True)])
def test_any_other_is_held_and_no_longer_verified(*, is_held: bool, is_resumed: bool) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            problem = ContactProblem.RESET if is_held else ContactProblem.NONE
            contact = replace(known(pair.ann, pair.ben), problem=problem, verified=True, reset_digits="old")
            unit, stored = pair.ann.store.begin(), samples.stored_session(1)
            renewed = renewal(pair).renew(contact, stored, unit, is_resumed=is_resumed, digits=DIGITS)
            assert (renewed.problem, renewed.verified, renewed.reset_digits) == (ContactProblem.RESET, False, DIGITS)

    run(scenario())


def test_all_other_sessions_are_retired_but_those_that_may_follow() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            unit, book = pair.ann.store.begin(), pair.ann.messenger._book
            new, pending = samples.stored_session(1), samples.stored_session(1)
            for stored in (new, pending):
                book.put_session(stored, unit)
            follows = [pending.session.transcript]
            renewal(pair).renew(known(pair.ann, pair.ben), new, unit, is_resumed=True, pending=follows)
            assert [stored.retired for stored in book.sessions[1]] == [True, False, False]

    run(scenario())


def test_a_profile_goes_out_with_a_resumed_session_alone() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            contact = known(pair.ann, pair.ben)
            held = replace(contact, problem=ContactProblem.RESET)
            say = renewal(pair).first_payload
            assert say(contact, is_resumed=True)[0] is ContentType.PROFILE
            for nothing in (say(contact, is_resumed=False), say(held, is_resumed=True), say(held, is_resumed=False)):
                assert nothing == (ContentType.EMPTY, b"")
            assert renewal(pair).told(contact, ContentType.EMPTY) is contact
            own = pair.ann.node.local_endpoints()
            assert renewal(pair).told(replace(contact, announced=()), ContentType.PROFILE).announced == own

    run(scenario())


def test_a_profile_is_taken_from_whom_the_user_knows_alone() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            contact = known(pair.ann, pair.ben)
            payload = Payload(ContentType.PROFILE, bytes(16), 1, PROFILE)
            assert renewal(pair).heard(contact, payload).name == "Benno"
            held = replace(contact, problem=ContactProblem.RESET)
            assert renewal(pair).heard(held, payload) is held
            assert renewal(pair).heard(contact, replace(payload, type=ContentType.EMPTY)) is contact

    run(scenario())


def test_only_what_has_changed_is_told_and_digits_whenever_they_are_to_be_compared() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            contact = known(pair.ann, pair.ben)
            held = replace(contact, problem=ContactProblem.RESET, reset_digits=DIGITS)
            renewal(pair).publish(contact, contact)
            renewal(pair).publish(contact, replace(contact, notice=ContactNotice.TWO_DEVICES, given_name="Benno"))
            renewal(pair).publish(held, held)
            assert of_type(pair.ann, ContactChanged) == [
                ContactChanged(contact.contact_id, name="Benno", notice=ContactNotice.TWO_DEVICES),
                ContactChanged(contact.contact_id, problem=ContactProblem.RESET, check_digits=DIGITS),
            ]

    run(scenario())
