"""The public side: the provider of all homes, servers, and a DHT."""

import itertools
import subprocess
from dataclasses import dataclass
from ipaddress import ip_interface
from pathlib import Path

from net.endpoint import Endpoint
from tests.lab.namespaces import TIMEOUT_S, Namespace, connect
from tests.lab.relay import Relay

DEVICE = "net"
SERVER = "185.40.3.10"
NOWHERE = "185.40.3.1"
DHT_PORT = 6881
DHT_NODES = 30


@dataclass(frozen=True, slots=True)
class PublicComputer:
    """A computer with an address of its own that everybody can reach."""

    namespace: Namespace
    address: str

    @property
    def launcher(self) -> tuple[str, ...]:
        """What to put before a command line to run it on this computer."""
        return self.namespace.launcher


class PublicSide:
    """What everybody can reach."""

    def __init__(self, namespace: Namespace, folder: Path) -> None:
        self.namespace = namespace
        self._folder = folder
        self._dht: subprocess.Popen[bytes] | None = None
        self._ports = itertools.count(1)

    def start(self) -> None:
        """Begin to route between the homes."""
        self.namespace.set("ipv4/ip_forward", "1")
        # All lines end in one device, as libtorrent's nodes bind theirs; nobody shall be told of the short cuts there.
        self.namespace.set("ipv4/conf/all/send_redirects", "0")
        self.namespace.set("ipv4/conf/default/send_redirects", "0")
        self.namespace.add_bridge(DEVICE)
        self.namespace.ip("addr", "add", f"{SERVER}/24", "dev", DEVICE)
        # libtorrent takes a device without a gateway for a local network; what goes to this one gets lost, as private
        # addresses do outside.
        nobody = ("lladdr", "02:00:00:00:00:01", "dev", DEVICE, "nud", "permanent")
        self.namespace.ip("neigh", "add", NOWHERE, *nobody)
        self.namespace.ip("route", "add", "default", "via", NOWHERE)

    def connect(self, router: Namespace, card: str, gateway: str) -> None:
        """Lay a line to a router's card, with the provider's address and its prefix at this end."""
        port = f"port{next(self._ports)}"
        connect(self.namespace, port, router, card)
        self.namespace.ip("link", "set", port, "master", DEVICE)
        self.namespace.ip("addr", "add", gateway, "dev", DEVICE)

    def add_address(self, address: str) -> None:
        """Be reached there, too."""
        self.namespace.ip("addr", "replace", f"{address}/32", "dev", DEVICE)

    def serve_dht(self, nodes: int = DHT_NODES, *, silent: int = 0) -> tuple[Endpoint, ...]:
        """Run a DHT whose nodes know each other; gives some good to start from.

        The ``silent`` last of them fall silent then, which the others have yet to find out.  Takes the place of the one
        that ran before: nothing is known of that any more.
        """
        if self._dht is not None:
            self._dht.kill()
            self._dht.wait(TIMEOUT_S)
        self._nodes = [f"51.1.{number}.1" for number in range(1, nodes + 1)]
        for address in self._nodes:
            self.add_address(address)
        endpoints = tuple(Endpoint.of(address, DHT_PORT) for address in self._nodes)
        self._dht = self.namespace.start_module("tests.lab.dht_nodes", *map(str, endpoints))
        self.silence_dht(silent)
        return endpoints[:3]

    def serve_relay(self) -> Relay:
        """Run a STUN and TURN server."""
        relay = Relay(self.namespace, SERVER, self._folder)
        relay.start()
        return relay

    def silence_dht(self, nodes: int) -> None:
        """Have the last so many nodes, whom nobody starts from, fall silent, and all others speak again."""
        self._silence(self._nodes[len(self._nodes) - nodes :])

    def narrow(self, gateway: str, mtu_bytes: int) -> None:
        """Let packets of this size at most pass to the home behind this gateway."""
        net = ip_interface(f"{gateway}/16").network
        self.namespace.ip("route", "replace", str(net), "dev", DEVICE, "src", gateway, "mtu", str(mtu_bytes))

    def _silence(self, addresses: list[str]) -> None:
        rules = f"ip daddr {{ {', '.join(addresses)} }} drop;" if addresses else ""
        chain = f"chain input {{ type filter hook input priority 0; {rules} }}"
        table = "table inet silence"
        self.namespace.run("nft", "-f", "-", given=f"{table}\ndelete {table}\n{table} {{\n{chain}\n}}")
