"""Attempts to reach peers by ICE: carries out what :class:`~net.ice_exchange.IceExchange` decides for each.

An attempt ends in a link of its driver, or in nothing; ``on_failed`` is told of the latter.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from crypto.errors import RemoteError
from crypto.primitives import Random
from net.endpoint import Endpoint
from net.events import PathClass
from net.ice_exchange import Connect, Drop, Gather, IceExchange, IceStep, Tell
from net.ice_log import IceLog, IceOutcome, IceRecord
from net.ice_offer import IceOffer
from net.ice_rules import IceRules
from net.ice_servers import IceServers
from net.interfaces import IPAddress
from net.limits import ICE_OFFER_BURST, ICE_OFFERS_PER_SECOND, MAX_ICE_ATTEMPTS
from net.link.driver import LinkDriver, LinkOwner
from net.link.machine import Doorkeeper, LinkMachine, Rivalry
from net.peer import LinkKind, Peer, PeerId
from net.supervisor import Supervisor
from net.token_bucket import TokenBucket

if TYPE_CHECKING:
    from net.transport.ice import IceAttempt, IcePath
    from net.transport.quic import QuicStream

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IceCallbacks:
    """What attempts need of whoever owns them."""

    tell: Callable[[PeerId, bytes], None]
    """Bring an offer to the peer."""
    may_send_to: Callable[[PeerId, Endpoint], bool]
    """Whether the peer may make us send there; asked once for each address of an attempt."""
    may_tell: Callable[[Endpoint], bool]
    """Whether a server may make us tell the peer that we are there."""
    expecting: Callable[[PeerId, bytes], Doorkeeper]
    """Who answers the peer's first flight over a transport with this binding."""
    relay_delay_s: Callable[[], float]
    """How long direct pairs have before relayed ones join in."""


class _Call:
    """What is under way with one peer."""

    def __init__(self, peer: Peer, now: float) -> None:
        self.peer = peer
        self.controls = controls_ice(peer)
        self.exchange = IceExchange(controls=self.controls)
        self.rations = TokenBucket(per_second=ICE_OFFERS_PER_SECOND, burst=ICE_OFFER_BURST, now=now)
        self.uses_relays = True
        self.attempt: IceAttempt | None = None
        self.task: asyncio.Task[None] | None = None
        self.stream: QuicStream | None = None
        self.driver: LinkDriver | None = None
        self.timer: asyncio.TimerHandle | None = None

    def drop(self) -> None:
        """Forget the attempt, and what it holds."""
        if self.timer is not None:
            self.timer.cancel()
        if self.task is not None:
            self.task.cancel()
        if self.stream is not None:
            self.stream.abort()
        elif self.attempt is not None:
            self.attempt.close()
        self.attempt = self.task = self.stream = self.driver = self.timer = None


