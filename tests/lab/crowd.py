"""Many nodes on one computer of a LAN, who know some of a crowd by a key and nothing else.

    python -m tests.lab.crowd CROWD FIRST COUNT FRIENDS

runs the nodes FIRST to FIRST + COUNT of a crowd in a ring, each knowing the FRIENDS next to it on either side.  Several
share this computer's mDNS (:mod:`tests.lab.air`).  It prints 0 when they listen; at a line on stdin they search, and it
prints the seconds until all of them have all their friends online; at the next line, which part of a core it used
since and how many MB of memory it holds, and ends.
"""

import asyncio
import os
import sys
import time

import psutil

from crypto.primitives import sha256
from crypto.secret import Secret
from net.discovery import lan
from net.discovery.vicinity import Vicinity
from net.endpoint import Endpoint
from net.events import NetEvent, PeerOnline
from net.interfaces import machine_interfaces
from net.node import Node
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.lab.air import Air

EVERYWHERE = [Endpoint.parse("0.0.0.0:0"), Endpoint.parse("[::]:0")]


class Member:
    """One node of the crowd."""

    def __init__(self, number: int, friends: list[int], news: asyncio.Event) -> None:
        self._number = number
        self._friends = friends
        self._news = news
        self._online: set[PeerId] = set()
        self._node = Node(on_event=self._heard)

    @property
    def is_content(self) -> bool:
        return len(self._online) == len(self._friends)

    async def prepare(self) -> None:
        await self._node.listen(EVERYWHERE)

    def search(self) -> None:
        self._node.discover(lan=True)
        for friend in self._friends:
            low, high = sorted((self._number, friend))
            key = LinkKey(LinkKind.CONTACT, Secret(sha256(b"%d and %d" % (low, high))))
            friend_id = PeerId(b"%d" % friend)
            self._node.set_peer(Peer(peer_id=friend_id, keys=(key,), controls=self._number == low, wanted=True))

    async def close(self) -> None:
        await self._node.close()

    def _heard(self, event: NetEvent) -> None:
        if isinstance(event, PeerOnline):
            self._online.add(event.peer)
            self._news.set()


async def main(crowd: int, first: int, count: int, friends: int) -> None:
    news = asyncio.Event()
    air = await shared_air() if count > 1 else None
    steps = [step for step in range(-friends, friends + 1) if step]
    members = [
        Member(number, sorted({(number + step) % crowd for step in steps} - {number}), news)
        for number in range(first, first + count)
    ]
    for member in members:
        await member.prepare()
    tell(0.0)
    await said()
    began_at = time.monotonic()
    for member in members:
        member.search()
    while not all(member.is_content for member in members):
        news.clear()
        await news.wait()
    tell(time.monotonic() - began_at)
    before, began_at = os.times(), time.monotonic()
    await said()
    after = os.times()
    tell((after.user + after.system - before.user - before.system) / (time.monotonic() - began_at))
    tell(psutil.Process().memory_info().rss / 1e6)
    await asyncio.gather(*(member.close() for member in members))
    if air is not None:
        await air.close()


async def shared_air() -> Air:
    """One mDNS for all nodes that are made from now on."""
    air = Air()
    await air.open(*Vicinity.of(EVERYWHERE, machine_interfaces()).speakers)
    lan._load = lambda: air.participant  # type: ignore[assignment,return-value]
    return air


async def said() -> None:
    await asyncio.to_thread(sys.stdin.readline)


def tell(figure: float) -> None:
    sys.stdout.write(f"{figure:.3f}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:5])))
