"""Processes whose clock is wrong."""

from pathlib import Path

_SHIFT = """
import os, time
true_time = time.time
time.time = lambda: true_time() + float(os.environ["KITH_TEST_CLOCK_AHEAD_S"])
"""


def clock_ahead(folder: Path, ahead_s: float) -> dict[str, str]:
    """The environment of a Python process whose clock is so far ahead; ``folder`` holds what makes it so."""
    folder.mkdir(exist_ok=True)
    # Python runs a module of this name before anything else.
    (folder / "sitecustomize.py").write_text(_SHIFT, encoding="utf-8")
    return {"PYTHONPATH": str(folder), "KITH_TEST_CLOCK_AHEAD_S": str(ahead_s)}
