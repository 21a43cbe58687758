import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, sys, threading
from app import memory

if sys.argv[1] == "one":
    memory.use_one_arena()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
threads = [threading.Thread(target=libc.malloc, args=(100,)) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
"""


def arenas(how_many: str) -> int:
    told = subprocess.run([sys.executable, "-c", PROGRAM, how_many], capture_output=True, text=True, check=True)
    return told.stdout.count("<heap ")


@pytest.mark.skipif(sys.platform != "linux", reason="asks glibc")
def test_all_threads_allocate_from_one_place() -> None:
    assert arenas("one") == 1
    assert arenas("as it is") > 1
