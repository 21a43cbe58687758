"""Hostile bytes at every state of a link: events or silence come out, never an exception."""

import os

from hypothesis import given
from hypothesis import strategies as st

from net.link.frames import Frame, FrameType
from net.link.machine import Closed, LinkEvent, LinkMachine
from tests.support.links import dialler, drain, exchange, feed, listener, opened, rival

chunks = st.lists(st.binary(max_size=300), max_size=10)


def feed_all(machine: LinkMachine, data: list[bytes]) -> list[LinkEvent]:
    events: list[LinkEvent] = []
    for chunk in data:
        events += feed(machine, chunk)
    return events


@given(chunks)
def test_a_stranger_never_hears_a_byte(data: list[bytes]) -> None:
    machine = listener()
    assert feed_all(machine, data) == []
    assert drain(machine) == b""
    assert not machine.is_closed


@given(chunks)
def test_who_replays_a_first_flight_gets_nothing_after_the_answer(data: list[bytes]) -> None:
    machine = listener()
    feed(machine, drain(dialler()))
    drain(machine)
    assert feed_all(machine, data) == []
    assert drain(machine) == b""


@given(chunks)
def test_a_false_answer_only_ends_the_dial(data: list[bytes]) -> None:
    machine = dialler()
    drain(machine)
    assert all(isinstance(event, Closed) for event in feed_all(machine, data))
    assert drain(machine) == b""


@given(data=chunks, controls=st.booleans())
def test_a_false_answer_to_a_punched_dial_only_ends_it(data: list[bytes], *, controls: bool) -> None:
    machine = rival(controls=controls)
    drain(machine)
    assert all(isinstance(event, Closed) for event in feed_all(machine, data))
    assert drain(machine) == b""
    assert not machine.has_yielded


@given(steps=st.lists(st.tuples(st.booleans(), st.integers(1, 90)), max_size=40))
def test_first_flights_that_cross_make_one_link_however_their_bytes_interleave(steps: list[tuple[bool, int]]) -> None:
    first, second = rival(controls=True), rival(controls=False)
    wires = {True: b"", False: b""}  # by who is to receive
    for to_first, size_bytes in [*steps, *[(True, 10_000), (False, 10_000)] * 6]:
        wires[True] += drain(second)
        wires[False] += drain(first)
        feed(first if to_first else second, wires[to_first][:size_bytes])
        wires[to_first] = wires[to_first][size_bytes:]
    assert first.is_open
    assert second.is_open
    assert first.has_crossed
    assert second.has_crossed
    assert (first.has_yielded, second.has_yielded) == (False, True)


@given(chunks)
def test_rubbish_on_an_open_link_ends_it_at_most(data: list[bytes]) -> None:
    first, second = opened()
    first.send(FrameType.ENVELOPE, b"good")
    events = feed_all(second, [drain(first), *data])
    assert isinstance(events[0], Frame)
    assert all(isinstance(event, Closed) for event in events[1:])
    assert len(events) <= 2


@given(
    position=st.integers(0, 2000), flip=st.integers(1, 255), sizes=st.lists(st.integers(0, 500), min_size=1, max_size=5)
)
def test_after_a_changed_byte_nothing_is_delivered(position: int, flip: int, sizes: list[int]) -> None:
    first, second = opened()
    bodies = [os.urandom(size) for size in sizes]
    for body in bodies:
        first.send(FrameType.ENVELOPE, body)
    data = bytearray(drain(first))
    position %= len(data)
    data[position] ^= flip
    delivered = [event.body for event in feed(second, bytes(data)) if isinstance(event, Frame)]
    intact = sum(1 for number in range(len(sizes)) if sum(size + 20 for size in sizes[: number + 1]) <= position)
    assert delivered == bodies[:intact]


@given(
    sizes=st.lists(st.integers(0, 3000) | st.just(70_000), max_size=8),
    cuts=st.permutations([1, 2, 19, 400, 5_000, 66_000]),
)
def test_frames_arrive_whole_however_the_stream_is_cut(sizes: list[int], cuts: list[int]) -> None:
    first, second = opened()
    bodies = [os.urandom(size) for size in sizes]
    for body in bodies:
        first.send(FrameType.ENVELOPE, body)
    stream, pieces = drain(first), list[bytes]()
    while stream:
        size_bytes = cuts[len(pieces) % len(cuts)]
        pieces.append(stream[:size_bytes])
        stream = stream[size_bytes:]
    assert [event.body for event in feed_all(second, pieces) if isinstance(event, Frame)] == bodies


@given(st.binary(min_size=72, max_size=72))
def test_a_changed_first_flight_opens_nothing(noise: bytes) -> None:
    first, second = dialler(), listener()
    flight = bytes(a ^ b for a, b in zip(drain(first), noise, strict=True))
    feed(second, flight)
    assert bool(second.output_bytes) == (not any(noise))
    exchange(first, second)
    assert first.is_open == second.is_open == (not any(noise))
