"""On paper from the measured day to any number of users: what grows, and how."""

from collections.abc import Iterator

from tests.sim.cost import NODES, STORES, Costs, costs
from tests.sim.dht import CALLER_LIFE_S
from tests.sim.nats import SHARES, Means, Nat
from tests.sim.study import MEASURED_S, Day

SIZES = (10_000, 1_000_000, 100_000_000)
HOUR_S = 3_600.0
EPOCHS_HELD = 1.3
"""Records of one user that nodes hold: they forget one two hours after its last put, and the epoch lasts four."""
RELAYED_BYTES_A_SECOND = 2 * 2 * 120 / 15
"""Through a relay and out of it, of a pair that says nothing: a ping and a pong every 15 s, with headers."""
ALLOCATIONS_A_SERVER = 20_000
"""Assumed of one TURN server."""


def growth_table(day: Day, sizes: tuple[int, ...] = SIZES) -> Iterator[str]:
    columns = [_column(day, size) for size in sizes]
    yield "| users | " + " | ".join(f"{size:,}" for size in sizes) + " |"
    yield "|---|" + "---|" * len(sizes)
    for name in columns[0]:
        yield f"| {name} | " + " | ".join(column[name] for column in columns) + " |"


def _column(day: Day, users: int) -> dict[str, str]:
    online = users * day.online_h / len(day.loads) / (MEASURED_S / HOUR_S)
    nodes = NODES + online * SHARES[Nat.REACHABLE]  # who is behind a NAT is no node that others keep
    at_size: Costs = costs(int(nodes))
    hourly = day.asked
    hours = day.online_h
    requests = at_size.requests_of(hourly) / hours * online / nodes / HOUR_S
    relayed = day.tally(Means.RELAY).together_s / MEASURED_S / len(day.loads) * users
    return {
        "of them online on average": f"{online:,.0f}",
        "nodes of the DHT": f"{nodes / 1e6:,.1f} million",
        "nodes that a search asks": f"{at_size.questions:.0f}",
        "a user, an hour online": f"{at_size.bytes_of(hourly) / hours / 1e6:.1f} MB",
        "a node answers, because of Kith": f"{requests:.3f} a second",
        "records that a node holds": f"{online * EPOCHS_HELD * STORES / nodes:.2f}",
        "rings that a node holds": f"{hourly.rings / hours * CALLER_LIFE_S / HOUR_S * online * STORES / nodes:.2f}",
        "pairs online that need a relay": f"{relayed:,.0f}",
        "relays' traffic while nobody says anything": f"{relayed * RELAYED_BYTES_A_SECOND * 8 / 1e6:,.1f} Mbit/s",
        "TURN servers": f"{max(1, round(relayed / ALLOCATIONS_A_SERVER)):,}",
    }
