"""What a node of the large DHT says to a question (BEP 5, 44), and how questions are told apart."""

from dataclasses import dataclass
from hashlib import sha1
from typing import Any, cast

import libtorrent

from net.endpoint import Endpoint
from tests.mainline.nodes import DhtNode, DhtNodes

PORT = 6881
"""Of every node."""

_CALLERS_A_REPLY = 100
_VERSION = b"LT\x02\x01"


@dataclass(frozen=True, slots=True)
class Question:
    """Of a node that asks or stores."""

    method: str
    place: bytes
    """In the DHT, that it is about; empty for a ping."""
    transaction: bytes
    arguments: dict[bytes, object]


def read_question(message: bytes) -> Question | None:
    """The question, if it is one."""
    decoded = cast("dict[bytes, Any]", libtorrent.bdecode(message))  # the client's own, which is trusted here
    if decoded[b"y"] != b"q":
        return None
    arguments, method = decoded[b"a"], decoded[b"q"].decode()
    place = arguments.get(b"target") or arguments.get(b"info_hash") or b""
    if method == "put":
        place = sha1(arguments[b"k"], usedforsecurity=False).digest()
    return Question(method, place, decoded[b"t"], arguments)


def answer(nodes: DhtNodes, node: DhtNode, question: Question, source: Endpoint) -> bytes:
    """What the node says."""
    said: dict[bytes, object] = {b"id": node.id_bytes}
    if question.method in {"find_node", "get_peers", "get"}:
        nearest = nodes.nearest(node, int.from_bytes(question.place, "big"))
        said[b"nodes"] = b"".join(each.id_bytes + _packed(Endpoint(each.address, PORT)) for each in nearest)
    if question.method in {"get_peers", "get"}:
        said[b"token"] = sha1(node.id_bytes + source.address.packed, usedforsecurity=False).digest()[:4]
    match question.method:
        case "get_peers" if callers := node.callers.get(question.place):
            said[b"values"] = sorted(callers)[:_CALLERS_A_REPLY]
        case "get":
            said |= node.items.get(question.place, {})
        case "announce_peer":
            port = question.arguments[b"port"]
            assert isinstance(port, int)
            node.callers.setdefault(question.place, set()).add(_packed(Endpoint(source.address, port)))
        case "put":
            node.items[question.place] = {key: question.arguments[key] for key in (b"k", b"seq", b"sig", b"v")}
        case _:
            pass
    message = {b"ip": _packed(source), b"r": said, b"t": question.transaction, b"v": _VERSION, b"y": b"r"}
    return libtorrent.bencode(message)  # type: ignore[arg-type] # a dict of more types than it says it takes


def ask(node: DhtNode, method: str, target: bytes, transaction: bytes) -> bytes:
    """What the node asks."""
    arguments = {b"id": node.id_bytes}
    if method != "ping":
        arguments[b"info_hash" if method == "get_peers" else b"target"] = target
    message = {b"a": arguments, b"q": method.encode(), b"t": transaction, b"v": _VERSION, b"y": b"q"}
    return libtorrent.bencode(message)  # type: ignore[arg-type]


def _packed(endpoint: Endpoint) -> bytes:
    return endpoint.address.packed + endpoint.port.to_bytes(2, "big")
