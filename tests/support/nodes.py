"""Nodes on loopback for tests: one event list each, waited for by what it comes to hold."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from crypto.secret import Secret
from net.endpoint import Endpoint
from net.events import NetEvent, PeerOnline
from net.node import Node
from net.peer import LinkKey, LinkKind, Peer, PeerId

LOOPBACK = Endpoint.parse("127.0.0.1:0")
ALICE, BOB = PeerId(b"alice"), PeerId(b"bob")
KEY = LinkKey(LinkKind.CONTACT, Secret(b"k" * 32))

E = TypeVar("E", bound=NetEvent)


class Station:
    """A node with a memory of its events."""

    def __init__(self) -> None:
        self.events: list[NetEvent] = []
        self._news = asyncio.Event()
        self.node = Node(on_event=self._record)
        self.endpoint = LOOPBACK

    async def listen(self) -> None:
        (self.endpoint,) = await self.node.listen([LOOPBACK])

    def of(self, kind: type[E]) -> list[E]:
        """The events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    async def next(self, kind: type[E], count: int = 1) -> E:
        """The ``count``-th event of a kind, once it happens."""
        await self.until(lambda: len(self.of(kind)) >= count)
        return self.of(kind)[count - 1]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until an event has made ``condition`` true."""
        while not condition():
            self._news.clear()
            await self._news.wait()

    def know(
        self,
        peer_id: PeerId,
        *others: "Station",
        controls: bool = False,
        keys: tuple[LinkKey, ...] = (KEY,),
    ) -> None:
        """Declare a peer, to be dialled at the others' endpoints if there are any."""
        endpoints = tuple(other.endpoint for other in others)
        peer = Peer(peer_id=peer_id, keys=keys, controls=controls, wanted=bool(others), endpoints=endpoints)
        self.node.set_peer(peer)

    def _record(self, event: NetEvent) -> None:
        self.events.append(event)
        self._news.set()


@asynccontextmanager
async def stations(count: int = 2) -> AsyncIterator[tuple[Station, ...]]:
    """Listening nodes, closed at the end."""
    made = tuple(Station() for _ in range(count))
    for station in made:
        await station.listen()
    try:
        yield made
    finally:
        for station in made:
            await station.node.close()


async def befriend(alice: Station, bob: Station) -> None:
    """Alice dials Bob; both are online."""
    bob.know(ALICE)
    alice.know(BOB, bob, controls=True)
    await alice.next(PeerOnline)
    await bob.next(PeerOnline)


class Junction:
    """Where two who connect are connected to each other, as through two NATs: neither has listened."""

    def __init__(self) -> None:
        self.endpoint = LOOPBACK
        self._server: asyncio.Server
        self._waiting: _Half | None = None
        self._open: set[_Half] = set()
        self._all_gone = asyncio.Event()

    async def open(self) -> None:
        self._server = await asyncio.get_running_loop().create_server(lambda: _Half(self), "127.0.0.1", 0)
        self.endpoint = Endpoint.of(*self._server.sockets[0].getsockname())

    async def close(self) -> None:
        """Once both have left."""
        self._server.close()
        while self._open:
            self._all_gone.clear()
            await self._all_gone.wait()

    def join(self, half: "_Half") -> None:
        self._open.add(half)
        if self._waiting is None:
            self._waiting = half
            return
        other, self._waiting = self._waiting, None
        half.other, other.other = other, half
        half.write(other.early)

    def leave(self, half: "_Half") -> None:
        self._open.discard(half)
        self._all_gone.set()


class _Half(asyncio.Protocol):
    """One of the two connections."""

    def __init__(self, junction: Junction) -> None:
        self._junction = junction
        self._transport: asyncio.Transport
        self.other: _Half | None = None
        self.early = b""

    def write(self, data: bytes) -> None:
        self._transport.write(data)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._junction.join(self)

    def data_received(self, data: bytes) -> None:
        if self.other is None:
            self.early += data
        else:
            self.other.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.other is not None:
            self.other._transport.close()
        self._junction.leave(self)
