"""Run the benchmarks: ``python -m tests.bench [NAME ...]``, one JSON object a figure.

A benchmark is a module ``bench_NAME.py`` beside this one with ``figures() -> Iterator[Figure]``.  A missed goal is
printed, not punished: figures depend on the machine, and people read them.
"""

import argparse
import compileall
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from tests.bench.figure import Figure

PREFIX = "bench_"

ROOT = Path(__file__).parents[2]


def main() -> int:
    known = names()
    parser = argparse.ArgumentParser(prog="dev.py bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(known)}")
    chosen = parser.parse_args().names or known
    if unknown := sorted(set(chosen) - set(known)):
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    compile_all()
    for name in chosen:
        for figure in figures(name):
            print(figure.as_json(), flush=True)
    return 0


def compile_all() -> None:
    """Compile what starts import, as the first start leaves it to all later ones; ``PYTHONDONTWRITEBYTECODE`` forbids
    it that, and compiling half of Kith's modules takes as long as all else."""
    for package in ("app", "crypto", "net", "tests"):
        compileall.compile_dir(ROOT / package, quiet=1)


def names() -> list[str]:
    """The benchmarks there are, in order of their names."""
    return sorted(path.stem.removeprefix(PREFIX) for path in Path(__file__).parent.glob(f"{PREFIX}*.py"))


def figures(name: str) -> Iterator[Figure]:
    module = importlib.import_module(f"tests.bench.{PREFIX}{name}")
    return cast("Callable[[], Iterator[Figure]]", module.figures)()


if __name__ == "__main__":
    sys.exit(main())
