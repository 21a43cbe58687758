"""Kith as ever (``python -m tests.lab.observed rpc ...``), which tells on SIGUSR1 what it is about.

The tasks that run, by name and how many, go as one line of JSON into the file that ``KITH_TASKS`` names; those that a
library left without a name, by what they run.  Warnings of Python stand on stderr with their words, which Kith's own
log keeps to itself: nobody real is concerned here.
"""

import asyncio
import gc
import json
import logging
import os
import re
import signal
import sys
import warnings
from collections import Counter
from pathlib import Path
from types import FrameType

from app.__main__ import main

NAMELESS = re.compile(r"Task-\d+")


def tell(_signal: int, _frame: FrameType | None) -> None:
    tasks = [each for each in gc.get_objects() if isinstance(each, asyncio.Task) and not each.done()]
    file = Path(os.environ["KITH_TASKS"])
    unfinished = file.with_suffix(".new")
    unfinished.write_text(json.dumps(Counter(map(name, tasks))), encoding="utf-8")
    unfinished.replace(file)


def name(task: "asyncio.Task[object]") -> str:
    """What it is called, without numbers of its own."""
    given = task.get_name()
    return getattr(task.get_coro(), "__qualname__", given) if NAMELESS.fullmatch(given) else given.rstrip(" 0123456789")


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, tell)
    logging.captureWarnings = lambda capture: None
    # Where an address is gone before zeroconf could use it, it leaves a socket to the garbage collector.
    warnings.filterwarnings("ignore", category=ResourceWarning, module=r"zeroconf\._utils\.net")
    sys.exit(main())
