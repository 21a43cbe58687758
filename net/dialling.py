"""When to dial one peer, and where (``docs/protocol.md``, section 4; "Whom we dial" in ``docs/architecture.md``).

A round dials every endpoint of the peer, in each way that may lead there: at once from any port, a moment later from
the port on which we listen, to get through two NATs, and beside it.  When the first attempt has failed, the next round
waits: 1 s to begin with, twice as long each time, 5 minutes at most, shortened by a random part; what still hangs then
is left hanging.  News (other endpoints, a nudge) start a round at once; a link that comes up ends it.  Where nobody
ever proved a key, :mod:`net.dial_budget` bounds all this.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum
from ipaddress import IPv4Address, IPv6Network
from typing import NewType

from crypto.primitives import Random
from net.endpoint import MAX_PORT, Endpoint
from net.interfaces import IPAddress, IPNetwork
from net.jitter import shortened
from net.limits import (
    ASIDE_PERIOD_S,
    ASIDE_PORTS,
    BACKOFF_JITTER,
    FIRST_BACKOFF_S,
    MAX_BACKOFF_S,
    MAX_ENDPOINTS,
    PUNCH_DELAY_S,
)

DialId = NewType("DialId", int)
"""One attempt to connect, unique in this process."""

_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that IANA gives to networks of the internet; 64:ff9b::/96 (NAT64), fec0::/10 and the like are not in it."""

_HTTPS_PORT = 443
_FIRST_UNPRIVILEGED_PORT = 1024
_MAX_DOUBLINGS = 16


class Way(Enum):
    """How an attempt connects."""

    DIRECT = "TCP, from any port"
    PUNCH = "TCP, from the port on which we listen, the SYN held"
    ASIDE = "the same beside one side's port, where no NAT remembers anything"


HEAD_START_S = {Way.DIRECT: 0.0, Way.PUNCH: PUNCH_DELAY_S, Way.ASIDE: PUNCH_DELAY_S}
"""From the start of a round to its attempts of each way."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where an attempt is to lead, and how."""

    way: Way
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class OwnEndpoints:
    """Where this process itself is."""

    endpoints: frozenset[Endpoint] = frozenset()
    """Every address and port that reaches our own listeners."""

    listens_on_loopback: bool = False
    """A listener is bound to a loopback address: peers on this computer are wanted (tests, several profiles)."""

    networks: frozenset[IPNetwork] = frozenset()
    """What this machine is in: whoever is there too can be reached without a router."""

    shared_versions: frozenset[int] = frozenset()
    """Of IP: dials can leave from a port on which we listen."""

    is_symmetric: bool = False
    """Our NAT gives each conversation a port of its own: nobody can be told where to knock."""

    stays_near: bool = False
    """Nobody beyond our networks is to hear from us."""

    def is_near(self, endpoint: Endpoint) -> bool:
        """Whether the endpoint is in a network of ours, but not here."""
        return endpoint not in self.endpoints and any(endpoint.address in network for network in self.networks)


def is_dialable(endpoint: Endpoint, own: OwnEndpoints) -> bool:
    """Whether a contact who names this endpoint may make us connect to it."""
    address, port = endpoint.address, endpoint.port
    if endpoint in own.endpoints or _is_privileged(port):
        return False
    if address.is_multicast or address.is_unspecified or address.is_link_local:
        return False
    if isinstance(address, IPv4Address) and address.is_reserved:  # 240/4, the broadcast address in it
        return False
    if address.is_loopback:
        return own.listens_on_loopback
    # The same private address is somebody else in every other network.
    return own.is_near(endpoint) or not (address.is_private or _leads_back(address) or own.stays_near)


def _leads_back(address: IPAddress) -> bool:
    """Whether an IPv6 address is none of the internet's, or holds an IPv4 address that may be one of our network:
    a gateway for NAT64 or 6to4 may take the clothes off.  6to4 is long out of use (RFC 7526), so none is dialled.
    """
    if isinstance(address, IPv4Address):
        return False
    return address not in _GLOBAL_UNICAST or address.sixtofour is not None


def is_punchable(endpoint: Endpoint, own: OwnEndpoints) -> bool:
    """Whether an endpoint that may be dialled could be behind a NAT that ours could open."""
    address = endpoint.address
    is_far = not (address.is_private or own.is_near(endpoint))
    return is_far and not own.is_symmetric and address.version in own.shared_versions


def is_free_aside(endpoint: Endpoint) -> bool:
    """Whether the ports beside one that may be punched to may be dialled as well."""
    return not _is_privileged(endpoint.port) and endpoint.port != _HTTPS_PORT


def pair_aside(local: Endpoint, remote: Endpoint, unix_s: float, *, controls: bool) -> tuple[Endpoint, Endpoint]:
    """From where to where a window beside our ports leads at this time: the port of the side that controls is moved by
    one to eight, one more each half minute, so that both sides know it and no NAT does.
    """
    return (_aside(local, unix_s), remote) if controls else (local, _aside(remote, unix_s))


def _aside(endpoint: Endpoint, unix_s: float) -> Endpoint:
    offset = 1 + int(unix_s / ASIDE_PERIOD_S) % ASIDE_PORTS
    port = endpoint.port + offset
    return replace(endpoint, port=port if port <= MAX_PORT else endpoint.port - offset)


def _is_privileged(port: int) -> bool:
    return port < _FIRST_UNPRIVILEGED_PORT and port != _HTTPS_PORT


