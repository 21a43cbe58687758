"""What became of each mutant, kept in ``build/mutation``: a run goes on where the last one was ended.

    MODULE.jsonl    first {"source": digest}, then {"mutant": name, "verdict": ..., "tests": digest} a line

Another source, and all begins anew.  Other tests, and only those mutants are tried again that survived the former.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutation.modules import ROOT, Subject
from tests.mutation.trial import Verdict

FOLDER = ROOT / "build" / "mutation"


@dataclass
class Results:
    """Of one module."""

    path: Path
    tests: str
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    @classmethod
    def of(cls, subject: Subject, folder: Path = FOLDER) -> "Results":
        """What is known of the mutants of the module as it stands."""
        folder.mkdir(parents=True, exist_ok=True)
        results = cls(folder / f"{subject.name}.jsonl", digest_of_tests(subject))
        head = json.dumps({"source": hashlib.sha256(subject.source.encode()).hexdigest()})
        lines = results.path.read_text(encoding="utf-8").splitlines() if results.path.exists() else []
        if lines[:1] == [head]:
            results._load(lines[1:])
        else:
            results.path.write_text(f"{head}\n", encoding="utf-8")
        return results

    def add(self, mutant: str, verdict: Verdict) -> None:
        self.verdicts[mutant] = verdict
        line = json.dumps({"mutant": mutant, "verdict": verdict.value, "tests": self.tests})
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    def _load(self, lines: list[str]) -> None:
        for line in lines:
            entry = json.loads(line)
            verdict = Verdict(entry["verdict"])
            if verdict is Verdict.SURVIVED and entry["tests"] != self.tests:
                self.verdicts.pop(entry["mutant"], None)
            else:
                self.verdicts[entry["mutant"]] = verdict


def digest_of_tests(subject: Subject) -> str:
    """Changes with any test file of the module's suites, and with what they share."""
    digest = hashlib.sha256()
    for path in sorted(set(_test_files(subject))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _test_files(subject: Subject) -> Iterator[Path]:
    for suite in subject.suites:
        for test in suite:
            path = ROOT / test
            yield from path.rglob("*.py") if path.is_dir() else [path]
    yield from (ROOT / "tests" / "support").glob("*.py")
