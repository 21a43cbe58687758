"""Tries the search on the local network out: two throw-away nodes that know nothing of each other but a key.

It proves that this computer speaks, hears and accepts connections.  Whether the network carries multicast to other
computers only another computer can tell.
"""

import asyncio
import os
from collections.abc import Sequence

from crypto.primitives import KEY_BYTES
from crypto.secret import Secret
from net.endpoint import Endpoint
from net.events import NetEvent, PeerOnline
from net.limits import LAN_CHECK_TIMEOUT_S
from net.node import Node
from net.peer import LinkKey, LinkKind, Peer, PeerId

_FIRST, _SECOND = PeerId(b"first"), PeerId(b"second")


async def lan_works(endpoints: Sequence[Endpoint], *, timeout_s: float = LAN_CHECK_TIMEOUT_S) -> bool:
    """Whether two nodes that listen there, on ports of their own, find each other and talk.

    Raises:
        LocalError: nothing can listen there.
    """
    met = asyncio.Event()

    def on_event(event: NetEvent) -> None:
        if isinstance(event, PeerOnline):
            met.set()

    key = LinkKey(LinkKind.CONTACT, Secret(os.urandom(KEY_BYTES)))
    nodes = (Node(on_event=on_event), Node(on_event=on_event))
    try:
        for node, other in zip(nodes, (_SECOND, _FIRST), strict=True):
            await node.listen([Endpoint(endpoint.address, 0) for endpoint in endpoints])
            node.set_peer(Peer(peer_id=other, keys=(key,), controls=other == _SECOND, wanted=True))
            node.discover(lan=True)
        async with asyncio.timeout(timeout_s):
            await met.wait()
    except TimeoutError:
        return False
    finally:
        for node in nodes:
            await node.close()
    return True
