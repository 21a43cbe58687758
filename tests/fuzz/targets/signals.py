"""What the nodes of the DHT hand out for a signal."""

from collections.abc import Sequence

from crypto.errors import RemoteError
from crypto.secret import Secret
from crypto.signal import SIGNAL_ITEM_BYTES, SignalBox
from net.discovery.signal import Signal
from net.endpoint import Endpoint
from net.limits import MAX_ENDPOINTS, MAX_SIGNAL_BYTES
from tests.fuzz.target import Target, always
from tests.support.sessions import Randomness

_RANDOM = Randomness("fuzz signals")
_BOX = SignalBox.of(Secret(b"k" * 32), 7, from_controlling=True)
_ENDPOINTS = (Endpoint.of("192.0.2.1", 4_000), Endpoint.of("2001:db8::1", 4_000))
_SIGNAL = Signal(1_800_000_000_000, _ENDPOINTS, b"\x01anything")


def values() -> Sequence[bytes]:
    return [_BOX.seal(content, random=_RANDOM) for content in (b"", _SIGNAL.encode())]


def contents() -> Sequence[bytes]:
    return [_SIGNAL.encode(), Signal(0, (), b"").encode(), Signal(1, _ENDPOINTS * 4, bytes(MAX_SIGNAL_BYTES)).encode()]


def check_value(data: bytes) -> None:
    """Nothing opens that was not sealed for this box."""
    try:
        content = _BOX.open(data)
    except RemoteError:
        return
    assert len(data) == SIGNAL_ITEM_BYTES
    assert content in {b"", _SIGNAL.encode()}


def check_content(data: bytes) -> None:
    """What is read is what those bytes say, and bounded."""
    try:
        signal = Signal.decode(data)
    except RemoteError:
        return
    assert len(signal.endpoints) <= MAX_ENDPOINTS
    assert len(signal.content) <= MAX_SIGNAL_BYTES
    assert Signal.decode(signal.encode()) == signal


TARGETS = [
    Target("signal-value", values, always(check_value), max_bytes=2 * SIGNAL_ITEM_BYTES),
    Target("signal-content", contents, always(check_content), words=[b"\x01", b"\x04", b"\x06"], max_bytes=800),
]
