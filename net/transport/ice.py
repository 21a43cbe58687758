"""A way to the peer by UDP, direct or relayed: from the candidates of both sides to a channel for datagrams.

IceAttempt.gather()  ─►  our offer  ─►  find_path(their offer), 15 s at most, 45 s for who answers  ─►  IcePath
"""

import asyncio
from collections.abc import Callable, Sequence

from crypto.primitives import Random
from net.ice_offer import NO_PIN, IceOffer
from net.ice_rules import IceRules
from net.ice_servers import IceServers
from net.interfaces import IPAddress
from net.limits import ICE_ANSWER_TIMEOUT_S, ICE_TIMEOUT_S
from net.supervisor import Supervisor
from net.transport.certificate import Certificate
from net.transport.ice_agent import IceAgent, SelectedPair
from net.transport.quic import QuicStream
from net.transport.stream import StreamOwner


class IcePath:
    """The pair that was found: a channel for datagrams."""

    def __init__(self, agent: IceAgent, pair: SelectedPair, on_close: Callable[[], None]) -> None:
        self._agent = agent
        self._on_close = on_close
        self.remote = pair.remote
        self.local = pair.local
        self.is_relayed = pair.is_relayed

    def send(self, datagram: bytes) -> None:
        self._agent.send_datagram(datagram)

    def close(self) -> None:
        self._on_close()


class IceAttempt:
    """One attempt, and the ports that it holds; whoever makes one closes it."""

    def __init__(self, *, controls: bool, rules: IceRules, closing: Supervisor, random: Random) -> None:
        self._certificate = None if controls else Certificate.generate()
        self._closing = closing
        pin = NO_PIN if self._certificate is None else self._certificate.hash
        self.offer = IceOffer.new(pin=pin, random=random)
        """Ours; it names our candidates once they are gathered."""
        self._agent = IceAgent(
            controls=controls,
            username=self.offer.username,
            password=self.offer.ice_password,
            rules=rules,
        )
        self._is_closed = False

    async def gather(self, hosts: Sequence[IPAddress], servers: IceServers) -> IceOffer:
        """Find out where we may be reached."""
        self.offer = self.offer.naming(await self._agent.gather(hosts, servers))
        return self.offer

    async def find_path(self, theirs: IceOffer, relay_delay_s: float) -> IcePath:
        """Find two addresses that reach each other; who answered an offer waits until the answer may have arrived.

        Raises:
            ConnectionError, TimeoutError: there are none.
        """
        is_answered = theirs.answers == self.offer.name
        async with asyncio.timeout(ICE_TIMEOUT_S if is_answered else ICE_ANSWER_TIMEOUT_S):
            pair = await self._agent.find_pair(theirs, relay_delay_s)
        return IcePath(self._agent, pair, self.close)

    def open_stream(self, path: IcePath, theirs: IceOffer, owner: StreamOwner) -> QuicStream:
        """Begin a stream on the path; both sides call this."""
        if self._certificate is None:
            stream = QuicStream(owner, path, pinned_hash=theirs.pin)
        else:
            stream = QuicStream(owner, path, certificate=self._certificate)
        self._agent.deliver_to(stream)
        return stream

    def binding(self, theirs: IceOffer) -> bytes:
        """The hash of the server's certificate, which the link's handshake is bound to."""
        return theirs.pin if self._certificate is None else self.offer.pin

    def close(self) -> None:
        """Give everything back."""
        if not self._is_closed:
            self._is_closed = True
            _ = self._closing.start("close ICE", self._agent.close())
