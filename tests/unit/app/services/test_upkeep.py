"""Upkeep: what is long over is forgotten on its day, not before, and nothing else with it."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.contact import ContactProblem, ContactState
from app.domain.errors import ErrorKind, StorageError
from app.domain.events import ContactChanged
from app.domain.invite import ANSWERED_AFTER_EXPIRY_S
from app.ports.records import StoredSession
from app.services import upkeep as module
from app.services.joiner import KEPT_AFTER_EXPIRY_S
from app.services.sessions import KEPT_UNUSED_S, MAX_SESSIONS
from crypto.labels import MAX_SKIPPED_AGE_S
from tests.support import samples
from tests.support.aio import run
from tests.support.engine import Engine, Faults
from tests.support.mischief import Mischief, disturb
from tests.support.pair import Pair, friends, known, of_type, sessions_of, strangers

DAY_S = 24 * 3600


def skipped_count(engine: Engine, other: Engine) -> int:
    [stored] = sessions_of(engine, other)
    return len(stored.session.ratchet.skipped.header_keys)


async def give_session(engine: Engine, other: Engine, *, used_at: float, confirmed: bool = True) -> StoredSession:
    """One session more, which nobody else has; it is not the one to write on."""
    stored = samples.stored_session(known(engine, other).number, b"\xff" * 24 + os.urandom(8))
    stored = replace(stored, confirmed=confirmed, used_at=used_at)
    unit = engine.opened.begin()
    engine.messenger._book.put_session(stored, unit)
    await engine.opened.commit(unit)
    return stored


def transcripts(sessions: list[StoredSession]) -> set[bytes]:
    return {stored.session.transcript for stored in sessions}


def test_upkeep_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UPKEEP_INTERVAL_S", 0)

    async def scenario() -> None:
        async with strangers() as pair:
            prunings: list[float] = []

            async def prune(*, now: float) -> None:
                prunings.append(now)

            monkeypatch.setattr(pair.ann.store, "prune", prune, raising=False)
            while len(prunings) < 3:
                await asyncio.sleep(0)

    run(scenario())


@pytest.mark.expect_log
def test_an_upkeep_that_fails_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UPKEEP_INTERVAL_S", 0)

    async def scenario() -> None:
        async with strangers() as pair:
            tries: list[float] = []

            async def prune(*, now: float) -> None:
                tries.append(now)
                raise StorageError(ErrorKind.STORAGE_FULL)

            monkeypatch.setattr(pair.ann.store, "prune", prune, raising=False)
            while len(tries) < 3:
                await asyncio.sleep(0)

    run(scenario())


# --- Skipped keys


def test_skipped_keys_of_a_silent_session_are_forgotten_after_14_days() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await _skip_one(pair)
            pair.clock.now_s += MAX_SKIPPED_AGE_S
            await pair.ann.messenger._upkeep.once()
            assert skipped_count(pair.ann, pair.ben) == 1
            pair.clock.now_s += 1
            await pair.ann.messenger._upkeep.once()
            assert skipped_count(pair.ann, pair.ben) == 0
            await pair.ann.restart()
            assert skipped_count(pair.ann, pair.ben) == 0

    run(scenario())


async def _skip_one(pair: Pair) -> None:
    """Ann misses an envelope of Ben, and no link brings it again."""
    disturb(pair.ann, Mischief.LOSE)
    await pair.ben.messenger.send_text(pair.ann.id, "missed")
    await pair.settle()
    await pair.ben.messenger.send_text(pair.ann.id, "seen")
    await pair.settle()
    await pair.cut()
    assert skipped_count(pair.ann, pair.ben) == 1


# --- Sessions


@pytest.mark.parametrize("confirmed", [True, False])
@pytest.mark.parametrize("in_files", [True, False])
def test_a_session_is_forgotten_when_another_was_in_use_for_30_days_since(
    tmp_path: Path, *, confirmed: bool, in_files: bool
) -> None:
    async def scenario() -> None:
        async with friends(in_files=tmp_path if in_files else None) as pair:
            other = await give_session(pair.ann, pair.ben, used_at=pair.clock.now_s, confirmed=confirmed)
            await pair.ann.restart()
            await pair.connect()
            pair.clock.now_s += KEPT_UNUSED_S
            for is_kept in (True, False):
                await pair.ann.messenger.send_text(pair.ben.id, "and on")
                await pair.settle()
                await pair.ann.messenger._upkeep.once()
                assert (other.session.transcript in transcripts(sessions_of(pair.ann, pair.ben))) == is_kept
                pair.clock.now_s += 1
            await pair.ann.restart()
            assert len(sessions_of(pair.ann, pair.ben)) == 1

    run(scenario())


def test_two_who_write_on_different_sessions_find_both_after_a_year_apart() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await pair.meet_twice()
            await pair.cut()
            for engine, other, wanted in ((pair.ann, pair.ben, min), (pair.ben, pair.ann, max)):
                chosen = wanted(stored.session.transcript for stored in sessions_of(engine, other))
                unit = engine.opened.begin()
                for stored in tuple(sessions_of(engine, other)):
                    confirmed = stored.session.transcript == chosen
                    engine.messenger._book.put_session(replace(stored, confirmed=confirmed), unit)
                await engine.opened.commit(unit)
            pair.clock.now_s += 365 * DAY_S
            for engine in (pair.ann, pair.ben):
                await engine.messenger._upkeep.once()
            await pair.connect()
            for engine, other in ((pair.ann, pair.ben), (pair.ben, pair.ann)):
                await engine.messenger.send_text(other.id, f"from {engine.name}")
                await pair.settle()
            assert await pair.texts(pair.ann) == await pair.texts(pair.ben) == ["from Ann", "from Ben"]
            assert known(pair.ann, pair.ben).problem is ContactProblem.NONE

    run(scenario())


def test_friends_who_are_apart_for_a_year_go_on() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            pair.clock.now_s += 365 * DAY_S
            for engine in (pair.ann, pair.ben):
                await engine.messenger._upkeep.once()
            await pair.connect()
            await pair.ann.messenger.send_text(pair.ben.id, "you look older")
            await pair.settle()
            assert await pair.texts(pair.ben) == ["you look older"]

    run(scenario())


def test_whatever_is_sent_or_received_is_a_use() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            for engine, other in ((pair.ann, pair.ben), (pair.ben, pair.ann)):
                pair.clock.now_s += DAY_S
                await engine.messenger.send_text(other.id, "hello")
                await pair.settle()
                assert [stored.used_at for stored in sessions_of(engine, other)] == [pair.clock.now_s]
                assert [stored.used_at for stored in sessions_of(other, engine)] == [pair.clock.now_s]

    run(scenario())


def test_of_more_than_four_sessions_those_never_answered_go_first_then_the_oldest() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            [first] = sessions_of(pair.ann, pair.ben)
            given = [
                await give_session(pair.ann, pair.ben, used_at=pair.clock.now_s, confirmed=confirmed)
                for confirmed in (True, False, True)
            ]
            sessions, number = pair.ann.messenger._outbox._sessions, known(pair.ann, pair.ben).number
            unit = pair.ann.opened.begin()
            sessions.prune(number, unit)
            assert len(sessions_of(pair.ann, pair.ben)) == MAX_SESSIONS
            given.append(await give_session(pair.ann, pair.ben, used_at=pair.clock.now_s))
            sessions.prune(number, unit)
            assert transcripts(sessions_of(pair.ann, pair.ben)) == transcripts([first, given[0], *given[2:]])
            given.append(await give_session(pair.ann, pair.ben, used_at=pair.clock.now_s))
            sessions.prune(number, unit)
            assert transcripts(sessions_of(pair.ann, pair.ben)) == transcripts([given[0], *given[2:]])

    run(scenario())


# --- Attempts


def test_a_link_that_nobody_answered_is_given_up_a_week_after_it_expired() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            invite = await pair.ann.messenger.create_invite()
            await pair.ben.messenger.add_contact(invite.link)
            peer_id = pair.ben.messenger._book.peer_id(known(pair.ben, pair.ann).number)
            pair.clock.now_s = invite.expires_at + ANSWERED_AFTER_EXPIRY_S
            await pair.ben.messenger._upkeep.once()
            assert pair.ben.node.peers[peer_id].wanted
            pair.clock.now_s += 1
            for _ in range(2):
                await pair.ben.messenger._upkeep.once()
            assert peer_id not in pair.ben.node.peers
            assert [event.problem for event in of_type(pair.ben, ContactChanged)] == [ContactProblem.LINK_EXPIRED]
            await pair.ben.restart()
            assert peer_id not in pair.ben.node.peers
            pair.clock.now_s = invite.expires_at - 1  # it was the clock
            await pair.ben.messenger.add_contact(invite.link)
            await pair.connect()
            assert await pair.ben.is_established(pair.ann)

    run(scenario())


def test_an_inviter_who_has_our_answer_may_still_come_after_the_link_was_given_up() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            invite = await pair.ann.messenger.create_invite()
            await pair.ben.messenger.add_contact(invite.link)
            pair.ann.store.arm(Faults(crash_after=1))  # with Ben's answer, and before hers
            await pair.connect()
            assert pair.ann.crashed
            pair.clock.now_s = invite.expires_at + ANSWERED_AFTER_EXPIRY_S + 1
            await pair.ben.messenger._upkeep.once()
            contact = known(pair.ben, pair.ann)
            assert contact.problem is ContactProblem.LINK_EXPIRED
            assert not pair.ben.node.peers[pair.ben.messenger._book.peer_id(contact.number)].wanted
            await pair.ann.restart()
            await pair.connect()
            contact = known(pair.ben, pair.ann)
            assert (contact.state, contact.problem) == (ContactState.ESTABLISHED, ContactProblem.NONE)

    run(scenario())


def test_attempts_are_forgotten_30_days_after_their_invite_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            link = (await pair.ann.messenger.create_invite(expires_in_s=3_600)).link
            await pair.ben.messenger.add_contact(link)
            monkeypatch.setattr(pair.ben.node, "send_handshake", lambda _link, _message: False)
            await pair.connect()
            await pair.cut()
            number = known(pair.ben, pair.ann).number
            assert len(pair.ben.messenger._book.attempts[number]) == 1
            expiry = pair.ben.messenger._book.joinings[number].expiry
            pair.clock.now_s = expiry + KEPT_AFTER_EXPIRY_S
            await pair.ben.messenger._upkeep.once()
            assert len(pair.ben.messenger._book.attempts[number]) == len(sessions_of(pair.ben, pair.ann)) == 1
            pair.clock.now_s += 1
            for _ in range(2):
                await pair.ben.messenger._upkeep.once()
            assert not pair.ben.messenger._book.attempts[number]
            assert not sessions_of(pair.ben, pair.ann)
            assert [event.problem for event in of_type(pair.ben, ContactChanged)] == [ContactProblem.LINK_EXPIRED]
            await pair.ben.restart()
            contact = known(pair.ben, pair.ann)
            assert (contact.state, contact.problem) == (ContactState.PENDING, ContactProblem.LINK_EXPIRED)
            assert not await pair.ben.opened.attempts()
            assert not await pair.ben.opened.sessions()

    run(scenario())


def test_a_contact_added_again_after_that_meets_by_the_new_link() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await pair.ben.messenger.add_contact((await pair.ann.messenger.create_invite()).link)
            pair.clock.now_s += 60 * DAY_S
            await pair.ben.messenger._upkeep.once()
            assert known(pair.ben, pair.ann).problem is ContactProblem.LINK_EXPIRED
            await pair.meet()
            assert await pair.ben.is_established(pair.ann)
            assert known(pair.ben, pair.ann).problem is ContactProblem.NONE

    run(scenario())
