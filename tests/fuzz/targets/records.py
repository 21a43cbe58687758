"""What the nodes of the DHT hand out for a record."""

from collections.abc import Sequence

from crypto.discovery_key import DiscoveryKey
from crypto.errors import RemoteError
from crypto.rendezvous import RECORD_BYTES, Rendezvous
from net.discovery.record import Record
from net.endpoint import Endpoint
from net.limits import MAX_ENDPOINTS
from tests.fuzz.target import Target, always
from tests.support.sessions import Randomness

_RANDOM = Randomness("fuzz records")
_KEY = DiscoveryKey.generate(_RANDOM)
_RENDEZVOUS = Rendezvous(_KEY.point, _KEY.secret)
_EPOCH = 7
_RECORD = Record(1_800_000_000, (Endpoint.of("192.0.2.1", 4_000), Endpoint.of("2001:db8::1", 4_000)))


def values() -> Sequence[bytes]:
    return [_RENDEZVOUS.seal(_EPOCH, content, random=_RANDOM) for content in (b"", _RECORD.encode())]


def contents() -> Sequence[bytes]:
    return [_RECORD.encode(), Record(0, ()).encode(), Record(1, _RECORD.endpoints * 4).encode()]


def check_value(data: bytes) -> None:
    """Nothing opens that was not sealed for this epoch."""
    try:
        content = _RENDEZVOUS.open(_EPOCH, data)
    except RemoteError:
        return
    assert len(data) == RECORD_BYTES
    assert content in {b"", _RECORD.encode()}


def check_content(data: bytes) -> None:
    """What is read is what those bytes say, and bounded."""
    try:
        record = Record.decode(data)
    except RemoteError:
        return
    assert len(record.endpoints) <= MAX_ENDPOINTS
    assert Record.decode(record.encode()) == record


TARGETS = [
    Target("record-value", values, always(check_value), max_bytes=2 * RECORD_BYTES),
    Target("record-content", contents, always(check_content), words=[b"\x01", b"\x04", b"\x06"], max_bytes=256),
]
