"""A home router: network address translation (NAT) and what it lets through, as nftables rules in a namespace.

Mappings are kept by Linux's connection tracking, filtering depends on address and port: a stranger's packet is let in
only where one went out to that stranger before (RFC 4787, section 5).
"""

import subprocess
import time
import uuid
from enum import Enum
from pathlib import Path

from tests.lab.computer import BRIDGE
from tests.lab.namespaces import TIMEOUT_S, Card, Namespace

WAN = "wan"
"""The network card towards the provider."""

LAN = BRIDGE
"""The bridge of the home."""

DHT_NET = "51.1.0.0/16"
"""The nodes of the DHT: what goes to and comes from there is counted."""


class Nat(Enum):
    """What kind of router it is."""

    CONE = "cone"
    """One port outside for each inside, the same number if it is free; strangers get no answer."""

    SYMMETRIC = "symmetric"
    """A random port outside for each destination."""

    RST_ANSWERING = "rst-answering"
    """As cone, but a stranger's TCP packet is answered with RST instead of silence."""

    TCP_SYMMETRIC = "tcp-symmetric"
    """As cone, but a random port outside for each destination of TCP: nothing is punched but UDP."""

    UDP_BLOCKED = "udp-blocked"
    """As cone, but no UDP gets out."""

    TCP_BLOCKED = "tcp-blocked"
    """As cone, but no TCP gets out."""

    TCP_443_ONLY = "tcp-443-only"
    """Nothing gets out but TCP to port 443."""


_RANDOM = "masquerade random,fully-random"
_MASQUERADE = {Nat.SYMMETRIC: _RANDOM, Nat.TCP_SYMMETRIC: f"meta l4proto tcp {_RANDOM}; masquerade"}
_STRANGERS = {Nat.RST_ANSWERING: "meta l4proto tcp reject with tcp reset"}
_FORBIDDEN = {
    Nat.UDP_BLOCKED: "meta l4proto udp drop",
    Nat.TCP_BLOCKED: "meta l4proto tcp drop",
    Nat.TCP_443_ONLY: "meta l4proto != tcp drop; tcp dport != 443 reject with tcp reset",
}

_RULES = """
table inet router
delete table inet router
table inet router {{
  chain translation {{
    type nat hook postrouting priority 100
    {masquerade}
  }}
  chain to_the_router {{
    type filter hook input priority 0
    iifname {wan} ct state established,related accept
    iifname {wan} icmp type echo-request accept
    {strangers}
    iifname {wan} drop
  }}
  chain through_the_router {{
    type filter hook forward priority 0; policy drop
    {forbidden}
    ct state established,related accept
    ct status dnat accept
    iifname {lan} oifname {wan} accept
  }}
}}
"""

_COUNTERS = """
table inet traffic {{
  counter dht {{ packets 0 bytes 0 }}
  chain forward {{
    type filter hook forward priority -10
    ip daddr {dht} meta l4proto udp counter name "dht"
    ip saddr {dht} meta l4proto udp counter name "dht"
  }}
}}
"""

# The chains that miniupnpd fills.
_MAPPINGS = """
table inet filter {
  chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
  chain postrouting { type nat hook postrouting priority 90; jump postrouting_miniupnpd; }
  chain forward { type filter hook forward priority 10; jump miniupnpd; }
  chain miniupnpd { }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
}
"""

_MINIUPNPD = """
ext_ifname={wan}
listening_ip={lan}
enable_natpmp=yes
enable_upnp=yes
secure_mode=yes
system_uptime=yes
uuid={uuid}
upnp_table_name=filter
upnp_nat_table_name=filter
lease_file={folder}/leases
allow 1024-65535 10.0.0.0/8 1024-65535
deny 0-65535 0.0.0.0/0 0-65535
"""


class Router:
    """The rules in one namespace, which has the cards ``wan`` and ``lan`` already."""

    def __init__(self, namespace: Namespace, folder: Path) -> None:
        self.namespace = namespace
        self._folder = folder / namespace.name

    @property
    def line(self) -> Card:
        """Its card towards the provider: what goes there, anybody on the way has."""
        return Card(self.namespace, WAN)

    def start(self, nat: Nat) -> None:
        """Begin to route."""
        self.namespace.set("ipv4/ip_forward", "1")
        self._load(_COUNTERS.format(dht=DHT_NET))
        self.become(nat)

    def become(self, nat: Nat) -> None:
        """Be a router of another kind from now on; what it had mapped is forgotten."""
        self._load(
            _RULES.format(
                wan=WAN,
                lan=LAN,
                masquerade=_each(f"oifname {WAN}", _MASQUERADE.get(nat, "masquerade")),
                strangers=_each(f"iifname {WAN}", _STRANGERS.get(nat, "")),
                forbidden=_each(f"iifname {LAN}", _FORBIDDEN.get(nat, "")),
            )
        )
        self.forget()

    def forget(self) -> None:
        """Lose all mappings, as a router that is switched off and on does."""
        subprocess.run([*self.namespace.launcher, "conntrack", "-F"], capture_output=True, check=False, timeout=10)

    def dht_bytes(self) -> int:
        """The UDP bytes, IP headers included, that went between the home and the DHT in either direction so far."""
        words = self.namespace.run("nft", "list", "counter", "inet", "traffic", "dht").split()
        return int(words[words.index("bytes") + 1])

    def serve_upnp(self) -> None:
        """Open ports for whoever asks in the home (UPnP, NAT-PMP and PCP), until the namespace ends."""
        self._load(_MAPPINGS)
        self._folder.mkdir(exist_ok=True)
        settings = self._folder / "miniupnpd.conf"
        text = _MINIUPNPD.format(wan=WAN, lan=LAN, uuid=uuid.uuid4(), folder=self._folder)
        settings.write_text(text, encoding="utf-8")
        self._miniupnpd = self.namespace.start("miniupnpd", "-d", "-f", str(settings), "-P", str(self._folder / "pid"))
        deadline = time.monotonic() + TIMEOUT_S
        while ":1900 " not in self.namespace.run("ss", "-Hlun"):
            assert time.monotonic() < deadline, "miniupnpd does not listen"
            time.sleep(0.05)

    def stop_upnp(self) -> None:
        """Open ports for nobody any more; those that are open close."""
        self._miniupnpd.kill()
        self._miniupnpd.wait(TIMEOUT_S)
        self._load("delete table inet filter")

    def _load(self, rules: str) -> None:
        self.namespace.run("nft", "-f", "-", given=rules)


def _each(match: str, verdicts: str) -> str:
    return "\n    ".join(f"{match} {verdict.strip()}" for verdict in verdicts.split(";") if verdict.strip())
