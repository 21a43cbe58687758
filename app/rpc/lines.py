"""Bytes into lines, with a bound on what one line may hold."""

from app.rpc.protocol import MAX_LINE_BYTES

TOO_LONG = b""
"""Stands where a line was that exceeded the bound; no line that comes out is empty otherwise."""


class LineSplitter:
    """Cuts chunks at newlines.  A line that grows beyond the bound is dropped as it comes, up to its end.

    Blank lines are dropped, and so is a carriage return before the newline, by JSON's own rules for white space.
    """

    def __init__(self, max_bytes: int = MAX_LINE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._rest = b""
        self._skipping = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that end in ``chunk``, without their newlines."""
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        lines = self._checked(whole)
        if len(self._rest) > self._max_bytes:
            self._rest, self._skipping = b"", True
        elif self._skipping:
            self._rest = b""
        return lines

    def finish(self) -> list[bytes]:
        """The last line, where the input ended without a newline."""
        last, self._rest = self._rest, b""
        return self._checked([last])

    def _checked(self, whole: list[bytes]) -> list[bytes]:
        lines: list[bytes] = []
        for line in whole:
            if self._skipping or len(line) > self._max_bytes:
                self._skipping = False
                lines.append(TOO_LONG)
            elif line and not line.isspace():
                lines.append(line)
        return lines
