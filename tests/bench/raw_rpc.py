"""``kith rpc`` processes whose pipes are worked by hand: bytes in, words counted, nothing decoded.

The driver of a benchmark shares two processors with the two processes that it measures, so it has to be cheap.
"""

import os
import selectors
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.rpc_process import LOOPBACK_ONLY, PASSPHRASE, ROOT, child_environment

CHUNK_BYTES = 1 << 18


class RawRpc:
    """One process on an existing profile.  Leaving the context kills it."""

    def __init__(self, profile: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "rpc", "--profile", str(profile), *LOOPBACK_ONLY],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            cwd=ROOT,
            env=child_environment() | {"KITH_PASSPHRASE": PASSPHRASE},
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        for pipe in (self.stdin, self.stdout):
            os.set_blocking(pipe.fileno(), False)
        self.unsent = memoryview(b"")
        self._tail = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        self.stdin.close()
        self.stdout.close()

    def send(self) -> None:
        """Write what the pipe takes now."""
        self.unsent = self.unsent[os.write(self.stdin.fileno(), self.unsent[:CHUNK_BYTES]) :]

    def count(self, word: bytes) -> int:
        """Read what is there now, and how often ``word`` has come to its end in it."""
        chunk = os.read(self.stdout.fileno(), CHUNK_BYTES)
        if not chunk:
            raise EOFError("the process has ended")
        seen = self._tail + chunk
        self._tail = seen[len(seen) - len(word) + 1 :]
        return seen.count(word)


def await_words(watched: dict[RawRpc, tuple[bytes, int]], timeout_s: float) -> None:
    """Send what is posted, and read until each process has said its word so many times.

    Raises:
        TimeoutError: some have not.
    """
    missing = {process: count for process, (_, count) in watched.items()}
    deadline = time.monotonic() + timeout_s
    with selectors.DefaultSelector() as selector:
        for process in watched:
            selector.register(process.stdout, selectors.EVENT_READ, process)
            if process.unsent:
                selector.register(process.stdin, selectors.EVENT_WRITE, process)
        while any(count > 0 for count in missing.values()):
            ready = selector.select(deadline - time.monotonic())
            if not ready:
                raise TimeoutError(f"missing after {timeout_s} s: {list(missing.values())}")
            for key, events in ready:
                process = key.data
                if events & selectors.EVENT_READ:
                    missing[process] -= process.count(watched[process][0])
                else:
                    process.send()
                    if not process.unsent:
                        selector.unregister(process.stdin)
