"""What nodes of the DHT answer to the questions of a search."""

from collections.abc import Sequence

from net.discovery.krpc import NODE_ID_BYTES, TRANSACTION_BYTES, read_answer
from net.errors import RemoteError
from tests.fuzz.target import Target, always

_NODE = b"n" * NODE_ID_BYTES + b"\xc0\x00\x02\x01\x1a\xe1"


def answers() -> Sequence[bytes]:
    start, end = b"d1:rd2:id20:" + b"n" * NODE_ID_BYTES, b"e1:t4:12341:y1:re"
    return [
        start + end,
        start + b"5:nodes52:" + _NODE * 2 + b"3:seqi7e5:token4:abcd" + end,
        start + b"5:token0:6:valuesl6:" + _NODE[-6:] + b"e" + end,
    ]


def check_answer(data: bytes) -> None:
    """What is read is bounded."""
    try:
        answer = read_answer(data)
    except RemoteError:
        return
    assert (len(answer.transaction), len(answer.node_id)) == (TRANSACTION_BYTES, NODE_ID_BYTES)
    assert len(answer.nodes) <= 32
    assert answer.seq >= 0
    assert answer.token is None or 0 < len(answer.token) <= 64
    assert all(contact.endpoint.port for contact in answer.nodes)
    assert len(answer.callers) <= 100
    assert all(caller.port for caller in answer.callers)


TARGETS = [
    Target(
        "node-answer",
        answers,
        always(check_answer),
        words=[b"5:token", b"5:nodes", b"3:seq", b"6:valuesl"],
        max_bytes=2_100,
    ),
]
