"""Which addresses are good for what in ICE: peers and servers name what they like."""

from collections.abc import Callable
from dataclasses import dataclass

from net.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class IceRules:
    """Those of one attempt."""

    may_send_to: Callable[[Endpoint], bool]
    """The peer may have us send there."""
    may_tell: Callable[[Endpoint], bool]
    """A server may have us tell the peer that we are there."""
    relays: bool = True
    """The way may lead through a relay, ours or the peer's."""
