"""First contact as the joiner sees it: ``docs/protocol.md`` section 2, rules 1, 4 and 5."""

import asyncio
from typing import Any

import pytest

from app.domain.contact import ContactProblem, ContactState
from app.domain.events import ContactAdded, ContactChanged
from app.ports.records import Answer
from app.services import joiner
from app.services.joiner import Joiner
from crypto.handshake import Kind, UsedStatus, ephemeral_hash, used_notice
from net.events import EnvelopeReceived, HandshakeReceived
from tests.support.aio import run
from tests.support.disks import MemoryDisk
from tests.support.engine import Engine, Faults, introduce
from tests.support.pair import Pair, friends, known, of_type, states, strangers
from tests.support.switchboard import SwitchedNode


def kinds_sent(engine: Engine, monkeypatch: pytest.MonkeyPatch, *, lost: Kind | None = None) -> list[Kind]:
    """The handshake messages that an engine sends from now on, of which one kind gets lost on the way."""
    kinds: list[Kind] = []
    send = SwitchedNode.send_handshake

    def noted(self: SwitchedNode, link: Any, message: bytes) -> bool:
        if self is engine.node:
            kinds.append(Kind(message[0]))
            if kinds[-1] is lost:
                return True
        return send(self, link, message)

    monkeypatch.setattr(SwitchedNode, "send_handshake", noted)
    return kinds


def attempts(pair: Pair) -> int:
    return len(pair.ben.messenger._book.attempts[known(pair.ben, pair.ann).number])


# --- Before anybody answers


def test_a_contact_that_was_added_waits_for_its_inviter_and_keeps_what_is_written() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            await pair.ben.messenger.send_text(pair.ann.id, "early")
            await pair.ben.restart()
            assert known(pair.ben, pair.ann).state is ContactState.PENDING
            assert await pair.texts(pair.ben) == ["early"]
            await pair.connect()
            assert await pair.texts(pair.ann) == ["early"]

    run(scenario())


def test_the_attempt_is_durable_before_it_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            kinds = kinds_sent(pair.ben, monkeypatch)
            pair.ben.store.arm(Faults(crash_before=1))
            await pair.connect()
            assert pair.ben.crashed
            assert kinds == []
            await pair.ben.restart()
            assert attempts(pair) == 0
            await pair.connect()
            assert kinds == [Kind.ANSWER]
            assert await pair.ben.is_established(pair.ann)

    run(scenario())


# --- M4


def test_m4_establishes_with_the_inviter_own_name_and_leaves_no_attempt() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await pair.meet()
            assert known(pair.ben, pair.ann).state is ContactState.ESTABLISHED
            assert [event.name for event in of_type(pair.ben, ContactAdded)] == ["Ann"]
            assert attempts(pair) == 0
            assert pair.ben.messenger._book.joinings == {}

    run(scenario())


def test_a_lost_m4_is_asked_for_again_and_brings_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            with monkeypatch.context() as patch:
                kinds = kinds_sent(pair.ann, patch, lost=Kind.CONFIRMATION)
                await pair.connect()
                assert kinds == [Kind.BUNDLE, Kind.CONFIRMATION]
            assert await pair.ann.is_established(pair.ben)
            assert not await pair.ben.is_established(pair.ann)
            await pair.cut()
            await pair.ben.restart()
            await pair.connect()
            assert await pair.ben.is_established(pair.ann)
            assert known(pair.ben, pair.ann).name == "Ann"
            assert attempts(pair) == 0

    run(scenario())


def test_established_by_a_notice_a_contact_is_new_until_its_profile_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            with monkeypatch.context() as patch:
                kinds = kinds_sent(pair.ann, patch, lost=Kind.CONFIRMATION)
                await pair.connect()
                await pair.cut()
                pair.ann.node.remove_peer(pair.ben.peer_id)
                await pair.connect()
                assert kinds == [Kind.BUNDLE, Kind.CONFIRMATION, Kind.USED, Kind.CONFIRMATION]
            [added] = of_type(pair.ben, ContactAdded)
            assert added.name.startswith("New contact ")
            assert attempts(pair) == 1
            await pair.cut()
            pair.ann.messenger._peers.declare_all()
            await pair.connect()
            assert attempts(pair) == 0
            assert [event.name for event in of_type(pair.ben, ContactChanged)] == ["Ann"]

    run(scenario())


