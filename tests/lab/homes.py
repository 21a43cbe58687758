"""Homes behind routers, and the public side between them: an internet of one's own that leads nowhere else.

    computers 10.1.0.2, .3 ... -- 10.1.0.1 router 81.1.0.2 -- 81.1.0.1 |
    computers 10.2.0.2, .3 ... -- 10.2.0.1 router 82.2.0.2 -- 82.2.0.1 | public side: 185.40.3.10, DHT nodes 51.1.*.1

The addresses outside are ones that Kith takes for public; each home is in a /16 of its own.
"""

import subprocess

from tests.lab.computer import Computer
from tests.lab.namespaces import Namespaces, connect
from tests.lab.public_side import PublicComputer, PublicSide
from tests.lab.router import LAN, WAN, Nat, Router

COMPUTERS_FROM = 2
NEAR, FAR = "near", "far"


class Home:
    """One router and the computers behind it."""

    def __init__(self, number: int, router: Router, computers: tuple[Computer, ...]) -> None:
        self.router = router
        self.computers = computers
        self.number = number
        self.line: subprocess.Popen[bytes] | None = None
        """To the provider, where it takes its time."""
        self._prefix = f"8{number}.{number}"
        self._host = 2

    @property
    def address(self) -> str:
        """Where the world sees the home."""
        return f"{self._prefix}.0.{self._host}"

    @property
    def gateway(self) -> str:
        """The provider's end of the line."""
        return f"{self._prefix}.0.1"

    def move(self) -> None:
        """Get another address from the provider, which ends all that went by the old one."""
        self.router.namespace.ip("addr", "del", f"{self.address}/16", "dev", WAN)
        self._host += 1
        self._dial_in()
        self.router.forget()

    def disconnect(self) -> None:
        """Switch the router off."""
        self.router.namespace.ip("link", "set", WAN, "down")

    def reconnect(self) -> None:
        """Switch the router on again; it has forgotten what it had mapped."""
        self.router.namespace.ip("link", "set", WAN, "up")
        self.router.namespace.ip("route", "replace", "default", "via", self.gateway)
        self.router.forget()

    def take_in(self, computer: Computer, number: int) -> None:
        """Plug a computer from another home in here, as the one of this number."""
        computer.carry(self.router.namespace, number, (f"10.{self.number}.0.{{}}/24",))
        computer.namespace.ip("route", "replace", "default", "via", f"10.{self.number}.0.1")

    def disturb(self, *, delay_ms: float, loss: float = 0.0) -> None:
        """Have packets take so long to the provider, or from there, and this part of them get lost on the way."""
        assert self.line is not None
        assert self.line.stdin is not None
        self.line.stdin.write(f"{delay_ms} {loss}\n".encode())
        self.line.stdin.flush()

    def start(self, nat: Nat) -> None:
        """Set up the router; its cable to the provider is there."""
        self._dial_in()
        self.router.start(nat)

    def _dial_in(self) -> None:
        namespace = self.router.namespace
        namespace.ip("addr", "add", f"{self.address}/16", "dev", WAN)
        namespace.ip("route", "replace", "default", "via", self.gateway)


class Homes(Namespaces):
    """As many homes as kinds of router are named, each with so many computers, and the public side.

    A packet takes ``delay_ms`` between a router and its provider: a round trip to a server takes twice, one to another
    home four times as long.
    """

    def __init__(self, *nats: Nat, computers: int = 1, delay_ms: float = 0) -> None:
        super().__init__()
        self._nats = nats
        self._delay_ms = delay_ms
        self._computers = range(COMPUTERS_FROM, COMPUTERS_FROM + computers)
        self.homes: tuple[Home, ...] = ()
        self.public: PublicSide

    def build(self) -> None:
        """See the base."""
        self.public = PublicSide(self.add("public"), self.folder)
        self.public.start()
        self.homes = tuple(self._home(number, nat) for number, nat in enumerate(self._nats, start=1))

    def add_public_computer(self) -> PublicComputer:
        """One more computer, which is behind no router."""
        number = len(self.homes) + 1
        namespace, prefix = self.add("friend"), f"8{number}.{number}.0"
        self.public.connect(namespace, WAN, f"{prefix}.1/16")
        computer = PublicComputer(namespace, f"{prefix}.2")
        namespace.ip("addr", "add", f"{computer.address}/16", "dev", WAN)
        namespace.ip("route", "add", "default", "via", f"{prefix}.1")
        return computer

    def narrow(self, home: Home, mtu_bytes: int) -> None:
        """Let packets of this size at most pass between a home and its provider."""
        home.router.namespace.ip("link", "set", WAN, "mtu", str(mtu_bytes))
        self.public.narrow(home.gateway, mtu_bytes)

    def _home(self, number: int, nat: Nat) -> Home:
        namespace = self.add(f"router{number}")
        namespace.add_bridge(LAN)
        namespace.ip("addr", "add", f"10.{number}.0.1/24", "dev", LAN)
        computers = tuple(
            Computer(self.add(f"{number}-{host}"), namespace, host, (f"10.{number}.0.{{}}/24",))
            for host in self._computers
        )
        for computer in computers:
            computer.start()
            computer.namespace.ip("route", "add", "default", "via", f"10.{number}.0.1")
        home = Home(number, Router(namespace, self.folder), computers)
        self._connect(home)
        home.start(nat)
        return home

    def _connect(self, home: Home) -> None:
        """Lay the line between the home and its provider."""
        router, gateway = home.router.namespace, f"{home.gateway}/16"
        if not self._delay_ms:
            self.public.connect(router, WAN, gateway)
            return
        # A namespace of its own: whoever binds to addresses on the public side shall see no cards come there.
        line = self.add(router.name.replace("router", "line").removeprefix(f"{self.name}-"))
        connect(line, FAR, router, WAN)
        self.public.connect(line, NEAR, gateway)
        arguments = (str(self._delay_ms), NEAR, FAR)
        home.line = line.start_module("tests.lab.line", *arguments, stdin=subprocess.PIPE)
