"""One end of a transfer: as many bytes as fit through a link between two nodes, or through raw TCP.

    python -m tests.lab.bulk receive | send BYTES [OPTION=VALUE ...]

Options: ``dht`` and ``stun``, servers to find each other by; without them it is raw TCP, received at ``port``, sent to
``to``; ``chunk``, how many bytes are handed over at a time.  The receiver prints the path, the seconds from the first
byte to the last, and those of processor time.
"""

import asyncio
import hashlib
import json
import os
import sys

from crypto.discovery_key import DiscoveryKey
from crypto.rendezvous import OwnRendezvous, Rendezvous
from crypto.secret import Secret
from net.discovery.dht_settings import DhtSettings
from net.endpoint import Endpoint
from net.events import EnvelopeReceived, LinkUp, NetEvent, PeerOnline, PeerWritable
from net.ice_servers import IceServers
from net.node import Node
from net.peer import LinkKey, LinkKind, Peer, PeerId
from net.server import ServerAddress
from tests.bench.bench_frames import RawReceiver, RawSender, Tally

KEY = LinkKey(LinkKind.CONTACT, Secret(b"k" * 32))
NAMES = PeerId(b"receive"), PeerId(b"send")
CHUNK_BYTES = 64 << 10
WAITING_S = 0.2


def rendezvous(name: PeerId) -> OwnRendezvous:
    """The same in both processes."""
    key = DiscoveryKey.generate(hashlib.shake_256(name).digest)
    return OwnRendezvous(Rendezvous(key.point, key.secret), key.scalar)


class End:
    """One node, its peer, and what has come so far."""

    def __init__(self, own: PeerId, total_bytes: int) -> None:
        self.own, self.peer = own, next(name for name in NAMES if name != own)
        self.node = Node(on_event=self._heard)
        self.writable = asyncio.Event()
        self.tally = Tally(total_bytes)
        self.path = ""

    async def seek(self, dht: list[str], stun: list[str]) -> None:
        """Look for the peer until it is there."""
        servers = tuple(map(ServerAddress.parse, stun))
        await self.node.listen([Endpoint.parse("0.0.0.0:0")])
        self.node.use_stun(servers)
        self.node.use_ice(IceServers(stun=servers))
        self.node.publish({PeerId(b"own"): rendezvous(self.own)})
        self.node.set_peer(
            Peer(
                peer_id=self.peer,
                keys=(KEY,),
                controls=self.own < self.peer,
                wanted=True,
                rendezvous=rendezvous(self.peer).shared,
            )
        )
        self.node.seek_on_dht(DhtSettings(bootstrap=(), nodes=tuple(map(Endpoint.parse, dht))))

    async def send(self, total_bytes: int, chunk_bytes: int) -> None:
        chunk = os.urandom(chunk_bytes)
        await self.writable.wait()
        for _ in range(total_bytes // chunk_bytes):
            while not self.node.send_envelope(self.peer, chunk):
                self.writable.clear()
                await self.writable.wait()

    def _heard(self, event: NetEvent) -> None:
        match event:
            case LinkUp(path=path):
                self.path = path.value
            case PeerOnline() | PeerWritable():
                self.writable.set()
            case EnvelopeReceived(envelope=envelope):
                self.tally.add(len(envelope))
            case _:
                pass


async def through_a_link(own: PeerId, total_bytes: int, chunk_bytes: int, dht: list[str], stun: list[str]) -> None:
    end = End(own, total_bytes)
    await end.seek(dht, stun)
    if own == NAMES[1]:
        await end.send(total_bytes, chunk_bytes)
        await asyncio.to_thread(sys.stdin.readline)
    else:
        await end.tally.complete.wait()
        tell(end.path, *end.tally.result)
    await end.node.close()


async def receive_raw(port: int, total_bytes: int) -> None:
    tally = Tally(total_bytes)
    receiver = RawReceiver(tally)
    server = await asyncio.get_running_loop().create_server(lambda: receiver, "0.0.0.0", port)
    await tally.complete.wait()
    receiver.transport.close()
    server.close()
    tell("raw", *tally.result)


async def send_raw(to: Endpoint, total_bytes: int, chunk_bytes: int) -> None:
    transport, protocol = await connected(to)
    chunk = os.urandom(chunk_bytes)
    for _ in range(total_bytes // chunk_bytes):
        await protocol.writable.wait()
        transport.write(chunk)
    await protocol.ended.wait()
    transport.close()


async def connected(to: Endpoint) -> tuple[asyncio.Transport, RawSender]:
    """A connection, as soon as somebody listens."""
    while True:
        try:
            return await asyncio.get_running_loop().create_connection(RawSender, str(to.address), to.port)
        except ConnectionError:
            await asyncio.sleep(WAITING_S)


def tell(path: str, seconds: float, cpu_s: float) -> None:
    sys.stdout.write(json.dumps({"path": path, "seconds": seconds, "cpu_s": cpu_s}) + "\n")
    sys.stdout.flush()


def main(role: str, total_bytes: int, options: dict[str, str]) -> None:
    chunk_bytes = int(options.get("chunk", CHUNK_BYTES))
    if "dht" in options:
        nodes, stun = options["dht"].split(","), options["stun"].split(",") if "stun" in options else []
        asyncio.run(through_a_link(PeerId(role.encode()), total_bytes, chunk_bytes, nodes, stun))
    elif role == "receive":
        asyncio.run(receive_raw(int(options["port"]), total_bytes))
    else:
        asyncio.run(send_raw(Endpoint.parse(options["to"]), total_bytes, chunk_bytes))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), dict(each.split("=", 1) for each in sys.argv[3:]))
