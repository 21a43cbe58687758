"""Inputs that once broke a promise, one file each: ``corpus/TARGET/NAME``.  Each run begins with them."""

import hashlib
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"


def load(target: str) -> list[bytes]:
    """The kept inputs of a target."""
    folder = FOLDER / target
    return [path.read_bytes() for path in sorted(folder.iterdir())] if folder.is_dir() else []


def keep(target: str, data: bytes) -> Path:
    """Keep an input; the file."""
    path = FOLDER / target / hashlib.sha256(data).hexdigest()[:16]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
