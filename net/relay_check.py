"""Tries relays out: whether a TURN server grants us a port, which is given back at once."""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from net.ice_rules import IceRules
from net.ice_servers import IceServers
from net.server import ServerAddress, TurnServer, TurnTransport


class RelayOutcome(Enum):
    """What came of asking a relay for a port."""

    GRANTED = auto()
    REFUSED = auto()
    """It answers, and gives none: most likely the credentials are wrong."""
    UNTRUSTED = auto()
    """It has no certificate for its name that is trusted here."""
    UNREACHABLE = auto()
    """There is no such name, no way to it, or no program that listens there."""
    SILENT = auto()


@dataclass(frozen=True, slots=True)
class RelayTrial:
    """One relay, and what came of asking it."""

    address: ServerAddress
    transport: TurnTransport
    outcome: RelayOutcome


async def try_relays(servers: Sequence[TurnServer]) -> tuple[RelayTrial, ...]:
    """Ask each, all at once; takes some seconds at most."""
    outcomes = await asyncio.gather(*map(_try, servers))
    return tuple(
        RelayTrial(server.address, server.transport, outcome) for server, outcome in zip(servers, outcomes, strict=True)
    )


async def _try(server: TurnServer) -> RelayOutcome:
    from net.ice_offer import CandidateKind  # noqa: PLC0415 - only who has relays pays for the imports
    from net.transport.ice_agent import IceAgent  # noqa: PLC0415

    rules = IceRules(may_send_to=lambda _: False, may_tell=lambda _: True)
    agent = IceAgent(controls=True, username="trial", password="ofARelayAndOfNoPeerAtAll", rules=rules)  # noqa: S106
    try:
        found = await agent.gather((), IceServers(turn=(server,)))
    finally:
        await agent.close()
    if any(candidate.kind is CandidateKind.RELAYED for candidate in found):
        return RelayOutcome.GRANTED
    return _outcome_of(agent.relay_errors[-1]) if agent.relay_errors else RelayOutcome.SILENT


def _outcome_of(error: Exception) -> RelayOutcome:
    from aioice.stun import TransactionFailed, TransactionTimeout  # noqa: PLC0415

    match error:
        case ssl.SSLError():
            return RelayOutcome.UNTRUSTED
        case TimeoutError() | TransactionTimeout():
            return RelayOutcome.SILENT
        case TransactionFailed():
            return RelayOutcome.REFUSED
        case OSError():
            return RelayOutcome.UNREACHABLE
        case _:  # what it says is no STUN
            return RelayOutcome.REFUSED
