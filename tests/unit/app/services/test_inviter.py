"""First contact as the inviter sees it: ``docs/protocol.md`` section 2, rules 2, 3 and 5."""

import asyncio
from typing import Any

import pytest

from app.domain.contact import ContactState
from app.domain.events import ContactAdded, ContactRequested
from app.services import inviter
from crypto.handshake import Answer, Kind, decode
from crypto.invite import Invite
from net.events import HandshakeReceived, LinkId, LinkUp, PathClass
from net.peer import LinkKind, PeerId
from tests.support.aio import run
from tests.support.disks import MemoryDisk
from tests.support.engine import Engine, Faults, introduce
from tests.support.pair import Pair, friends, known, of_type, strangers
from tests.support.switchboard import SwitchedNode


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[SwitchedNode, bytes]]:
    """Every handshake message that was sent, and by whom."""
    messages: list[tuple[SwitchedNode, bytes]] = []
    send = SwitchedNode.send_handshake

    def noted(self: SwitchedNode, link: Any, message: bytes) -> bool:
        messages.append((self, message))
        return send(self, link, message)

    monkeypatch.setattr(SwitchedNode, "send_handshake", noted)
    return messages


def kinds(said: list[tuple[SwitchedNode, bytes]], engine: Engine) -> list[Kind]:
    return [Kind(message[0]) for node, message in said if node is engine.node]


def photographed(pair: Pair, link: str, count: int) -> list[LinkId]:
    """Somebody who filmed the invite opens links by it and never answers."""
    peer = PeerId(Invite.parse(link).invite_id)
    links = [LinkId(next(pair.board.link_ids)) for _ in range(count)]
    for number in links:
        event = LinkUp(
            number, peer, LinkKind.INVITE, bytes(32), False, PathClass.LAN, pair.ben.node.local_endpoints()[0]
        )
        pair.ann.messenger.handle(event)
    return links


def half_opens(pair: Pair) -> int:
    return sum(map(len, pair.ann.messenger._intake._handshakes._inviter._half_opens.values()))


# --- Rule 2


def test_a_verified_answer_makes_a_contact_and_uses_the_invite() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await pair.meet()
            assert known(pair.ann, pair.ben).state is ContactState.ESTABLISHED
            assert [event.name for event in of_type(pair.ann, ContactAdded)] == ["Ben"]
            assert [invite.used for invite in await pair.ann.messenger.invites()] == [True]
            assert half_opens(pair) == 0

    run(scenario())


def test_m4_leaves_after_its_commit_only(said: list[tuple[SwitchedNode, bytes]]) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            pair.ann.store.arm(Faults(crash_before=1))
            await pair.connect()
            assert pair.ann.crashed
            assert kinds(said, pair.ann) == [Kind.BUNDLE]
            await pair.ann.restart()
            assert await pair.ann.messenger.contacts() == []
            await pair.connect()
            assert kinds(said, pair.ann) == [Kind.BUNDLE, Kind.CONFIRMATION]
            assert await pair.ann.is_established(pair.ben)

    run(scenario())


def test_a_photographer_with_half_opens_burns_nothing(said: list[tuple[SwitchedNode, bytes]]) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            link = await introduce(pair.ann, pair.ben)
            links: list[LinkId] = []
            for _ in range(6):
                links += photographed(pair, link, 3)
                await pair.settle()
                pair.clock.now_s += 1
            assert len(links) == 18
            assert half_opens(pair) == inviter.MAX_HALF_OPENS
            await pair.connect()
            assert await pair.ann.is_established(pair.ben)
            assert await pair.ben.is_established(pair.ann)
            assert half_opens(pair) <= inviter.MAX_HALF_OPENS

    run(scenario())


def test_an_evicted_half_open_loses_its_link_and_answers_nothing(
    monkeypatch: pytest.MonkeyPatch, said: list[tuple[SwitchedNode, bytes]]
) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            link = await introduce(pair.ann, pair.ben)
            closed: list[LinkId] = []
            links = photographed(pair, link, 4)
            await pair.settle()
            pair.clock.now_s += 1
            links += photographed(pair, link, 4)
            await pair.settle()
            pair.clock.now_s += 1
            monkeypatch.setattr(pair.ann.node, "close_link", closed.append)
            photographed(pair, link, 2)
            await pair.settle()
            assert len(closed) == 2
            assert half_opens(pair) == 8

    run(scenario())


