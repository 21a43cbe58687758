"""Messages of the DHT's nodes: the questions of a search, and what is stored at its end (BEP 5, 43, 44).  Sans-IO.

get_peers       {id 20, info_hash 20}                                    ─▶ {id, nodes, token, values, …}
get             {id 20, target 20}                                       ─▶ {id, nodes, token, seq, sig 64, v, …}
announce_peer   {id 20, info_hash 20, port, implied_port 0, token}
put             {id 20, k 32, seq, sig 64, token, v}

question        {a: the above, q: name, ro: 1, t: transaction 4, y: "q"}, bencoded
answer          {r: the above, t: transaction, y: "r", …}
nodes           26 bytes each: id 20 | address 4 | port 2, at most 8 as a rule
values          a list of who has announced itself: address 4 | port 2 each, or address 16 | port 2
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha1
from ipaddress import IPv4Address, ip_address
from typing import TypeAlias

import libtorrent

from crypto.errors import ForgedError
from crypto.primitives import ed25519_sign_expanded, ed25519_verify
from crypto.secret import Secret
from net.endpoint import Endpoint
from net.errors import RemoteError

TRANSACTION_BYTES = 4
NODE_ID_BYTES = 20
_MAX_ANSWER_BYTES = 2_048
_MAX_TOKEN_BYTES = 64
_MAX_NODES = 32
_MAX_CALLERS = 100
_NODE_BYTES = NODE_ID_BYTES + 6
_CALLER_BYTES = frozenset({6, 18})
_MAX_SEQ = 2**62

_Arguments: TypeAlias = dict[bytes, bytes | int]


@dataclass(frozen=True, slots=True)
class Contact:
    """A node that another one names."""

    node_id: bytes
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class Answer:
    """What a node says to a question of a search."""

    transaction: bytes
    node_id: bytes
    nodes: tuple[Contact, ...]
    token: bytes | None
    """Lets us store there; bound to our address."""
    seq: int
    """Of the item that it has, as it says; 0 without one."""
    value: bytes = b""
    signature: bytes = b""
    """Of that item, to be checked before ``seq`` is believed."""
    callers: tuple[Endpoint, ...] = ()
    """Who has announced itself there."""


@dataclass(frozen=True, slots=True)
class CallersAt:
    """Who has announced itself under the infohash?"""

    target: bytes

    def search(self, node_id: bytes, transaction: bytes) -> bytes:
        """The question."""
        return _question(b"get_peers", {b"id": node_id, b"info_hash": self.target}, transaction)


@dataclass(frozen=True, slots=True)
class ItemUnder:
    """What is the mutable item, without a salt, under this public key?"""

    key: bytes

    @property
    def target(self) -> bytes:
        """Where in the DHT it belongs."""
        return sha1(self.key, usedforsecurity=False).digest()

    def search(self, node_id: bytes, transaction: bytes) -> bytes:
        """The question."""
        return _question(b"get", {b"id": node_id, b"target": self.target}, transaction)

    def is_in(self, answer: Answer) -> bool:
        """Whether the answer has a value that whoever holds the key has signed."""
        try:
            ed25519_verify(self.key, _signed(answer.seq, answer.value), answer.signature)
        except ForgedError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Announcement:
    """We can be found under the infohash at this port."""

    target: bytes
    port: int

    def search(self, node_id: bytes, transaction: bytes) -> bytes:
        """The question of the search for where it belongs."""
        return CallersAt(self.target).search(node_id, transaction)

    def seq_of(self, _answer: Answer) -> int:
        """Announcements have no numbers."""
        return 0

    def store(self, node_id: bytes, transaction: bytes, token: bytes, _seq: int) -> bytes:
        """What is sent to a node that gave us this token."""
        arguments: _Arguments = {
            b"id": node_id,
            b"info_hash": self.target,
            b"port": self.port,
            b"implied_port": 0,
            b"token": token,
        }
        return _question(b"announce_peer", arguments, transaction)


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A mutable item without a salt."""

    signing_key: Secret
    key: bytes
    value: bytes

    @property
    def target(self) -> bytes:
        """Where in the DHT it belongs."""
        return ItemUnder(self.key).target

    def search(self, node_id: bytes, transaction: bytes) -> bytes:
        """The question of the search for where it belongs."""
        return ItemUnder(self.key).search(node_id, transaction)

    def seq_of(self, answer: Answer) -> int:
        """The number of the value that the node has, if whoever holds the key has signed it; 0 otherwise.

        A node that made numbers up would have us sign the largest one, after which honest nodes take no other value.
        """
        return answer.seq if ItemUnder(self.key).is_in(answer) else 0

    def store(self, node_id: bytes, transaction: bytes, token: bytes, seq: int) -> bytes:
        """What is sent to a node that gave us this token; ``seq`` is larger than that of every other value there."""
        arguments: _Arguments = {
            b"id": node_id,
            b"k": self.key,
            b"seq": seq,
            b"sig": ed25519_sign_expanded(self.signing_key.reveal(), _signed(seq, self.value)),
            b"token": token,
            b"v": self.value,
        }
        return _question(b"put", arguments, transaction)


