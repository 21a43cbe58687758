"""The headless front-end: one profile, served to one client on standard input and output."""

import asyncio
import gc
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from app import VERSION
from app.rpc.server import Server
from app.services.gate import Gate
from app.services.messenger import Messenger

STDIN, STDOUT = 0, 1

GARBAGE_THRESHOLDS = (20_000, 10, 100)
"""Collections of the cyclic collector are rare: thousands of requests in flight are alive, not garbage, and looking at
them again and again took a sixth of the processor under load.  Next to nothing here is cyclic but asyncio's transports:
who connects and leaves again and again lets 1.5 KB wait each time, and the second number bounds that to a few megabytes
(measured: flat from the 28,000th connection on)."""

SIGNALS = [number for number in signal.Signals if number.name in {"SIGTERM", "SIGINT", "SIGBREAK"}]
"""What asks a process to end; SIGBREAK is what Windows sends when a console closes."""


def run(gate: Gate, create: str | None, exported: Path | None = None) -> int:
    """Serve until the client has enough or a signal comes; ``create`` names the account to make if there is none.

    With ``exported`` it is made out of that file instead.

    Returns the process's exit status.

    Raises:
        KithError: the profile could not be opened.
    """
    gc.freeze()  # modules and classes live as long as the process
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    with suppress(asyncio.CancelledError), asyncio.Runner() as runner:
        runner.run(_serve(gate, create, exported))
    return 0


async def _serve(gate: Gate, create: str | None, exported: Path | None) -> None:
    task = asyncio.current_task()
    assert task is not None
    with _on_termination(task.cancel):  # nothing is kept of a start that is broken off
        engine = await _opened(gate, create, exported)
        server = Server(engine, stdin=STDIN, stdout=STDOUT, version=VERSION)
        with _on_termination(server.stop):
            try:
                await server.serve()
            finally:
                await engine.close()
            await server.finish()


async def _opened(gate: Gate, create: str | None, exported: Path | None) -> Messenger:
    if create is not None and not gate.exists():
        return await gate.create(create, None)
    if exported is not None and not gate.exists():
        return await gate.import_profile(exported, None, None)
    return await gate.open(None)


@contextmanager
def _on_termination(callback: Callable[[], object]) -> Iterator[None]:
    """Call ``callback`` on the running loop when the process is asked to end, instead of dying.

    Not by the loop's own ``add_signal_handler``, which Windows lacks.
    """
    loop = asyncio.get_running_loop()

    def handle(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(callback)

    previous = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
