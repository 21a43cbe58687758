"""Simulate a day: ``python -m tests.sim``.  Prints the tables of ``docs/network.md``, and draws its charts."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.sim.cost import NODES, Costs, costs
from tests.sim.growth import growth_table
from tests.sim.nats import Means
from tests.sim.report import load_chart, load_table, meetings_table, time_chart
from tests.sim.study import Day, simulate
from tests.sim.world import Features

USERS = 10_000
USERS_OF_A_VARIANT = 1_500

VARIANTS = {
    "dialling only": Features(punch=False, doorbell=False, ice=False),
    "with punching": Features(doorbell=False, ice=False),
    "with the doorbell": Features(ice=False),
    "with ICE": Features(),
    "with a relay for everybody": Features(relay=True),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py sim", description=__doc__)
    parser.add_argument("--users", type=int, default=USERS, metavar="N", help=f"{USERS:,} by default")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--images", type=Path, default=Path("build"), metavar="DIR", help="where charts go")
    parser.add_argument("--variants", action="store_true", help="also compare versions that can do less, or more")
    options = parser.parse_args()
    in_mainline = costs()
    day = simulate(options.users, Features(), options.seed)
    _print(summary(day, in_mainline))
    _print(meetings_table(day))
    _print(load_table(day, in_mainline))
    _print(growth_table(day))
    options.images.mkdir(parents=True, exist_ok=True)
    (options.images / "sim-time.svg").write_text(time_chart(day).svg(), encoding="utf-8")
    (options.images / "sim-load.svg").write_text(load_chart(day, in_mainline).svg(), encoding="utf-8")
    if options.variants:
        _print(variants_table(min(options.users, USERS_OF_A_VARIANT), options.seed))
    return 0


def summary(day: Day, in_mainline: Costs) -> Iterator[str]:
    relayed = day.tally(Means.RELAY)
    every = day.tally()
    yield f"{len(day.loads):,} users, {day.mean_contacts:.1f} contacts each, clustering {day.clustering:.2f}"
    yield f"a search asks {in_mainline.questions:.0f} nodes of {NODES:,}: {in_mainline.search_bytes / 1000:.1f} kB"
    yield f"pairs that only a relay connects: {relayed.meetings / every.meetings:.1%} of meetings"


def variants_table(users: int, seed: int) -> Iterator[str]:
    yield "| version | linked | of the time | p50 | p90 | p99 |"
    yield "|---|---|---|---|---|---|"
    for name, features in VARIANTS.items():
        *_, last = meetings_table(simulate(users, features, seed))
        yield f"| {name} |" + last.split("|", 4)[4]


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)
    print()


if __name__ == "__main__":
    sys.exit(main())
