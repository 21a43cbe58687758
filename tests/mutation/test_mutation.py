"""Mutants are tried where the tests see them, results are kept as long as they hold, and the document keeps up."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.explained import DOCUMENT, escaped, explained
from tests.mutation.modules import ROOT, Subject, subjects
from tests.mutation.results import Results
from tests.mutation.trial import Verdict, forked

SUBJECTS = {subject.name: subject for subject in subjects()}
TRIALS = """
from pathlib import Path
from tests.mutation.trial import preload, trial
preload()
path = Path("crypto/padding.py")
source = path.read_text(encoding="utf-8")
for mutant in (source, source.replace("rstrip", "lstrip"), "import os\\nos.abort()"):
    print(trial(path, mutant, ["tests/unit/crypto/test_padding.py"], limit_s=60).value)
"""

if sys.platform == "win32":
    pytest.skip("mutants are tried in forks", allow_module_level=True)


def test_every_subject_has_tests_of_its_own_and_more() -> None:
    assert {
        "crypto.session",
        "crypto.ratchet.chain",
        "crypto.handshake.messages",
        "net.link.machine",
    } <= SUBJECTS.keys()
    assert all(len(subject.suites) == 2 for subject in SUBJECTS.values())


# --- Trials


def test_the_source_itself_survives_a_fault_is_killed_and_what_dies_counts_as_noticed() -> None:
    done = subprocess.run([sys.executable, "-c", TRIALS], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:3] == ["survived", "killed", "timed out"]


def test_a_fork_tells_what_its_task_returned() -> None:
    assert forked(lambda: 3, limit_s=60) == 3


def test_a_fork_that_raises_has_failed() -> None:
    assert forked(lambda: 1 // 0, limit_s=60) == 1


def test_a_fork_that_had_to_be_ended_is_told_from_one_that_failed() -> None:
    def never_ends() -> int:
        os.kill(os.getpid(), signal.SIGALRM)
        return 0

    assert forked(never_ends, limit_s=60) < 0


def test_tests_that_are_not_there_notice_nothing() -> None:
    trial = "from tests.mutation.trial import *; trial(Path('crypto/kem.py'), '', ['tests/none'], limit_s=60)"
    done = subprocess.run([sys.executable, "-c", trial], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "FileNotFoundError: no such tests: tests/none" in done.stderr


# --- Results


@pytest.fixture
def tested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Subject:
    """A module of its own with one test file."""
    for name in ("modules", "results"):
        monkeypatch.setattr(f"tests.mutation.{name}.ROOT", tmp_path)
    (tmp_path / "source.py").write_text("one = 1\n")
    (tmp_path / "test_source.py").write_text("assert True\n")
    return Subject(Path("source.py"), (("test_source.py",),))


def known(subject: Subject, folder: Path) -> dict[str, Verdict]:
    return Results.of(subject, folder).verdicts


def test_a_run_goes_on_where_the_last_one_ended(tested: Subject, tmp_path: Path) -> None:
    results = Results.of(tested, tmp_path)
    results.add("a:0", Verdict.KILLED)
    results.add("b:0", Verdict.SURVIVED)
    assert known(tested, tmp_path) == {"a:0": Verdict.KILLED, "b:0": Verdict.SURVIVED}


def test_another_source_begins_anew(tested: Subject, tmp_path: Path) -> None:
    Results.of(tested, tmp_path).add("a:0", Verdict.KILLED)
    (tmp_path / "source.py").write_text("one = 2\n")
    assert known(tested, tmp_path) == {}


def test_other_tests_try_the_survivors_again(tested: Subject, tmp_path: Path) -> None:
    results = Results.of(tested, tmp_path)
    results.add("a:0", Verdict.KILLED)
    results.add("b:0", Verdict.SURVIVED)
    (tmp_path / "test_source.py").write_text("assert 1\n")
    assert known(tested, tmp_path) == {"a:0": Verdict.KILLED}


# --- The document


def test_an_explanation_names_module_and_both_lines() -> None:
    text = (
        f"## `crypto.kem`\n\n| before | after | why |\n|---|---|---|\n| `a {escaped('|')} b` | `a + b` | no carry |\n"
    )
    text += "| `c` | any | faster |\n"
    assert explained(text) == {"crypto.kem": {("a | b", "a + b"), ("c", None)}}


def test_every_explained_line_stands_in_its_module() -> None:
    entries = explained(DOCUMENT.read_text(encoding="utf-8"))
    assert entries.keys() <= SUBJECTS.keys()
    for module, changes in entries.items():
        lines = {line.strip() for line in SUBJECTS[module].source.splitlines()}
        assert {before for before, _ in changes} <= lines, module
