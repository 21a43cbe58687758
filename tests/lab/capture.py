"""All that some network cards carried for a while, sorted by conversation."""

import signal
import struct
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from ipaddress import IPv4Address
from pathlib import Path

from tests.lab.computer import Computer
from tests.lab.namespaces import Card

IPV4, IPV6 = 0x0800, 0x86DD
TCP, UDP = 6, 17
ETHERNET_BYTES = 14
IPV4_BYTES, IPV6_BYTES = 20, 40
TCP_BYTES = 20
UDP_BYTES = 8

SIZE = struct.Struct("!I")
"""Before each frame in the file of a sniffer."""

PATIENCE_S = 60.0
POLL_S = 0.2

Flow = bytes
"""Protocol, addresses and ports of one direction."""

OTHER: Flow = b""
"""Neither TCP nor UDP: what computers say to find each other, and no program has a say in."""


class Capture:
    """What is in the files of the sniffers so far, or at their end."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files
        self.packets: list[tuple[Flow, bytes]] = []
        """What each packet carried above TCP or UDP; of any other frame all of it."""
        self.flows: dict[Flow, bytes] = {}
        """The same by flow, one packet after the other."""

    def read(self) -> None:
        """Take in what was captured by now."""
        self.packets = [_dissected(frame) for file in self._files for frame in _frames(file.read_bytes())]
        self.flows = flows(self.packets)

    def wait_for(self, computers: Sequence[Computer], *words: bytes) -> None:
        """Return when each of these words was sent from the IPv4 address of one of the computers."""
        deadline = time.monotonic() + PATIENCE_S
        sources = {IPv4Address(computer.address).packed for computer in computers}
        while True:
            self.read()
            sent = b"".join(payload for flow, payload in self.flows.items() if flow[1:5] in sources)
            if all(word in sent for word in words):
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"not all of {words} sent")
            time.sleep(POLL_S)

    @property
    def everything(self) -> bytes:
        """All payloads, one flow after the other."""
        return b"\0\0\0".join(self.flows.values())

    def of(self, protocol: int) -> bytes:
        """What TCP or UDP carried."""
        return b"\0\0\0".join(payload for flow, payload in self.flows.items() if flow[:1] == bytes([protocol]))

    def windows(self, size_bytes: int) -> set[bytes]:
        """All sequences of so many bytes above TCP and UDP."""
        payloads = [payload for flow, payload in self.flows.items() if flow]
        return {window for payload in payloads for window in windows(payload, size_bytes)}


def windows(data: bytes, size_bytes: int) -> Iterator[bytes]:
    """All sequences of so many bytes in there."""
    return (data[start : start + size_bytes] for start in range(len(data) - size_bytes + 1))


@contextmanager
def capturing(cards: Sequence[Card], folder: Path) -> Iterator[Capture]:
    """Capture what goes in and out by these cards while the block runs."""
    folder.mkdir()
    files = [folder / card.namespace.name for card in cards]
    capture = Capture(files)
    with ExitStack() as stack:
        for card, file in zip(cards, files, strict=True):
            stack.callback(_end, _sniffer(card, file))
        yield capture
    capture.read()


def flows(packets: Iterable[tuple[Flow, bytes]]) -> dict[Flow, bytes]:
    """Sort what packets carried by conversation."""
    sorted_: defaultdict[Flow, bytearray] = defaultdict(bytearray)
    for flow, payload in packets:
        sorted_[flow] += payload
    return {flow: bytes(payload) for flow, payload in sorted_.items()}


def _dissected(frame: bytes) -> tuple[Flow, bytes]:
    packet = frame[ETHERNET_BYTES:]
    kind = int.from_bytes(frame[ETHERNET_BYTES - 2 : ETHERNET_BYTES], "big")
    if kind == IPV4 and len(packet) >= IPV4_BYTES:
        header, end = (packet[0] & 0xF) * 4, int.from_bytes(packet[2:4], "big")
        return _above(packet[9], packet[12:20], packet[header:end], frame)
    if kind == IPV6 and len(packet) >= IPV6_BYTES:
        return _above(packet[6], packet[8:40], packet[IPV6_BYTES:], frame)
    return OTHER, frame


def _above(protocol: int, addresses: bytes, segment: bytes, frame: bytes) -> tuple[Flow, bytes]:
    if protocol == TCP and len(segment) >= TCP_BYTES:
        return bytes([TCP]) + addresses + segment[:4], segment[(segment[12] >> 4) * 4 :]
    if protocol == UDP and len(segment) >= UDP_BYTES:
        return bytes([UDP]) + addresses + segment[:4], segment[UDP_BYTES:]
    return OTHER, frame


def _sniffer(card: Card, file: Path) -> "subprocess.Popen[bytes]":
    return card.namespace.start_module("tests.lab.sniffer", card.device, str(file))


def _end(sniffer: "subprocess.Popen[bytes]") -> None:
    sniffer.send_signal(signal.SIGTERM)
    assert sniffer.wait(timeout=30) == 0


def _frames(data: bytes) -> Iterator[bytes]:
    """The frames in a file; one that is not whole yet is left out."""
    start = 0
    while start + SIZE.size <= len(data):
        (size,) = SIZE.unpack_from(data, start)
        start += SIZE.size + size
        if start <= len(data):
            yield data[start - size : start]
