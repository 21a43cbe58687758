"""Addresses as people, scripts and peers write them."""

from collections.abc import Callable, Sequence
from contextlib import suppress

import crypto.errors
import net.errors
from app.domain.errors import KithError
from app.domain.own_servers import OwnServers
from crypto.encoding import Reader
from crypto.hint import decode_hints, encode_hints, is_dialable
from net import dht_ping, stun
from net.endpoint import Endpoint
from net.link.frames import decode_observed
from net.server import ServerAddress, TurnServer
from tests.fuzz.target import Target, always

_PARSERS: Sequence[Callable[[str], Endpoint | ServerAddress | TurnServer]] = (
    Endpoint.parse,
    ServerAddress.parse,
    TurnServer.parse,
)
_MAX_HINT_BYTES = 64


def texts() -> Sequence[bytes]:
    return [
        b"192.0.2.1:4000",
        b"[2001:db8::1]:65535",
        b"[fe80::1%eth0]:1",
        b"[::ffff:192.0.2.1]:80",
        b"stun.example.org:3478",
        b"xn--kith-messenger.example.:1",
        b"turn:user:secret@relay.example:3478?transport=udp",
        b"turn:us%3Aer:s%40cret@[2001:db8::1]:3478?transport=tls&cafile=%2Fetc%2Fca.pem",
        b"stun:[2001:db8::1]:3478\nstun:stun.example.org:1\nturn:user:secret@relay.example:3478?transport=tcp",
    ]


def check_text(data: bytes) -> None:
    """A text is an address, read again from how it prints, or refused as what the user typed wrong."""
    text = data.decode("utf-8", "surrogateescape")
    for parse in _PARSERS:
        with suppress(net.errors.LocalError):
            parsed = parse(text)
            address = parsed.address if isinstance(parsed, TurnServer) else parsed
            if isinstance(address, Endpoint):
                assert Endpoint.parse(str(address)) == address
            else:
                assert ServerAddress.parse(str(address)) == address
    with suppress(KithError):
        servers = OwnServers.read(text)
        assert OwnServers.read(servers.stored()).stored() == servers.stored()


_STUN_HEADER = b"\x21\x12\xa4\x42" + bytes(range(12))


def answers() -> Sequence[bytes]:
    return [
        b"\x01\x01\x00\x0c" + _STUN_HEADER + bytes.fromhex("00200008 0001a147 e112a643"),
        b"\x01\x01\x00\x0c" + _STUN_HEADER + bytes.fromhex("00010008 00011234 01020304"),
        b"\x01\x01\x00\x08" + _STUN_HEADER + bytes.fromhex("80220003 61626300"),
        b"d2:ip6:\x01\x02\x03\x04\x12\x341:rd2:id20:" + bytes(20) + b"e1:t4:abcd1:y1:re",
        b"d2:ip18:" + bytes(18) + b"1:t4:abcd1:y1:re",
    ]


def check_answer(data: bytes) -> None:
    """Bytes are a server's or a node's word about where we come from, or refused as its fault."""
    for read in (stun.answer, dht_ping.answer):
        with suppress(net.errors.RemoteError):
            seen = read(data).seen
            assert Endpoint.parse(str(seen)) == seen


def packed() -> Sequence[bytes]:
    return [bytes.fromhex("21c00002010fa0c63364070fa020010db8000000000000000000000001a00f"), bytes(6), bytes(18)]


def check_packed(data: bytes) -> None:
    """Bytes are hints, or the address where a peer sees us, or refused as the peer's fault."""
    with suppress(crypto.errors.RemoteError):
        hints = decode_hints(Reader(data), max_bytes=_MAX_HINT_BYTES)
        assert all(is_dialable(hint.address, hint.port) for hint in hints)
        assert decode_hints(Reader(encode_hints(hints)), max_bytes=_MAX_HINT_BYTES) == hints
    with suppress(net.errors.RemoteError):
        observed = decode_observed(data)
        assert Endpoint.parse(str(observed)) == observed


TARGETS = [
    Target(
        "address-text",
        texts,
        always(check_text),
        words=[b"[", b"]", b"::", b"%", b"%25", b"@", b"?transport=", b"tcp", b"\xff", "٣".encode(), b"9" * 5_000],
        max_bytes=8_192,
    ),
    Target("address-answer", answers, always(check_answer), max_bytes=1_400),
    Target("address-packed", packed, always(check_packed), max_bytes=80),
]
