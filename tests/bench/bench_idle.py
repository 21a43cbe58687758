"""What a node costs while a hundred contacts are online and nobody says anything: links kept alive, the DHT in use.

Two processes on loopback: the node that is measured, and its contacts.
"""

import asyncio
import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection

from crypto.primitives import sha256
from crypto.secret import Secret
from net.discovery.dht_settings import DhtSettings
from net.endpoint import Endpoint
from net.events import NetEvent, PeerOnline
from net.node import Node
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.bench.figure import Figure, figure
from tests.support.private_dht import private_dht
from tests.support.rendezvous import new_rendezvous

CONTACTS = 100
ROUNDS = 3
ROUND_S = 30.0
SETTLING_S = 30.0
"""What follows a start is over then."""

HUB = Endpoint.parse("127.201.1.1:0")
CONTACT = Endpoint.parse("127.202.1.1:0")
HUB_ID = PeerId(b"hub")
GOAL = 0.01


def figures() -> Iterator[Figure]:
    spawn = multiprocessing.get_context("spawn")
    with private_dht() as nodes:
        ours, theirs = multiprocessing.Pipe()
        hub = spawn.Process(target=run_hub, args=(nodes, theirs))
        hub.start()
        contacts = spawn.Process(target=run_contacts, args=(ours.recv(),))
        contacts.start()
        parts = [ours.recv() for _ in range(ROUNDS)]
        contacts.kill()
        hub.join()
    yield figure("idle_processor", parts, "of a core", at_most=GOAL, detail={"contacts": CONTACTS})


def key_of(number: int) -> LinkKey:
    return LinkKey(LinkKind.CONTACT, Secret(sha256(b"contact %d" % number)))


def run_hub(nodes: tuple[Endpoint, ...], report: Connection) -> None:
    asyncio.run(be_hub(nodes, report))


async def be_hub(nodes: tuple[Endpoint, ...], report: Connection) -> None:
    """Wait for all contacts, then tell what part of a core each round took."""
    all_online, online = asyncio.Event(), set[PeerId]()

    def heard(event: NetEvent) -> None:
        if isinstance(event, PeerOnline):
            online.add(event.peer)
            if len(online) == CONTACTS:
                all_online.set()

    node = Node(on_event=heard)
    (bound,) = await node.listen([HUB])
    for number in range(CONTACTS):
        peer_id = PeerId(b"contact %d" % number)
        shared = new_rendezvous().shared
        node.set_peer(Peer(peer_id=peer_id, keys=(key_of(number),), controls=True, wanted=True, rendezvous=shared))
    node.publish({HUB_ID: new_rendezvous()})
    node.seek_on_dht(DhtSettings(bootstrap=(), nodes=nodes))
    node.discover(lan=False)
    report.send(bound)
    await all_online.wait()
    await asyncio.sleep(SETTLING_S)
    for _ in range(ROUNDS):
        before_s = time.process_time()
        await asyncio.sleep(ROUND_S)
        report.send((time.process_time() - before_s) / ROUND_S)
    await node.close()


def run_contacts(hub: Endpoint) -> None:
    asyncio.run(be_contacts(hub))


async def be_contacts(hub: Endpoint) -> None:
    """Each a node of its own, that dials the hub."""
    nodes = [Node(on_event=lambda _: None) for _ in range(CONTACTS)]
    for number, node in enumerate(nodes):
        await node.listen([CONTACT])
        node.set_peer(Peer(peer_id=HUB_ID, keys=(key_of(number),), controls=False, wanted=True, endpoints=(hub,)))
    await asyncio.Event().wait()
