"""Which session a contact is written to on, when there are several."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.content import ContentType, TextContent
from app.services.limits import FREE_MISSING, MESSAGE_BURST, MISSING_IN_DEBT, UNOPENED_MESSAGES
from crypto.ratchet.chain import Chain
from crypto.session import encrypt
from net.events import EnvelopeReceived
from tests.support.aio import run
from tests.support.disks import MemoryDisk
from tests.support.engine import Engine, introduce, settle
from tests.support.pair import Pair, friends, known
from tests.support.switchboard import Switchboard


def engine(name: str, board: Switchboard, port: int) -> Engine:
    return Engine(name, Path(), board, port, disk=MemoryDisk())


async def talk(one: Engine, other: Engine, rounds: int = 2) -> None:
    for number in range(rounds):
        await one.messenger.send_text(other.id, f"from {one.name} {number}")
        await other.messenger.send_text(one.id, f"from {other.name} {number}")
        await settle(one, other)


def sending_transcript(engine: Engine, other: Engine) -> bytes:
    number = engine.messenger._book.contact(other.id).number
    stored = engine.messenger._contacts._outbox._sessions.sending(number)
    assert stored is not None
    return stored.session.transcript


def test_both_sides_agree_on_one_session_after_both_began_at_once() -> None:
    async def steps() -> None:
        board = Switchboard()
        ann, ben = engine("Ann", board, 4001), engine("Ben", board, 4002)
        await ann.start()
        await ben.start()
        await introduce(ann, ben)
        await introduce(ben, ann)
        board.connect()
        await settle(ann, ben)
        board.connect()
        await settle(ann, ben)
        await talk(ann, ben)
        assert sending_transcript(ann, ben) == sending_transcript(ben, ann)
        assert [message.text for message in await ann.history(ben)] == [
            message.text for message in await ben.history(ann)
        ]
        assert len(await ann.history(ben)) == 4
        await ann.stop()
        await ben.stop()

    for _ in range(4):  # whose transcript is smaller is chance
        run(steps())


def test_a_contact_that_forgot_us_and_came_again_is_written_to_on_the_new_session() -> None:
    async def steps() -> None:
        board = Switchboard()
        ann, ben = engine("Ann", board, 4001), engine("Ben", board, 4002)
        await ann.start()
        await ben.start()
        await introduce(ann, ben)
        board.connect()
        await settle(ann, ben)
        await talk(ann, ben)
        await ben.messenger.remove_contact(ann.id)
        await settle(ann, ben)
        await introduce(ann, ben)
        board.connect()
        await settle(ann, ben)
        await talk(ann, ben)
        assert sending_transcript(ann, ben) == sending_transcript(ben, ann)
        assert len(await ben.history(ann)) == 4
        assert len(await ann.history(ben)) == 8
        await ann.stop()
        await ben.stop()

    for _ in range(4):
        run(steps())


# --- What a jump costs


async def jump(pair: Pair, missing: int, text: str, *, is_forged: bool = False) -> int:
    """Ben has Ann receive a text that so many envelopes are missing before; what was charged for it, in messages."""
    number = known(pair.ben, pair.ann).number
    stored = pair.ben.messenger._book.sessions[number][0]
    session = stored.session
    for _ in range(missing):
        session, _ = encrypt(session, ContentType.EMPTY, bytes(16), b"")
    session, envelope = encrypt(session, ContentType.TEXT, text.encode().ljust(16), TextContent(1, 1.0, text).encode())
    if is_forged:
        envelope = envelope[:-1] + bytes([envelope[-1] ^ 1])
    else:
        unit = pair.ben.opened.begin()
        pair.ben.messenger._book.put_session(replace(stored, session=session), unit)
        await pair.ben.opened.commit(unit)
    charged: list[int] = []
    quotas = pair.ann.messenger._quotas
    with pytest.MonkeyPatch.context() as patch:
        charge = quotas.charge

        def recorded(contact: int, *, messages: int = 0, size_bytes: int = 0, now: float) -> None:
            charged.append(messages)
            charge(contact, messages=messages, size_bytes=size_bytes, now=now)

        patch.setattr(quotas, "charge", recorded)
        peer = pair.ben.peer_id
        link = next(status.link for status in pair.ann.node.links() if status.peer == peer)
        pair.ann.messenger.handle(EnvelopeReceived(link, peer, envelope))
        await pair.settle()
    return sum(charged)


@pytest.mark.parametrize(("missing", "charged"), [(0, 0), (FREE_MISSING, 0), (FREE_MISSING + 1, FREE_MISSING + 1)])
def test_a_jump_costs_as_much_as_what_it_jumps_over(missing: int, charged: int) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            assert await jump(pair, missing, "far") == 1 + charged
            assert await pair.texts(pair.ann) == ["far"]

    run(scenario())


def test_a_jump_to_a_forged_body_is_paid_for_too() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            assert await jump(pair, 100, "forged", is_forged=True) >= 1 + 100 + UNOPENED_MESSAGES
            assert await pair.texts(pair.ann) == []

    run(scenario())


@pytest.mark.expect_log
def test_whoever_has_used_up_its_messages_jumps_no_further_than_over_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            quotas, number = pair.ann.messenger._quotas, known(pair.ann, pair.ben).number
            quotas.charge(number, messages=2 * MESSAGE_BURST, now=asyncio.get_running_loop().time())
            await jump(pair, MISSING_IN_DEBT, "near")
            assert await pair.texts(pair.ann) == ["near"]
            jumps: list[int] = []
            skip_to = Chain.skip_to

            def recorded(chain: Chain, number: int, *, keep: int) -> tuple[Chain, dict[int, bytes]]:
                jumps.append(number)
                return skip_to(chain, number, keep=keep)

            monkeypatch.setattr(Chain, "skip_to", recorded)
            await jump(pair, MISSING_IN_DEBT + 1, "far")
            assert await pair.texts(pair.ann) == ["near"]
            assert jumps == []

    run(scenario())
