"""All nodes of the large DHT behind one socket, and the account of what passes there.

It needs a network namespace in which every address is one of this computer (:func:`enter`): then one socket hears what
is sent to any node and answers from that node's address.
"""

import asyncio
import socket
import struct
import subprocess
from collections import defaultdict
from ipaddress import IPv4Address
from random import Random  # noqa: TID251 - a run comes again from its seed

from net.endpoint import Endpoint
from tests.mainline import traffic
from tests.mainline.answers import PORT, Question, answer, ask, read_question
from tests.mainline.nodes import DhtNode, DhtNodes
from tests.mainline.traffic import NOTHING, Traffic

CLIENT = IPv4Address("51.0.0.1")
"""Whose traffic is counted."""

LATE_S = 0.5
"""Beyond the time that a node takes; libtorrent waits for a second, then it asks somebody else as well."""

GATEWAY = IPv4Address("51.0.0.254")

_IP_PKTINFO = 8  # of linux/in.h; Python does not name it
_PKTINFO = struct.Struct("=I4s4s")
_BUFFER_BYTES = 4 << 20
_MAX_DATAGRAM_BYTES = 2_048


def enter() -> None:
    """Make this process's network namespace the whole internet: every address there is, is one of this computer.

    libtorrent answers those beyond its network only through a device that has a gateway.
    """
    for line in (
        "link set lo up",
        f"address add {CLIENT}/32 dev lo",
        f"route add default via {GATEWAY} dev lo onlink",
        "route add local default dev lo table local",
    ):
        subprocess.run(["ip", *line.split()], check=True, capture_output=True)


class Host:
    """Speaks for all nodes; to be made inside a running event loop."""

    def __init__(self, nodes: DhtNodes, random: Random) -> None:
        self.of_client = NOTHING
        """What was asked of the client, and its answers."""
        self.answers, self.late_answers = 0, 0
        """Late ones look like silence to who asked, who asks more nodes then."""
        self._by_place: defaultdict[bytes, Traffic] = defaultdict(Traffic)
        self._nodes = nodes
        self._random = random
        self._loop = asyncio.get_running_loop()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        self._socket.setblocking(False)
        self._socket.bind(("0.0.0.0", PORT))
        self._loop.add_reader(self._socket, self._receive)

    def close(self) -> None:
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def about(self, place: bytes) -> Traffic:
        """What the client asked about this place in the DHT, and the answers."""
        return self._by_place[place]

    def traffic(self) -> Traffic:
        """Everything that the client asked, and the answers."""
        return sum(self._by_place.values(), NOTHING)

    def ask_client(self, port: int, method: str) -> None:
        """Have some node ask the client."""
        (node,) = self._nodes.sample(1, self._random)
        message = ask(node, method, self._random.randbytes(20), self._random.randbytes(2))
        self.of_client += traffic.question(message)
        self._send(node, message, Endpoint(CLIENT, port))

    def _receive(self) -> None:
        try:
            message, ancillary, _, source = self._socket.recvmsg(_MAX_DATAGRAM_BYTES, 64)
        except BlockingIOError:
            return
        ((_, _, info),) = ancillary
        node = self._nodes.at(IPv4Address(_PKTINFO.unpack(info)[2]))
        if node is not None:
            self._heard(node, message, Endpoint.of(*source))

    def _heard(self, node: DhtNode, message: bytes, source: Endpoint) -> None:
        question = read_question(message)
        if question is None:
            self.of_client += traffic.answer(message)
            return
        self._by_place[question.place] += traffic.question(message)
        if not node.is_silent:
            at = self._loop.time() + node.answers_after_s
            self._loop.call_at(at, self._answer, node, question, source, at)

    def _answer(self, node: DhtNode, question: Question, source: Endpoint, at: float) -> None:
        self.answers += 1
        self.late_answers += self._loop.time() - at > LATE_S
        message = answer(self._nodes, node, question, source)
        self._by_place[question.place] += traffic.answer(message)
        self._send(node, message, source)

    def _send(self, node: DhtNode, message: bytes, to: Endpoint) -> None:
        info = _PKTINFO.pack(0, node.address.packed, bytes(4))
        self._socket.sendmsg([message], [(socket.IPPROTO_IP, _IP_PKTINFO, info)], 0, (str(to.address), to.port))
