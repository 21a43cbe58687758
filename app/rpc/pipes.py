"""Standard input and output for an event loop: one thread each, since a pipe, a file and a terminal have blocking
reads and writes in common and nothing else, on any system.

Both threads work on the raw descriptor.  ``sys.stdin`` would hold its lock in a read that never returns, and the
interpreter could not end.
"""

import asyncio
import contextlib
import os
import queue
import threading
from collections.abc import Callable

READ_BYTES = 1 << 16
"""What a pipe holds on Linux: some 200 requests at a time."""


class InputPipe:
    """Reads a descriptor, one chunk ahead of whoever consumes it.  Belongs to the running loop."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue()
        self._wanted = threading.Semaphore(2)
        threading.Thread(target=self._run, name="stdin", daemon=True).start()

    async def read(self) -> bytes:
        """The next bytes; empty at the end of the input."""
        chunk = await self._chunks.get()
        self._wanted.release()
        return chunk

    def _run(self) -> None:
        chunk = b"-"
        with contextlib.suppress(RuntimeError):  # the loop has closed; nobody wants the rest
            while chunk:
                self._wanted.acquire()
                chunk = self._read()
                self._loop.call_soon_threadsafe(self._chunks.put_nowait, chunk)

    def _read(self) -> bytes:
        try:
            return os.read(self._descriptor, READ_BYTES)
        except OSError:  # a terminal that hung up, a descriptor that was never open
            return b""


class OutputPipe:
    """Writes lines to a descriptor in the order given, all of one turn of the loop together.  Never blocks.

    ``on_drained`` is called on the loop whenever bytes have left, ``on_broken`` once when the reader is gone.
    """

    def __init__(self, descriptor: int, *, on_drained: Callable[[], None], on_broken: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._on_drained = on_drained
        self._on_broken = on_broken
        self._loop = asyncio.get_running_loop()
        self._lines: list[bytes] = []
        self._batches: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._ended = asyncio.Event()
        self.waiting_bytes = 0
        """Written here and not yet taken by the reader."""
        threading.Thread(target=self._run, name="stdout", daemon=True).start()

    def write(self, line: bytes) -> None:
        if not self._lines:
            self._loop.call_soon(self._flush)
        self._lines.append(line)
        self.waiting_bytes += len(line)

    async def finish(self) -> None:
        """Wait until everything is written, or can no longer be; nothing may be written afterwards."""
        self._flush()
        self._batches.put(b"")
        await self._ended.wait()

    def _flush(self) -> None:
        if self._lines:
            self._batches.put(b"".join(self._lines))
            self._lines.clear()

    def _run(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed without waiting
            try:
                while batch := self._batches.get():
                    _write_all(self._descriptor, batch)
                    self._loop.call_soon_threadsafe(self._written, len(batch))
            except OSError:
                self._loop.call_soon_threadsafe(self._on_broken)
            self._loop.call_soon_threadsafe(self._ended.set)

    def _written(self, size_bytes: int) -> None:
        self.waiting_bytes -= size_bytes
        self._on_drained()


def _write_all(descriptor: int, batch: bytes) -> None:
    rest = memoryview(batch)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
