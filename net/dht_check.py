"""Tries the DHT out: a throw-away node, and whether anybody answers it.

It proves that UDP reaches others and comes back.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

from net.discovery.dht_settings import DhtSettings
from net.endpoint import Endpoint
from net.limits import DHT_CHECK_TIMEOUT_S


class Newcomer:
    """Waits for the first answer, and for nothing else."""

    def __init__(self) -> None:
        self.has_entered = asyncio.Event()

    def entered(self) -> None:
        self.has_entered.set()

    def item(self, key: bytes, value: bytes) -> None: ...

    def absent(self, key: bytes) -> None: ...

    def stored(self, key: bytes, copies: int) -> None: ...

    def callers(self, infohash: bytes, callers: tuple[Endpoint, ...]) -> None: ...

    def seen_as(self, address: IPv4Address | IPv6Address) -> None: ...


async def dht_answers(
    settings: DhtSettings, endpoints: Sequence[Endpoint], *, timeout_s: float = DHT_CHECK_TIMEOUT_S
) -> bool:
    """Whether a node that speaks from these addresses, from ports of its own, hears from another one."""
    from net.discovery.dht import Dht  # noqa: PLC0415 - only who takes part pays for the import

    newcomer = Newcomer()
    dht = Dht(replace(settings, listen=tuple(replace(endpoint, port=0) for endpoint in endpoints)), newcomer)
    try:
        async with asyncio.timeout(timeout_s):
            await newcomer.has_entered.wait()
    except TimeoutError:
        return False
    finally:
        await dht.close()
    return True
