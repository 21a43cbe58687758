"""The contact list."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.contact import ContactState
from app.domain.errors import ErrorKind, KithError, StorageError
from app.domain.events import ContactAdded, ContactChanged, MessageStateChanged
from app.domain.identifiers import ContactId
from app.domain.message import MessageState
from app.services.contacts import REASON_BLOCKED
from app.services.messenger import Messenger
from app.services.rendezvous import ACCOUNT, of_contact
from tests.support.aio import run
from tests.support.disks import MemoryDisk
from tests.support.engine import Faults, introduce
from tests.support.pair import Pair, friends, known, of_type, states, strangers

NOBODY = ContactId("a" * 52)


def refused(call: Awaitable[object]) -> Callable[[], Awaitable[ErrorKind]]:
    async def kind() -> ErrorKind:
        with pytest.raises(KithError) as caught:
            await call
        return caught.value.kind

    return kind


# --- Adding


def test_a_contact_is_durable_when_it_was_added() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            await pair.ben.restart()
            [row] = await pair.ben.messenger.contacts()
            assert (row.contact, row.state, row.online) == (pair.ann.id, ContactState.PENDING, False)
            assert row.name == f"New contact {pair.ann.id[:4].upper()}"
            assert row.mark == pair.ann.id[:4].upper()

    run(scenario())


def test_a_contact_may_be_given_a_name_at_once() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            invite = await pair.ann.messenger.create_invite()
            await pair.ben.messenger.add_contact(invite.link, " Annie ")
            await pair.connect()
            assert known(pair.ben, pair.ann).name == "Annie"
            assert known(pair.ben, pair.ann).given_name == "Ann"

    run(scenario())


def test_links_that_lead_nowhere_are_refused_in_words() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            ann, ben = pair.ann.messenger, pair.ben.messenger
            invite = await ann.create_invite(expires_in_s=60)
            assert await refused(ann.add_contact(invite.link))() is ErrorKind.OWN_LINK
            assert await refused(ben.add_contact(invite.link[:-1]))() is ErrorKind.BAD_LINK
            assert await refused(ben.add_contact("https://example.org"))() is ErrorKind.BAD_LINK
            assert await refused(ben.add_contact(invite.link, "\n"))() is ErrorKind.NAME_INVALID
            pair.clock.now_s += 61
            assert await refused(ben.add_contact(invite.link))() is ErrorKind.LINK_EXPIRED
            assert await ben.contacts() == await ann.contacts() == []

    run(scenario())


@settings(max_examples=8)
@given(st.text(max_size=100) | st.text(max_size=400).map("kith:".__add__) | st.binary(max_size=200).map(bytes.hex))
def test_any_text_is_a_link_or_is_refused(link: str) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            assert await refused(pair.ann.messenger.add_contact(link))() is ErrorKind.BAD_LINK

    run(scenario())


def test_somebody_known_is_not_added_again() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            invite = await pair.ann.messenger.create_invite()
            assert await refused(pair.ben.messenger.add_contact(invite.link))() is ErrorKind.ALREADY_CONTACT

    run(scenario())


def test_another_link_of_somebody_who_did_not_answer_yet_takes_the_place_of_the_first() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            await introduce(pair.ann, pair.ben)
            assert len(await pair.ben.messenger.contacts()) == 1
            await pair.connect()
            assert [invite.used for invite in await pair.ann.messenger.invites()].count(True) == 1

    run(scenario())


def test_a_contact_whose_adding_was_refused_is_nowhere() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            invite = await pair.ann.messenger.create_invite()
            pair.ben.store.arm(Faults(fail=1))
            assert await refused(pair.ben.messenger.add_contact(invite.link))() is ErrorKind.STORAGE_FULL
            await pair.settle()
            assert await pair.ben.messenger.contacts() == []
            assert pair.ben.node.peers == {}
            await pair.ben.messenger.add_contact(invite.link)
            await pair.connect()
            assert await pair.ben.is_established(pair.ann)

    run(scenario())


# --- Names and verification


def test_a_petname_is_ours_alone() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.rename_contact(pair.ben.id, "  Benny  the Bear ")
            await pair.settle()
            assert [event.name for event in of_type(pair.ann, ContactChanged)] == ["Benny the Bear"]
            assert pair.ben.events == []
            await pair.ann.restart()
            assert [row.name for row in await pair.ann.messenger.contacts()] == ["Benny the Bear"]

    run(scenario())


def test_both_sides_read_the_same_safety_number() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            here, _ = await pair.ann.messenger.safety_number(pair.ben.id)
            there, verified = await pair.ben.messenger.safety_number(pair.ann.id)
            assert here == there
            assert len(here) == 60
            assert here.isdigit()
            assert not verified

    run(scenario())


def test_verification_is_kept_and_can_be_taken_back() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            for verified in (True, False):
                await pair.ann.messenger.set_verified(pair.ben.id, verified=verified)
                await pair.ann.restart()
                assert (await pair.ann.messenger.safety_number(pair.ben.id))[1] is verified
                assert [row.verified for row in await pair.ann.messenger.contacts()] == [verified]

    run(scenario())


# --- Removing


def test_a_removed_contact_leaves_nothing_behind() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ben.messenger.send_text(pair.ann.id, "hello")
            await pair.settle()
            await pair.cut()
            await pair.ann.messenger.send_text(pair.ben.id, "never sent")
            await pair.connect()
            pair.ann.events.clear()
            await pair.ann.messenger.remove_contact(pair.ben.id)
            await pair.settle()
            assert of_type(pair.ann, ContactChanged) == [ContactChanged(pair.ben.id, removed=True)]
            tables = pair.ann.opened.tables  # type: ignore[attr-defined]
            assert not tables.contacts
            assert not tables.messages
            assert not tables.sessions
            assert not tables.outgoing
            assert not tables.received
            assert not tables.answers
            assert pair.ben.peer_id not in pair.ann.node.peers
            assert not pair.ann.node.links()
            assert not pair.ann.messenger._intake._presence.all()
            assert pair.ben.id not in [row.contact for row in await pair.ann.messenger.contacts()]

    run(scenario())


def test_a_number_that_is_used_again_brings_nothing_of_its_former_owner() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ben.messenger.send_text(pair.ann.id, "unread")
            await pair.settle()
            await pair.ann.messenger.remove_contact(pair.ben.id)
            await pair.ann.restart()
            cid = await pair.third()
            await introduce(pair.ann, cid)
            await pair.connect()
            assert known(pair.ann, cid).number == 1
            [row] = await pair.ann.messenger.contacts()
            assert (row.name, row.unread, row.last_message, row.online) == ("Cid", 0, None, True)

    run(scenario())


@pytest.mark.expect_log
def test_a_contact_whose_removal_was_refused_is_reached_again() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.store.arm(Faults(fail=1))
            with pytest.raises(StorageError):
                await pair.ann.messenger.remove_contact(pair.ben.id)
            await pair.settle()
            await pair.connect()
            await pair.ben.messenger.send_text(pair.ann.id, "still friends")
            await pair.settle()
            assert await pair.texts(pair.ann) == ["still friends"]

    run(scenario())


# --- Blocking


def test_blocking_fails_what_waits_in_words_and_nothing_else() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.send_text(pair.ben.id, "delivered")
            await pair.settle()
            await pair.cut()
            waiting = [await pair.ann.messenger.send_text(pair.ben.id, text) for text in ("one", "two")]
            pair.ann.events.clear()
            await pair.ann.messenger.block_contact(pair.ben.id)
            told = of_type(pair.ann, MessageStateChanged)
            assert [(event.message, event.state) for event in told] == [
                (sent.message, MessageState.FAILED) for sent in waiting
            ]
            assert {event.reason for event in told} == {REASON_BLOCKED}
            assert [message.state.word for message in await pair.ann.history(pair.ben)].count("failed") == 2
            assert await pair.ann.opened.outgoing_counts() == (0, 0)
            assert of_type(pair.ann, ContactChanged) == [ContactChanged(pair.ben.id, blocked=True)]

    run(scenario())


@pytest.mark.parametrize("turns", range(0, 24, 2))
def test_a_text_on_its_way_to_be_stored_fails_too_when_its_contact_is_blocked(turns: int) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            assert isinstance(pair.ann.disk, MemoryDisk)
            pair.ann.disk.turns = lambda: 5
            results = []

            async def send(text: str) -> None:
                for _ in range(int(text)):
                    await asyncio.sleep(0)
                try:
                    results.append(await pair.ann.messenger.send_text(pair.ben.id, text))
                except KithError as error:
                    assert error.kind is ErrorKind.CONTACT_BLOCKED

            async def block() -> None:
                for _ in range(turns):
                    await asyncio.sleep(0)
                await pair.ann.messenger.block_contact(pair.ben.id)

            await asyncio.gather(*(send(str(number)) for number in range(0, 30, 3)), block())
            rows = await pair.ann.history(pair.ben)
            assert len(rows) == len(results)
            assert {row.state for row in rows} <= {MessageState.FAILED}
            assert len(of_type(pair.ann, MessageStateChanged)) == len(rows)

    run(scenario())


def test_a_blocked_contact_cannot_be_written_to_and_is_offline() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.block_contact(pair.ben.id)
            await pair.settle()
            call = pair.ann.messenger.send_text(pair.ben.id, "hello")
            assert await refused(call)() is ErrorKind.CONTACT_BLOCKED
            [row] = await pair.ann.messenger.contacts()
            assert (row.blocked, row.online, row.path) == (True, False, None)
            await pair.ann.restart()
            await pair.connect()
            assert not pair.ann.node.links()

    run(scenario())


def test_an_unblocked_contact_is_heard_again_and_learns_what_it_missed() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.block_contact(pair.ben.id)
            await pair.ann.messenger.rename_account("Anna")
            await pair.ben.messenger.send_text(pair.ann.id, "are you angry?")
            await pair.settle()
            await pair.ann.messenger.unblock_contact(pair.ben.id)
            await pair.connect()
            assert await pair.texts(pair.ann) == ["are you angry?"]
            assert known(pair.ben, pair.ann).name == "Anna"
            assert states(pair.ben)[-1] == "delivered"

    run(scenario())


@pytest.mark.parametrize("goes", ["blocked", "removed"])
def test_who_is_shut_out_finds_us_on_the_dht_no_more_and_the_others_still_do(goes: str) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            before = pair.ann.node.published[ACCOUNT].shared
            assert before.matches(of_contact(known(pair.ben, pair.ann), None))
            cid = await pair.third()
            await introduce(pair.ann, cid)
            await pair.connect()
            ann = pair.ann.messenger
            await (ann.block_contact if goes == "blocked" else ann.remove_contact)(pair.ben.id)
            await pair.settle()
            after = pair.ann.node.published[ACCOUNT].shared
            assert after.point == before.point
            assert not after.matches(before)
            assert after.matches(of_contact(known(cid, pair.ann), None))
            assert before.matches(of_contact(known(pair.ben, pair.ann), None))
            await pair.ann.restart()
            assert pair.ann.node.published[ACCOUNT].shared.matches(after)

    run(scenario())


def test_a_contact_that_is_removed_while_it_is_unblocked_is_gone() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.block_contact(pair.ben.id)
            ann = pair.ann.messenger
            await asyncio.gather(ann.unblock_contact(pair.ben.id), ann.remove_contact(pair.ben.id))
            await pair.connect()
            assert await ann.contacts() == []
            assert pair.ben.peer_id not in pair.ann.node.peers

    run(scenario())


# --- What there is not


@pytest.mark.parametrize(
    "call",
    [
        lambda messenger: messenger.rename_contact(NOBODY, "Nobody"),
        lambda messenger: messenger.remove_contact(NOBODY),
        lambda messenger: messenger.block_contact(NOBODY),
        lambda messenger: messenger.unblock_contact(NOBODY),
        lambda messenger: messenger.safety_number(NOBODY),
        lambda messenger: messenger.set_verified(NOBODY, verified=True),
        lambda messenger: messenger.send_text(NOBODY, "hello"),
        lambda messenger: messenger.messages(NOBODY),
        lambda messenger: messenger.search("hello", contact=NOBODY),
    ],
    ids=["rename", "remove", "block", "unblock", "safety number", "verify", "send", "list", "search"],
)
def test_who_is_not_known_is_unknown(call: Callable[[Messenger], Awaitable[object]]) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            assert await refused(call(pair.ann.messenger))() is ErrorKind.UNKNOWN_CONTACT

    run(scenario())


def test_a_contact_is_no_request() -> None:
    async def scenario(pair: Pair, request: ContactId) -> None:
        for call in (pair.ann.messenger.accept_request, pair.ann.messenger.decline_request):
            assert await refused(call(request))() is ErrorKind.UNKNOWN_REQUEST
        assert await pair.ann.is_established(pair.ben)
        assert of_type(pair.ann, ContactAdded) == []

    async def both() -> None:
        async with friends() as pair:
            await scenario(pair, pair.ben.id)
            await scenario(pair, NOBODY)

    run(both())
