"""Two nodes behind routers that let no stranger in: each knows where the other's router is, and nothing else."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from tests.lab.homes import Home, Homes
from tests.lab.namespaces import why_not
from tests.lab.router import Nat

pytestmark = pytest.mark.skipif(why_not() is not None, reason=f"no network namespaces: {why_not()}")

PORTS = (4001, 4002)
REFUSING = (Nat.RST_ANSWERING, Nat.RST_ANSWERING)
"""Between these only SYNs get through that pass each other on the way, so there has to be a way."""


class Caller:
    """A process of ``tests.lab.caller`` in a home."""

    def __init__(self, homes: tuple[Home, Home], number: int) -> None:
        other = homes[1 - number]
        self._program = (
            homes[number]
            .computers[0]
            .namespace.start(
                sys.executable,
                "-m",
                "tests.lab.caller",
                str(PORTS[number]),
                str(1 - number),
                f"{other.address}:{PORTS[1 - number]}",
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        )
        assert self.line() == "listening"

    def call(self) -> None:
        """Begin to look for the other."""
        assert self._program.stdin is not None
        self._program.stdin.write(b"\n")
        self._program.stdin.flush()

    def line(self) -> str:
        """The next thing it says."""
        assert self._program.stdout is not None
        return self._program.stdout.readline().decode().strip()

    def path(self) -> str:
        """The class of the path by which it has come online."""
        word, path, _ = self.line().split()
        assert word == "online"
        return path

    def leave(self) -> None:
        """End with a good-bye."""
        self.call()
        assert self._program.wait() == 0

    def die(self) -> None:
        """End without one."""
        self._program.kill()
        self._program.wait()


DELAY_MS = 10.0
"""Between a home and its provider."""


@pytest.fixture
def homes(request: pytest.FixtureRequest) -> Iterator[tuple[Home, Home]]:
    with Homes(*request.param, delay_ms=DELAY_MS if request.param == REFUSING else 0.0) as lab:
        first, second = lab.homes
        yield first, second


@pytest.mark.parametrize("homes", [(Nat.CONE, Nat.CONE), (Nat.UDP_BLOCKED, Nat.CONE), REFUSING], indirect=True)
def test_two_behind_routers_meet_when_both_call(homes: tuple[Home, Home]) -> None:
    callers = Caller(homes, 0), Caller(homes, 1)
    for caller in callers:
        caller.call()
    assert [caller.path() for caller in callers] == ["punched", "punched"]


@pytest.mark.parametrize(
    ("homes", "first"),
    [((Nat.CONE, Nat.CONE), 0), ((Nat.RST_ANSWERING, Nat.CONE), 0), ((Nat.RST_ANSWERING, Nat.CONE), 1)],
    indirect=["homes"],
    ids=[
        "silent routers",
        "the one that answers with RST has called first",
        "the one that answers with RST calls later",
    ],
)
def test_while_one_holds_its_call_the_other_need_only_call(homes: tuple[Home, Home], first: int) -> None:
    callers = Caller(homes, 0), Caller(homes, 1)
    callers[first].call()
    time.sleep(1.0)  # until its first SYN is lost or refused, and held or sent again
    callers[1 - first].call()
    assert [caller.path() for caller in callers] == ["punched", "punched"]


@pytest.mark.parametrize("homes", [(Nat.CONE, Nat.CONE)], indirect=True)
@pytest.mark.parametrize("end", [Caller.leave, Caller.die])
def test_who_comes_back_with_its_old_port_is_met_again(homes: tuple[Home, Home], end: Callable[[Caller], None]) -> None:
    first, second = callers = Caller(homes, 0), Caller(homes, 1)
    for caller in callers:
        caller.call()
    assert [caller.path() for caller in callers] == ["punched", "punched"]
    end(first)
    assert second.line() == "offline"
    first = Caller(homes, 0)
    first.call()
    assert [first.path(), second.path()] == ["punched", "punched"]


@pytest.mark.parametrize("homes", [(Nat.CONE, Nat.CONE)], indirect=True)
def test_two_who_leave_one_after_the_other_and_come_back_meet_again(homes: tuple[Home, Home]) -> None:
    first, second = callers = Caller(homes, 0), Caller(homes, 1)
    for caller in callers:
        caller.call()
    assert [caller.path() for caller in callers] == ["punched", "punched"]
    first.leave()
    assert second.line() == "offline"
    time.sleep(2.0)  # in which a SYN of the second would open its router for what the first sends later
    second.leave()
    first = Caller(homes, 0)
    first.call()
    time.sleep(1.0)  # until its first SYN has come to where nobody listens yet
    second = Caller(homes, 1)
    second.call()
    assert [first.path(), second.path()] == ["punched", "punched"]


@pytest.mark.parametrize("homes", [(Nat.UDP_BLOCKED, Nat.CONE)], indirect=True)
def test_what_an_earlier_program_left_in_its_router_keeps_nobody_apart(homes: tuple[Home, Home]) -> None:
    first, second = callers = Caller(homes, 0), Caller(homes, 1)
    for caller in callers:
        caller.call()
    assert [caller.path() for caller in callers] == ["punched", "punched"]
    first.die()
    assert second.line() == "offline"
    time.sleep(2.0)  # in which a SYN of the second opens its router for what the first sends later
    second.die()
    first = Caller(homes, 0)
    first.call()
    time.sleep(1.0)  # until its first SYN has come to where nobody listens yet, and made the second's router deaf
    second = Caller(homes, 1)
    second.call()
    assert [first.path(), second.path()] == ["punched", "punched"]