def nearby(endpoints: Iterable[Endpoint], own: OwnEndpoints) -> tuple[Endpoint, ...]:
    """Of endpoints announced on the LAN those in our own networks, loopback and link-local ones included.

    Who names one elsewhere is a stranger's echo.
    """
    return tuple(endpoint for endpoint in endpoints if own.is_near(endpoint) and not _is_privileged(endpoint.port))


def dialable(endpoints: Iterable[Endpoint], own: OwnEndpoints) -> tuple[Endpoint, ...]:
    """The first eight endpoints that may be dialled, each once."""
    # IPv4 addresses in IPv6 clothes are taken as what they are, or they would slip through as "not loopback".
    plain = dict.fromkeys(Endpoint.of(str(endpoint.address), endpoint.port) for endpoint in endpoints)
    return tuple(endpoint for endpoint in plain if is_dialable(endpoint, own))[:MAX_ENDPOINTS]


class Dialling:
    """The attempts to reach one peer."""

    def __init__(self, random: Random, new_id: Callable[[], DialId]) -> None:
        self._random = random
        self._new_id = new_id
        self._targets: tuple[Target, ...] = ()
        self._steps: dict[Target, float] = {}
        """Attempts of the round under way that are yet to start, and when."""
        self._resting: dict[Target, float] = {}
        """Attempts that may not start yet, whatever the rounds, and when they may."""
        self._in_flight: dict[DialId, Target] = {}
        self._failed_rounds = 0
        self._wanted = False
        self._connected = False
        self._next_at: float | None = None

    def set_wanted(self, targets: tuple[Target, ...], now: float, *, wanted: bool) -> None:
        """Try these from now on: at once if there is anything new in them."""
        is_news = wanted and (not self._wanted or bool(set(targets) - set(self._targets)))
        self._targets = targets
        self._wanted = wanted
        self._steps = {target: moment for target, moment in self._steps.items() if target in targets}
        self._resting = {target: moment for target, moment in self._resting.items() if target in targets}
        if is_news or not self._is_due:
            self.nudge(now)

    def nudge(self, now: float) -> None:
        """Forget the waiting: there is reason to believe that the peer is there now, if it is wanted at all."""
        self._failed_rounds = 0
        self._next_at = now if self._is_due else None
        if not self._is_due:
            self._drop_plans()

    def connected(self) -> None:
        """A link is up: nothing needs to be dialled."""
        self._connected = True
        self._failed_rounds = 0
        self._next_at = None
        self._drop_plans()

    def disconnected(self, now: float) -> None:
        """The last link is gone: try again soon."""
        self._connected = False
        self._wait(now)

    def restart(self, now: float) -> None:
        """What counted as connected no longer does: a link of another kind is wanted."""
        self._connected = False
        self.nudge(now)

    def failed(self, dial: DialId, now: float) -> None:
        """An attempt came to nothing."""
        if self._in_flight.pop(dial, None) is not None and self._next_at is None:
            self._wait_longer(now)

    def rest(self, target: Target, until: float) -> None:
        """Ask again whether this may be dialled when that moment has come, and not with the next round only."""
        if self._is_due and target in self._targets:
            self._resting[target] = until

    def succeeded(self, dial: DialId) -> None:
        """An attempt has become a link."""
        self._in_flight.pop(dial, None)

    def abandon(self, is_hopeless: Callable[[Target], bool]) -> list[DialId]:
        """Forget these attempts under way; the caller stops them."""
        abandoned = [dial for dial, target in self._in_flight.items() if is_hopeless(target)]
        for dial in abandoned:
            del self._in_flight[dial]
        return abandoned

    def wake_at(self) -> float | None:
        next_round = [] if self._next_at is None else [self._next_at]
        return min([*next_round, *self._steps.values(), *self._resting.values()], default=None)

    def is_due(self, now: float) -> bool:
        """Whether something is to start."""
        wake_at = self.wake_at()
        return wake_at is not None and now >= wake_at

    def handle_timer(
        self, now: float, may_dial: Callable[[Target], bool] = lambda _: True
    ) -> list[tuple[DialId, Target]]:
        """The attempts to start now; where ``may_dial`` says no, a later round asks again."""
        if self._next_at is not None and now >= self._next_at:
            self._next_at = None
            self._steps |= {target: now + HEAD_START_S[target.way] for target in self._targets}
        due = self._take_due(now)
        under_way = set(self._in_flight.values())
        started = [(self._new_id(), target) for target in due if target not in under_way and may_dial(target)]
        self._in_flight.update(started)
        if not self._in_flight and not self._steps and self._next_at is None:
            self._wait_longer(now)
        return started

    def _take_due(self, now: float) -> list[Target]:
        planned = (*self._steps.items(), *self._resting.items())
        due = list(dict.fromkeys(target for target, moment in planned if now >= moment))
        for target in due:
            self._steps.pop(target, None)
            self._resting.pop(target, None)
        return due

    def _drop_plans(self) -> None:
        self._steps.clear()
        self._resting.clear()

    @property
    def _is_due(self) -> bool:
        return self._wanted and not self._connected and bool(self._targets)

    def _wait_longer(self, now: float) -> None:
        """The round came to nothing, and so may the next."""
        self._wait(now)
        self._failed_rounds = min(self._failed_rounds + 1, _MAX_DOUBLINGS)

    def _wait(self, now: float) -> None:
        backoff_s = min(FIRST_BACKOFF_S * 2**self._failed_rounds, MAX_BACKOFF_S)
        self._next_at = now + shortened(backoff_s, BACKOFF_JITTER, self._random) if self._is_due else None
