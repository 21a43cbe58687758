"""A room full of people who start Kith at once, each on a computer of their own."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.lab.lan import Computer, Lan, why_not
from tests.support.rpc_process import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(why_not() is not None, reason=f"no network namespaces: {why_not()}"),
]

CROWD = 20
FRIENDS_ON_EITHER_SIDE = 5
MEETING_S = 10.0
IDLE_PART_OF_A_CORE = 0.05


@pytest.fixture
def crowd() -> Iterator[list["subprocess.Popen[str]"]]:
    """One node on each of twenty computers, ready to search."""
    with ExitStack() as stack:
        computers = stack.enter_context(Lan(CROWD)).computers
        members = [stack.enter_context(member(number, on)) for number, on in enumerate(computers)]
        for each in members:
            stack.callback(each.kill)
        assert [told(each) for each in members] == [0.0] * CROWD
        yield members


def member(number: int, on: Computer) -> "subprocess.Popen[str]":
    arguments = map(str, (CROWD, number, 1, FRIENDS_ON_EITHER_SIDE))
    command = [*on.launcher, sys.executable, "-m", "tests.lab.crowd", *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def tell(each: "subprocess.Popen[str]") -> None:
    assert each.stdin is not None
    each.stdin.write("\n")
    each.stdin.flush()


def told(each: "subprocess.Popen[str]") -> float:
    assert each.stdout is not None
    return float(each.stdout.readline())


def test_all_who_know_each_other_are_online_within_seconds_and_idle_then(
    crowd: list["subprocess.Popen[str]"],
) -> None:
    for each in crowd:
        tell(each)
    assert max(told(each) for each in crowd) < MEETING_S
    time.sleep(MEETING_S)  # what follows a start has ended
    for each in crowd:
        tell(each)
    assert sum(told(each) for each in crowd) / CROWD < IDLE_PART_OF_A_CORE
    assert [each.wait(10) for each in crowd] == [0] * CROWD
