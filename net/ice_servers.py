"""Who helps two to meet by UDP: STUN servers tell where they see us (RFC 8489), TURN servers relay (RFC 8656)."""

from dataclasses import dataclass

from net.server import ServerAddress, TurnServer


@dataclass(frozen=True, slots=True)
class IceServers:
    """Asked in this order; none is as good as needed where both sides' NATs are simple."""

    stun: tuple[ServerAddress, ...] = ()
    turn: tuple[TurnServer, ...] = ()
    relays: bool = True
    """Whether a way may lead through a relay at all, be it the peer's."""
