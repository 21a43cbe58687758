"""A room full of people who start Kith at once, each on a computer of their own."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.lab.computer import Computer
from tests.lab.lan import Lan
from tests.lab.namespaces import why_not
from tests.support.rpc_process import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(why_not() is not None, reason=f"no network namespaces: {why_not()}"),
]

REAL = 20
"""Computers with one node each."""

FRIENDS_ON_EITHER_SIDE = 5
MEETING_S = 10.0
IDLE_PART_OF_A_CORE = 0.05
MEMORY_MB = 90.0

SHARED = 9
"""Computers with twenty nodes each, which share what hears and speaks mDNS: those nodes are whole otherwise."""

NODES_THERE = 20
SLACK = 4
"""All this runs on two cores at once, which two hundred computers would have each: how much longer it may take then."""

Members = list["subprocess.Popen[str]"]


@contextmanager
def crowd() -> Iterator[tuple[Members, Members]]:
    """Two hundred nodes, ready to search: those with a computer of their own, and the others' computers."""
    size = REAL + SHARED * NODES_THERE
    with ExitStack() as stack:
        computers = stack.enter_context(Lan(REAL + SHARED)).computers
        firsts = [
            *((number, 1) for number in range(REAL)),
            *((first, NODES_THERE) for first in range(REAL, size, NODES_THERE)),
        ]
        members = [
            stack.enter_context(member(size, first, count, on))
            for (first, count), on in zip(firsts, computers, strict=True)
        ]
        for each in members:
            stack.callback(each.kill)
        assert {told(each) for each in members} == {0.0}
        yield members[:REAL], members[REAL:]


def member(size: int, first: int, count: int, on: Computer) -> "subprocess.Popen[str]":
    arguments = map(str, (size, first, count, FRIENDS_ON_EITHER_SIDE))
    command = [*on.launcher, sys.executable, "-m", "tests.lab.crowd", *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def tell(each: "subprocess.Popen[str]") -> None:
    assert each.stdin is not None
    each.stdin.write("\n")
    each.stdin.flush()


def told(each: "subprocess.Popen[str]") -> float:
    assert each.stdout is not None
    return float(each.stdout.readline())


def test_of_two_hundred_all_who_know_each_other_are_online_within_seconds_and_idle_then() -> None:
    with crowd() as (real, others):
        for each in (*real, *others):
            tell(each)
        assert max(told(each) for each in real) < MEETING_S
        assert max(told(each) for each in others) < SLACK * MEETING_S
        time.sleep(MEETING_S)  # what follows a start has ended
        for each in (*real, *others):
            tell(each)
        used = [(told(each), told(each)) for each in real]
        assert sum(part_of_a_core for part_of_a_core, _ in used) / REAL < IDLE_PART_OF_A_CORE
        assert max(memory_mb for _, memory_mb in used) < MEMORY_MB
        assert [(told(each) > 0, told(each) > 0) for each in others] == [(True, True)] * SHARED
        assert {each.wait(30) for each in (*real, *others)} == {0}
