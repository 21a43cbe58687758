"""The formatter, the linter and the types find nothing, over the whole tree."""

from pathlib import Path

import pytest

from tests.support.tree import ROOT, run_tool


def test_the_tree_is_formatted() -> None:
    result = run_tool("ruff", "format", "--check", ".")
    assert result.returncode == 0, result.stdout


def test_the_linter_finds_nothing() -> None:
    result = run_tool("ruff", "check", "--output-format=concise", ".")
    assert result.returncode == 0, result.stdout


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_types_hold() -> None:
    result = run_tool("mypy")
    assert result.returncode == 0, result.stdout


def test_the_linter_bans_a_task_without_an_owner(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("import asyncio\n\nasyncio.create_task(print())\n", encoding="utf-8")
    result = run_tool("ruff", "check", "--config", str(ROOT / "pyproject.toml"), "--no-cache", str(planted))
    assert "TID251" in result.stdout
