"""What a contact, or a thief of its keys, may ask for and gets: R of a reset."""

import pytest

from app.domain.annotation_content import DeletionContent
from app.domain.contact import ContactNotice, ContactProblem
from app.domain.content import ContentType, ProfileContent, TextContent, encode_ids, encode_transcripts
from app.domain.events import ContactChanged
from app.services import reset_granter as module
from app.services.resets import DAY_S
from crypto.handshake import Kind
from crypto.secret import Secret
from crypto.session import envelope_id
from net.endpoint_list import encode_endpoints
from tests.support import samples
from tests.support.aio import run
from tests.support.copies import lose_sessions, pass_a_day
from tests.support.engine import Engine
from tests.support.mischief import Mischief, disturb
from tests.support.pair import Pair, friends, known, live_transcripts, of_type, strangers
from tests.support.thief_of_keys import ThiefOfKeys, random_request


def resume_of(engine: Engine) -> Secret:
    """The secret of the session that an engine writes on."""
    stored = engine.messenger._outbox._sessions.sending(1)
    assert stored is not None
    return stored.session.resume


async def alone(pair: Pair) -> None:
    """Ben is away; whoever comes now has no more than his keys."""
    pair.board.cut()
    await pair.settle()
    pair.ben.node.detach()
    pair.ben.crashed = True


def told(engine: Engine) -> list[ContactChanged]:
    return [event for event in of_type(engine, ContactChanged) if event.problem is ContactProblem.RESET]


# --- What it may do


def test_with_the_secret_of_the_session_a_reset_asks_nothing() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.set_verified(pair.ben.id, verified=True)
            await alone(pair)
            thief = ThiefOfKeys(pair.ben, pair.ann)
            await thief.reset(resume_of(pair.ben))
            assert live_transcripts(pair.ann) == [thief.attempt.transcript]  # type: ignore[union-attr]
            assert (known(pair.ann, pair.ben).problem, known(pair.ann, pair.ben).verified) == (
                ContactProblem.NONE,
                True,
            )
            assert not told(pair.ann)

    run(scenario())


def test_without_it_the_user_has_to_agree_and_nothing_goes_out() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.set_verified(pair.ben.id, verified=True)
            await alone(pair)
            thief = ThiefOfKeys(pair.ben, pair.ann)
            await thief.reset()
            assert known(pair.ann, pair.ben).is_held
            assert not known(pair.ann, pair.ben).verified
            assert len(told(pair.ann)) == 1
            await pair.ann.messenger.rename_account("Anna")
            await pair.ann.messenger.send_text(pair.ben.id, "for Ben alone")
            await pair.settle()
            assert thief.envelopes() == []

    run(scenario())


def test_nor_does_it_when_a_thief_asks_for_envelopes_that_it_saw_on_the_way() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            disturb(pair.ben, *[Mischief.LOSE] * 10)
            await pair.ann.messenger.send_text(pair.ben.id, "for Ben alone")  # and Ben's link stands
            await pair.settle()
            thief = ThiefOfKeys(pair.ben, pair.ann)
            await thief.reset()
            sent = list(pair.ann.node.envelopes)
            await thief.say(ContentType.RE_REQUEST, encode_ids([envelope_id(envelope) for envelope in sent]))
            await thief.say(ContentType.BROKEN, encode_transcripts([bytes(32)]))
            assert pair.ann.node.envelopes == sent
            [waiting] = await pair.ann.opened.outgoing(1, after=0, limit=2)
            assert waiting.envelope in sent

    run(scenario())


def test_what_a_thief_says_about_itself_and_about_earlier_messages_is_not_taken() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            said = (await pair.ben.messenger.send_text(pair.ann.id, "by Ben")).message
            await pair.settle()
            await alone(pair)
            thief = ThiefOfKeys(pair.ben, pair.ann)
            await thief.reset()
            before = known(pair.ann, pair.ben)
            profile = ProfileContent(name="Benn", capabilities=0, endpoints=(samples.endpoint(6666),), discovery=b"")
            await thief.say(ContentType.PROFILE, profile.encode(), b"p" * 16)
            await thief.say(ContentType.ADDRESSES, encode_endpoints((samples.endpoint(6667),)), b"a" * 16)
            assert known(pair.ann, pair.ben) == before
            deletion = DeletionContent(said).encode()
            await thief.say(ContentType.DELETION, deletion, b"d" * 16)
            assert [message.text for message in await pair.ann.history(pair.ben)] == ["by Ben"]
            await thief.say(ContentType.TEXT, TextContent(1, 1.0, "it is me", None).encode(), b"t" * 16)
            assert sorted(message.text for message in await pair.ann.history(pair.ben)) == ["by Ben", "it is me"]

    run(scenario())


# --- What it may not


def test_the_secret_of_a_session_that_was_replaced_fits_no_more() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            stolen = resume_of(pair.ben)
            await lose_sessions(pair.ben)
            await pair.connect()
            await pair.ann.messenger.accept_reset(pair.ben.id)
            await alone(pair)
            thief = ThiefOfKeys(pair.ben, pair.ann)
            link = thief.dial()
            await thief.ask(link, stolen)
            assert known(pair.ann, pair.ben).notice is ContactNotice.NONE
            await thief.answer(link, stolen)
            assert known(pair.ann, pair.ben).is_held
            assert known(pair.ann, pair.ben).notice is ContactNotice.TWO_DEVICES

    run(scenario())


