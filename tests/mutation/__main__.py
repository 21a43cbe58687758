"""Change the sources one place at a time and see whether a test notices: ``python -m tests.mutation [MODULE ...]``.

A mutant that no test tells from the source is a test that is missing, or it is equivalent: then ``docs/mutation.md``
says why.  One that it does not explain fails the run.
"""

import argparse
import sys
from collections.abc import Sequence

from tests.mutation.explained import DOCUMENT, escaped, explained
from tests.mutation.modules import Subject, subjects
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.results import Results
from tests.mutation.trial import Verdict, forked, preload, run_tests, trial

_LIMIT_S = 60
"""For one suite.  The slowest takes five seconds of an idle processor; this leaves room for a busy one."""


def main(arguments: Sequence[str] | None = None) -> int:
    known = {subject.name: subject for subject in subjects()}
    parser = argparse.ArgumentParser(prog="dev.py mutate")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="or a package; all by default")
    chosen = parser.parse_args(arguments).modules
    preload()
    selected = [subject for name, subject in known.items() if not chosen or _is_chosen(name, chosen)]
    if not selected:
        parser.error(f"no such module; there are {', '.join(known)}")
    return max(examine(subject) for subject in selected)


def _is_chosen(name: str, chosen: Sequence[str]) -> bool:
    return any(f"{name}.".startswith(f"{prefix}.") for prefix in chosen)


def examine(subject: Subject) -> int:
    """Try all mutants of a module that are not tried yet; 1 if any survived without an explanation."""
    for suite in subject.suites:
        if forked(lambda suite=suite: run_tests(suite), limit_s=_LIMIT_S) != 0:  # type: ignore[misc]
            print(f"{subject.name}: the tests fail without any change: {' '.join(suite)}", flush=True)
            return 1
    every, results = list(mutants(subject.source)), Results.of(subject)
    for mutant in every:
        if mutant.name not in results.verdicts:
            results.add(mutant.name, verdict_on(subject, mutant))
    survivors = [mutant for mutant in every if results.verdicts[mutant.name] is Verdict.SURVIVED]
    return report(subject, survivors, len(every))


def verdict_on(subject: Subject, mutant: Mutant) -> Verdict:
    for suite in subject.suites:
        verdict = trial(subject.path, mutant.source, suite, limit_s=_LIMIT_S)
        if verdict is not Verdict.SURVIVED:
            return verdict
    return Verdict.SURVIVED


def report(subject: Subject, survivors: Sequence[Mutant], count: int) -> int:
    text = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    known = explained(text).get(subject.name, set())
    unexplained = [
        mutant for mutant in survivors if known.isdisjoint({(mutant.before, mutant.after), (mutant.before, None)})
    ]
    print(f"{subject.name}: {count} mutants, {len(survivors)} survived, {len(unexplained)} unexplained", flush=True)
    for mutant in unexplained:
        print(f"  {mutant.line}: | `{escaped(mutant.before)}` | `{escaped(mutant.after)}` |", flush=True)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
