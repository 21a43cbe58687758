"""Fuzz: ``python -m tests.fuzz [TARGET ...] [--count N] [--seed S]``, by our own mutator and then by atheris.

A finding ends its target, not the others.  Its input is kept in ``tests/fuzz/corpus``, where the test suite finds it.
"""

import argparse
import secrets
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz import campaign, corpus
from tests.fuzz.campaign import FindingError
from tests.fuzz.registry import TARGETS
from tests.fuzz.target import Target

DEFAULT_COUNT = 100_000


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="dev.py fuzz")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"one of: {', '.join(TARGETS)}")
    parser.add_argument("--count", type=int, default=DEFAULT_COUNT, help="inputs for each target and each fuzzer")
    parser.add_argument("--seed", default=secrets.token_hex(4), help="what the inputs follow from; else by chance")
    parser.add_argument("--guide", type=Path, help="a Python with atheris, for coverage-guided fuzzing")
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.targets) - TARGETS.keys()):
        parser.error(f"no such target: {', '.join(unknown)}")
    print(f"seed {options.seed}", flush=True)
    targets = [TARGETS[name] for name in options.targets or TARGETS]
    passed = [mutated(target, options.count, options.seed) for target in targets]
    if options.guide is not None:
        passed += [guided(target, options.count, options.guide) for target in targets if target.is_guided]
    return 0 if all(passed) else 1


def mutated(target: Target, count: int, seed: str) -> bool:
    """Whether the target keeps its promises for what our own mutator makes."""
    try:
        outcome = campaign.run(target, count=count, seed=seed)
    except FindingError as finding:
        path = corpus.keep(target.name, finding.data)
        traceback.print_exception(finding.__cause__)
        print(f"{target.name}: FINDING, kept as {path}", flush=True)
        return False
    print(f"{target.name}: {outcome.inputs:,} inputs in {outcome.elapsed_s:.1f} s", flush=True)
    return True


def guided(target: Target, count: int, python: Path) -> bool:
    """Whether it does so for what atheris makes, which sees the branches that an input takes."""
    command = [str(python), "-m", "tests.fuzz.guided", target.name, str(count)]
    began_s = time.monotonic()
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        said = [line for line in done.stdout.splitlines() if not line.startswith("INFO: Instrumenting")]
        print("\n".join([*said, f"{target.name}: FINDING of atheris, exit {done.returncode}"]), flush=True)
        return False
    print(f"{target.name}: {count:,} guided inputs in {time.monotonic() - began_s:.1f} s", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
