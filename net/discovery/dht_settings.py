"""How to take part in the DHT."""

from dataclasses import dataclass

from net.endpoint import Endpoint
from net.server import ServerAddress

PUBLIC_BOOTSTRAP = (
    ServerAddress("dht.libtorrent.org", 25401),
    ServerAddress("dht.transmissionbt.com", 6881),
    ServerAddress("router.bittorrent.com", 6881),
)
"""Long-lived nodes of the Mainline DHT, run by those who make its clients; asked only while no other node is known."""


@dataclass(frozen=True, slots=True)
class DhtSettings:
    """Without ``listen`` it speaks from where this process listens for links, on a UDP port of its own."""

    listen: tuple[Endpoint, ...] = ()
    """Addresses to speak UDP from; port 0 picks one."""
    bootstrap: tuple[ServerAddress, ...] = PUBLIC_BOOTSTRAP
    nodes: tuple[Endpoint, ...] = ()
    """Nodes known from before: with these no bootstrap node is needed."""
