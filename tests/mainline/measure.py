"""Has another process, in a network namespace of its own, measure what the DHT costs."""

import json
import os
import shutil
import subprocess
import sys

from tests.mainline.traffic import Traffic
from tests.support.tree import ROOT


def measure(nodes: int, *, silent: float, seed: int = 1, brief: bool = False) -> dict[str, Traffic]:
    """Mean traffic of one call of each kind, and what libtorrent's upkeep takes in an hour."""
    if (reason := why_not()) is not None:
        raise RuntimeError(f"this measurement {reason}")
    module = [sys.executable, "-m", "tests.mainline", f"--nodes={nodes}", f"--silent={silent}", f"--seed={seed}"]
    if brief:
        module.append("--brief")
    done = subprocess.run([*_alone(), *module], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return {name: Traffic(**counted) for name, counted in json.loads(done.stdout).items()}


def why_not() -> str | None:
    """Why it cannot be done here; None if it can."""
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        return "needs Linux with iproute2"
    if subprocess.run([*_alone(), "true"], check=False, capture_output=True).returncode:
        return "needs a network namespace, which this system does not let us make"
    return None


def _alone() -> list[str]:
    return ["unshare", "-nm" if os.geteuid() == 0 else "-Urnm"]
