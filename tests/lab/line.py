"""A line between two network cards that takes its time, as light in a fibre does: not every kernel has ``tc netem``.

    python -m tests.lab.line DELAY_MS ONE OTHER

carries every frame from one card to the other, either way, so much later.  Prints ``ready`` when it does.  A line
``DELAY_MS LOSS`` on stdin changes that, and has this part of all frames, from 0 to 1, get lost.
"""

import heapq
import itertools
import selectors
import socket
import sys
import time
from random import Random  # noqa: TID251 - which frames get lost keeps no secret
from typing import IO

ALL_PROTOCOLS = 0x0003  # ETH_P_ALL
SOL_PACKET = 263
PACKET_VNET_HDR = 15  # before each frame stands what is left to do about it: checksums, and cutting it to size
PACKET_IGNORE_OUTGOING = 23
FRAME_BYTES = 1 << 17
BUFFER_BYTES = 8 << 20
MOST_AT_ONCE = 64

Parcel = tuple[float, int, socket.socket, bytes]
"""When to deliver, a number that keeps the order, where, and what."""


def card(name: str) -> socket.socket:
    """All that comes in by a card, and nothing that we send out by it."""
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS))
    opened.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    opened.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
    opened.bind((name, 0))
    opened.setblocking(False)
    return opened


class Line:
    """Between two cards."""

    def __init__(self, delay_s: float, one: str, other: str) -> None:
        self._delay_s = delay_s
        self._loss = 0.0
        self._dice = Random()
        self._selector = selectors.DefaultSelector()
        self._under_way: list[Parcel] = []
        self._numbers = itertools.count()
        ends = card(one), card(other)
        self._selector.register(ends[0], selectors.EVENT_READ, ends[1])
        self._selector.register(ends[1], selectors.EVENT_READ, ends[0])

    def obey(self, orders: IO[bytes]) -> None:
        """Take a new delay and loss from each line that comes in there."""
        self._selector.register(orders, selectors.EVENT_READ)

    def carry(self) -> None:
        """Carry frames for ever."""
        while True:
            wait_s = None if not self._under_way else max(0.0, self._under_way[0][0] - time.monotonic())
            for key, _ in self._selector.select(wait_s):
                if isinstance(key.fileobj, socket.socket):
                    self._take(key.fileobj, key.data)
                else:
                    self._change(key.fileobj)
            self._deliver()

    def _change(self, orders: object) -> None:
        words = orders.readline().split()  # type: ignore[attr-defined]
        if words:
            self._delay_s, self._loss = float(words[0]) / 1_000, float(words[1])
        else:
            self._selector.unregister(orders)  # type: ignore[arg-type]

    def _take(self, source: socket.socket, target: socket.socket) -> None:
        for _ in range(MOST_AT_ONCE):
            try:
                frame = source.recv(FRAME_BYTES)
            except BlockingIOError:
                return
            if self._dice.random() < self._loss:
                continue
            at = time.monotonic() + self._delay_s
            heapq.heappush(self._under_way, (at, next(self._numbers), target, frame))

    def _deliver(self) -> None:
        now = time.monotonic()
        while self._under_way and self._under_way[0][0] <= now:
            _, _, target, frame = heapq.heappop(self._under_way)
            try:
                target.send(frame)
            except OSError:  # a full queue, or a card that is down: lines lose frames
                continue


if __name__ == "__main__":
    line = Line(float(sys.argv[1]) / 1_000, sys.argv[2], sys.argv[3])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as orders:
        line.obey(orders)
        line.carry()