def test_what_comes_right_behind_an_answer_that_was_granted_before_is_taken_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Told by a notice that it is established, the joiner writes before the inviter has read who it is on this link."""

    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            await pair.ben.messenger.send_text(pair.ann.id, "written before we met")
            with monkeypatch.context() as patch:
                kinds_sent(pair.ann, patch, lost=Kind.CONFIRMATION)
                await pair.connect()
                await pair.cut()
            pair.ann.node.remove_peer(pair.ben.peer_id)
            assert await pair.texts(pair.ann) == []
            assert not await pair.ben.is_established(pair.ann)
            answer, arrived = pair.ann.store.answer, pair.ann.messenger._intake._events

            async def slow_answer(ephemeral: bytes) -> Answer | None:
                while not any(isinstance(event, EnvelopeReceived) for event in arrived):
                    await asyncio.sleep(0)
                found: Answer | None = await answer(ephemeral)
                return found

            monkeypatch.setattr(pair.ann.store, "answer", slow_answer, raising=False)
            pair.board.connect()
            await pair.settle()
            assert await pair.texts(pair.ann) == ["written before we met"]
            assert states(pair.ben)[-1] == "delivered"

    run(scenario())


def test_any_message_of_the_inviter_establishes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            with monkeypatch.context() as patch:
                kinds_sent(pair.ann, patch, lost=Kind.CONFIRMATION)
                kinds_sent(pair.ben, patch)
                await pair.connect()
                await pair.cut()
                await pair.ann.messenger.send_text(pair.ben.id, "are you there?")
                number = known(pair.ben, pair.ann).number
                pair.ben.messenger._book.joinings.pop(number)  # so that it dials as a contact
                pair.ben.messenger._peers.declare(number)
                await pair.connect()
            assert await pair.texts(pair.ben) == ["are you there?"]
            assert await pair.ben.is_established(pair.ann)
            assert len(of_type(pair.ben, ContactAdded)) == 1

    run(scenario())


def test_an_m4_whose_key_has_expired_ends_no_link_and_its_profile_comes_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            with monkeypatch.context() as patch:
                kinds_sent(pair.ann, patch, lost=Kind.CONFIRMATION)
                await pair.connect()
                await pair.ann.messenger.send_text(pair.ben.id, "which establishes")
                await pair.settle()
                await pair.cut()
            assert known(pair.ben, pair.ann).name.startswith("New contact ")
            pair.clock.now_s += 15 * 86_400
            for engine in (pair.ann, pair.ben):
                await engine.messenger._upkeep.once()
            await pair.connect()
            await pair.ann.messenger.send_text(pair.ben.id, "and is heard")
            await pair.settle()
            assert await pair.texts(pair.ben) == ["which establishes", "and is heard"]
            assert known(pair.ben, pair.ann).name == "Ann"
            assert attempts(pair) == 0

    run(scenario())


def test_in_person_both_screens_show_the_same_four_digits() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await pair.meet(in_person=True)
            [here], [there] = of_type(pair.ann, ContactAdded), of_type(pair.ben, ContactAdded)
            assert here.check_digits == there.check_digits
            assert here.check_digits is not None
            assert here.check_digits.isdigit()
            assert len(here.check_digits) == 4
            assert not here.verified
            assert not there.verified

    run(scenario())


def test_by_a_link_there_are_no_digits() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await pair.meet()
            assert [event.check_digits for event in of_type(pair.ben, ContactAdded)] == [None]

    run(scenario())


# --- The invite leads nowhere


def test_an_invite_used_by_somebody_else_is_said_in_words() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            cid = await pair.third()
            link = await pair.meet()
            await cid.messenger.add_contact(link)
            await pair.connect()
            assert [event.problem for event in of_type(cid, ContactChanged)] == [ContactProblem.LINK_USED]
            assert known(cid, pair.ann).problem is ContactProblem.LINK_USED
            assert len(await pair.ann.messenger.contacts()) == 1
            await pair.cut()
            await pair.connect()  # it is told once, and not dialled again
            assert len(of_type(cid, ContactChanged)) == 1
            assert not cid.node.linked(pair.ann.peer_id)

    run(scenario())


@pytest.mark.parametrize("problem", [ContactProblem.LINK_REVOKED, ContactProblem.LINK_EXPIRED])
def test_an_invite_revoked_or_expired_is_said_in_words(problem: ContactProblem) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            invite = await pair.ann.messenger.create_invite(expires_in_s=60)
            await pair.ben.messenger.add_contact(invite.link)
            if problem is ContactProblem.LINK_REVOKED:
                await pair.ann.messenger.revoke_invite(invite.invite)
            else:
                pair.clock.now_s += 61
            await pair.connect()
            assert [event.problem for event in of_type(pair.ben, ContactChanged)] == [problem]
            assert await pair.ann.messenger.contacts() == []

    run(scenario())


def test_another_invite_helps_where_the_first_was_used() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            cid = await pair.third()
            link = await pair.meet()
            await cid.messenger.add_contact(link)
            await cid.messenger.send_text(pair.ann.id, "patience")
            await pair.connect()
            assert known(cid, pair.ann).problem is ContactProblem.LINK_USED
            await introduce(pair.ann, cid)
            await pair.connect()
            assert known(cid, pair.ann).problem is ContactProblem.NONE
            assert [message.text for message in await pair.ann.history(cid)] == ["patience"]

    run(scenario())


# --- Hostile inviters


def handshake(pair: Pair, message: bytes) -> None:
    """Ann says something on her present link with Ben."""
    wire = pair.board.wires[0]
    port = next(port for port in wire.ends if port.node is pair.ben.node)
    pair.ben.messenger.handle(HandshakeReceived(port.link, port.peer, message))


@pytest.mark.parametrize("kind", [*Kind, 0, 7, 255])
@pytest.mark.parametrize("length", [1, 98, 1_303, 2_000])
def test_a_broken_handshake_ends_the_link_at_most(kind: int, length: int) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            handshake(pair, bytes([kind]) + bytes(length - 1))
            await pair.settle()
            assert await pair.ben.is_established(pair.ann)
            await pair.connect()
            await pair.ann.messenger.send_text(pair.ben.id, "hello")
            await pair.settle()
            assert await pair.texts(pair.ben) == ["hello"]

    run(scenario())


def test_an_empty_handshake_is_ignored() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            handshake(pair, b"")
            await pair.settle()
            assert pair.ben.node.links()

    run(scenario())


def test_an_inviter_that_never_confirms_fills_neither_disk_nor_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joiner, "MAX_ATTEMPTS", 6)

    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            with monkeypatch.context() as patch:
                kinds_sent(pair.ben, patch, lost=Kind.ANSWER)
                for _ in range(15):
                    pair.clock.now_s += 2
                    await pair.connect()
                    await pair.cut()
            assert attempts(pair) <= 6
            assert len(await pair.ben.opened.sessions()) <= 6 + 4
            pair.clock.now_s += 2
            await pair.connect()
            assert await pair.ben.is_established(pair.ann)
            assert len(await pair.ben.opened.sessions()) <= 4

    run(scenario())


def test_a_notice_about_an_attempt_whose_session_is_gone_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            book = pair.ben.messenger._book
            with monkeypatch.context() as patch:
                kinds_sent(pair.ben, patch, lost=Kind.ANSWER)
                await pair.connect()
            number = known(pair.ben, pair.ann).number
            [attempt] = book.attempts[number]
            book.sessions[number].clear()
            link = next(iter(pair.ben.messenger._intake._handshakes._links.values()))
            proof = ephemeral_hash(attempt.ephemeral)
            notice = used_notice(pair.ann.account.identity, link.handshake_hash, UsedStatus.USED, proof)
            handshake(pair, notice)
            await pair.settle()
            assert known(pair.ben, pair.ann).state is ContactState.PENDING
            await pair.cut()
            await pair.connect()
            assert await pair.ben.is_established(pair.ann)

    run(scenario())


def test_a_second_bundle_on_the_same_link_is_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            bundles: list[bytes] = []
            take = Joiner.take_bundle

            async def noted(self: Joiner, event: Any, contact: Any, message: bytes) -> None:
                bundles.append(message)
                await take(self, event, contact, message)

            monkeypatch.setattr(Joiner, "take_bundle", noted)
            kinds = kinds_sent(pair.ben, monkeypatch, lost=Kind.ANSWER)
            await pair.connect()
            handshake(pair, bundles[0])
            await pair.settle()
            assert kinds == [Kind.ANSWER]

    run(scenario())


def test_a_blocked_inviter_is_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            await pair.ben.messenger.block_contact(pair.ann.id)
            kinds = kinds_sent(pair.ben, monkeypatch)
            await pair.connect()
            assert kinds == []
            await pair.ben.messenger.unblock_contact(pair.ann.id)
            await pair.connect()
            assert await pair.ben.is_established(pair.ann)

    run(scenario())


def test_a_contact_removed_while_its_attempt_is_stored_hears_nothing() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            assert isinstance(pair.ben.disk, MemoryDisk)
            pair.ben.disk.turns = lambda: 5
            pair.board.connect()
            while not pair.ben.messenger._book.attempts:
                await asyncio.sleep(0)
            await pair.ben.messenger.remove_contact(pair.ann.id)
            await pair.settle()
            assert await pair.ann.messenger.contacts() == []
            assert await pair.ben.opened.attempts() == []
            assert await pair.ben.opened.sessions() == []
            assert await pair.ben.messenger.contacts() == []

    run(scenario())


def test_the_profile_in_m3_is_for_the_inviter_alone() -> None:
    """It is in the first ratchet message, which only the holder of the inviter's keys opens."""

    async def scenario() -> None:
        async with strangers() as pair:
            await pair.meet()
            contact = known(pair.ann, pair.ben)
            assert contact.given_name == "Ben"
            assert len(contact.discovery) == 64
            assert contact.endpoints == pair.ben.node.local_endpoints()

    run(scenario())
