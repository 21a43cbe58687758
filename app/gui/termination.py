"""SIGINT and SIGTERM close the window cleanly.

Qt's loop gives Python no chance to run a signal handler until some event comes.  Python can write the signal's number
to a socket, though, and that is an event: it wakes the loop, and the handler then runs on the main thread.
"""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSocketNotifier

_BYTES_READ = 64


@contextmanager
def on_termination(quit_: Callable[[], None]) -> Iterator[None]:
    """Within the block SIGINT and SIGTERM call ``quit_`` on the GUI's loop; main thread only."""
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: reader.recv(_BYTES_READ))
    earlier_descriptor = signal.set_wakeup_fd(writer.fileno())
    earlier = {number: signal.signal(number, lambda *_: quit_()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(earlier_descriptor)
        notifier.setEnabled(False)
        reader.close()
        writer.close()
