"""Measure in this process, which has a network namespace to itself: ``python -m tests.mainline --nodes N``.

Prints the traffic of one call of each kind, of an hour without calls, and of what others ask in an hour, as JSON.
"""

import argparse
import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from random import Random  # noqa: TID251 - a run comes again from its seed

from tests.mainline.host import enter
from tests.mainline.measurement import Measurement
from tests.mainline.nodes import DhtNodes
from tests.mainline.traffic import Traffic

HOUR_S = 3_600.0
QUESTIONS_A_SECOND = 3.0
"""Of others, to a node that can be reached and that many know (``docs/network.md`` says where that is from)."""
MOST_LATE = 0.02
"""Of the answers; with more of them calls seem to cost more than they do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    warm_up_rounds: int
    calls: int
    pause_s: float
    """Between calls of one kind."""
    idle_s: float
    questions_s: float


THOROUGH = Plan(warm_up_rounds=25, calls=20, pause_s=1.5, idle_s=60.0, questions_s=30.0)
BRIEF = Plan(warm_up_rounds=2, calls=5, pause_s=0.3, idle_s=1.0, questions_s=1.0)


async def measured(nodes: DhtNodes, seed: int, plan: Plan) -> dict[str, Traffic]:
    measurement = Measurement(nodes, Random(seed))
    try:
        await measurement.warm_up(plan.warm_up_rounds)
        calls = await measurement.calls(plan.calls, plan.pause_s)
        upkeep = await measurement.idle(plan.idle_s)
        questions = await measurement.questions(QUESTIONS_A_SECOND, plan.questions_s)
    finally:
        await measurement.close()
    late = measurement.host.late_answers / measurement.host.answers
    if late > MOST_LATE:
        raise RuntimeError(f"this computer is too busy: {late:.1%} of the answers came late")
    return calls | {"upkeep": upkeep * (HOUR_S / plan.idle_s), "asked": questions * (HOUR_S / plan.questions_s)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mainline")
    parser.add_argument("--nodes", type=int, required=True)
    parser.add_argument("--silent", type=float, default=0.0, help="part of the nodes that does not answer")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--brief", action="store_true", help="with fewer calls, and hardly a look at the upkeep")
    options = parser.parse_args()
    enter()
    nodes = DhtNodes(options.nodes, silent=options.silent, seed=options.seed)
    costs = asyncio.run(measured(nodes, options.seed, BRIEF if options.brief else THOROUGH))
    sys.stdout.write(json.dumps({name: asdict(traffic) for name, traffic in costs.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