def test_bundles_of_one_invite_are_few_a_second(said: list[tuple[SwitchedNode, bytes]]) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            link = await introduce(pair.ann, pair.ben)
            photographed(pair, link, 20)
            await pair.settle()
            assert len(kinds(said, pair.ann)) == inviter.MAX_BUNDLES_A_SECOND
            pair.clock.now_s -= 3_600  # a clock set back must not close the door for an hour
            photographed(pair, link, 1)
            await pair.settle()
            assert len(kinds(said, pair.ann)) == inviter.MAX_BUNDLES_A_SECOND + 1

    run(scenario())


def test_a_half_open_lives_no_longer_than_its_link() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            pair.ben.messenger._intake.put = lambda event: None  # type: ignore[method-assign]
            pair.board.connect()
            await pair.settle()
            assert half_opens(pair) == 1
            await pair.cut()
            assert half_opens(pair) == 0

    run(scenario())


@pytest.mark.parametrize("position", [1, 33, 40, 1_121, 1_130, 1_270, -1])
def test_a_damaged_answer_changes_nothing(
    position: int, monkeypatch: pytest.MonkeyPatch, said: list[tuple[SwitchedNode, bytes]]
) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            send = SwitchedNode.send_handshake

            def damaged(self: SwitchedNode, link: Any, message: bytes) -> bool:
                changed = bytearray(message)
                if message[0] == Kind.ANSWER:
                    changed[position] ^= 1
                return send(self, link, bytes(changed))

            with monkeypatch.context() as patch:
                patch.setattr(SwitchedNode, "send_handshake", damaged)
                await pair.connect()
            assert await pair.ann.messenger.contacts() == []
            assert [invite.used for invite in await pair.ann.messenger.invites()] == [False]
            assert await pair.ann.opened.sessions() == []
            await pair.connect()
            assert await pair.ann.is_established(pair.ben)

    run(scenario())


# --- Rule 3


def test_a_known_answer_gets_the_stored_m4_again_even_on_the_contact_link(
    said: list[tuple[SwitchedNode, bytes]],
) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await pair.meet()
            [m3] = [message for _, message in said if message[0] == Kind.ANSWER]
            [m4] = [message for _, message in said if message[0] == Kind.CONFIRMATION]
            await pair.cut()
            await pair.connect()
            status = pair.ann.node.links()[0]
            said.clear()
            pair.ann.messenger.handle(HandshakeReceived(status.link, status.peer, m3))
            await pair.settle()
            assert [message for node, message in said if node is pair.ann.node] == [m4]
            assert len(await pair.ann.messenger.contacts()) == 1
            assert len(of_type(pair.ann, ContactAdded)) == 1

    run(scenario())


def test_a_contact_does_not_get_what_was_meant_for_another(said: list[tuple[SwitchedNode, bytes]]) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            cid = await pair.third()
            said.clear()
            await introduce(pair.ann, cid)
            await pair.connect()
            [m3] = [message for _, message in said if message[0] == Kind.ANSWER]
            await pair.cut()
            await pair.connect()
            [bens] = [
                status
                for status in pair.ann.node.links()
                if status.peer == pair.ben.account.identity.public.fingerprint
            ]
            said.clear()
            pair.ann.messenger.handle(HandshakeReceived(bens.link, bens.peer, m3))
            await pair.settle()
            assert kinds(said, pair.ann) == []
            assert bens.link not in {status.link for status in pair.ann.node.links()}

    run(scenario())


def test_a_blocked_contact_gets_silence_for_an_answer_that_was_known(said: list[tuple[SwitchedNode, bytes]]) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            link = await pair.meet()
            [m3] = [message for _, message in said if message[0] == Kind.ANSWER]
            await pair.ann.messenger.block_contact(pair.ben.id)
            [number] = photographed(pair, link, 1)
            await pair.settle()
            said.clear()
            pair.ann.messenger.handle(HandshakeReceived(number, PeerId(Invite.parse(link).invite_id), m3))
            await pair.settle()
            assert kinds(said, pair.ann) == []

    run(scenario())


# --- Rule 5


def test_a_second_newcomer_on_a_used_invite_is_told_so_and_makes_nothing(
    said: list[tuple[SwitchedNode, bytes]],
) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            cid = await pair.third()
            link = await pair.meet()
            await cid.messenger.add_contact(link)
            said.clear()
            await pair.connect()
            assert kinds(said, pair.ann) == [Kind.USED]
            assert [row.name for row in await pair.ann.messenger.contacts()] == ["Ben"]

    run(scenario())


