"""Asks STUN servers and nodes of the DHT from where they see us come, for as long as that is not known.

    somewhere new ─▶ nodes of the DHT ─▶ from the second time on STUN servers, if that has not told enough ─┐
                          ▲──────── pause: 1 s, 2 s, … and half an hour once all is known ◀───────────────┘

What it hears goes to :class:`~net.own_addresses.OwnAddresses`, which judges it; :mod:`net.asking` does the talking.
"""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from crypto.primitives import Random
from net import asking, stun
from net.endpoint import Endpoint
from net.limits import (
    DOUBT_BURST,
    FIRST_SURVEY_PAUSE_S,
    MAX_SURVEY_PAUSE_S,
    MAX_SURVEYED_NODES,
    MIN_DHT_VOTES,
    MIN_DOUBT_PAUSE_S,
)
from net.observation import Observation, Observer, ObserverKind, Transport
from net.own_addresses import AskedRound, OwnAddresses
from net.server import ServerAddress
from net.supervisor import Supervisor
from net.survey import Dialect, Target
from net.token_bucket import TokenBucket

log = logging.getLogger(__name__)

_STUN = Dialect(stun.TRANSACTION_BYTES, stun.question, stun.answer)


class Surveyor:
    """``nodes`` gives the DHT's nodes that are known, ``shared_port`` the port of ours that dials of an IP version may
    leave from; ``on_change`` is called on the event loop when there is news in ``own``.
    """

    def __init__(
        self,
        own: OwnAddresses,
        *,
        nodes: Callable[[], tuple[Endpoint, ...]],
        shared_port: Callable[[int], Endpoint | None],
        on_change: Callable[[], None],
        random: Random,
    ) -> None:
        self._own = own
        self._nodes = nodes
        self._shared_port = shared_port
        self._on_change = on_change
        self._random = random
        self._loop = asyncio.get_running_loop()
        self._supervisor = Supervisor(self._loop)
        self._servers: tuple[ServerAddress, ...] = ()
        self._speak_from: tuple[Endpoint, ...] = ()
        self._task: asyncio.Task[None] | None = None
        self._doubts = TokenBucket(per_second=1 / MIN_DOUBT_PAUSE_S, burst=DOUBT_BURST, now=self._loop.time())

    def use(self, servers: Sequence[ServerAddress]) -> None:
        """Ask these STUN servers from now on, none if there are none."""
        if tuple(servers) != self._servers:
            self._servers = tuple(servers)
            self._own.ceased(ObserverKind.STUN)
            self.nudge()

    @property
    def has_servers(self) -> bool:
        """Whether there are STUN servers to ask."""
        return bool(self._servers)

    def place(self, bound: Iterable[Endpoint], *, moved: bool) -> None:
        """We listen there; ``moved``: perhaps in another network.  Who listens on loopback alone has nobody to ask."""
        far_reaching = [replace(each, port=0) for each in bound if not each.address.is_loopback]
        speak_from = tuple({each.address.version: each for each in far_reaching}.values())
        if moved or speak_from != self._speak_from:
            self._speak_from = speak_from
            self.nudge()

    def nudge(self) -> None:
        """There is reason to ask now."""
        self._restart(is_in_doubt=False)

    def doubt(self) -> None:
        """Links break: perhaps our router has another address now, and what was said before is no longer true."""
        if self._doubts.take(self._loop.time()):
            self._restart(is_in_doubt=True)

    async def close(self) -> None:
        self._speak_from = ()
        await self._supervisor.close()

    # --- When

    def _restart(self, *, is_in_doubt: bool) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = None
        if self._speak_from:
            run = self._run(is_in_doubt=is_in_doubt)
            self._task = self._supervisor.start("survey of our addresses", run)

    async def _run(self, *, is_in_doubt: bool) -> None:
        await self._ask_nodes()
        if is_in_doubt and not self._nodes():
            await self._ask_servers()
        pause_s = FIRST_SURVEY_PAUSE_S
        while True:
            await asyncio.sleep(MAX_SURVEY_PAUSE_S if self._is_settled() else pause_s)
            pause_s = min(pause_s * 2, MAX_SURVEY_PAUSE_S)
            await self._ask_nodes()
            if not self._nodes() or not self._is_settled():
                await asyncio.gather(self._ask_servers(), self._ask_servers_over_tcp())

    def _is_settled(self) -> bool:
        return self._own.is_settled(self._loop.time())

    # --- Whom

    async def _ask_nodes(self) -> None:
        """Nodes drawn by chance, of each network one."""
        nodes = sorted((node for node in self._nodes() if node.address.is_global), key=lambda _: self._random(8))
        if not nodes:
            return
        from net import dht_ping  # noqa: PLC0415 - only who takes part in the DHT pays for the import

        ping = Dialect(dht_ping.TRANSACTION_BYTES, dht_ping.question, dht_ping.answer)
        observers = {node: Observer(node.address.packed, node.address, ObserverKind.DHT) for node in nodes}
        by_network = {observer.provider: Target(observer, node, ping) for node, observer in observers.items()}
        await self._ask(ObserverKind.DHT, tuple(by_network.values()))

    async def _ask_servers(self) -> None:
        found = await self._found(socket.SOCK_DGRAM)
        await self._ask(ObserverKind.STUN, [Target(observer, endpoint, _STUN) for endpoint, observer in found])

    async def _ask_servers_over_tcp(self) -> None:
        found = await self._found(socket.SOCK_STREAM)
        questions = (
            asking.ask_over_tcp(observer, endpoint, self._shared_port(endpoint.address.version), self._random)
            for endpoint, observer in found
        )
        answers = [answer for answer in await asyncio.gather(*questions) if answer is not None]
        self._tell(ObserverKind.STUN, Transport.TCP, AskedRound(len(found), tuple(answers), is_over=True))

    async def _found(self, kind: socket.SocketKind) -> list[tuple[Endpoint, Observer]]:
        """Where the servers are: of each at most one address in each family that we speak."""
        versions = {each.address.version for each in self._speak_from}
        found: list[tuple[Endpoint, Observer]] = []
        for server in self._servers:
            first: dict[int, Endpoint] = {}
            for endpoint in await asking.resolve(server, kind):
                first.setdefault(endpoint.address.version, endpoint)
            found += [
                (endpoint, Observer(server.host.encode(), endpoint.address, ObserverKind.STUN))
                for version, endpoint in first.items()
                if version in versions
            ]
        return found

    # --- What they say

    async def _ask(self, kind: ObserverKind, targets: Sequence[Target]) -> None:
        """One round over UDP; where nothing is known yet, or enough have answered, each counts as it comes."""
        chosen = {
            speak_from: [target for target in targets if target.endpoint.address.version == speak_from.address.version]
            for speak_from in self._speak_from
        }
        chosen = {speak_from: some[:MAX_SURVEYED_NODES] for speak_from, some in chosen.items() if some}
        asked = sum(map(len, chosen.values()))
        heard: list[Observation] = []
        knows_nothing = not self._own.has_asked(kind, Transport.UDP)

        def hear(observation: Observation) -> None:
            heard.append(observation)
            if knows_nothing or len(heard) >= MIN_DHT_VOTES:
                self._tell(kind, Transport.UDP, AskedRound(asked, tuple(heard)))

        await asyncio.gather(
            *(asking.ask_over_udp(speak_from, some, self._random, hear) for speak_from, some in chosen.items())
        )
        log.info("%s: %d of %d say where we come from", kind, len(heard), asked)
        self._tell(kind, Transport.UDP, AskedRound(asked, tuple(heard), is_over=True))

    def _tell(self, kind: ObserverKind, transport: Transport, found: AskedRound) -> None:
        self._own.asked(kind, transport, found)
        self._on_change()
