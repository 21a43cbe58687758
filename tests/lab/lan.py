"""A local network of one's own: computers as network namespaces on one bridge, and nothing that leads out.

Whatever runs on it can multicast as it likes and reaches nobody else.  It needs Linux, root and iproute2.
"""

import itertools
import os
import re
import shutil
import subprocess
from contextlib import ExitStack
from functools import cache
from types import TracebackType
from typing import Self

import psutil

_numbers = itertools.count(1)
_NAME = re.compile(r"kith(\d+)x\d+")


class Computer:
    """One network namespace with one network card, ``eth0``."""

    def __init__(self, lan: "Lan", number: int) -> None:
        self._lan = lan
        self.namespace = f"{lan.name}-{number}"
        self.ipv4 = f"10.77.0.{number}"
        self.ipv6 = f"fd77::{number:x}"
        self._port = f"port{number}"

    @property
    def launcher(self) -> tuple[str, ...]:
        """What to put before a command line to run it on this computer."""
        return ("ip", "netns", "exec", self.namespace)

    def unplug(self) -> None:
        """Take the cable out; the computer keeps its addresses."""
        self._lan.run("link", "set", self._port, "down")

    def plug(self) -> None:
        """Put the cable back."""
        self._lan.run("link", "set", self._port, "up")

    def renumber(self, number: int) -> None:
        """Give the computer other addresses instead of the ones it has."""
        self._address("del")
        self.ipv4, self.ipv6 = f"10.77.0.{number}", f"fd77::{number:x}"
        self._address("add")

    def start(self) -> None:
        """Connect it; its namespace is there."""
        self._ip("link", "set", "lo", "up")
        self._lan.run("link", "add", self._port, "type", "veth", "peer", "name", "eth0", "netns", self.namespace)
        self._lan.run("link", "set", self._port, "master", "bridge", "up")
        self._ip("link", "set", "eth0", "up")
        self._address("add")

    def _address(self, action: str) -> None:
        self._ip("addr", action, f"{self.ipv4}/24", "dev", "eth0")
        self._ip("addr", action, f"{self.ipv6}/64", "dev", "eth0", *(["nodad"] if action == "add" else []))

    def _ip(self, *arguments: str) -> None:
        ip("-n", self.namespace, *arguments)


class Lan:
    """The bridge, in a namespace of its own, and as many computers as are asked for; all gone on leaving.

    What a run that was killed has left behind is cleared away by the next.
    """

    def __init__(self, computers: int) -> None:
        self.name = f"kith{os.getpid()}x{next(_numbers)}"
        self.computers = tuple(Computer(self, number) for number in range(1, computers + 1))
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        clear_leftovers()
        with self._undo:
            self._add_namespace(self.name)
            self._start_bridge()
            for computer in self.computers:
                self._add_namespace(computer.namespace)
                computer.start()
            self._undo = self._undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    def run(self, *arguments: str) -> None:
        """Run ``ip`` where the bridge is."""
        ip("-n", self.name, *arguments)

    def _add_namespace(self, name: str) -> None:
        ip("netns", "add", name)
        self._undo.callback(ip, "netns", "del", name)

    def _start_bridge(self) -> None:
        # As a plain switch: no spanning tree to wait for, no multicast left out.
        switch = ("forward_delay", "0", "mcast_snooping", "0")
        self.run("link", "add", "bridge", "type", "bridge", *switch)
        self.run("link", "set", "bridge", "up")
        # Where this exists, bridged frames would meet the firewall.
        setting = "/proc/sys/net/bridge/bridge-nf-call-iptables"
        ip("netns", "exec", self.name, "sh", "-c", f"[ ! -w {setting} ] || echo 0 > {setting}")


def ip(*arguments: str) -> str:
    """Run iproute2's ``ip``; what it said."""
    return subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True, timeout=10).stdout


def clear_leftovers() -> None:
    """Delete the namespaces of processes that are no more."""
    for line in ip("netns", "list").splitlines():
        name = line.partition(" ")[0]
        made_by = _NAME.match(name)
        if made_by is not None and not psutil.pid_exists(int(made_by[1])):
            ip("netns", "del", name)


@cache
def why_not() -> str | None:
    """Why no network can be made here; None if it can."""
    if shutil.which("ip") is None:
        return "needs Linux with iproute2"
    try:
        with Lan(1):
            return None
    except subprocess.CalledProcessError as error:
        return f"needs root: {error.stderr.strip()}"
