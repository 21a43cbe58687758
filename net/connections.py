"""Every connection of this process, until its last byte has left or it was cut."""

import asyncio

from net.events import CloseReason
from net.limits import CLOSE_TIMEOUT_S
from net.link.driver import LinkDriver


class Connections:
    """Those that are links, and those that are not links yet or any more."""

    def __init__(self) -> None:
        self._open: set[LinkDriver] = set()
        self._all_gone = asyncio.Event()

    def made(self, driver: LinkDriver) -> None:
        self._open.add(driver)

    def gone(self, driver: LinkDriver) -> None:
        self._open.discard(driver)
        if not self._open:
            self._all_gone.set()

    def close(self, reason: CloseReason) -> None:
        """End all of them."""
        for driver in list(self._open):
            driver.close(reason)

    async def all_gone(self) -> None:
        """Wait until the last one is, after :meth:`close`."""
        if self._open:
            self._all_gone.clear()
            # Every driver cuts its connection after the same time at the latest.
            async with asyncio.timeout(2 * CLOSE_TIMEOUT_S):
                await self._all_gone.wait()
