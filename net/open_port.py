"""Keeps a port of the router open for us, wherever we are and as long as that is wanted: a shell over
:mod:`net.port_mapper`, which it starts anew in every place.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from net.endpoint import Endpoint
from net.mapping import MappingState, PortMapping
from net.supervisor import Supervisor

if TYPE_CHECKING:
    from net.port_mapper import PortMapper


class OpenPort:
    """Off until it is switched on; ``on_change`` is called on the event loop when :attr:`mapping` is another."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._supervisor = Supervisor(asyncio.get_running_loop())
        self._turn = asyncio.Lock()
        """The old attempt closes what the new one opens, so they take turns."""
        self._wanted = False
        self._port: int | None = None
        self._speak_from: tuple[Endpoint, ...] = ()
        self._mapper: PortMapper | None = None
        self._attempt = 0
        self._mapping = PortMapping(MappingState.OFF)

    @property
    def mapping(self) -> PortMapping:
        """What has come of it, here and now."""
        return replace(self._mapping, port=self._port)

    def switch(self, *, on: bool) -> None:
        """Begin or cease to ask the router."""
        if on != self._wanted:
            self._wanted = on
            self._restart()

    def place(self, bound: Sequence[Endpoint], local: Sequence[Endpoint], *, moved: bool) -> None:
        """We listen there, as bound and at which addresses of this computer; ``moved``: perhaps behind another router.

        Only who has a private IPv4 address can have a router that translates it; the first such port is asked for.
        """
        port = next((endpoint.port for endpoint in local if _is_behind_a_router(endpoint)), None)
        speak_from = dict.fromkeys(replace(each, port=0) for each in bound if each.address.version == 4)
        if moved or (port, tuple(speak_from)) != (self._port, self._speak_from):
            self._port, self._speak_from = port, tuple(speak_from)
            self._restart()

    async def close(self) -> None:
        """Have the router close what it opened."""
        self._wanted = False
        self._attempt += 1
        await self._supervisor.close()
        if self._mapper is not None:
            await self._mapper.close()
            self._mapper = None

    def _restart(self) -> None:
        self._attempt += 1
        if not self._wanted:
            state = MappingState.OFF
        else:
            state = MappingState.NEEDLESS if self._port is None else MappingState.ASKING
        self._tell(PortMapping(state))
        if self._mapper is not None or state is MappingState.ASKING:
            _ = self._supervisor.start("port mapping", self._begin(self._attempt, self._port))

    async def _begin(self, attempt: int, port: int | None) -> None:
        async with self._turn:
            mapper, self._mapper = self._mapper, None
            if mapper is not None:
                await mapper.close()
            port_mapper = await asyncio.to_thread(_load)
            if attempt == self._attempt and self._wanted and port is not None:
                self._mapper = port_mapper(self._speak_from, port, lambda mapping: self._hear(attempt, mapping))

    def _hear(self, attempt: int, mapping: PortMapping) -> None:
        if attempt == self._attempt:
            self._tell(mapping)

    def _tell(self, mapping: PortMapping) -> None:
        if mapping != self._mapping:
            self._mapping = mapping
            self._on_change()


def _is_behind_a_router(endpoint: Endpoint) -> bool:
    address = endpoint.address
    return address.version == 4 and not (address.is_global or address.is_loopback or address.is_link_local)


def _load() -> "type[PortMapper]":
    """Not at the start of the process: only who asks a router pays for the import."""
    from net.port_mapper import PortMapper  # noqa: PLC0415 - see above

    return PortMapper
