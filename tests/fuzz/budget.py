"""How much time and memory one input may cost."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

if sys.platform != "win32":
    import resource

MAX_CPU_S = 1.0
"""Of this thread.  The dearest honest answer, to 50,000 skipped messages, takes a tenth of it."""

MAX_GROWTH_BYTES = 64 << 20
"""By which one input may raise the most memory that this process ever had."""


class OverBudgetError(AssertionError):
    """An input cost too much."""


@contextmanager
def budget() -> Iterator[None]:
    """Bounds what happens inside.

    Raises:
        OverBudgetError: it took more than a second of the processor, or more than 64 MiB more than anything before.
    """
    began_s, before_bytes = time.thread_time(), peak_bytes()
    yield
    cpu_s, growth_bytes = time.thread_time() - began_s, peak_bytes() - before_bytes
    if cpu_s > MAX_CPU_S:
        raise OverBudgetError(f"took {cpu_s:.1f} s")
    if growth_bytes > MAX_GROWTH_BYTES:
        raise OverBudgetError(f"took {growth_bytes >> 20} MiB")


def peak_bytes() -> int:
    """The most memory that this process had so far; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
