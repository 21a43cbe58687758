"""One mutant against tests, in a fork of this process, which has pytest and the libraries loaded already.

The mutant is never written anywhere: the child imports it in the place of its module.
"""

import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from enum import Enum
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import CodeType, ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
_MEMORY_BYTES = 4 << 30

# Loaded once, for every child.
LIBRARIES = (
    "_pytest.assertion.rewrite",
    "_pytest.logging",
    "_pytest.unittest",
    "cryptography.hazmat.primitives.asymmetric.mlkem",
    "cryptography.hazmat.primitives.ciphers.aead",
    "cryptography.hazmat.primitives.kdf.hkdf",
    "hypothesis.stateful",
    "hypothesis.strategies",
    "nacl.bindings",
)


class Verdict(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    TIMED_OUT = "timed out"


class _Loader(importlib.machinery.SourceFileLoader):
    """Runs another source than the file's."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    """Finds one module, and it is the mutant."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self._name, self._path, self._source = name, str(path), source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        loader = _Loader(fullname, self._path, self._source)
        return importlib.util.spec_from_file_location(fullname, self._path, loader=loader)


def preload() -> None:
    """Load what children share.  Nothing of Kith: each child imports that itself, with the mutant among it."""
    os.environ["CI"] = "1"  # hypothesis draws the same examples each time
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = True
    for library in LIBRARIES:
        importlib.import_module(library)


def trial(path: Path, source: str, tests: Sequence[str], *, limit_s: int) -> Verdict:
    """Whether ``tests`` tell ``source`` from what stands in ``path``, relative to the root of the tree.

    Raises:
        FileNotFoundError: there are no such tests, which would otherwise look like a mutant that all of them noticed.
    """
    module = ".".join(path.with_suffix("").parts)

    def child() -> int:
        sys.meta_path.insert(0, _Finder(module, ROOT / path, source))
        return run_tests(tests)

    status = forked(child, limit_s=limit_s)
    if status in {pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED}:
        raise FileNotFoundError(f"no such tests: {' '.join(tests)}")
    if status < 0:
        return Verdict.TIMED_OUT
    return Verdict.SURVIVED if status == pytest.ExitCode.OK else Verdict.KILLED


def run_tests(tests: Sequence[str]) -> int:
    """How pytest ends; it stops at the first failure."""
    options = ["-c", str(Path(__file__).with_name("pytest.ini")), "--rootdir", str(ROOT)]
    return int(pytest.main([*options, *tests]))


def forked(task: Callable[[], int], *, limit_s: int) -> int:
    """What ``task`` returns in a child process, silently; negative if it had to be ended."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(limit_s)
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            status = task()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
