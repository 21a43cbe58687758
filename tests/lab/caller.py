"""One node that knows one other by a key and by where it should be, and nothing else: what a router lets through.

    python -m tests.lab.caller PORT CONTROLS THERE...

listens on PORT of every address, and prints ``listening``; at a line on stdin it calls the other at these endpoints, as
the side that decides if CONTROLS is 1.  From then on each change is a line: ``online`` with the class of the path and
the seconds since, or ``offline``.  At another line it says good-bye and ends.
"""

import asyncio
import sys
import time

from crypto.secret import Secret
from net.endpoint import Endpoint
from net.events import NetEvent, PeerOffline, PeerOnline
from net.node import Node
from net.peer import LinkKey, LinkKind, Peer, PeerId

OTHER = PeerId(b"the other")
KEY = LinkKey(LinkKind.CONTACT, Secret(b"k" * 32))


async def main(port: int, there: tuple[Endpoint, ...], *, controls: bool) -> None:
    called_at = 0.0

    def heard(event: NetEvent) -> None:
        if isinstance(event, PeerOnline):
            say(f"online {event.path.value} {time.monotonic() - called_at:.3f}")
        elif isinstance(event, PeerOffline):
            say("offline")

    node = Node(on_event=heard)
    await node.listen([Endpoint.of("0.0.0.0", port)])
    say("listening")
    await asyncio.to_thread(sys.stdin.readline)
    called_at = time.monotonic()
    node.set_peer(Peer(peer_id=OTHER, keys=(KEY,), controls=controls, wanted=True, endpoints=there, proven=there))
    await asyncio.to_thread(sys.stdin.readline)
    await node.close()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), tuple(map(Endpoint.parse, sys.argv[3:])), controls=sys.argv[2] == "1"))
