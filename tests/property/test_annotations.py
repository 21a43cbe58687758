"""What is said of messages comes out the same, whatever order it comes in and however often, in both stores."""

import random  # noqa: TID251 - hypothesis gives the seed
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.annotation import ReactionChange, Revision, Target
from app.domain.message import Message
from app.ports.store import Store, UnitOfWork
from tests.support import samples
from tests.support.aio import run
from tests.support.databases import store_in
from tests.support.memory_store import MemoryStore

Said = Message | Revision | ReactionChange

messages = st.builds(lambda number, mine: samples.message(number, mine=mine), st.integers(1, 3), st.booleans())
targets = st.builds(Target, st.integers(1, 3).map(samples.message_id), st.booleans())
clocks, ids = st.integers(0, 2), st.integers(0, 2).map(samples.envelope_id)
revisions = st.builds(Revision, targets, clocks, ids, st.just(samples.NOW), st.sampled_from([None, "one", "two"]))
reactions = st.builds(ReactionChange, targets, st.booleans(), clocks, ids, st.sampled_from(["", "👍", "🎉"]))


def named(said: list[Said]) -> list[Said]:
    """Without two that have one key and say different things, which no honest author makes."""
    return list({_key(each): each for each in said}.values())


def _key(said: Said) -> tuple[object, ...]:
    match said:
        case Message():
            return "message", said.message_id, said.mine
        case Revision():
            return "revision", said.target, said.clock, said.revision_id, said.text is None
        case ReactionChange():
            return "reaction", said.target, said.by_me, said.clock, said.reaction_id


def record(unit: UnitOfWork, said: Said) -> None:
    match said:
        case Message():
            unit.add_message(1, said)
        case Revision():
            unit.revise(1, said, at=samples.NOW)
        case ReactionChange():
            unit.react(1, said, at=samples.NOW)


async def outcome(store: Store, units: list[list[Said]]) -> tuple[list[Message], list[list[str]]]:
    """The conversation after these units, and what search finds of it."""
    unit = store.begin()
    unit.put_contact(samples.contact(1))
    await store.commit(unit)
    for said in units:
        unit = store.begin()
        for each in said:
            record(unit, each)
        await store.commit(unit)
    found = [await store.search(word, contact=1, limit=99) for word in ("hello", "one", "two")]
    return await store.page(1, limit=99), [[message.text for message in each] for each in found]


def shuffled(said: list[Said], rng: random.Random) -> list[list[Said]]:
    """The same in another order, some of it twice, in units of any size."""
    again = [*said, *rng.sample(said, k=len(said) // 2)]
    rng.shuffle(again)
    units: list[list[Said]] = [[]]
    for each in again:
        if rng.random() < 0.3:
            units.append([])
        units[-1].append(each)
    return units


async def in_a_file(units: list[list[Said]]) -> tuple[list[Message], list[list[str]]]:
    with tempfile.TemporaryDirectory() as folder:
        async with store_in(Path(folder)) as store:
            return await outcome(store, units)


async def in_memory(units: list[list[Said]]) -> tuple[list[Message], list[list[str]]]:
    return await outcome(MemoryStore(), units)


@settings(max_examples=25)
@given(st.lists(st.one_of(messages, revisions, reactions), max_size=14).map(named), st.integers(0, 2**32))
def test_the_order_in_which_things_come_makes_no_difference(said: list[Said], seed: int) -> None:
    rng = random.Random(seed)
    expected = run(in_memory([said]))
    for _ in range(4):
        assert run(in_memory(shuffled(said, rng))) == expected
    assert run(in_a_file(shuffled(said, rng))) == expected
