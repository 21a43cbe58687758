"""Two who call each other, whatever happened before: once the DHT behaves and one of them rings, the other hears it;
and no schedule has either of them ask more than its budget.
"""

import asyncio
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from net.limits import (
    ATTENTIVE_POLL_S,
    IDLE_POLL_S,
    MAX_RING_QUIET_S,
    OWN_RING_BURST,
    OWN_RINGS_PER_SECOND,
    POLL_JITTER,
)
from tests.support.dht_world import DhtWorld, Person, befriend
from tests.support.virtual_time import run_virtually

TROUBLE_S = 1_800.0
HEARD_WITHIN_S = MAX_RING_QUIET_S + 2 * IDLE_POLL_S
"""A ring that stands already is not heeded again sooner."""


@dataclass(frozen=True)
class Event:
    """What happens, when, and to which of the two."""

    at_s: float
    who: int
    what: str


events = st.lists(
    st.builds(
        Event,
        st.floats(0.0, TROUBLE_S),
        st.integers(0, 1),
        st.sampled_from(["come", "nudge", "ring", "signal", "expect", "linked", "unlinked", "lost", "behaves"]),
    ),
    max_size=25,
).map(lambda some: sorted(some, key=lambda event: event.at_s))


@settings(max_examples=5, deadline=None)
@given(events, st.sampled_from([0.0, -9_000.0, 14_000.0]))
def test_whatever_happened_a_ring_is_heard_in_the_end_and_calls_are_bounded(some: list[Event], error_s: float) -> None:
    async def scenario() -> None:
        world = DhtWorld()
        pair = Person(world, 1), Person(world, 2)
        pair[1].clock_error_s = error_s
        names = befriend(*pair)
        come: set[int] = set()
        for event in some:
            await asyncio.sleep(max(0.0, event.at_s - pair[0].loop.time()))
            _happen(event, world, pair[event.who], names[event.who], come)
        await asyncio.sleep(TROUBLE_S - pair[0].loop.time())
        world.is_lost = lambda: False
        for number in (0, 1):
            _happen(Event(TROUBLE_S, number, "come"), world, pair[number], names[number], come)
            _happen(Event(TROUBLE_S, number, "unlinked"), world, pair[number], names[number], come)
        await asyncio.sleep(3_600)  # everything is put, and found again
        for number in (0, 1):
            heard = len(pair[1 - number].met)
            pair[number].wan.nudge(names[number])
            pair[number].wan.signalling.ring(names[number])
            await asyncio.sleep(HEARD_WITHIN_S)
            assert names[1 - number] in [peer for _, peer in pair[1 - number].met[heard:]]
        hours = pair[0].loop.time() / 3_600
        polls = 2 * 3_600 * hours / ATTENTIVE_POLL_S / (1 - POLL_JITTER)
        assert world.calls["ask"] <= 2 * polls  # now and then the bell of the epoch before, too
        assert world.calls["announce"] <= 2 * (OWN_RING_BURST + OWN_RINGS_PER_SECOND * 3_600 * hours)
        for person in pair:
            await person.leave()

    run_virtually(scenario())


def _happen(event: Event, world: DhtWorld, person: Person, name: bytes, come: set[int]) -> None:
    peer_id = next(peer for peer in person.wan._peers if peer == name)
    signalling = person.wan.signalling
    match event.what:
        case "come" if event.who not in come:
            come.add(event.who)
            person.come()
        case "nudge":
            person.wan.nudge(peer_id)
        case "ring":
            signalling.ring(peer_id)
        case "signal":
            signalling.send(peer_id, b"\x01anything")
        case "expect":
            signalling.expect(peer_id, person.loop.time() + 30)
        case "linked" | "unlinked":
            person.wan.set_linked(peer_id, linked=event.what == "linked")
        case "lost" | "behaves":
            world.is_lost = lambda: event.what == "lost"
        case _:
            pass
