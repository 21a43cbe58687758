"""Files of a profile damaged at random: what must be said is said, what can be saved is saved, nothing old comes back.

The profile is that of an engine that talked to another one: once closed in order, once as a killed process left it.
"""

import asyncio
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random  # noqa: TID251 - the seed names the case
from statistics import mean

import pytest

from app.domain.contact import ContactProblem
from app.domain.errors import ErrorKind, KithError
from app.domain.identifiers import MessageId
from app.domain.message import Message, MessageState
from app.ports.records import Outgoing
from app.storage.caretaker import ProfileCaretaker
from app.storage.high_water_mark import read_mark
from app.storage.profile import open_profile
from app.storage.salvage.page_file import PageFile
from app.storage.salvage.rescue import Rescue
from app.storage.store import SqlStore
from crypto.stored_session import encode
from crypto.vault import Vault
from tests.support.aio import run
from tests.support.damage import PAGE_BYTES, SPOTTY, Fate, damage
from tests.support.disks import MemoryDisk
from tests.support.engine import Engine
from tests.support.pair import HandClock, Pair
from tests.support.profile_disk import PASSPHRASE, ProfileDisk
from tests.support.switchboard import Switchboard

MESSAGES = 240
WAITING = 20
LONG = "a long text " * 1_000
MOST_ROWS_A_PAGE = 50
MOST_SPOTTED, MOST_OTHERS = 0.9, 0.6
STATES = ("closed", "killed")
SEEDS = 15


@dataclass(frozen=True)
class Contents:
    """What a profile holds, for comparison."""

    messages: dict[tuple[MessageId, bool], Message]
    sessions: dict[bytes, bytes]
    waiting: list[Outgoing]
    problems: set[ContactProblem]


@dataclass(frozen=True)
class Original:
    """A profile before anything happened to it."""

    folder: Path
    contents: Contents


@asynccontextmanager
async def pair_on(folder: Path) -> AsyncIterator[Pair]:
    """Ann, whose profile is in the folder, and Ben, who is nowhere."""
    board, clock = Switchboard(), HandClock()
    disk = ProfileDisk(folder)
    ann = Engine("Ann", folder, board, 4001, clock, disk=disk)
    disk.account = ann.account
    ben = Engine("Ben", folder, board, 4002, clock, disk=MemoryDisk())
    await ann.start()
    await ben.start()
    try:
        yield Pair(board, ann, ben, clock)
    finally:
        await ann.stop()
        await ben.stop()


async def talk(pair: Pair, first: int, count: int) -> None:
    for number in range(first, first + count):
        speaker, hearer = (pair.ann, pair.ben) if number % 3 else (pair.ben, pair.ann)
        await speaker.messenger.send_text(
            hearer.id, f"text {number} " + (LONG if number % 40 == 0 else "of the usual length" * 5)
        )
    await pair.settle()


async def snapshot(store: object) -> None:
    """Let the caretaker write one now."""
    assert isinstance(store, SqlStore)
    caretaker = store._database._caretaker
    assert isinstance(caretaker, ProfileCaretaker)
    await asyncio.to_thread(caretaker._renew, is_last=True)


