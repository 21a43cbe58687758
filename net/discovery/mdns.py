"""Announces one service by mDNS and tells of those of others: a shell over zeroconf that decides nothing.

What is wanted is set at any time; one task brings what is there in line with it, again and again where the network is
missing or refuses.  Nothing that comes in is believed, and nothing escapes but log records.
"""

import asyncio
import contextlib
import logging
import re

from zeroconf import Error, IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from crypto.primitives import Random
from net.discovery.presence import Listener, Presence, Service
from net.limits import ADDRESS_POLL_S, MAX_UNRESOLVED, RESOLVE_TIMEOUT_S, RESOLVERS
from net.supervisor import Supervisor

log = logging.getLogger(__name__)

SERVICE_TYPE = "_kith._tcp.local."

_NAME_BYTES = 12
_NAME = re.compile(rf"[0-9a-f]{{{2 * _NAME_BYTES}}}\.{re.escape(SERVICE_TYPE)}")
"""What every Kith calls its service: random hexadecimal digits."""

_CLOSE_TIMEOUT_S = 3.0
_FAILURES = (Error, OSError, RuntimeError, TimeoutError)
"""Of zeroconf: its own, those of its sockets, and an address that went away between two looks (RuntimeError)."""


class Mdns:
    """Made inside a running event loop."""

    def __init__(self, listener: Listener, random: Random) -> None:
        # Its records quote names and addresses from the network; what matters is logged here.
        logging.getLogger("zeroconf").setLevel(logging.CRITICAL)
        self._listener = listener
        self._random = random
        self._supervisor = Supervisor(asyncio.get_running_loop())
        self._wanted: Presence | None = Presence()
        self._changed = asyncio.Event()
        self._station: _Station | None = None
        self._task = self._supervisor.start("mdns", self._run())

    @property
    def is_running(self) -> bool:
        """Whether mDNS speaks on at least one interface."""
        return self._station is not None and self._station.speaks

    def want(self, presence: Presence) -> None:
        """Bring this about from now on."""
        if self._wanted is not None:
            self._wanted = presence
            self._changed.set()

    async def close(self) -> None:
        """Say goodbye, and leave neither socket nor task behind."""
        self._wanted = None
        self._changed.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                await asyncio.wait([self._task])
        await self._supervisor.close()

    async def _run(self) -> None:
        present = Presence()
        try:
            while (wanted := self._wanted) is not None:
                self._changed.clear()
                try:
                    await self._bring_about(present, wanted)
                    present, patience_s = wanted, self._patience_s()
                except _FAILURES as error:
                    log.info("mDNS does not run: %s", error)
                    await self._leave()
                    present, patience_s = Presence(), ADDRESS_POLL_S
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(patience_s):
                        await self._changed.wait()
        finally:
            await self._leave()

    async def _bring_about(self, present: Presence, wanted: Presence) -> None:
        if (present.speakers, present.move) != (wanted.speakers, wanted.move):
            await self._leave()
            if wanted.speakers:
                self._station = _Station(wanted.speakers, self._listener, self._random)
                await self._station.start()
        elif self._station is not None and not self._station.is_complete:
            await self._station.mend()
        if self._station is not None:
            await self._station.announce(wanted.service)

    def _patience_s(self) -> float | None:
        """How long to wait for something else to be wanted."""
        return None if self._station is None or self._station.is_complete else ADDRESS_POLL_S

    async def _leave(self) -> None:
        station, self._station = self._station, None
        if station is not None:
            try:
                await station.close()
            except _FAILURES as error:
                log.info("mDNS did not end well: %s", error)