def test_two_newcomers_race_for_one_invite_and_one_of_them_is_told(said: list[tuple[SwitchedNode, bytes]]) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            cid = await pair.third()
            link = await introduce(pair.ann, pair.ben)
            await cid.messenger.add_contact(link)
            await pair.connect()  # both have a bundle before either answers
            assert len(await pair.ann.messenger.contacts()) == 1
            assert sorted([await pair.ben.is_established(pair.ann), await cid.is_established(pair.ann)]) == [
                False,
                True,
            ]
            assert kinds(said, pair.ann).count(Kind.BUNDLE) == 2
            assert kinds(said, pair.ann).count(Kind.USED) == 1

    run(scenario())


# --- Both at once, and again


def test_both_add_each_other_at_once_and_have_one_conversation() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            await introduce(pair.ben, pair.ann)
            await pair.ann.messenger.send_text(pair.ben.id, "from Ann")
            await pair.ben.messenger.send_text(pair.ann.id, "from Ben")
            await pair.connect()
            await pair.cut()
            await pair.connect()
            for engine in (pair.ann, pair.ben):
                assert len(await engine.messenger.contacts()) == 1
                assert sorted(await pair.texts(engine)) == ["from Ann", "from Ben"]
                assert len(await engine.opened.sessions()) <= 4
            assert await pair.texts(pair.ann) == await pair.texts(pair.ben)

    run(scenario())


def test_a_contact_that_comes_again_keeps_its_conversation() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.rename_contact(pair.ben.id, "Benny")
            await pair.ben.messenger.send_text(pair.ann.id, "before")
            await pair.settle()
            await pair.ben.messenger.remove_contact(pair.ann.id)
            pair.clock.now_s += 1
            await pair.meet()
            await pair.ben.messenger.send_text(pair.ann.id, "after")
            await pair.settle()
            await pair.ann.messenger.send_text(pair.ben.id, "welcome back")
            await pair.settle()
            assert await pair.texts(pair.ann) == ["before", "after", "welcome back"]
            assert await pair.texts(pair.ben) == ["after", "welcome back"]
            assert [row.name for row in await pair.ann.messenger.contacts()] == ["Benny"]

    run(scenario())


def test_a_contact_that_comes_again_without_its_old_session_has_to_be_verified_again() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ann.messenger.set_verified(pair.ben.id, verified=True)
            await pair.cut()
            await pair.ben.messenger.remove_contact(pair.ann.id)  # now Ben is whoever holds a copy of his identity
            await pair.meet()
            assert not known(pair.ann, pair.ben).verified
            assert [event.verified for event in of_type(pair.ann, ContactAdded)] == [False]

    run(scenario())


# --- Reusable invites


async def visited(pair: Pair) -> str:
    """Ben comes by a reusable invite; the link."""
    return await pair.meet(reusable=True)


def test_who_comes_by_a_reusable_invite_waits_for_a_yes() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await visited(pair)
            assert await pair.ann.messenger.contacts() == []
            assert [row.name for row in await pair.ann.messenger.requests()] == ["Ben"]
            assert [event.name for event in of_type(pair.ann, ContactRequested)] == ["Ben"]
            assert [invite.used for invite in await pair.ann.messenger.invites()] == [False]
            assert known(pair.ben, pair.ann).given_name is None  # our profile is for accepted contacts

    run(scenario())


def test_what_a_request_writes_arrives_after_the_yes_without_waiting_for_a_better_day() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await visited(pair)
            await pair.ben.messenger.send_text(pair.ann.id, "please")
            await pair.settle()
            assert await pair.ann.history(pair.ben) == []
            await pair.ann.messenger.accept_request(pair.ben.id)
            await pair.settle()
            await pair.connect()  # the network dials again at once
            assert await pair.texts(pair.ann) == ["please"]
            assert known(pair.ben, pair.ann).name == "Ann"
            assert [event.name for event in of_type(pair.ann, ContactAdded)] == ["Ben"]

    run(scenario())


def test_a_yes_survives_a_restart_of_either_side() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await visited(pair)
            await pair.ann.restart()
            await pair.ann.messenger.accept_request(pair.ben.id)
            await pair.ann.restart()
            await pair.ben.restart()
            await pair.connect()
            await pair.ann.messenger.send_text(pair.ben.id, "welcome")
            await pair.settle()
            assert await pair.texts(pair.ben) == ["welcome"]
            assert known(pair.ben, pair.ann).name == "Ann"

    run(scenario())


