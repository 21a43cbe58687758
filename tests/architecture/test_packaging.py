"""What ``pyproject.toml`` and the locks promise."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.support.tree import PACKAGES, ROOT, package_folders, pyproject

LOCKS = {path.stem: path for path in (ROOT / "requirements").glob("*.txt")}
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)", re.MULTILINE)


def test_every_package_folder_is_listed() -> None:
    listed = set(pyproject()["tool"]["setuptools"]["packages"])
    assert listed == {".".join(folder.relative_to(ROOT).parts) for folder in package_folders()}


def test_every_package_folder_is_a_package() -> None:
    assert [folder for folder in package_folders() if not (folder / "__init__.py").exists()] == []


def test_neither_tests_nor_packaging_is_a_package() -> None:
    assert not (ROOT / "tests" / "__init__.py").exists()
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_every_library_that_the_code_imports_is_declared() -> None:
    declared = {normalized(requirement) for requirement in pyproject()["project"]["dependencies"]}
    distributions = packages_distributions()
    undeclared = {
        name
        for name in imported_roots() - sys.stdlib_module_names - set(PACKAGES)
        if declared.isdisjoint(normalized(distribution) for distribution in distributions.get(name, []))
    }
    assert undeclared == set()


def test_there_is_a_lock_for_each_purpose() -> None:
    assert LOCKS.keys() == {"runtime", "test", "fuzz", "mutation", "packaging"}


@pytest.mark.parametrize("name", sorted(LOCKS))
def test_every_pin_of_a_lock_has_hashes_and_no_place(name: str) -> None:
    text = LOCKS[name].read_text(encoding="ascii")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [entry for entry in entries if not (PIN.match(entry) and "--hash=sha256:" in entry)] == []
    assert not re.search(r"://|file:|\s@\s|--(extra-)?index|--find-links|--trusted-host", text)


def test_the_runtime_lock_holds_every_dependency() -> None:
    declared = {normalized(requirement) for requirement in pyproject()["project"]["dependencies"]}
    assert declared <= pins("runtime").keys()


def test_what_is_tested_is_what_runs() -> None:
    assert pins("runtime").items() <= pins("test").items()


@pytest.mark.parametrize(
    "name", ["cryptography-vectors", "pycryptodome-test-vectors", "pytest", "pyinstaller", "atheris"]
)
def test_the_runtime_lock_holds_no_tool(name: str) -> None:
    assert name not in pins("runtime")


def pins(lock: str) -> dict[str, str]:
    return {match["name"]: match["version"] for match in PIN.finditer(LOCKS[lock].read_text(encoding="ascii"))}


def normalized(requirement: str) -> str:
    """The name in a requirement, as package indexes compare it (PEP 503)."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def imported_roots() -> set[str]:
    return {
        name.partition(".")[0]
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for name in imported_names(path)
    }


def imported_names(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
    return names
