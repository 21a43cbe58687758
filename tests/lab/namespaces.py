"""Network namespaces with names of their own, which end with whoever made them.

What runs in them reaches nobody outside.  It needs Linux with iproute2 and root, or a user namespace that plays root.
"""

import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil

from tests.support.tree import ROOT

TIMEOUT_S = 10.0
"""For one command that sets something up."""

_numbers = itertools.count(1)
_NAME = re.compile(r"kith(\d+)x\d+")


class Namespace:
    """One network stack: its devices, addresses, routes and rules, and the programs that run there."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._programs = ExitStack()

    @property
    def launcher(self) -> tuple[str, ...]:
        """What to put before a command line to run it here."""
        return ("ip", "netns", "exec", self.name)

    def ip(self, *arguments: str) -> str:
        """Run ``ip`` on it; what it said."""
        return ip("-n", self.name, *arguments)

    def run(self, *command: str, given: str | None = None) -> str:
        """Run a command here to its end, with this on its standard input; what it said."""
        return _said([*self.launcher, *command], given)

    def start(
        self,
        *command: str,
        stdin: int | IO[bytes] = subprocess.DEVNULL,
        stdout: int | IO[bytes] = subprocess.DEVNULL,
        stderr: int | IO[bytes] = subprocess.DEVNULL,
    ) -> "subprocess.Popen[bytes]":
        """Start a program here that ends, at the latest, with the namespace or with this process."""
        mortal = ("setpriv", "--pdeathsig", "KILL")
        line = [*mortal, *self.launcher, *command]
        program = subprocess.Popen(line, cwd=ROOT, stdin=stdin, stdout=stdout, stderr=stderr)
        self._programs.enter_context(program)
        self._programs.callback(program.kill)
        return program

    def start_module(
        self, module: str, *arguments: str, stdin: int | IO[bytes] = subprocess.DEVNULL
    ) -> "subprocess.Popen[bytes]":
        """Start a module of ours; returns when it has said that it is ready."""
        program = self.start(sys.executable, "-m", module, *arguments, stdin=stdin, stdout=subprocess.PIPE)
        assert program.stdout is not None
        assert program.stdout.readline() == b"ready\n"
        return program

    def set(self, name: str, value: str) -> None:
        """Write one of its settings under /proc/sys/net, if this kernel has it."""
        path = f"/proc/sys/net/{name}"
        self.run("sh", "-c", f"[ ! -w {path} ] || echo {value} > {path}")

    def add_bridge(self, name: str) -> None:
        """A plain switch: no spanning tree to wait for, no multicast left out."""
        self.ip("link", "add", name, "type", "bridge", "forward_delay", "0", "mcast_snooping", "0")
        self.ip("link", "set", name, "up")
        # Where this exists, bridged frames would meet the firewall.
        self.set("bridge/bridge-nf-call-iptables", "0")

    def remove(self) -> None:
        """Delete it and end what runs in it."""
        self._programs.close()
        for process_id in ip("netns", "pids", self.name).split():
            with suppress(ProcessLookupError):
                os.kill(int(process_id), signal.SIGKILL)
        ip("netns", "del", self.name)


@dataclass(frozen=True, slots=True)
class Card:
    """One network card, and whose it is."""

    namespace: Namespace
    device: str


class Namespaces:
    """Those of one laboratory, all gone on leaving.

    What a run that was killed has left behind is cleared away by the next.
    """

    def __init__(self) -> None:
        self.name = f"kith{os.getpid()}x{next(_numbers)}"
        self.folder = Path(tempfile.gettempdir(), self.name)
        """For what the programs in it read and write."""
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        clear_leftovers()
        with self._undo:
            self._undo.callback(shutil.rmtree, self.folder)
            self.folder.mkdir(mode=0o700)
            self.build()
            self._undo = self._undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    def build(self) -> None:
        """Make what belongs to the laboratory; what was made is removed again if this fails."""

    def add(self, suffix: str) -> Namespace:
        """One more namespace."""
        namespace = Namespace(f"{self.name}-{suffix}")
        ip("netns", "add", namespace.name)
        self._undo.callback(namespace.remove)
        namespace.ip("link", "set", "lo", "up")
        return namespace


def connect(one: Namespace, device: str, other: Namespace, other_device: str) -> None:
    """Lay a cable between two namespaces, with a network card of that name at each end."""
    one.ip("link", "add", device, "type", "veth", "peer", "name", other_device, "netns", other.name)
    one.ip("link", "set", device, "up")
    other.ip("link", "set", other_device, "up")


def ip(*arguments: str) -> str:
    """Run iproute2's ``ip``; what it said."""
    return _said(["ip", *arguments])


def _said(command: list[str], given: str | None = None) -> str:
    try:
        done = subprocess.run(command, input=given, check=True, capture_output=True, text=True, timeout=TIMEOUT_S)
    except subprocess.CalledProcessError as error:
        error.add_note(error.stderr)
        raise
    return done.stdout


def clear_leftovers() -> None:
    """Delete the namespaces and folders of processes that are no more, and end what still runs there."""
    for line in ip("netns", "list").splitlines():
        name = line.partition(" ")[0]
        if _is_left_over(name):
            with suppress(subprocess.CalledProcessError):  # another run may do the same now
                Namespace(name).remove()
    for folder in Path(tempfile.gettempdir()).glob("kith*x*"):
        if _is_left_over(folder.name):
            shutil.rmtree(folder, ignore_errors=True)


def _is_left_over(name: str) -> bool:
    made_by = _NAME.match(name)
    return made_by is not None and not psutil.pid_exists(int(made_by[1]))


@cache
def why_not() -> str | None:
    """Why no namespace can be made here; None if it can."""
    if shutil.which("ip") is None:
        return "needs Linux with iproute2"
    try:
        with Namespaces() as namespaces:
            namespaces.add("trial")
            return None
    except subprocess.CalledProcessError as error:
        return f"needs root: {error.stderr.strip()}"
