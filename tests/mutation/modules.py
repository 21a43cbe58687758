"""Which modules are tried, and the tests that answer for each: its own first, then its package's for the survivors."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_VECTORS = "tests/vectors/test_kith1.py"
_SESSION = ("tests/unit/crypto/test_session.py", "tests/unit/crypto/test_session_epochs.py")
_STORED = ("tests/unit/crypto/test_stored_session.py",)
_VALUES = "tests/unit/crypto/test_values.py"


@dataclass(frozen=True, slots=True)
class Subject:
    """A module as a path from the root of the tree, and what is run against its mutants, one suite after the other."""

    path: Path
    suites: tuple[tuple[str, ...], ...]

    @property
    def name(self) -> str:
        return ".".join(self.path.with_suffix("").parts)

    @property
    def source(self) -> str:
        return (ROOT / self.path).read_text(encoding="utf-8")


def subjects() -> list[Subject]:
    """The double ratchet, the handshake, sessions and links."""
    return [
        *_package("crypto/ratchet", ["tests/unit/crypto/ratchet", *_SESSION, _VECTORS, _VALUES]),
        *_package("crypto/handshake", ["tests/unit/crypto/handshake", _VECTORS, _VALUES]),
        _subject("crypto/session.py", _SESSION, [*_STORED, "tests/unit/crypto/handshake", _VECTORS, _VALUES]),
        _subject("crypto/stored_session.py", _STORED, [*_SESSION, _VECTORS]),
        _subject("crypto/epoch.py", ["tests/unit/crypto/test_epoch.py"], [*_SESSION, _VECTORS, _VALUES]),
        _subject("crypto/noise.py", ["tests/unit/crypto/test_noise.py"], ["tests/unit/crypto/test_link.py", _VALUES]),
        _subject("crypto/link.py", ["tests/unit/crypto/test_link.py"], [_VECTORS, _VALUES]),
        _subject("net/link/frames.py", ["tests/unit/net/link/test_frames.py"], _LINKS),
        _subject("net/link/machine.py", ["tests/unit/net/link/test_machine.py"], _LINKS),
    ]


_LINKS = [
    "tests/unit/net/link/test_frames.py",
    "tests/unit/net/link/test_machine.py",
    "tests/unit/net/test_values.py",
    "tests/property/test_link.py",
]


def _package(folder: str, suite: Sequence[str]) -> list[Subject]:
    paths = sorted((ROOT / folder).glob("[!_]*.py"))
    own = f"tests/unit/{folder}/test_"
    return [_subject(f"{folder}/{path.name}", [f"{own}{path.name}"], suite) for path in paths]


def _subject(path: str, *suites: Sequence[str]) -> Subject:
    present = (tuple(test for test in suite if (ROOT / test).exists()) for suite in suites)
    return Subject(Path(path), tuple(suite for suite in present if suite))
