"""The routers of the laboratory do what their kind does; what Kith is seen to do behind them rests on that."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.lab.homes import Homes
from tests.lab.namespaces import Namespace, clear_leftovers, ip, why_not
from tests.lab.public_side import SERVER
from tests.lab.router import Nat
from tests.support.tree import ROOT

pytestmark = pytest.mark.skipif(why_not() is not None, reason=f"no network namespaces: {why_not()}")

PORT, OTHER_PORT, OWN_PORT = "7000", "443", "5555"


@pytest.fixture
def lab(request: pytest.FixtureRequest) -> Iterator[Homes]:
    """One home, and two servers on the public side that tell who asks where they see it."""
    with Homes(getattr(request, "param", Nat.CONE), Nat.CONE) as lab:
        for port in (PORT, OTHER_PORT):
            serve(lab.public.namespace, port)
        yield lab


def serve(namespace: Namespace, port: str) -> None:
    probe = namespace.start(sys.executable, "-m", "tests.lab.probe", "serve", port, stdout=subprocess.PIPE)
    assert probe.stdout is not None
    assert probe.stdout.readline() == b"listening\n"


def ask(namespace: Namespace, host: str, port: str, from_port: str = OWN_PORT) -> str:
    return namespace.run(sys.executable, "-m", "tests.lab.probe", "ask", host, port, from_port).strip()


def largest(namespace: Namespace, host: str) -> int:
    """What the way there lets through, bytes."""
    return int(namespace.run(sys.executable, "-m", "tests.lab.probe", "mtu", host, PORT))


def seen(lab: Homes, port: str) -> str:
    """Where a server sees the computer in the first home."""
    return ask(lab.homes[0].computers[0].namespace, SERVER, port)


@pytest.mark.parametrize("lab", [Nat.CONE, Nat.RST_ANSWERING, Nat.UDP_BLOCKED], indirect=True)
def test_a_cone_keeps_the_port_and_shows_it_to_everybody(lab: Homes) -> None:
    assert seen(lab, PORT) == seen(lab, OTHER_PORT) == f"{lab.homes[0].address}:{OWN_PORT}"


@pytest.mark.parametrize("lab", [Nat.SYMMETRIC], indirect=True)
def test_a_symmetric_router_shows_each_another_port(lab: Homes) -> None:
    one, other = seen(lab, PORT), seen(lab, OTHER_PORT)
    assert one.startswith(f"{lab.homes[0].address}:")
    assert len({one, other, f"{lab.homes[0].address}:{OWN_PORT}"}) == 3


@pytest.mark.parametrize("lab", [Nat.TCP_SYMMETRIC], indirect=True)
def test_a_router_may_be_symmetric_by_tcp_alone(lab: Homes) -> None:
    assert seen(lab, PORT) != seen(lab, OTHER_PORT)


@pytest.mark.parametrize("lab", [Nat.TCP_443_ONLY], indirect=True)
def test_only_https_gets_out_where_nothing_else_may(lab: Homes) -> None:
    assert seen(lab, PORT) == "refused"
    assert seen(lab, OTHER_PORT) == f"{lab.homes[0].address}:{OWN_PORT}"


@pytest.mark.parametrize(("lab", "answer"), [(Nat.CONE, "silence"), (Nat.RST_ANSWERING, "refused")], indirect=["lab"])
def test_a_stranger_is_not_let_in(lab: Homes, answer: str) -> None:
    computer = lab.homes[0].computers[0]
    serve(computer.namespace, OWN_PORT)
    assert ask(lab.homes[1].computers[0].namespace, lab.homes[0].address, OWN_PORT) == answer


def test_a_router_becomes_another_kind_and_moves_while_it_runs(lab: Homes) -> None:
    home = lab.homes[0]
    before = home.address
    assert seen(lab, PORT) == f"{before}:{OWN_PORT}"
    home.router.become(Nat.TCP_443_ONLY)
    assert seen(lab, PORT) == "refused"
    home.router.become(Nat.CONE)
    home.move()
    assert home.address != before
    assert seen(lab, PORT) == f"{home.address}:{OWN_PORT}"


def test_who_asks_the_router_for_a_port_is_reached_by_strangers(lab: Homes) -> None:
    home, elsewhere = lab.homes
    computer = home.computers[0]
    home.router.serve_upnp()
    serve(computer.namespace, OWN_PORT)
    mapped = computer.namespace.run(sys.executable, "-m", "tests.lab.probe", "map", "10.1.0.1", OWN_PORT).strip()
    assert ask(elsewhere.computers[0].namespace, home.address, mapped) == f"{elsewhere.address}:{OWN_PORT}"


def test_a_router_that_ceases_to_open_ports_closes_what_it_opened(lab: Homes) -> None:
    home, elsewhere = lab.homes
    computer = home.computers[0]
    serve(computer.namespace, OWN_PORT)
    home.router.serve_upnp()
    mapped = computer.namespace.run(sys.executable, "-m", "tests.lab.probe", "map", "10.1.0.1", OWN_PORT).strip()
    home.router.stop_upnp()
    assert ask(elsewhere.computers[0].namespace, home.address, mapped) == "silence"
    home.router.serve_upnp()
    computer.namespace.run(sys.executable, "-m", "tests.lab.probe", "map", "10.1.0.1", OWN_PORT)
    assert ask(elsewhere.computers[0].namespace, home.address, mapped) == f"{elsewhere.address}:{OWN_PORT}"


def test_a_computer_is_carried_to_another_home_and_back(lab: Homes) -> None:
    home, elsewhere = lab.homes
    elsewhere.take_in(home.computers[0], number=10)
    assert seen(lab, PORT) == f"{elsewhere.address}:{OWN_PORT}"
    home.take_in(home.computers[0], number=2)
    assert seen(lab, PORT) == f"{home.address}:{OWN_PORT}"


def test_a_router_that_is_switched_off_and_on_leads_out_again(lab: Homes) -> None:
    home = lab.homes[0]
    home.disconnect()
    with pytest.raises(subprocess.CalledProcessError):  # no way out
        seen(lab, PORT)
    home.reconnect()
    assert seen(lab, PORT) == f"{home.address}:{OWN_PORT}"


def test_a_line_loses_what_it_is_told_to() -> None:
    with Homes(Nat.CONE, delay_ms=1) as lab:
        serve(lab.public.namespace, PORT)
        lab.homes[0].disturb(delay_ms=1, loss=1)
        assert seen(lab, PORT) == "silence"
        lab.homes[0].disturb(delay_ms=1)
        assert seen(lab, PORT) == f"{lab.homes[0].address}:{OWN_PORT}"


def test_a_narrow_line_takes_small_packets_only(lab: Homes) -> None:
    home = lab.homes[0]
    ways = [(home.computers[0].namespace, SERVER), (lab.homes[1].computers[0].namespace, home.address)]
    for namespace, target in ways:
        assert largest(namespace, target) == 1_500
    lab.narrow(home, 1_280)
    for namespace, target in ways:
        assert largest(namespace, target) == 1_280


def test_what_a_killed_run_leaves_behind_is_cleared_away() -> None:
    program = (
        "from tests.lab.homes import Homes; lab = Homes().__enter__(); lab.public.serve_relay()",
        "print(lab.name, flush=True); input()",
    )
    command = [sys.executable, "-c", "; ".join(program)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as killed:
        assert killed.stdout is not None
        name = killed.stdout.readline().strip()
        assert name in ip("netns", "list")
        killed.kill()
    clear_leftovers()
    assert name not in ip("netns", "list")
    assert not Path(tempfile.gettempdir(), name).exists()
    assert not [each for each in psutil.process_iter(["cmdline"]) if name in " ".join(each.info["cmdline"] or ())]
