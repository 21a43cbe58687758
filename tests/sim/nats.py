"""What stands between a user and the others, and which pairs of users can connect.

Shares and chances are either measured by others (source named) or assumed so that a measured figure comes out:

* Between two users behind NATs, hole punching succeeds in 70 % of pairs, TCP and QUIC alike (Trautwein et al.,
  arXiv 2510.27500, 4.4 million attempts).  Here 12 % of NATs are symmetric, and nine in ten pairs of others succeed.
* 15 to 22 % of WebRTC's connections need a relay (Twilio; callstats.io in 2016).
* That a quarter can be reached (public address, port mapping, forwarding) and that 4 % have no UDP is assumed; UPnP
  told nothing in most of 120,000 homes (DiCioccio et al., PAM 2012).
"""

from dataclasses import dataclass
from enum import Enum
from hashlib import blake2b


class Nat(Enum):
    """One way to be on the internet."""

    REACHABLE = "reachable"
    CONE = "cone"
    SYMMETRIC = "symmetric"
    NO_UDP = "no UDP"


SHARES = {Nat.REACHABLE: 0.25, Nat.CONE: 0.625, Nat.SYMMETRIC: 0.085, Nat.NO_UDP: 0.04}

PUNCHED_OF_CONES = 0.90
"""Of pairs of cones: with 12 % symmetric NATs, 0.88² · 0.90 = 70 %."""

ICE_OF_CONES = 0.60
"""Of the other pairs of cones, over UDP: assumed (NATs that answer an unexpected SYN with a RST are among them)."""

ICE_OF_CONE_AND_SYMMETRIC = 0.35
"""Where the cone lets in whoever comes: assumed, so that about a fifth of all pairs needs a relay."""


class Means(Enum):
    """The best means that connects a pair; the value is what a table calls it."""

    DIRECT = "direct"
    PUNCHED = "punched"
    ICE = "ICE"
    RELAY = "relay only"
    NONE = "no signalling"
    """One of them has no DHT to be called over, and neither can be reached."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the internet: the same NAT and the same pairs that work, however often the address changes."""

    name: int
    nat: Nat


def means(one: Spot, other: Spot, seed: int) -> Means:
    """Drawn once for two spots."""
    kinds = {one.nat, other.nat}
    if Nat.REACHABLE in kinds:
        return Means.DIRECT
    if Nat.NO_UDP in kinds:
        return Means.NONE
    punched, ice = _draws(min(one.name, other.name), max(one.name, other.name), seed)
    if kinds == {Nat.CONE}:
        if punched < PUNCHED_OF_CONES:
            return Means.PUNCHED
        return Means.ICE if ice < ICE_OF_CONES else Means.RELAY
    return Means.ICE if Nat.CONE in kinds and ice < ICE_OF_CONE_AND_SYMMETRIC else Means.RELAY


def _draws(low: int, high: int, seed: int) -> tuple[float, float]:
    digest = blake2b(b"%d %d" % (low, high), digest_size=8, key=b"%d" % seed).digest()
    return int.from_bytes(digest[:4], "big") / 2**32, int.from_bytes(digest[4:], "big") / 2**32
