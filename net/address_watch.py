"""Notices that this machine is somewhere else, or was asleep: a shell that looks every 5 s.

No system tells of such changes in a way that all share, and a look costs a fraction of a millisecond.
"""

import asyncio
import logging
import time
from collections.abc import Callable

from net.interfaces import IPInterface, machine_interfaces
from net.limits import ADDRESS_POLL_S

log = logging.getLogger(__name__)

_ASLEEP_S = 3 * ADDRESS_POLL_S
"""A look that comes this late was not only held up."""


class AddressWatch:
    """Calls ``on_change`` with what there is: at first, after every change, and after sleep."""

    def __init__(
        self,
        on_change: Callable[[tuple[IPInterface, ...]], None],
        *,
        look: Callable[[], tuple[IPInterface, ...]] = machine_interfaces,
        poll_s: float = ADDRESS_POLL_S,
    ) -> None:
        self._on_change = on_change
        self._look = look
        self._poll_s = poll_s

    async def run(self) -> None:
        """Look, for ever."""
        known: frozenset[IPInterface] | None = None
        while True:
            interfaces = self._look()
            seen = frozenset(interfaces)
            if seen != known:
                log.info("this machine has %d addresses", len(seen))
                self._on_change(interfaces)
            known = seen
            if await self._slept():
                log.info("this machine was asleep")
                known = None

    async def _slept(self) -> bool:
        """Wait for the next look; whether far more time has passed, on the clock that counts sleep or the other."""
        loop = asyncio.get_running_loop()
        before, before_by_wall = loop.time(), time.time()
        await asyncio.sleep(self._poll_s)
        passed_s = max(loop.time() - before, time.time() - before_by_wall)
        return passed_s > self._poll_s + _ASLEEP_S