class _Station:
    """One start of zeroconf."""

    def __init__(self, speakers: tuple[str, ...], listener: Listener, random: Random) -> None:
        self._speakers = speakers
        self._listener = listener
        self._random = random
        version = IPVersion.All if any(":" in speaker for speaker in speakers) else IPVersion.V4Only
        # Without any interface nothing can fail half-way and leave sockets behind.
        self._zeroconf = AsyncZeroconf(interfaces=[], ip_version=version)
        self._supervisor = Supervisor(asyncio.get_running_loop())
        self._browser: AsyncServiceBrowser | None = None
        self._unresolved: asyncio.Queue[str] = asyncio.Queue(MAX_UNRESOLVED)
        self._service: Service | None = None
        self._registered: AsyncServiceInfo | None = None
        self._own_names: set[str] = set()

    @property
    def speaks(self) -> bool:
        """Whether any of the addresses to speak from is in use."""
        return bool(self._zeroconf.zeroconf.engine.senders)

    @property
    def is_complete(self) -> bool:
        """Whether all are: the system may still make sure that a new one is unique, 1 s or 2 in IPv6."""
        return len(self._zeroconf.zeroconf.engine.senders) >= len(self._speakers)

    async def start(self) -> None:
        """Begin to listen."""
        zeroconf = self._zeroconf.zeroconf
        await self.mend()
        self._browser = AsyncServiceBrowser(zeroconf, SERVICE_TYPE, handlers=[self._service_changed])
        for number in range(RESOLVERS):
            _ = self._supervisor.start(f"mdns resolver {number}", self._resolve())

    async def mend(self) -> None:
        """Speak from the addresses that are missing."""
        await self._zeroconf.async_update_interfaces(list(self._speakers))

    async def announce(self, service: Service | None) -> None:
        """Announce this and nothing else, under names that nobody has seen."""
        if service == self._service:
            return
        former, self._registered, self._service = self._registered, None, None
        if service is not None:
            info = self._described(service)
            self._own_names.add(info.name)
            # Random names meet no others: cooperating_responders leaves out the probing for them, which takes 1 s.
            announced = await self._zeroconf.async_register_service(info, cooperating_responders=True)
            self._registered, self._service = info, service
            await announced
        if former is not None:
            await (await self._zeroconf.async_unregister_service(former))
            self._own_names.discard(former.name)

    async def close(self) -> None:
        """Take back what was announced, and end."""
        await self._supervisor.close()
        if self._browser is not None:
            await self._browser.async_cancel()
        await self._zeroconf.async_close()

    def _described(self, service: Service) -> AsyncServiceInfo:
        instance, host = self._random(_NAME_BYTES).hex(), self._random(_NAME_BYTES).hex()
        return AsyncServiceInfo(
            SERVICE_TYPE,
            f"{instance}.{SERVICE_TYPE}",
            port=service.endpoints[0].port,
            properties=service.text,
            server=f"{host}.local.",
            parsed_addresses=[str(endpoint.address) for endpoint in service.endpoints],
        )

    def _service_changed(
        self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        if not _NAME.fullmatch(name):
            _purge(zeroconf, name)
        elif name in self._own_names:
            return
        elif state_change is ServiceStateChange.Removed:
            self._listener.gone(name)
        else:
            # An announcement brings its TXT record; only what another answer left out has to be asked for.
            info = AsyncServiceInfo(service_type, name)
            info.load_from_cache(zeroconf)
            if info.text:
                self._listener.heard(name, info.text)
            elif not self._unresolved.full():
                self._unresolved.put_nowait(name)

    async def _resolve(self) -> None:
        while True:
            name = await self._unresolved.get()
            info = AsyncServiceInfo(SERVICE_TYPE, name)
            try:
                await info.async_request(self._zeroconf.zeroconf, RESOLVE_TIMEOUT_S * 1000)
            except _FAILURES as error:
                log.info("asking for a service failed: %s", error)
            if info.text:
                self._listener.heard(name, info.text)


def _purge(zeroconf: Zeroconf, name: str) -> None:
    """Let zeroconf forget a service that is not ours.

    It would name it in each of its questions, and fail there for a name that was longer than allowed or no UTF-8.
    """
    pointers = zeroconf.cache.async_entries_with_name(SERVICE_TYPE)
    zeroconf.cache.async_remove_records([each for each in pointers if getattr(each, "alias", None) == name])
