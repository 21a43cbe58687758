"""Who is told by a client of the DHT, in tests."""

import asyncio
from ipaddress import IPv4Address, IPv6Address

from net.endpoint import Endpoint


class Heard:
    """A listener that keeps everything, and lets a test wait."""

    def __init__(self) -> None:
        self.items: asyncio.Queue[tuple[bytes, bytes]] = asyncio.Queue()
        self.missing: asyncio.Queue[bytes] = asyncio.Queue()
        self.puts: asyncio.Queue[tuple[bytes, int]] = asyncio.Queue()
        self.has_entered = asyncio.Event()
        self.rings: asyncio.Queue[tuple[bytes, tuple[Endpoint, ...]]] = asyncio.Queue()
        self.own: list[IPv4Address | IPv6Address] = []

    def entered(self) -> None:
        self.has_entered.set()

    def item(self, key: bytes, value: bytes) -> None:
        self.items.put_nowait((key, value))

    def absent(self, key: bytes) -> None:
        self.missing.put_nowait(key)

    def stored(self, key: bytes, copies: int) -> None:
        self.puts.put_nowait((key, copies))

    def callers(self, infohash: bytes, callers: tuple[Endpoint, ...]) -> None:
        self.rings.put_nowait((infohash, callers))

    def seen_as(self, address: IPv4Address | IPv6Address) -> None:
        self.own.append(address)
