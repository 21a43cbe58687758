"""How the process asks the system for memory; takes effect for what is allocated afterwards."""

import ctypes
import sys
from contextlib import suppress

_M_ARENA_MAX = -8
"""``mallopt``'s name for the number of arenas (glibc's ``malloc.h``)."""


def use_one_arena() -> None:
    """Let all threads allocate from one place.

    glibc gives each thread an arena of its own and no memory back from one to another: a conversation of hours spread
    over the engine's and the store's threads takes a fifth more, and goes on growing.  Nothing here allocates from
    several threads so often that they wait for one another.  Where the C library is another, nothing happens.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
