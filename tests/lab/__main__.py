"""Run the scenarios: ``python -m tests.lab [SCENARIO ...] [--runs N]``, one JSON object a run, then the table.

``python -m tests.lab soak [--minutes N] [--seed S]`` lives through a long history instead.  Either exits with 1 if
something did not go as it should.
"""

import argparse
import json
import sys
from dataclasses import asdict

from tests.lab import scenarios, soak, trial
from tests.lab.namespaces import why_not
from tests.lab.table import table

RUNS = 10
MINUTES = 120.0
SOAK = "soak"


def main() -> int:
    known = {scenario.name: scenario for scenario in scenarios.ALL}
    parser = argparse.ArgumentParser(prog="dev.py lab")
    parser.add_argument(
        "names", nargs="*", metavar="SCENARIO", help=f"of {', '.join(known)}; all by default; or {SOAK}"
    )
    parser.add_argument("--runs", type=int, default=RUNS, help=f"of each; {RUNS} by default")
    parser.add_argument("--minutes", type=float, default=MINUTES, help=f"of {SOAK}; {MINUTES:.0f} by default")
    parser.add_argument("--seed", help=f"of {SOAK}, for the same mishaps in the same order")
    options = parser.parse_args()
    if options.names == [SOAK] and why_not() is None:
        return soak.run(options.minutes, options.seed)
    if unknown := sorted(set(options.names) - set(known)):
        parser.error(f"no such scenario: {', '.join(unknown)}")
    if (reason := why_not()) is not None:
        parser.error(reason)
    chosen = [known[name] for name in options.names or known]
    trials = []
    for _ in range(options.runs):
        for scenario in chosen:
            trials.append(trial.run(scenario))
            print(json.dumps(asdict(trials[-1])), flush=True)
    print(table(chosen, trials))
    return int(any(each.error for each in trials))


if __name__ == "__main__":
    sys.exit(main())