async def prepared(base: Path) -> dict[str, Original]:
    """Two thirds of the messages are in a snapshot; the last ones wait for Ben."""
    async with pair_on(base / "profile") as pair:
        await pair.meet()
        await talk(pair, 0, MESSAGES * 2 // 3)
        await snapshot(pair.ann.opened)
        await talk(pair, MESSAGES * 2 // 3, MESSAGES // 3)
        await pair.cut()
        for number in range(WAITING):
            await pair.ann.messenger.send_text(pair.ben.id, f"waiting {number}")
        shutil.copytree(base / "profile", base / "killed", ignore=shutil.ignore_patterns("lock", "*-shm"))
    shutil.copytree(base / "profile", base / "closed")
    return {state: Original(base / state, await contents_of(base / "profile")) for state in STATES}


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Original]:
    found = run(prepared(tmp_path_factory.mktemp("originals")))
    contents = found["closed"].contents
    assert len(contents.messages) == MESSAGES + WAITING
    assert len(contents.waiting) >= WAITING
    assert len(contents.sessions) == 1
    return found


@pytest.fixture(scope="module")
def shares() -> dict[Fate, list[float]]:
    """Of the messages, by what happened: how many were saved."""
    return defaultdict(list)


async def contents_of(folder: Path) -> Contents:
    """Open a profile and read it.

    Raises:
        KithError: as opening it does.
    """
    store, _ = await open_profile(folder, PASSPHRASE)
    try:
        messages: list[Message] = []
        waiting: list[Outgoing] = []
        contacts = await store.contacts()
        for contact in contacts:
            messages += await store.page(contact.number, limit=1_000)
            waiting += await store.outgoing(contact.number, after=0, limit=1_000)
        sessions = {stored.session.transcript: encode(stored.session) for stored in await store.sessions()}
        by_id = {(message.message_id, message.mine): message for message in messages}
        return Contents(by_id, sessions, waiting, {contact.problem for contact in contacts})
    finally:
        await store.close()


async def repaired(folder: Path) -> tuple[str | None, Contents]:
    """What the start said, None if it simply opened, and what the profile holds then."""
    try:
        return None, await contents_of(folder)
    except KithError as error:
        assert error.kind is ErrorKind.PROFILE_DAMAGED
        return error.sentence, await contents_of(folder)


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("state", STATES)
def test_what_can_be_saved_is_saved(
    originals: dict[str, Original],
    state: str,
    seed: int,
    tmp_path: Path,
    shares: dict[Fate, list[float]],
) -> None:
    original = originals[state].contents
    folder = tmp_path / "profile"
    shutil.copytree(originals[state].folder, folder)
    happened = damage(folder, Random(f"{state} {seed}"))
    said, found = run(repaired(folder))

    lost = len(original.messages) - len(found.messages)
    shares[happened.fate].append(len(found.messages) / len(original.messages))
    assert_nothing_is_invented(original, found)
    assert_sessions_are_the_latest_or_none(original, found)
    assert_whatever_waits_is_whole(found)
    if said is None:
        assert (lost, found.waiting) == (0, original.waiting)
    elif lost:
        assert "may be missing" in said
    if happened.fate in SPOTTY:
        assert lost <= MOST_ROWS_A_PAGE * happened.pages
    assert len(found.messages) >= MESSAGES * 2 // 3, "the snapshot has as many"


def test_of_files_damaged_here_and_there_nearly_all_is_saved(shares: dict[Fate, list[float]]) -> None:
    spotty = [share for fate in SPOTTY for share in shares[fate]]
    whole = [share for fate in set(Fate) - SPOTTY for share in shares[fate]]
    print(f"saved of spotted files {mean(spotty):.1%}, at least {min(spotty):.1%}; of others {mean(whole):.1%}")  # noqa: T201
    assert mean(spotty) > MOST_SPOTTED
    assert mean(whole) > MOST_OTHERS


def lose_page_of(folder: Path, table: str) -> None:
    """Overwrite the first page of a table's tree."""
    key = Vault.decode((folder / "vault").read_bytes()).open_with_passphrase(PASSPHRASE)
    with PageFile(folder / "kith.db", key, read_mark(folder / "mark")) as file:
        page = Rescue(file, {}, is_suspect=False)._find_roots()[table]
    with (folder / "kith.db").open("r+b") as database:
        database.seek((page - 1) * PAGE_BYTES)
        database.write(bytes(PAGE_BYTES))


async def started_again(pair: Pair) -> KithError:
    """Start Ann after her profile was damaged: once for what is said, and once more to go on."""
    with pytest.raises(KithError) as refused:
        await pair.ann.start()
    await pair.ann.start()
    return refused.value


def test_with_its_session_saved_a_conversation_goes_on(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with pair_on(tmp_path / "profile") as pair:
            await pair.meet()
            await talk(pair, 0, 30)
            await pair.ann.stop()
            lose_page_of(tmp_path / "profile", "messages")
            assert "session" not in (await started_again(pair)).sentence
            await pair.connect()
            await talk(pair, 30, 30)
            assert await pair.texts(pair.ann) == await pair.texts(pair.ben)
            assert len(await pair.texts(pair.ann)) == 60

    run(scenario())


def test_with_its_session_lost_a_contact_says_so_and_talks_again_when_both_have_agreed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with pair_on(tmp_path / "profile") as pair:
            await pair.meet()
            await talk(pair, 0, 30)
            await pair.ann.stop()
            lose_page_of(tmp_path / "profile", "sessions")
            assert "session with 1 contact was lost" in (await started_again(pair)).sentence
            (row,) = await pair.ann.messenger.contacts()
            assert row.problem is ContactProblem.SESSION_LOST
            await pair.connect()
            await pair.ann.messenger.send_text(pair.ben.id, "waits")
            await pair.settle()
            assert "waits" not in await pair.texts(pair.ben)

            await pair.ann.messenger.accept_reset(pair.ben.id)
            await pair.ben.messenger.accept_reset(pair.ann.id)
            await pair.settle()
            await talk(pair, 30, 30)
            assert await pair.texts(pair.ann) == await pair.texts(pair.ben)
            assert len(await pair.texts(pair.ann)) == 61
            (row,) = await pair.ann.messenger.contacts()
            assert row.problem is ContactProblem.NONE

    run(scenario())


def assert_nothing_is_invented(original: Contents, found: Contents) -> None:
    """Each message is one that was there, though maybe in an earlier state."""
    for key, message in found.messages.items():
        before = original.messages[key]
        assert replace(message, state=before.state, path=before.path) == before
        assert message.state <= before.state or not message.mine


def assert_sessions_are_the_latest_or_none(original: Contents, found: Contents) -> None:
    """An old ratchet state never comes back; without one the contact says so, and nothing is sealed."""
    if found.sessions:
        assert found.sessions == original.sessions
        assert found.problems == {ContactProblem.NONE}
    else:
        assert found.problems == {ContactProblem.SESSION_LOST}
        assert not any(outgoing.envelope or outgoing.transcript for outgoing in found.waiting)
    assert {outgoing.transcript for outgoing in found.waiting} <= {None, *found.sessions}


def assert_whatever_waits_is_whole(found: Contents) -> None:
    """What did not arrive stands in the conversation and waits for the contact, both or neither."""
    payloads = {outgoing.message_id.hex() for outgoing in found.waiting if outgoing.content_type >= 0x20}
    messages = {
        message.message_id
        for message in found.messages.values()
        if message.mine and message.state < MessageState.DELIVERED
    }
    assert payloads == messages
