"""Two sides that call each other by ICE on loopback, and whose offers travel through memory."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address

from crypto.secret import Secret
from net.endpoint import Endpoint
from net.events import CloseReason
from net.ice_attempts import IceCallbacks
from net.ice_calls import IceCalls
from net.ice_servers import IceServers
from net.keyring import Keyring
from net.link.driver import LinkDriver
from net.link.frames import Frame, FrameType
from net.peer import LinkKey, LinkKind, Peer, PeerId
from net.reception import Reception

ALICE, BOB = PeerId(b"alice"), PeerId(b"bob")
KEY = LinkKey(LinkKind.CONTACT, Secret(b"k" * 32))
LOOPBACK = (ip_address("127.0.0.1"),)
NO_SERVERS = IceServers()


class Side:
    """One side, which knows the other."""

    def __init__(self, *, me: PeerId, peer: Peer) -> None:
        self.me = me
        self.peer = peer
        self.other: Side
        self.is_deaf = False
        """Offers to this side get lost."""
        self.offers: list[bytes] = []
        self.links: list[LinkDriver] = []
        self.frames: list[Frame] = []
        self.ended: list[CloseReason] = []
        self.failures = 0
        self.asked: list[Endpoint] = []
        self._news = asyncio.Event()
        self._connections: set[LinkDriver] = set()
        keyring = Keyring()
        keyring.set_peer(peer)
        self._reception = Reception(keyring, os.urandom, time.monotonic())
        callbacks = IceCallbacks(
            tell=self._tell,
            may_send_to=self._may_send_to,
            may_tell=lambda _: True,
            expecting=self._reception.expecting,
            relay_delay_s=lambda: 0.0,
        )
        self.calls = IceCalls(self, callbacks, find={peer.peer_id: peer}.get, random=os.urandom)
        fail = self.calls._schedule.failed

        def failed(peer_id: PeerId, now: float) -> None:
            fail(peer_id, now)
            self._failed(peer_id)

        self.calls._schedule.failed = failed  # type: ignore[method-assign]
        self.calls.move(LOOPBACK)
        self.calls.use(NO_SERVERS)

    def expect(self) -> None:
        """Begin at once."""
        self.calls.expect(self.peer.peer_id, asyncio.get_running_loop().time() + 60.0, hurry=True)

    async def until(self, count: int = 1) -> LinkDriver:
        """The newest of as many links, once there are as many."""
        while len(self.links) < count:
            await self.news()
        return self.links[-1]

    async def news(self) -> None:
        self._news.clear()
        await self._news.wait()

    async def close(self) -> None:
        for driver in list(self._connections):
            driver.close(CloseReason.LOCAL)
        while self._connections:
            await self.news()
        await self.calls.close()

    # --- What the calls ask for

    def _tell(self, peer_id: PeerId, content: bytes) -> None:
        assert peer_id == self.peer.peer_id
        self.offers.append(content)
        if not self.other.is_deaf:
            asyncio.get_running_loop().call_soon(self.other.calls.received, self.me, content)

    def _may_send_to(self, peer_id: PeerId, endpoint: Endpoint) -> bool:
        assert peer_id == self.peer.peer_id
        self.asked.append(endpoint)
        return True

    def _failed(self, peer_id: PeerId) -> None:
        assert peer_id == self.peer.peer_id
        self.failures += 1
        self._news.set()

    # --- LinkOwner

    def connection_made(self, driver: LinkDriver) -> None:
        self._connections.add(driver)

    def link_opened(self, driver: LinkDriver, handshake_hash: bytes) -> None:
        assert len(handshake_hash) == 32
        self.calls.driver_linked(driver)
        self.links.append(driver)
        self._news.set()

    def frame_received(self, driver: LinkDriver, frame: Frame) -> None:
        if frame.type is FrameType.ENVELOPE:
            self.frames.append(frame)
            self._news.set()

    def link_suspected(self, driver: LinkDriver) -> None: ...
    def link_writable(self, driver: LinkDriver) -> None: ...

    def link_ended(self, driver: LinkDriver, reason: CloseReason) -> None:
        self.calls.driver_ended(driver)
        self.ended.append(reason)
        self._news.set()

    def connection_gone(self, driver: LinkDriver) -> None:
        self._connections.discard(driver)
        self._news.set()


@asynccontextmanager
async def two_sides(
    *,
    kind: LinkKind = LinkKind.CONTACT,
    keys: tuple[tuple[LinkKey, ...], tuple[LinkKey, ...]] | None = None,
) -> AsyncIterator[tuple[Side, Side]]:
    """Alice, who controls (or has joined Bob's invite), and Bob."""
    ours, theirs = keys or ((LinkKey(kind, KEY.secret),), (LinkKey(kind, KEY.secret),))
    wants = kind is not LinkKind.INVITE
    alice = Side(me=ALICE, peer=Peer(peer_id=BOB, keys=ours, controls=True, wanted=True))
    bob = Side(me=BOB, peer=Peer(peer_id=ALICE, keys=theirs, controls=False, wanted=wants))
    alice.other, bob.other = bob, alice
    try:
        yield alice, bob
    finally:
        await asyncio.gather(alice.close(), bob.close())
