"""The window on a profile with 100 contacts and a million messages, without a screen (``QT_QPA_PLATFORM=offscreen``).

A stall is the longest time that the window's thread did not come back to its loop; beside it, how much of that the
thread was running: the rest it waited for a core, or for the interpreter's lock.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.domain.identifiers import ContactId
from tests.bench.figure import Figure, figure
from tests.bench.full_profile import PASSPHRASE, make
from tests.bench.stretching import rounded, stretch_s

STARTS = 5
LONG = 100_000
OTHERS = 900_000
PARTS = ("open_long", "append", "scroll", "flood", "search", "transfer")
_STARTED_WITH = 100_000
"""Messages of the profile whose start and memory are measured, as the budget says."""

Samples = dict[str, list[float]]


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        yield from start_figures(Path(folder) / "small")
        profile = Path(folder) / "large"
        contact = make(profile, long=LONG, others=OTHERS)
        samples = probe(profile, contact, PARTS)[1]
    yield figure("gui_open_long_chat", samples["open_long"], "ms", at_most=100, detail={"messages": LONG})
    for name in ("append", "scroll"):
        yield worst(f"gui_{name}_p99", samples[name], at_most=10)
    yield figure("gui_search_answer", samples["search_answer"], "ms", at_most=50, detail={"messages": LONG + OTHERS})
    for name, rate in (("flood", "flood_a_s"), ("search", "search_answer"), ("transfer", "transfer_mb_s")):
        detail: dict[str, object] = {"cpu_ms": rounded(samples[f"{name}_stall_cpu"]), rate: rounded(samples[rate][:1])}
        yield figure(f"gui_stall_{name}", samples[f"{name}_stall"], "ms", at_most=50, detail=detail)


def start_figures(profile: Path) -> Iterator[Figure]:
    contact = make(profile, long=_STARTED_WITH // 2, others=_STARTED_WITH // 2)
    starts, stretches, memory, busy = [], [], [], []
    for _ in range(STARTS):
        started, samples = probe(profile, contact, ())
        starts.append(samples["painted_at_s"][0] - started)
        memory.append(samples["pss_mib"][0])
        busy.append(samples["cpu_s"][0])
        stretches.append(stretch_s())
    rest = [start - stretch for start, stretch in zip(starts, stretches, strict=True)]
    detail: dict[str, object] = {"argon2_s": rounded(stretches), "whole_s": rounded(starts), "cpu_s": rounded(busy)}
    yield figure("gui_start", rest, "s", at_most=0.5, detail=detail)
    yield figure("gui_memory_pss", memory, "MiB", at_most=110, detail={"messages": _STARTED_WITH})


def probe(profile: Path, contact: ContactId, parts: Sequence[str]) -> tuple[float, Samples]:
    """When the process was started, and what it measured."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "KITH_PASSPHRASE": PASSPHRASE}
    started = time.monotonic()
    command = [sys.executable, "-m", "tests.bench.gui_probe", str(profile), contact, *parts]
    ended = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return started, json.loads(ended.stdout.splitlines()[-1])


def worst(name: str, samples: Sequence[float], *, at_most: float) -> Figure:
    """The 99th percentile; its spread is that from the median."""
    p99 = statistics.quantiles(samples, n=100)[-1]
    detail: dict[str, object] = {"repeats": len(samples), "median": round(statistics.median(samples), 2)}
    return figure(name, [p99], "ms", at_most=at_most, detail=detail | {"longest": round(max(samples), 2)})
