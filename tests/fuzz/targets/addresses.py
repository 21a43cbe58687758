"""Addresses as people, scripts and peers write them."""

from collections.abc import Callable, Sequence
from contextlib import suppress

import crypto.errors
import net.errors
from crypto.encoding import Reader
from crypto.hint import decode_hints, encode_hints, is_dialable
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
    Target("address-packed", packed, always(check_packed), max_bytes=80),
]
