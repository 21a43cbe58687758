"""Pings of the Mainline DHT (BEP 5), whose answers say from where they were seen to come (BEP 42).  Sans-IO.

    question    {a: {id: 20 random bytes}, q: "ping", ro: 1, t: transaction, y: "q"}, bencoded
    answer      {ip: address 4 or 16 | port 2, r: …, t: transaction, y: "r", …}

``ro`` tells the node not to keep us (BEP 43): the DHT's own client is somewhere else.
"""

from ipaddress import ip_address

import libtorrent

from net.endpoint import Endpoint
from net.errors import RemoteError
from net.stun import Answer

TRANSACTION_BYTES = 4
NODE_ID_BYTES = 20
_MAX_ANSWER_BYTES = 1_280
_COMPACT_BYTES = (6, 18)


def question(transaction: bytes) -> bytes:
    """A ping; its node id is derived from the transaction, and so random as that is."""
    node_id = (transaction * NODE_ID_BYTES)[:NODE_ID_BYTES]
    return b"d1:ad2:id20:" + node_id + b"e1:q4:ping2:roi1e1:t4:" + transaction + b"1:y1:qe"


def answer(message: bytes) -> Answer:
    """Read an answer that says from where the question came; many nodes do not say.

    Raises:
        RemoteError: it is none, or does not say.
    """
    if len(message) > _MAX_ANSWER_BYTES:
        raise RemoteError("too long for the answer to a ping")
    try:
        decoded: object = libtorrent.bdecode(message)
    except (RuntimeError, ValueError) as error:
        raise RemoteError("not bencoded") from error
    if not isinstance(decoded, dict) or decoded.get(b"y") != b"r":
        raise RemoteError("not the answer to a ping")
    transaction, seen = decoded.get(b"t"), decoded.get(b"ip")
    if not isinstance(transaction, bytes) or not isinstance(seen, bytes) or len(seen) not in _COMPACT_BYTES:
        raise RemoteError("an answer that does not say from where the ping came")
    return Answer(transaction, Endpoint.of(str(ip_address(seen[:-2])), int.from_bytes(seen[-2:], "big")))
