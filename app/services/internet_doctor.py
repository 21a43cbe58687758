"""The doctor of the ways across the internet: what leads out, where others see us, and whether they get in."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from ipaddress import IPv4Address, IPv6Address

from app.domain.finding import Finding, bad, good, neutral
from app.domain.remark import Remark
from app.domain.said import listed, say, since
from net.endpoint import Endpoint
from net.mapping import MappingState, PortMapping
from net.nat_kind import NatKind
from net.observation import ObserverKind
from net.own_addresses import AddressFacts
from net.relay_check import RelayOutcome, RelayTrial


class DhtHealth(Enum):
    """How far the search across the internet is known to work."""

    OFF = auto()
    ALONE = auto()
    """Nobody answers."""
    RUNNING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitView:
    """Whether anybody has connected to us, and what may stand in the way."""

    bound: Sequence[Endpoint]
    near_at: float | None = None
    far_at: float | None = None
    """When somebody last did, from the local network and from beyond, in Unix seconds."""
    firewall: str | None = None
    """The name of the one that runs on this computer, if any is seen."""


def check_dht(health: DhtHealth) -> Finding:
    match health:
        case DhtHealth.OFF:
            return neutral("dht", say(Remark.DHT_OFF))
        case DhtHealth.ALONE:
            return bad("dht", say(Remark.DHT_ALONE), todo=say(Remark.DHT_LET_THROUGH))
        case DhtHealth.RUNNING:
            return good("dht", say(Remark.DHT_RUNNING))


def check_external(
    external: Sequence[IPv4Address | IPv6Address], nat: NatKind, bound: Sequence[Endpoint] = (), *, mapped: bool = False
) -> Finding:
    """``external`` is where others see this computer come from, if that is none of its own addresses; ``mapped``: the
    router leads a port to it, whatever it does with others.
    """
    seen = [say(Remark.SEEN_FROM, addresses=listed(external))] if external else []
    match nat:
        case NatKind.NONE:
            return good("external", *seen, say(Remark.NAT_NONE))
        case NatKind.CONE:
            return good("external", *seen, say(Remark.NAT_CONE))
        case NatKind.SYMMETRIC if mapped:
            return good("external", *(seen or [say(Remark.UNSEEN)]))
        case NatKind.SYMMETRIC:
            return bad("external", *seen, say(Remark.NAT_SYMMETRIC), todo=say(Remark.FORWARD_A_PORT, port=_port(bound)))
        case NatKind.NO_UDP:
            return bad("external", *seen, say(Remark.NO_UDP), todo=say(Remark.LET_UDP_OUT))
        case NatKind.UNKNOWN:
            return good("external", *seen) if seen else neutral("external", say(Remark.UNSEEN))


def check_port_mapping(mapping: PortMapping) -> Finding:
    """Without an open port there are other ways: nothing is wrong."""
    todo = None if mapping.port is None else say(Remark.MAPPING_ALLOW, port=str(mapping.port))
    match mapping.state:
        case MappingState.OFF:
            return neutral("port_mapping", say(Remark.MAPPING_OFF))
        case MappingState.NEEDLESS:
            return neutral("port_mapping", say(Remark.MAPPING_NEEDLESS))
        case MappingState.ASKING:
            return neutral("port_mapping", say(Remark.MAPPING_ASKING))
        case MappingState.OPEN:
            return good("port_mapping", say(Remark.MAPPING_OPEN, port=str(mapping.external_port)))
        case MappingState.REFUSED:
            refused = say(Remark.MAPPING_REFUSED, error=mapping.error or "")
            return neutral("port_mapping", refused, todo=todo, ok=False)
        case MappingState.UNANSWERED:
            return neutral("port_mapping", say(Remark.MAPPING_UNANSWERED), todo=todo, ok=False)


def check_stun(facts: AddressFacts, *, wanted: bool) -> Finding:
    """Servers are asked only while nobody else has told enough, so silence of all of them is the only bad sign."""
    if not wanted:
        return neutral("stun", say(Remark.STUN_OFF))
    rounds = [found for (kind, _), found in facts.rounds.items() if kind is ObserverKind.STUN and found.asked]
    names = sorted({each.observer.name.decode() for found in rounds for each in found.observations})
    if names:
        return good("stun", say(Remark.STUN_ANSWERS, names=", ".join(names)))
    if rounds and all(found.is_over for found in rounds):
        return neutral("stun", say(Remark.STUN_SILENT), todo=say(Remark.STUN_LET_THROUGH), ok=False)
    return neutral("stun", say(Remark.STUN_UNASKED))


def check_visits(view: VisitView, now: float) -> tuple[Finding, ...]:
    """Nothing where nobody is to connect from outside."""
    if not view.bound or all(endpoint.address.is_loopback for endpoint in view.bound):
        return ()
    if view.far_at is not None:
        return (good("incoming", say(Remark.VISITED_FROM_FAR, ago=since(view.far_at, now))),)
    if view.near_at is not None:
        return (good("incoming", say(Remark.VISITED_FROM_NEAR, ago=since(view.near_at, now))),)
    return (_check_unvisited(view),)


def _check_unvisited(view: VisitView) -> Finding:
    if view.firewall is None:
        return neutral("incoming", say(Remark.UNVISITED))
    runs = say(Remark.FIREWALL_RUNS, name=view.firewall)
    return neutral("incoming", say(Remark.UNVISITED), runs, todo=say(Remark.OPEN_FIREWALL, port=_port(view.bound)))


_RELAYS = {
    RelayOutcome.REFUSED: (Remark.RELAY_REFUSES, Remark.RELAY_CHECK_CREDENTIALS),
    RelayOutcome.UNTRUSTED: (Remark.RELAY_UNTRUSTED, Remark.RELAY_CHECK_NAME),
    RelayOutcome.UNREACHABLE: (Remark.RELAY_UNREACHABLE, Remark.RELAY_CHECK_ADDRESS),
    RelayOutcome.SILENT: (Remark.RELAY_SILENT, Remark.RELAY_CHECK_ADDRESS),
}


def check_relays(trials: Sequence[RelayTrial], *, wanted: bool) -> tuple[Finding, ...]:
    """One finding for each relay, or one that there is none."""
    if not wanted:
        return (neutral("turn", say(Remark.RELAY_OFF)),)
    if not trials:
        return (neutral("turn", say(Remark.RELAY_UNNAMED), todo=say(Remark.RELAY_NAME)),)
    return tuple(map(_check_relay, trials))


def _check_relay(trial: RelayTrial) -> Finding:
    name = f"{trial.address} ({trial.transport.value.upper()})"
    if trial.outcome is RelayOutcome.GRANTED:
        return good("turn", say(Remark.RELAY_GRANTS, name=name))
    remark, todo = _RELAYS[trial.outcome]
    return bad("turn", say(remark, name=name), todo=say(todo))


def _port(bound: Sequence[Endpoint]) -> str:
    """What to open."""
    return listed(dict.fromkeys(endpoint.port for endpoint in bound))
