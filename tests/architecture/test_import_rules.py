"""The import rules of ``docs/architecture.md`` hold, and each of them catches what it is there to catch."""

import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.tree import PACKAGES, ROOT, pyproject, run_tool


class Planted(NamedTuple):
    """A module in ``folder`` with one import that the contract forbids."""

    contract: str
    folder: str
    imported: str

    @property
    def file(self) -> Path:
        stem = re.sub(r"[^a-z]", "_", f"planted {self.contract} {self.imported}".lower())
        return Path(self.folder) / f"{stem}.py"

    @property
    def importer(self) -> str:
        return ".".join(self.file.with_suffix("").parts)


VIOLATIONS = [
    Planted("packages", "net", "app.domain"),
    Planted("packages", "crypto", "net.errors"),
    Planted("layers", "app/domain", "app.services"),
    Planted("layers", "app/services", "app.storage"),
    Planted("layers", "app/storage", "app.services"),
    Planted("layers", "app/services", "app.rpc"),
    Planted("layers", "app/rpc", "app.gui"),
    Planted("layers", "app/gui", "app.rpc"),
    Planted("front-ends", "app/gui", "app.storage"),
    Planted("front-ends", "app/gui", "crypto.session"),
    Planted("front-ends", "app/rpc", "app.ports"),
    Planted("front-ends", "app/rpc", "net.peer"),
    Planted("qt", "app/services", "PySide6.QtCore"),
    Planted("qt", "app/rpc", "qasync"),
    Planted("qt", "net", "PySide6.QtNetwork"),
    Planted("sql", "app/services", "sqlcipher3"),
    Planted("sql", "app/gui", "sqlite3"),
    *(
        Planted("pure", folder, module)
        for folder in ("crypto", "crypto/ratchet", "net", "net/link")
        for module in ("asyncio", "socket", "threading", "time", "random", "logging", "sqlite3")
    ),
    *(Planted("net-crypto", "net/link", f"crypto.{module}") for module in ("handshake", "ratchet", "session", "vault")),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of a copy of the tree with every violation planted in it."""
    tree = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", tree)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
    for planted in VIOLATIONS:
        (tree / planted.file).write_text(f"import {planted.imported}\n", encoding="utf-8")
    (tree / "app" / "stray.py").touch()
    result = run_tool("lint-imports", "--no-cache", cwd=tree)
    assert result.returncode == 1, result.stdout
    return result.stdout


def test_the_tree_keeps_the_rules() -> None:
    result = run_tool("lint-imports", "--no-cache")
    assert result.returncode == 0, result.stdout


def test_every_contract_has_a_planted_violation() -> None:
    contracts = {contract["id"] for contract in pyproject()["tool"]["importlinter"]["contracts"]}
    assert contracts == {planted.contract for planted in VIOLATIONS}


@pytest.mark.parametrize("planted", VIOLATIONS, ids=lambda planted: f"{planted.folder}:{planted.imported}")
def test_a_planted_violation_is_caught(planted: Planted, report: str) -> None:
    imported = planted.imported if planted.imported.startswith(PACKAGES) else planted.imported.partition(".")[0]
    assert f"{planted.importer} -> {imported} (l.1)" in section(report, planted.contract)


def test_a_module_outside_the_layers_is_caught(report: str) -> None:
    assert "app.stray" in section(report, "layers")


def section(report: str, contract: str) -> str:
    """The part of the report about one broken contract: from its underlined name to the next underlined line."""
    names = {each["id"]: each["name"] for each in pyproject()["tool"]["importlinter"]["contracts"]}
    parts = re.split(r"\n(.+)\n-+\n", report)
    return dict(zip(parts[1::2], parts[2::2], strict=True))[names[contract]]
