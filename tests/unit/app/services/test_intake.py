"""The intake: whatever one peer does, the others are heard."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from app.domain.errors import KithError
from app.services import intake as module
from app.services.inbox import Inbox
from app.services.inviter import Inviter
from net.events import (
    CloseReason,
    EnvelopeReceived,
    HandshakeReceived,
    LinkDown,
    LinkId,
    NetEvent,
    PeerOffline,
    PeerWritable,
    ProgressReceived,
)
from net.peer import PeerId
from tests.support.aio import run
from tests.support.disks import MemoryDisk
from tests.support.engine import Engine, Faults, introduce
from tests.support.pair import Pair, friends, known, strangers

TEXT_ENVELOPE_BYTES = 361
"""Of a short text."""


@dataclass
class Bomb(Exception):  # noqa: N818
    """What nobody expects."""


def raising(*arguments: Any, **keywords: Any) -> Any:
    raise Bomb


def link_of(engine: Engine) -> LinkId:
    return engine.node.links()[0].link


async def texts_still_arrive(pair: Pair) -> None:
    await pair.connect()
    await pair.ben.messenger.send_text(pair.ann.id, "still there?")
    await pair.settle()
    assert (await pair.texts(pair.ann))[-1] == "still there?"


@pytest.mark.parametrize(
    ("place", "name"), [(Inbox, "receive"), (Inviter, "take_answer")], ids=["an envelope", "a handshake"]
)
def test_what_nobody_expects_ends_a_link_and_is_logged_by_type(
    place: type, name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            link, peer = link_of(pair.ann), pair.ben.peer_id
            with monkeypatch.context() as patch:
                patch.setattr(place, name, raising)
                pair.ann.messenger.handle(EnvelopeReceived(link, peer, b"envelope"))
                pair.ann.messenger.handle(HandshakeReceived(link, peer, b"\x03"))
                await pair.settle()
            assert not pair.ann.node.links()
            await texts_still_arrive(pair)

    run(scenario())
    assert [record.args for record in caplog.records if record.levelname == "ERROR"] == [
        (EnvelopeReceived if place is Inbox else HandshakeReceived,)
    ]


def queued(monkeypatch: pytest.MonkeyPatch, *events: NetEvent) -> tuple[int, list[LinkId]]:
    """How many of these events are queued while the intake is busy, and which links are closed for the others."""

    async def scenario() -> tuple[int, list[LinkId]]:
        async with strangers() as pair:
            closed: list[LinkId] = []
            monkeypatch.setattr(pair.ann.node, "close_link", closed.append)
            for event in events:
                pair.ann.messenger.handle(event)
            waiting = len(pair.ann.messenger._intake._events)
            await pair.settle()
            return waiting, closed

    return run(scenario())


def test_a_peer_that_floods_the_queue_loses_its_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_QUEUED_EVENTS", 3)
    flood = [EnvelopeReceived(LinkId(number), PeerId(b"peer"), b"") for number in range(5)]
    assert queued(monkeypatch, *flood) == (3, [LinkId(3), LinkId(4)])


def test_the_size_of_the_queue_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_QUEUED_BYTES", 100)
    flood = [HandshakeReceived(LinkId(number), PeerId(b"peer"), bytes(60)) for number in range(3)]
    assert queued(monkeypatch, *flood) == (2, [LinkId(2)])


def test_the_network_own_news_find_room_in_a_full_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_QUEUED_EVENTS", 0)
    news: list[NetEvent] = [
        LinkDown(LinkId(1), PeerId(b"peer"), CloseReason.LOST),
        PeerOffline(PeerId(b"peer")),
        PeerWritable(PeerId(b"peer")),
    ]
    assert queued(monkeypatch, *news) == (3, [])


def test_of_progress_frames_one_a_link_is_heard_and_no_long_one(monkeypatch: pytest.MonkeyPatch) -> None:
    peer = PeerId(b"peer")
    frames = [ProgressReceived(LinkId(number), peer, bytes(16)) for number in (1, 1, 2, 1)]
    assert queued(monkeypatch, *frames, ProgressReceived(LinkId(3), peer, bytes(16 * 17))) == (2, [])


def test_what_was_taken_makes_room_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_QUEUED_BYTES", 2_000)

    async def scenario() -> None:
        async with friends() as pair:
            for number in range(20):
                await pair.ben.messenger.send_text(pair.ann.id, str(number))
                await pair.settle()
            assert await pair.texts(pair.ann) == [str(number) for number in range(20)]
            assert pair.ann.messenger._intake._queued_bytes == 0

    run(scenario())


@pytest.mark.parametrize(("name", "bound"), [("MAX_BATCH", 3), ("MAX_BATCH_BYTES", 3 * TEXT_ENVELOPE_BYTES)])
def test_envelopes_in_a_row_share_a_commit_up_to_a_bound(
    name: str, bound: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, bound)
    sizes: list[int] = []
    receive = Inbox.receive

    async def counted(self: Inbox, batch: list[EnvelopeReceived]) -> None:
        sizes.append(len(batch))
        await receive(self, batch)

    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            for number in range(7):
                await pair.ben.messenger.send_text(pair.ann.id, str(number))
            monkeypatch.setattr(Inbox, "receive", counted)
            await pair.connect()
            assert await pair.texts(pair.ann) == [str(number) for number in range(7)]

    run(scenario())
    assert max(sizes) == 3


@pytest.mark.expect_log
def test_a_store_that_fails_ends_the_link_and_what_came_over_it_comes_again() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.ann.store.arm(Faults(fail=1))
            await pair.ben.messenger.send_text(pair.ann.id, "once more")
            await pair.settle()
            assert not pair.ann.node.links()
            assert await pair.texts(pair.ann) == []
            await texts_still_arrive(pair)
            assert await pair.texts(pair.ann) == ["once more", "still there?"]

    run(scenario())


def test_a_link_that_ends_during_the_commit_of_a_first_contact_harms_nobody() -> None:
    async def scenario(side: str) -> None:
        async with strangers() as pair:
            engine = pair.ann if side == "inviter" else pair.ben
            invite = await pair.ann.messenger.create_invite()
            await pair.ben.messenger.add_contact(invite.link)
            commit = engine.store.commit

            def cut_meanwhile(unit: Any) -> Any:
                pair.board.cut()
                return commit(unit)

            engine.store.commit = cut_meanwhile  # type: ignore[method-assign]
            await pair.connect()
            engine.store.commit = commit  # type: ignore[method-assign]
            await pair.connect()
            await pair.cut()
            await texts_still_arrive(pair)
            assert known(pair.ann, pair.ben).name == "Ben"
            assert known(pair.ben, pair.ann).name == "Ann"

    for side in ("inviter", "joiner"):
        run(scenario(side))


@pytest.mark.parametrize("is_inviter", [True, False], ids=["inviter", "joiner"])
@pytest.mark.parametrize("moment", range(0, 60, 4))
def test_a_contact_removed_at_any_moment_harms_nobody(moment: int, *, is_inviter: bool) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            cid = await pair.third()
            await introduce(pair.ann, pair.ben)
            await pair.ben.messenger.send_text(pair.ann.id, "hello")
            victim, other = (pair.ann, pair.ben) if is_inviter else (pair.ben, pair.ann)
            assert isinstance(victim.disk, MemoryDisk)
            victim.disk.turns = lambda: 3
            pair.board.connect()
            for _ in range(moment):
                await asyncio.sleep(0)
            with suppress(KithError):  # not known yet
                await victim.messenger.remove_contact(other.id)
            await pair.settle()
            await introduce(victim, cid)
            await cid.messenger.send_text(victim.id, "are you there?")
            await pair.connect()
            assert [message.text for message in await victim.history(cid)] == ["are you there?"]

    run(scenario())