def test_a_second_reset_that_is_resumed_releases_nothing() -> None:
    """A thief who resets without the secret knows that of the session it made; it proves nothing more."""

    async def scenario() -> None:
        async with friends() as pair:
            await alone(pair)
            thief = ThiefOfKeys(pair.ben, pair.ann)
            await thief.reset()
            digits = known(pair.ann, pair.ben).reset_digits
            assert thief.session is not None
            await thief.reset(thief.session.resume)
            contact = known(pair.ann, pair.ben)
            assert contact.is_held
            assert contact.reset_digits != digits
            await pair.ann.messenger.send_text(pair.ben.id, "held")
            await pair.settle()
            assert thief.envelopes() == []

    run(scenario())


def test_half_a_reset_changes_nothing() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            before, contact = live_transcripts(pair.ann), known(pair.ann, pair.ben)
            commits = pair.ann.store.commits
            thief = ThiefOfKeys(pair.ben, pair.ann)
            for _ in range(3):
                link = thief.dial()
                await thief.ask(link)
                pair.ann.node.close_link(link)
            pair.board.cut()
            await pair.settle()
            assert live_transcripts(pair.ann) == before
            assert known(pair.ann, pair.ben).problem is contact.problem
            assert pair.ann.store.commits <= commits + 1  # when the contact was seen last
            await pair.connect()
            await pair.ann.messenger.send_text(pair.ben.id, "as before")
            await pair.settle()
            assert await pair.texts(pair.ben) == ["as before"]

    run(scenario())


def test_a_forged_answer_ends_its_link_and_changes_nothing() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            before = live_transcripts(pair.ann)
            thief = ThiefOfKeys(pair.ben, pair.ann)
            link = thief.dial()
            await thief.ask(link)
            thief.node.send_handshake(link, bytes([Kind.ANSWER]) + bytes(1_700))
            await pair.settle()
            assert thief.lost(link)
            assert live_transcripts(pair.ann) == before

    run(scenario())


def test_somebody_else_may_not_answer_on_the_link_of_a_contact() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await alone(pair)
            stranger = await pair.third()
            thief = ThiefOfKeys(pair.ben, pair.ann)
            link = thief.dial()
            await thief.ask(link)
            thief.identity = stranger.account.identity
            await thief.answer(link)
            assert thief.lost(link)
            assert thief.session is None
            assert not told(pair.ann)

    run(scenario())


def test_a_newer_request_takes_the_place_of_the_former_and_of_its_link() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await alone(pair)
            thief = ThiefOfKeys(pair.ben, pair.ann)
            first, second = thief.dial(), thief.dial()
            await thief.ask(first)
            await thief.ask(second)
            assert (thief.lost(first), thief.lost(second)) == (True, False)
            await thief.answer(second)
            assert thief.session is not None

    run(scenario())


# --- How often


def test_requests_beyond_five_a_second_get_no_answer_and_the_link_stays_good() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            thief = ThiefOfKeys(pair.ben, pair.ann)
            link = thief.dial()
            for number in range(20):
                thief.node.send_handshake(link, random_request(number))
            await pair.settle()
            assert len(thief.received(Kind.BUNDLE)) == module.MAX_BUNDLES_A_SECOND
            assert not thief.lost(link)
            pair.clock.now_s += 1
            thief.node.send_handshake(link, random_request(99))
            await pair.settle()
            assert len(thief.received(Kind.BUNDLE)) == module.MAX_BUNDLES_A_SECOND + 1

    run(scenario())


def test_resets_beyond_eight_a_day_get_no_answer_and_are_told_no_more() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await alone(pair)
            thief = ThiefOfKeys(pair.ben, pair.ann)
            for _ in range(module.MAX_RESETS_A_DAY):
                await thief.reset()
                pair.clock.now_s += 1
            pair.ann.events.clear()
            await thief.ask(thief.dial())
            assert len(thief.received(Kind.BUNDLE)) == module.MAX_RESETS_A_DAY
            assert told(pair.ann) == []
            assert len(pair.ann.messenger._book.sessions[1]) <= 4
            pass_a_day(pair.clock)
            await thief.reset()
            assert len(told(pair.ann)) == 1

    run(scenario())


def test_a_day_is_as_long_as_the_limit_says() -> None:
    assert DAY_S == 86_400


# --- Who


def test_a_blocked_contact_is_met_with_silence() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await alone(pair)
            await pair.ann.messenger.block_contact(pair.ben.id)
            thief = ThiefOfKeys(pair.ben, pair.ann)
            with pytest.raises(IndexError):
                thief.dial()

    run(scenario())


def test_a_request_cannot_reset_what_it_has_yet_to_be_granted() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await pair.meet(reusable=True)
            await alone(pair)
            thief = ThiefOfKeys(pair.ben, pair.ann)
            with pytest.raises(IndexError):
                thief.dial()

    run(scenario())


def test_a_contact_to_be_cannot_be_reset_before_first_contact_is_over() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            summary = await pair.ann.messenger.create_invite()
            await pair.ben.messenger.add_contact(summary.link)
            pair.ann.node.detach()
            pair.ann.crashed = True
            thief = ThiefOfKeys(pair.ann, pair.ben)
            with pytest.raises(IndexError):
                thief.dial()

    run(scenario())


@pytest.mark.parametrize("message", [bytes([Kind.RESET]), bytes([Kind.RESET]) + bytes(9)], ids=["short", "long"])
def test_a_malformed_request_ends_its_link(message: bytes) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            thief = ThiefOfKeys(pair.ben, pair.ann)
            link = thief.dial()
            thief.node.send_handshake(link, message)
            await pair.settle()
            assert thief.lost(link)
            assert thief.received(Kind.BUNDLE) == []

    run(scenario())
