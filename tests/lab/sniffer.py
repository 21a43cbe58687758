"""Writes every frame that goes in or out by a network card to a file, until it is told to end (SIGTERM).

    python -m tests.lab.sniffer CARD FILE

The file: size 4, frame; again and again.  Prints ``ready`` when nothing escapes it any more.
"""

import signal
import socket
import struct
import sys
from pathlib import Path
from types import FrameType

ALL_PROTOCOLS = 0x0003  # ETH_P_ALL
FRAME_BYTES = 1 << 17  # cards of namespaces carry what was never cut to Ethernet's size
BUFFER_BYTES = 64 << 20
QUIET_S = 0.2


class Sniffer:
    """One card."""

    def __init__(self, card: str) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self._socket.bind((card, 0))
        self._socket.settimeout(QUIET_S)
        self._is_ending = False
        signal.signal(signal.SIGTERM, self._end)

    def write(self, path: Path) -> None:
        """Write until SIGTERM, then what has been seen by then."""
        with path.open("wb", buffering=0) as file:
            while True:
                try:
                    frame = self._socket.recv(FRAME_BYTES)
                except TimeoutError:
                    if self._is_ending:
                        return
                    continue
                file.write(struct.pack("!I", len(frame)) + frame)

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self._is_ending = True


if __name__ == "__main__":
    sniffer = Sniffer(sys.argv[1])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sniffer.write(Path(sys.argv[2]))
