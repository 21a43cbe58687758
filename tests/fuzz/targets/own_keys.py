"""Our own keys as the store gives them back, and the public ones of others."""

from collections.abc import Sequence
from contextlib import suppress

from crypto.discovery_key import DiscoveryKey, check_point
from crypto.errors import MalformedError
from crypto.identity import Identity, PublicIdentity, verify_binding
from crypto.secret import Secret
from tests.fuzz.target import Target, always
from tests.support.sessions import Randomness

_ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of the group: the first scalar that is not reduced."""


def keys() -> Sequence[bytes]:
    random = Randomness("fuzz keys")
    identity = Identity.generate(random)
    edges = [scalar.to_bytes(32, "little") + bytes(32) for scalar in (1, _ORDER - 1, _ORDER, 2**256 - 1)]
    return [
        identity.encode().reveal(),
        identity.public.encode(),
        DiscoveryKey.generate(random).encode().reveal(),
        *edges,
        bytes(64),
    ]


def check(data: bytes) -> None:
    """Bytes are keys that work, in their one spelling, or refused."""
    with suppress(MalformedError):
        assert PublicIdentity.decode(data).encode() == data
    with suppress(MalformedError):
        identity = Identity.decode(Secret(data))
        assert identity.encode().reveal() == data
        verify_binding(identity.public, identity.binding)
    with suppress(MalformedError):
        key = DiscoveryKey.decode(Secret(data))
        assert key.encode().reveal() == data
        assert check_point(key.point) == key.point


TARGETS = [Target("own-keys", keys, always(check), words=[_ORDER.to_bytes(32, "little"), bytes(32)], max_bytes=128)]
