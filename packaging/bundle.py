"""Makes ``build/dist/kith``, the folder with the program, for the system it runs on.

The result depends on the commit and on the versions in ``requirements/`` alone: hashing is fixed, and times are
those of the commit.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
SPEC = ROOT / "packaging" / "pyinstaller" / "kith.spec"


def commit_time() -> int:
    """Unix seconds of the commit that is built."""
    told = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return int(told)


def make_bundle(work: Path = BUILD) -> Path:
    """Run PyInstaller; returns the folder it made."""
    environment = os.environ | {
        "PYTHONHASHSEED": "1",
        "SOURCE_DATE_EPOCH": str(commit_time()),
        "KITH_ICONS": str(work / "icons"),
    }
    for stale in (work / "dist", work / "work"):
        shutil.rmtree(stale, ignore_errors=True)
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    folders = ["--distpath", str(work / "dist"), "--workpath", str(work / "work")]
    subprocess.run([*command, *folders, str(SPEC)], cwd=ROOT, env=environment, check=True)
    return work / "dist" / "kith"


def check_bundle(bundle: Path) -> None:
    """Let the packaged program try every part of itself."""
    program = bundle / ("kith.exe" if os.name == "nt" else "kith")
    subprocess.run([str(program), "self-test"], check=True)
