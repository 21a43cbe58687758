"""A pytest plugin: which statements and branches of ``crypto`` do its unit tests reach?  Too few fail the run.

It traces nothing but the imports of ``crypto`` and the tests in ``tests/unit/crypto``, so a whole run pays for two
seconds of tracing, and a run of other tests for none.  A run that leaves some of those tests out is not judged.
"""

import importlib
import json
import math
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from coverage import Coverage

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "crypto"
TESTS = ROOT / "tests" / "unit" / PACKAGE

STATEMENTS_PERCENT = 100.0
BRANCHES_PERCENT = 98.0


@dataclass(frozen=True, slots=True)
class Reached:
    """How many there are of each, and how many of them the tests reached; ``missing`` tells where they did not."""

    statements: int
    covered_statements: int
    branches: int
    covered_branches: int
    missing: str

    @property
    def is_enough(self) -> bool:
        enough = percent(self.covered_statements, self.statements) >= STATEMENTS_PERCENT
        return enough and percent(self.covered_branches, self.branches) >= BRANCHES_PERCENT

    def __str__(self) -> str:
        statements, branches = (
            f"{rounded_down(percent(covered, there))} % of {there} {what}"
            for covered, there, what in (
                (self.covered_statements, self.statements, "statements"),
                (self.covered_branches, self.branches, "branches"),
            )
        )
        goal = f"goal {STATEMENTS_PERCENT:g} % and {BRANCHES_PERCENT:g} %"
        return f"coverage of {PACKAGE}/ by its unit tests: {statements}, {branches} ({goal})"


def percent(covered: int, there: int) -> float:
    return 100 * covered / there if there else 100.0


def rounded_down(value: float) -> float:
    """At one decimal, so that nothing short of all reads as 100.0."""
    return math.floor(value * 10) / 10


class CryptoCoverage:
    """The plugin of one run that collects the tests of ``crypto``."""

    def __init__(self) -> None:
        self._coverage = Coverage(
            data_file=None, branch=True, source=[PACKAGE], config_file=str(ROOT / "pyproject.toml")
        )
        self._is_judged = True
        self._waiting: set[str] = set()
        self._reached: Reached | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """What is run by importing counts too, and happens only once."""
        self._coverage.start()
        package = importlib.import_module(PACKAGE)
        for module in pkgutil.walk_packages(package.__path__, f"{PACKAGE}."):
            importlib.import_module(module.name)
        self._coverage.stop()

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        if any(is_measured(item) for item in items):
            self._is_judged = False

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        measured = [item for item in session.items if is_measured(item)]
        self._waiting = {item.nodeid for item in measured}
        if {item.path for item in measured} != set(TESTS.rglob("test_*.py")) or session.config.option.collectonly:
            self._is_judged = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        if not is_measured(item):
            return (yield)
        self._coverage.start()
        try:
            return (yield)
        finally:
            self._coverage.stop()
            self._waiting.discard(item.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if not self._is_judged or self._waiting:
            return
        self._reached = reached(self._coverage)
        if not self._reached.is_enough and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._reached is None:
            return
        terminalreporter.section("coverage")
        if not self._reached.is_enough:
            terminalreporter.write_line(self._reached.missing, red=True)
        terminalreporter.write_line(str(self._reached), red=not self._reached.is_enough)


def pytest_configure(config: pytest.Config) -> None:
    """Measure where nobody else traces already, a debugger or coverage itself, and the tests of ``crypto`` are due."""
    chosen = (Path(config.invocation_params.dir, argument) for argument in config.args)
    if sys.gettrace() is None and any(TESTS.is_relative_to(path.resolve()) for path in chosen):
        config.pluginmanager.register(CryptoCoverage(), "crypto-coverage")


def is_measured(item: pytest.Item) -> bool:
    return TESTS in item.path.parents


def reached(coverage: Coverage) -> Reached:
    with TemporaryDirectory() as folder:
        path = Path(folder, "coverage.json")
        coverage.json_report(outfile=str(path))
        totals = json.loads(path.read_text(encoding="utf-8"))["totals"]
    missing = StringIO()
    coverage.report(file=missing, show_missing=True, skip_covered=True)
    return Reached(
        statements=totals["num_statements"],
        covered_statements=totals["covered_lines"],
        branches=totals["num_branches"],
        covered_branches=totals["covered_branches"],
        missing=missing.getvalue(),
    )
