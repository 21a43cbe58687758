"""The run is judged by what the unit tests of ``crypto`` reach, and only if all of them ran."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tests.support import crypto_coverage
from tests.support.crypto_coverage import TESTS, CryptoCoverage, Reached

FILES = sorted(TESTS.rglob("test_*.py"))
ALL = Reached(1000, 1000, 100, 98, "")


class Session:
    """Of a run with one test of each file."""

    def __init__(self, files: list[Path]) -> None:
        self.items = [cast("pytest.Item", SimpleNamespace(path=path, nodeid=str(path))) for path in files]
        self.config = SimpleNamespace(option=SimpleNamespace(collectonly=False))
        self.exitstatus = pytest.ExitCode.OK


def ended(plugin: CryptoCoverage, files: list[Path], *, run: int) -> pytest.ExitCode:
    """How the run ends after the first ``run`` of its tests."""
    session = Session(files)
    plugin.pytest_collection_finish(cast("pytest.Session", session))
    for item in session.items[:run]:
        protocol = plugin.pytest_runtest_protocol(item)
        next(protocol)
        with pytest.raises(StopIteration):
            next(protocol)
    plugin.pytest_sessionfinish(cast("pytest.Session", session))
    return session.exitstatus


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> CryptoCoverage:
    """Of a run whose tests reach too little; tracing is left to the run around it."""
    monkeypatch.setattr(crypto_coverage, "Coverage", lambda **_: SimpleNamespace(start=lambda: None, stop=lambda: None))
    monkeypatch.setattr(crypto_coverage, "reached", lambda _: Reached(1000, 999, 100, 100, ""))
    return CryptoCoverage()


@pytest.mark.parametrize(
    ("reached", "is_enough"),
    [
        (ALL, True),
        (Reached(1000, 999, 100, 100, ""), False),
        (Reached(1000, 1000, 1000, 979, ""), False),
        (Reached(1000, 1000, 0, 0, ""), True),
    ],
)
def test_every_statement_and_98_of_100_branches_are_enough(reached: Reached, *, is_enough: bool) -> None:
    assert reached.is_enough is is_enough


def test_the_figures_are_told_beside_their_goal() -> None:
    assert str(ALL).endswith("100.0 % of 1000 statements, 98.0 % of 100 branches (goal 100 % and 98 %)")


def test_what_falls_short_by_little_does_not_read_as_all() -> None:
    assert "99.9 % of 3000 statements" in str(Reached(3000, 2999, 100, 100, ""))


def test_a_whole_run_that_reaches_too_little_fails(plugin: CryptoCoverage) -> None:
    assert ended(plugin, FILES, run=len(FILES)) is pytest.ExitCode.TESTS_FAILED


def test_a_run_without_some_of_the_files_is_not_judged(plugin: CryptoCoverage) -> None:
    assert ended(plugin, FILES[1:], run=len(FILES)) is pytest.ExitCode.OK


def test_a_run_that_stopped_early_is_not_judged(plugin: CryptoCoverage) -> None:
    assert ended(plugin, FILES, run=len(FILES) - 1) is pytest.ExitCode.OK


def test_a_run_with_deselected_tests_of_crypto_is_not_judged(plugin: CryptoCoverage) -> None:
    plugin.pytest_deselected(Session(FILES[:1]).items)
    assert ended(plugin, FILES, run=len(FILES)) is pytest.ExitCode.OK


def test_tests_of_something_else_may_be_deselected(plugin: CryptoCoverage) -> None:
    plugin.pytest_deselected(Session([TESTS.parent / "test_dev.py"]).items)
    assert ended(plugin, FILES, run=len(FILES)) is pytest.ExitCode.TESTS_FAILED
