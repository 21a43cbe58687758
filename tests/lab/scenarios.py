"""What two people go through: which routers, which servers, and what happens to them.

Each starts with two fresh accounts and an invite, unless it tells of people who met before; each ends with a hundred
messages each way.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.lab.couple import Couple
from tests.lab.homes import Homes
from tests.lab.router import Nat

LATE_S = 25.0
"""Longer than whoever said goodbye is left alone, shorter than a router remembers."""

Event = Callable[[Homes, Couple], float]
"""Something that happens to two who met; gives the seconds until they are as before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One row of the table; ``name`` is its name on the command line."""

    name: str
    about: str
    paths: tuple[str, ...]
    """The classes of path that they may end with."""
    nats: tuple[Nat, Nat] = (Nat.CONE, Nat.CONE)
    one_home: bool = False
    """Both are behind the first router."""
    stun: bool = False
    relays: tuple[str, ...] = ()
    """``udp``, ``tcp``, ``tls``: how the TURN server is told to them."""
    upnp: int | None = None
    """Whose router opens ports: Alice's 0, Bob's 1."""
    silent: int = 0
    """How many of the thirty nodes of the DHT do not answer."""
    friend: bool = False
    """Both get to know a third person, who can be reached at TCP port 443."""
    event: Event | None = None


def both_restart(_: Homes, couple: Couple) -> float:
    """Both end their Kith and start it again."""
    return couple.restart()


def one_moves(lab: Homes, couple: Couple) -> float:
    """Alice's provider gives her another address while they talk: the seconds until both were heard again."""
    lab.homes[0].move()
    return couple.talk(1)


def udp_gets_blocked(lab: Homes, couple: Couple) -> float:
    """While both are away, Alice's router begins to block UDP: she has no DHT any more."""
    return couple.restart(lambda: lab.homes[0].router.become(Nat.UDP_BLOCKED))


def udp_gets_blocked_and_one_ends_late(lab: Homes, couple: Couple) -> float:
    """The same, but Bob looks for Alice long enough to leave a SYN in his router, which outlives his Kith."""
    return couple.restart_late(LATE_S, lambda: lab.homes[0].router.become(Nat.UDP_BLOCKED))


def udp_gets_blocked_behind_a_friend(lab: Homes, couple: Couple) -> float:
    """Alice's router begins to block UDP, and nothing that she knows of Bob leads to him: she writes to him."""
    return couple.restart_and_write(lambda: lab.homes[0].router.become(Nat.UDP_BLOCKED))


def one_gets_https_only(lab: Homes, couple: Couple) -> float:
    """Alice's router begins to let out TCP to port 443 and nothing else; she writes to Bob."""
    return couple.restart_and_write(lambda: lab.homes[0].router.become(Nat.TCP_443_ONLY))


def both_get_https_only(lab: Homes, couple: Couple) -> float:
    """Both routers do."""

    def become() -> None:
        for home in lab.homes:
            home.router.become(Nat.TCP_443_ONLY)

    return couple.restart_and_write(become)


ALL = (
    Scenario(name="cone-cone-stun", about="cone and cone, a STUN server", stun=True, paths=("punched",)),
    Scenario(name="cone-cone", about="cone and cone, no server at all", paths=("punched",)),
    Scenario(name="cone-mapped", about="the inviter's router opens ports (UPnP), cone", upnp=0, paths=("direct",)),
    Scenario(name="mapped-joiner", about="cone, the joiner's router opens ports (UPnP)", upnp=1, paths=("direct",)),
    Scenario(
        name="symmetric-relay",
        about="symmetric and symmetric, TURN over UDP",
        nats=(Nat.SYMMETRIC, Nat.SYMMETRIC),
        relays=("udp",),
        paths=("relayed",),
    ),
    Scenario(
        name="rst",
        about="routers that answer strangers with RST",
        nats=(Nat.RST_ANSWERING, Nat.RST_ANSWERING),
        paths=("punched",),
    ),
    Scenario(name="silent-dht", about="cone and cone, 30 % of the DHT silent", silent=9, paths=("punched",)),
    Scenario(name="lan", about="both on one LAN, and the DHT", one_home=True, paths=("lan",)),
    Scenario(name="restart", about="met before: both restarted", event=both_restart, paths=("punched",)),
    Scenario(
        name="restart-mapped",
        about="met before: both restarted, one router opens ports",
        event=both_restart,
        upnp=0,
        paths=("direct", "punched"),  # whoever dials first
    ),
    Scenario(
        name="move", about="met before: one gets another address while they talk", event=one_moves, paths=("punched",)
    ),
    Scenario(
        name="udp-blocked",
        about="met before: UDP newly blocked on one side",
        event=udp_gets_blocked,
        paths=("punched",),
    ),
    Scenario(
        name="udp-blocked-late",
        about="met before: the same, and the second ends 25 s after the first",
        event=udp_gets_blocked_and_one_ends_late,
        paths=("punched",),
    ),
    Scenario(
        name="udp-blocked-relay",
        about="met before: UDP newly blocked on one side, symmetric, TURN over TCP, a contact of both",
        nats=(Nat.SYMMETRIC, Nat.SYMMETRIC),
        relays=("udp", "tcp"),
        friend=True,
        event=udp_gets_blocked_behind_a_friend,
        paths=("relayed",),
    ),
    Scenario(
        name="https-symmetric",
        about="met before: one side lets out TCP to 443 alone, symmetric, TURN over TLS, a contact of both",
        nats=(Nat.CONE, Nat.SYMMETRIC),
        relays=("udp", "tls"),
        friend=True,
        event=one_gets_https_only,
        paths=("relayed",),
    ),
    Scenario(
        name="https-https",
        about="met before: both sides let out TCP to 443 alone, TURN over TLS, a contact of both",
        relays=("udp", "tls"),
        friend=True,
        event=both_get_https_only,
        paths=("relayed",),
    ),
)
