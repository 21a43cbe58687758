"""From starting ``kith rpc`` to its ``ready``, without the passphrase's stretching, which is slow on purpose."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure, figure
from tests.bench.stretching import rounded, stretch_s
from tests.support.rpc_process import RpcProcess

REPEATS = 9


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder) / "alice"
        with RpcProcess(profile, create="Alice") as process:
            process.ready()
            process.close()
        starts_s, stretches_s = [], []
        for _ in range(REPEATS):  # in turns, so that a busy moment of the machine meets both
            starts_s.append(start_s(profile))
            stretches_s.append(stretch_s())
    rest_s = [start - stretch for start, stretch in zip(starts_s, stretches_s, strict=True)]
    detail: dict[str, object] = {"argon2_s": rounded(stretches_s), "whole_s": rounded(starts_s)}
    yield figure("start_headless", rest_s, "s", at_most=0.6, detail=detail)


def start_s(profile: Path) -> float:
    started = time.perf_counter()
    with RpcProcess(profile) as process:
        process.ready()
        elapsed_s = time.perf_counter() - started
        process.close()
    return elapsed_s