def test_a_declined_request_is_forgotten_and_may_come_again() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            link = await visited(pair)
            await pair.ann.messenger.decline_request(pair.ben.id)
            await pair.settle()
            assert await pair.ann.messenger.requests() == []
            assert await pair.ann.opened.sessions() == []
            await pair.ben.messenger.remove_contact(pair.ann.id)
            await pair.ben.messenger.add_contact(link)
            await pair.connect()
            assert len(await pair.ann.messenger.requests()) == 1

    run(scenario())


def test_somebody_who_comes_again_while_waiting_is_one_request_and_told_once() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            link = await visited(pair)
            for _ in range(6):
                pair.clock.now_s += 2
                await pair.ben.messenger.remove_contact(pair.ann.id)
                await pair.ben.messenger.add_contact(link)
                await pair.connect()
            assert len(await pair.ann.messenger.requests()) == 1
            assert len(of_type(pair.ann, ContactRequested)) == 1
            assert len(await pair.ann.opened.sessions()) <= 4
            assert len(pair.ann.opened.tables.answers) == 1  # type: ignore[attr-defined]
            await pair.ann.messenger.accept_request(pair.ben.id)
            await pair.settle()
            await pair.connect()
            await pair.ann.messenger.send_text(pair.ben.id, "welcome")
            await pair.settle()
            assert await pair.texts(pair.ben) == ["welcome"]

    run(scenario())


def test_requests_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inviter, "MAX_REQUESTS", 2)

    async def scenario() -> None:
        async with strangers() as pair:
            others = [await pair.third(name) for name in ("Cid", "Dee")]
            link = await visited(pair)
            for other in others:
                await other.messenger.add_contact(link)
                await pair.connect()
            assert [row.name for row in await pair.ann.messenger.requests()] == ["Ben", "Cid"]
            await pair.ann.messenger.decline_request(pair.ben.id)
            await pair.connect()
            assert [row.name for row in await pair.ann.messenger.requests()] == ["Cid", "Dee"]

    run(scenario())


def test_a_request_that_is_blocked_gets_no_further() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            link = await visited(pair)
            await pair.ann.messenger.block_contact(pair.ben.id)
            await pair.ben.messenger.remove_contact(pair.ann.id)
            await pair.ben.messenger.add_contact(link)
            await pair.connect()
            assert not await pair.ben.is_established(pair.ann)
            assert len(of_type(pair.ann, ContactRequested)) == 1

    run(scenario())


def test_a_newcomer_removed_while_it_is_stored_is_gone() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            assert isinstance(pair.ann.disk, MemoryDisk)
            pair.ann.disk.turns = lambda: 5
            pair.board.connect()
            while not tuple(pair.ann.messenger._book.contacts()):
                await asyncio.sleep(0)
            await pair.ann.messenger.remove_contact(pair.ben.id)
            await pair.settle()
            assert await pair.ann.messenger.contacts() == []
            assert of_type(pair.ann, ContactAdded) == []
            assert await pair.ann.opened.sessions() == []

    run(scenario())


def test_an_answer_is_named_by_its_ephemeral_key(said: list[tuple[SwitchedNode, bytes]]) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await pair.meet()
            [m3] = [message for _, message in said if message[0] == Kind.ANSWER]
            answer = decode(m3)
            assert isinstance(answer, Answer)
            stored = await pair.ann.opened.answer(answer.ephemeral)
            assert stored is not None
            assert stored.message[0] == Kind.CONFIRMATION

    run(scenario())


def test_a_known_contact_cannot_replace_its_session_by_a_reusable_invite() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.ben.messenger.send_text(pair.ann.id, "proven")
            await pair.settle()
            number = known(pair.ann, pair.ben).number
            before = [stored.session.transcript for stored in pair.ann.messenger._book.sessions[number]]
            await pair.ben.messenger.remove_contact(pair.ann.id)
            await pair.settle()
            await pair.ann.messenger.send_text(pair.ben.id, "not for a thief of keys")
            await pair.meet(reusable=True)
            after = [stored.session.transcript for stored in pair.ann.messenger._book.sessions[number]]
            assert after == before
            assert await pair.texts(pair.ben) == []

    run(scenario())
