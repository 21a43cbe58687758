"""Says by mDNS that one service is there: through zeroconf's sockets and responder, with packets counted by ourselves.

zeroconf announces and takes back three times each.  Among two hundred who all do so that is most of what anybody hears,
and wireless networks send multicast at their slowest rate.  A Kith says more with its next announcement anyway, so each
is said twice, a second apart (RFC 6762, section 8.3), and taken back once: when no answer that was queued for it can
follow, which would bring it back to life.
"""

import asyncio
from contextlib import suppress

from zeroconf import Error, Zeroconf
from zeroconf.asyncio import AsyncServiceInfo

from crypto.primitives import Random
from net.discovery.presence import Service
from net.limits import MIN_ANNOUNCEMENT_INTERVAL_S
from net.supervisor import Supervisor

SERVICE_TYPE = "_kith._tcp.local."

NAME_BYTES = 12
"""Random ones, in hexadecimal: the name of every service and host."""

_LAST_ANSWERS_S = 1.5
"""So long zeroconf may still hold an answer back: a second, and what it waits to send several at once."""

_LAST_ANSWERS_AT_END_S = 0.25
"""The same for answers to what nobody had heard for a second; whoever ends does not wait longer."""

_GONE_TTL_S = 0

FAILURES = (Error, OSError, RuntimeError, TimeoutError)
"""Of zeroconf: its own, those of its sockets, and an address that went away between two looks (RuntimeError)."""


class Voice:
    """Announces one service at a time, each under names that nobody has seen.  zeroconf runs meanwhile."""

    def __init__(self, zeroconf: Zeroconf, random: Random) -> None:
        self._zeroconf = zeroconf
        self._random = random
        self._supervisor = Supervisor(asyncio.get_running_loop())
        self._service: Service | None = None
        self._said: AsyncServiceInfo | None = None
        self._leaving: list[AsyncServiceInfo] = []
        """Not answered for any more, and not taken back yet."""

    def is_own(self, name: str) -> bool:
        """Whether a service that is heard is an echo."""
        own = [*self._leaving, *([] if self._said is None else [self._said])]
        return any(info.name == name for info in own)

    def announce(self, service: Service | None) -> None:
        """Announce this and nothing else.

        Raises:
            FAILURES: it cannot be said.
        """
        if service == self._service:
            return
        if (former := self._withdrawn()) is not None:
            _ = self._supervisor.start("mdns goodbye", self._take_back_later(former))
        if service is not None:
            self._said, self._service = self._described(service), service
            # Random names meet no others, so nothing is probed for, which would take 1 s.
            self._zeroconf.registry.async_add(self._said)
            self._say(self._said)
            _ = self._supervisor.start("mdns repetition", self._repeat(self._said))

    async def close(self) -> None:
        """Take back what was announced."""
        await self._supervisor.close()
        self._withdrawn()
        if self._leaving:
            await asyncio.sleep(_LAST_ANSWERS_AT_END_S)
            for info in tuple(self._leaving):
                self._take_back(info)

    async def _repeat(self, info: AsyncServiceInfo) -> None:
        await asyncio.sleep(MIN_ANNOUNCEMENT_INTERVAL_S)
        if info is self._said:
            with suppress(*FAILURES):
                self._say(info)

    def _withdrawn(self) -> AsyncServiceInfo | None:
        """What was announced, if anything; nobody is answered about it from now on."""
        info, self._said, self._service = self._said, None, None
        if info is not None:
            self._zeroconf.registry.async_remove(info)
            self._leaving.append(info)
        return info

    async def _take_back_later(self, info: AsyncServiceInfo) -> None:
        await asyncio.sleep(_LAST_ANSWERS_S)
        with suppress(*FAILURES):
            self._take_back(info)

    def _take_back(self, info: AsyncServiceInfo) -> None:
        self._leaving.remove(info)
        self._zeroconf.async_send(self._zeroconf.generate_service_broadcast(info, _GONE_TTL_S))

    def _say(self, info: AsyncServiceInfo) -> None:
        self._zeroconf.async_send(self._zeroconf.generate_service_broadcast(info, None))

    def _described(self, service: Service) -> AsyncServiceInfo:
        instance, host = self._random(NAME_BYTES).hex(), self._random(NAME_BYTES).hex()
        return AsyncServiceInfo(
            SERVICE_TYPE,
            f"{instance}.{SERVICE_TYPE}",
            port=service.endpoints[0].port,
            properties=service.text,
            server=f"{host}.local.",
            parsed_addresses=[str(endpoint.address) for endpoint in service.endpoints],
        )
