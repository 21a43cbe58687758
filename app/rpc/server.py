"""One client on two pipes: lines in, answers and notifications out.

    stdin ── lines ── dispatcher ── engine ── answers ──┐
                                       └───── events ───┴── stdout

Requests are read only as long as the calls in flight and the output that the client has not fetched stay within
bounds; after that the pipe makes the client wait.
"""

import asyncio
import logging
from collections.abc import Coroutine

from app.domain.events import Event
from app.rpc.dispatcher import Dispatcher
from app.rpc.lines import LineSplitter
from app.rpc.notifications import notified
from app.rpc.pipes import InputPipe, OutputPipe
from app.rpc.protocol import notification
from app.services.messenger import Messenger

MAX_UNREAD_BYTES = 4 << 20
"""Output that the client has not fetched, before its requests have to wait."""

MAX_UNREAD_NOTIFIED_BYTES = 64 << 20
"""Beyond this, notifications are dropped: a client that stopped reading must not fill the memory."""

UNREAD_TIMEOUT_S = 2.0
"""Once asked to stop: how long output waits for a client that does not fetch it."""

_logger = logging.getLogger(__name__)


class Server:
    """Serves one client until it has enough.  Belongs to the running loop."""

    def __init__(self, engine: Messenger, *, stdin: int, stdout: int, version: str) -> None:
        self._engine = engine
        self._stdin = stdin
        self._version = version
        self._stopping = asyncio.Event()
        self._room = asyncio.Event()
        self._output = OutputPipe(stdout, on_drained=self._room.set, on_broken=self._stopping.set)
        self._is_dropping = False

    def stop(self) -> None:
        """Read no further; what was accepted is still executed and answered."""
        self._stopping.set()

    async def serve(self) -> None:
        """Announce readiness, then execute requests until shutdown, the end of the input, or :meth:`stop`."""
        await self._announce()
        unsubscribe = self._engine.subscribe(self._notify)
        try:
            async with asyncio.TaskGroup() as tasks:
                dispatcher = Dispatcher(self._engine, tasks, answer=self._output.write, on_room=self._room.set)
                await _unless(self._stopped(), self._read(dispatcher))
        finally:
            unsubscribe()

    async def finish(self) -> None:
        """Wait until the client has fetched all output, after :meth:`stop` no longer than a moment."""
        await _unless(self._stopped(UNREAD_TIMEOUT_S), self._output.finish())

    async def _announce(self) -> None:
        info, status = self._engine.account_info(), await self._engine.network_status()
        params = {"id": info.id, "name": info.name, "version": self._version, "listen": status.listen}
        self._output.write(notification("ready", params))

    async def _stopped(self, patience_s: float = 0) -> None:
        await self._stopping.wait()
        await asyncio.sleep(patience_s)

    async def _read(self, dispatcher: Dispatcher) -> None:
        source, splitter = InputPipe(self._stdin), LineSplitter()
        while chunk := await source.read():
            await self._accept(dispatcher, splitter.feed(chunk))
            if dispatcher.is_shutting_down:
                return
        await self._accept(dispatcher, splitter.finish())

    async def _accept(self, dispatcher: Dispatcher, lines: list[bytes]) -> None:
        for line in lines:
            while dispatcher.is_full or self._output.waiting_bytes >= MAX_UNREAD_BYTES:
                self._room.clear()
                await self._room.wait()
            dispatcher.accept(line)
            if dispatcher.is_shutting_down:
                return

    def _notify(self, event: Event) -> None:
        is_dropping = self._output.waiting_bytes >= MAX_UNREAD_NOTIFIED_BYTES
        if is_dropping and not self._is_dropping:
            _logger.warning("the client does not read: notifications are dropped")
        self._is_dropping = is_dropping
        if not is_dropping:
            self._output.write(notified(event))


async def _unless(stopped: Coroutine[None, None, None], work: Coroutine[None, None, None]) -> None:
    """Do the work, unless ``stopped`` ends first."""
    async with asyncio.TaskGroup() as tasks:
        working = tasks.create_task(work, name="rpc work")
        stopping = tasks.create_task(stopped, name="rpc stop")
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        working.cancel()
        stopping.cancel()
