"""ICE with all peers: when (:mod:`net.ice_schedule`), and what then (:mod:`net.ice_attempts`).

                expect(), linked(), unlinked()
Node ──────────────────────────────────────────► IceSchedule ── Try ──► IceAttempts ── link ──► Node
     offers of peers ────────────────────────────────────────────────►
"""

import asyncio
from collections.abc import Callable, Sequence

from crypto.primitives import Random
from net.events import PathClass
from net.ice_attempts import IceAttempts, IceCallbacks
from net.ice_log import IceRecord
from net.ice_schedule import IceSchedule
from net.ice_servers import IceServers
from net.interfaces import IPAddress
from net.limits import ICE_DELAY_S
from net.link.driver import LinkDriver, LinkOwner
from net.peer import LinkKind, Peer, PeerId


class IceCalls:
    """Switched off until :meth:`use` names servers, be it none."""

    def __init__(
        self, owner: LinkOwner, callbacks: IceCallbacks, *, find: Callable[[PeerId], Peer | None], random: Random
    ) -> None:
        self._find = find
        self._loop = asyncio.get_running_loop()
        self._schedule = IceSchedule(random)
        self._attempts = IceAttempts(owner, callbacks, on_failed=self._failed, random=random)
        self._timer: asyncio.TimerHandle | None = None
        self._servers: IceServers | None = None

    def use(self, servers: IceServers | None) -> None:
        """Ask these servers from now on; None: try nothing, and answer nobody."""
        self._servers = servers
        self._attempts.set_servers(servers or IceServers())
        if servers is None:
            self._attempts.stop_all()
        self._arm()

    @property
    def servers(self) -> IceServers | None:
        """Who is asked."""
        return self._servers

    def move(self, hosts: Sequence[IPAddress]) -> None:
        """These are this computer's addresses now."""
        self._attempts.set_place(hosts)
        self._schedule.moved(self._loop.time())
        self._arm()

    # --- Peers

    def expect(self, peer_id: PeerId, until: float, *, hurry: bool) -> None:
        """The peer is there, most likely until then; ``hurry``: TCP will come to nothing."""
        self._schedule.expect(peer_id, self._loop.time(), until, head_start_s=0.0 if hurry else ICE_DELAY_S)
        self._arm()

    def linked(self, peer_id: PeerId, path: PathClass) -> None:
        """The peer is reached like this."""
        self._schedule.linked(peer_id, path, self._loop.time())
        if path is not PathClass.RELAYED:
            self._attempts.stop(peer_id)
        self._arm()

    def unlinked(self, peer_id: PeerId) -> None:
        """The peer's last link is gone."""
        self._schedule.unlinked(peer_id, self._loop.time())
        self._arm()

    def received(self, peer_id: PeerId, content: bytes) -> None:
        """The peer has sent an offer."""
        if self._servers is not None and (peer := self._find(peer_id)) is not None:
            self._attempts.received(peer, content)

    def report(self, peer_id: PeerId) -> IceRecord | None:
        """What came of the last attempt with a peer."""
        return self._attempts.report(peer_id)

    def forget(self, peer_id: PeerId) -> None:
        self._schedule.forget(peer_id)
        self._attempts.forget(peer_id)

    # --- Drivers, of ICE or not

    def driver_linked(self, driver: LinkDriver) -> None:
        self._attempts.linked(driver)
        peer = self._find(driver.party.peer)
        if peer is not None and driver.party.kind is LinkKind.INVITE and not peer.wanted:
            self._schedule.met(peer.peer_id)

    def driver_ended(self, driver: LinkDriver) -> None:
        self._attempts.ended(driver)

    async def close(self) -> None:
        """Try nothing any more, and give all ports back."""
        self._servers = None
        if self._timer is not None:
            self._timer.cancel()
        await self._attempts.close()

    # --- Time

    def _failed(self, peer_id: PeerId) -> None:
        self._schedule.failed(peer_id, self._loop.time())
        self._arm()

    def _arm(self) -> None:
        wake_at = self._schedule.wake_at()
        if wake_at is None or self._servers is None:
            return
        if self._timer is None or wake_at < self._timer.when():
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(wake_at, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._servers is None:
            return
        for each in self._schedule.handle_timer(self._loop.time()):
            if (peer := self._find(each.peer)) is not None:
                self._attempts.start(peer, relays=each.relays)
        self._arm()