def read_answer(message: bytes) -> Answer:
    """Read an answer to a question of a search.

    Raises:
        RemoteError: it is none.
    """
    if len(message) > _MAX_ANSWER_BYTES:
        raise RemoteError("too long for an answer of a node")
    try:
        decoded: object = libtorrent.bdecode(message)
    except (RuntimeError, ValueError) as error:
        raise RemoteError("not bencoded") from error
    said = _field(decoded, b"r")
    transaction, node_id = _bytes(decoded, b"t"), _bytes(said, b"id")
    if _field(decoded, b"y") != b"r" or len(node_id) != NODE_ID_BYTES or len(transaction) != TRANSACTION_BYTES:
        raise RemoteError("not the answer of a node")
    token, seq = _bytes(said, b"token"), _field(said, b"seq")
    return Answer(
        transaction=transaction,
        node_id=node_id,
        nodes=tuple(_nodes(_bytes(said, b"nodes"))),
        token=token if 0 < len(token) <= _MAX_TOKEN_BYTES else None,
        seq=seq if isinstance(seq, int) and 0 < seq < _MAX_SEQ else 0,
        value=_bytes(said, b"v"),
        signature=_bytes(said, b"sig"),
        callers=tuple(_callers(_field(said, b"values"))),
    )


def _question(name: bytes, arguments: _Arguments, transaction: bytes) -> bytes:
    question = {b"a": arguments, b"q": name, b"ro": 1, b"t": transaction, b"y": b"q"}
    return libtorrent.bencode(question)  # type: ignore[arg-type] # a dict of fewer types than it takes


def _signed(seq: int, value: bytes) -> bytes:
    """What the signature of a mutable item without a salt is over."""
    return b"3:seqi%de1:v%d:" % (seq, len(value)) + value


def _nodes(compact: bytes) -> Iterator[Contact]:
    for start in range(0, min(len(compact), _MAX_NODES * _NODE_BYTES) - _NODE_BYTES + 1, _NODE_BYTES):
        node = compact[start : start + _NODE_BYTES]
        port = int.from_bytes(node[-2:], "big")
        if port:
            yield Contact(node[:NODE_ID_BYTES], Endpoint(IPv4Address(node[NODE_ID_BYTES:-2]), port))


def _callers(values: object) -> Iterator[Endpoint]:
    for value in values[:_MAX_CALLERS] if isinstance(values, list) else ():
        if isinstance(value, bytes) and len(value) in _CALLER_BYTES and (port := int.from_bytes(value[-2:], "big")):
            yield Endpoint(ip_address(value[:-2]), port)


def _field(decoded: object, name: bytes) -> object:
    return decoded.get(name) if isinstance(decoded, dict) else None


def _bytes(decoded: object, name: bytes) -> bytes:
    field = _field(decoded, name)
    return field if isinstance(field, bytes) else b""
