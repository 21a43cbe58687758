"""Random bytes from the operating system, drawn in blocks.

Every draw gives up the interpreter lock and waits for it again: with the store's threads at work that took 50 µs a
nonce instead of one.  Each byte is handed out once.
"""

import os

BLOCK_BYTES = 4_096


class RandomPool:
    """Not thread-safe: one for each engine, used on its loop."""

    def __init__(self) -> None:
        self._block = b""
        self._offset = 0

    def take(self, size_bytes: int) -> bytes:
        """Random bytes that nobody else gets."""
        end = self._offset + size_bytes
        if end > len(self._block):
            if size_bytes > BLOCK_BYTES:
                return os.urandom(size_bytes)
            self._block, self._offset, end = os.urandom(BLOCK_BYTES), 0, size_bytes
        taken = self._block[self._offset : end]
        self._offset = end
        return taken