class IceAttempts:
    """All of them."""

    def __init__(
        self, owner: LinkOwner, callbacks: IceCallbacks, *, on_failed: Callable[[PeerId], None], random: Random
    ) -> None:
        self._owner = owner
        self._on_failed = on_failed
        self._callbacks = callbacks
        self._random = random
        self._loop = asyncio.get_running_loop()
        self._working, self._closing = Supervisor(self._loop), Supervisor(self._loop)
        self._calls: dict[PeerId, _Call] = {}
        self._hosts: tuple[IPAddress, ...] = ()
        self._servers = IceServers()
        self._log = IceLog()

    def set_place(self, hosts: Sequence[IPAddress]) -> None:
        """These are our own addresses; what left from others leads nowhere."""
        if self._hosts != tuple(hosts):
            self._hosts = tuple(hosts)
            self.stop_all()

    def set_servers(self, servers: IceServers) -> None:
        """Ask these from now on."""
        self._servers = servers

    def start(self, peer: Peer, *, relays: bool = True) -> None:
        """Try to reach the peer, unless that goes on already."""
        if peer.keys and self._has_room(peer.peer_id):
            call = self._call(peer)
            call.uses_relays = relays or not call.exchange.is_idle
            self._do(call, call.exchange.start())

    def received(self, peer: Peer, content: bytes) -> None:
        """The peer has told us an offer, or something that is none."""
        try:
            theirs = IceOffer.decode(content)
        except RemoteError as error:
            log.info("no offer: %s", type(error))
            return
        call = self._call(peer) if peer.keys and self._has_room(peer.peer_id) else None
        if call is not None and call.rations.take(self._loop.time()):
            call.uses_relays = True
            self._do(call, call.exchange.received(theirs))

    def linked(self, driver: LinkDriver) -> None:
        """A driver has a link: the attempt that it was, if it was one, is over."""
        call = self._call_of(driver)
        if call is not None:
            self._note(call, IceOutcome.LINKED)
            call.exchange.linked()
            call.attempt = call.stream = call.driver = None  # the link's own from now on

    def ended(self, driver: LinkDriver) -> None:
        """A driver has no connection any more: the attempt that it was, if it was one, has failed."""
        call = self._call_of(driver)
        if call is not None:
            self._note(call, IceOutcome.BROKEN)
            self._fail(call)

    def stop_all(self) -> None:
        """Give up everything that is under way; links that came of it stay."""
        for peer_id in list(self._calls):
            self._drop(peer_id)

    def stop(self, peer_id: PeerId) -> None:
        """Give up what is under way with a peer: it is reached in a better way."""
        self._drop(peer_id)

    def forget(self, peer_id: PeerId) -> None:
        """The peer is no longer known."""
        self._drop(peer_id)
        self._calls.pop(peer_id, None)
        self._log.forget(peer_id)

    def report(self, peer_id: PeerId) -> IceRecord | None:
        """What came of the last attempt with a peer."""
        return self._log.of(peer_id)

    async def close(self) -> None:
        """Give up everything, and give the ports back; links close by themselves before."""
        for peer_id in list(self._calls):
            self.forget(peer_id)
        await self._working.close()
        await self._closing.finished()

    # --- Steps

    def _do(self, call: _Call, steps: Sequence[IceStep]) -> None:
        for step in steps:
            match step:
                case Gather():
                    self._begin(call)
                case Tell(offer=offer):
                    self._callbacks.tell(call.peer.peer_id, offer.encode())
                case Connect(theirs=theirs):
                    assert call.attempt is not None, "both offers are known"
                    connect = partial(self._connect, call, call.attempt, theirs)
                    call.task = self._working.start("ICE checks", self._attempted(call, connect))
                case Drop():
                    call.drop()
        self._arm(call)

    def _begin(self, call: _Call) -> None:
        peer_id = call.peer.peer_id
        asked: dict[Endpoint, bool] = {}

        def may_send_to(endpoint: Endpoint) -> bool:
            if endpoint not in asked:
                asked[endpoint] = self._callbacks.may_send_to(peer_id, endpoint)
            return asked[endpoint]

        relays = self._servers.relays and call.uses_relays
        rules = IceRules(may_send_to, self._callbacks.may_tell, relays=relays)
        call.task = self._working.start("ICE candidates", self._attempted(call, partial(self._gather, call, rules)))

    async def _attempted(self, call: _Call, part: Callable[[], Awaitable[None]]) -> None:
        """Whatever libraries make of what peers and servers say, it ends this attempt alone."""
        try:
            await part()
        except Exception:
            call.task = None
            self._note(call, IceOutcome.BROKEN)
            self._fail(call)
            raise

    async def _gather(self, call: _Call, rules: IceRules) -> None:
        attempt_type = await asyncio.to_thread(_load)
        attempt = attempt_type(controls=call.controls, rules=rules, closing=self._closing, random=self._random)
        call.attempt = attempt
        servers = self._servers if call.uses_relays else IceServers(stun=self._servers.stun)
        ours = await attempt.gather(self._hosts, servers)
        call.task = None
        self._do(call, call.exchange.gathered(ours, self._loop.time()))

    async def _connect(self, call: _Call, attempt: "IceAttempt", theirs: IceOffer) -> None:
        try:
            path = await attempt.find_path(theirs, self._callbacks.relay_delay_s())
        except (ConnectionError, TimeoutError) as error:
            log.info("no way by ICE: %s", type(error))
            call.task = None
            self._note(call, IceOutcome.NO_PAIR)
            self._fail(call)
            return
        call.task = None
        binding = attempt.binding(theirs)
        call.driver = LinkDriver(self._owner, self._greeting(call, binding), self._loop)
        call.driver.ice_path = PathClass.RELAYED if path.is_relayed else PathClass.PUNCHED
        call.stream = self._open(attempt, path, theirs, call.driver)

    def _open(self, attempt: "IceAttempt", path: "IcePath", theirs: IceOffer, driver: LinkDriver) -> "QuicStream":
        log.info("a way by ICE: %s", driver.ice_path)
        return attempt.open_stream(path, theirs, driver)

    def _greeting(self, call: _Call, binding: bytes) -> Callable[[LinkDriver, Endpoint, float], LinkMachine]:
        """The QUIC client dials, for it speaks first.  The other side does so as well if it asks for a reset, since it
        may know no other key: first flights that cross are sorted out as over TCP.
        """
        peer, controls = call.peer, call.controls
        doorkeeper = self._callbacks.expecting(peer.peer_id, binding)

        def dial(_driver: LinkDriver, remote: Endpoint, now: float) -> LinkMachine:
            rivalry = Rivalry(doorkeeper, controls=controls)
            return LinkMachine.dial(
                peer.keys[0],
                peer.peer_id,
                remote=remote,
                now=now,
                random=self._random,
                rivalry=rivalry,
                binding=binding,
            )

        def listen(_driver: LinkDriver, remote: Endpoint, now: float) -> LinkMachine:
            return LinkMachine.listen(doorkeeper, remote=remote, now=now, random=self._random)

        return dial if controls or peer.keys[0].kind is LinkKind.RESET else listen

    def _fail(self, call: _Call) -> None:
        call.drop()
        steps = call.exchange.failed()
        if not steps:
            self._on_failed(call.peer.peer_id)
        self._do(call, steps)

    def _note(self, call: _Call, outcome: IceOutcome) -> None:
        self._log.note(call.peer.peer_id, outcome, time.time())

    # --- Calls

    def _call(self, peer: Peer) -> _Call:
        """The call with a peer, anew if it is declared otherwise by now."""
        call = self._calls.get(peer.peer_id)
        if call is None or (call.exchange.is_idle and call.controls != controls_ice(peer)):
            call = self._calls[peer.peer_id] = _Call(peer, self._loop.time())
        if call.exchange.is_idle:
            call.peer = peer
        return call

    def _call_of(self, driver: LinkDriver) -> _Call | None:
        return next((call for call in self._calls.values() if call.driver is driver), None)

    def _has_room(self, peer_id: PeerId) -> bool:
        busy = [call for call in self._calls.values() if not call.exchange.is_idle and call.peer.peer_id != peer_id]
        return len(busy) < MAX_ICE_ATTEMPTS

    def _drop(self, peer_id: PeerId) -> None:
        call = self._calls.get(peer_id)
        if call is not None:
            call.drop()
            call.exchange.linked()

    def _arm(self, call: _Call) -> None:
        if call.timer is not None:
            call.timer.cancel()
            call.timer = None
        if (wake_at := call.exchange.wake_at()) is not None:
            call.timer = self._loop.call_at(wake_at, self._ring, call)

    def _ring(self, call: _Call) -> None:
        call.timer = None
        steps = call.exchange.handle_timer(self._loop.time())
        if steps:
            self._note(call, IceOutcome.UNANSWERED)
        self._do(call, steps)
        if steps and call.exchange.is_idle:
            self._on_failed(call.peer.peer_id)


def controls_ice(peer: Peer) -> bool:
    """Whether this side controls: of an invite the joiner does, who wants its poster."""
    return peer.wanted if peer.keys[0].kind is LinkKind.INVITE else peer.controls


def _load() -> "type[IceAttempt]":
    """Not at the start of the process: aioice, aioquic and what they need are 300 modules."""
    from net.transport.ice import IceAttempt  # noqa: PLC0415 - see above

    return IceAttempt
