"""The mDNS of one computer, shared by all nodes in this process: one pair of ears and many mouths.

What costs every Kith sockets and a parser of its own, zeroconf, is there once; what it hears, each node hears, and what
each node announces goes out as it would.  It stands in for :class:`net.discovery.mdns.Mdns`.
"""

import asyncio

from zeroconf import DNSText, IPVersion, RecordUpdate, RecordUpdateListener, Zeroconf  # type: ignore[attr-defined]
from zeroconf.asyncio import AsyncZeroconf

from crypto.primitives import Random
from net.discovery.presence import Listener, Presence
from net.discovery.voice import SERVICE_TYPE, Voice


class Air(RecordUpdateListener):
    """Everything that is said and heard on one computer."""

    def __init__(self) -> None:
        super().__init__()
        self._zeroconf: AsyncZeroconf | None = None
        self.participants: list[Participant] = []
        self.heard: dict[str, bytes] = {}

    async def open(self, *speakers: str) -> None:
        """Begin to listen and to speak from these addresses."""
        self._zeroconf = AsyncZeroconf(interfaces=[], ip_version=IPVersion.All)
        self._zeroconf.zeroconf.async_add_listener(self, None)
        await self._zeroconf.async_update_interfaces(list(speakers))

    async def close(self) -> None:
        assert self._zeroconf is not None
        await self._zeroconf.async_close()

    def participant(self, listener: Listener, random: Random) -> "Participant":
        """What a node takes for its own mDNS."""
        assert self._zeroconf is not None
        return Participant(self, listener, Voice(self._zeroconf.zeroconf, random))

    def async_update_records(self, zc: Zeroconf, now: float, records: list[RecordUpdate]) -> None:
        for update in records:
            record = update.new
            if not isinstance(record, DNSText) or not record.name.endswith(SERVICE_TYPE):
                continue
            if record.is_expired(now):
                self.heard.pop(record.name, None)
                for each in self.participants:
                    each.listener.gone(record.name)
            elif update.old is None:
                self.heard[record.name] = record.text
                for each in self.participants:
                    each.hear(record.name, record.text)


class Participant:
    """One node's share of the air."""

    is_running = True

    def __init__(self, air: Air, listener: Listener, voice: Voice) -> None:
        self.listener = listener
        self._air = air
        self._voice = voice
        self._wanted: Presence | None = None
        air.participants.append(self)
        for name, text in air.heard.items():
            self.hear(name, text)

    def want(self, presence: Presence) -> None:
        self._voice.announce(presence.service)

    def hear(self, name: str, text: bytes) -> None:
        if not self._voice.is_own(name):
            asyncio.get_running_loop().call_soon(self.listener.heard, name, text)

    async def close(self) -> None:
        self._air.participants.remove(self)
        await self._voice.close()
