"""The window on a full profile, in a process of its own, timed from within: ``python -m tests.bench.gui_probe``.

It prints one JSON object: lists of samples by name, in milliseconds unless the name says otherwise.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.bootstrap import ProfileGate
from app.config import LaunchOptions
from app.domain.events import MessageReceived
from app.domain.identifiers import ContactId
from app.domain.message import Message, MessageState
from app.gui.application import Application
from app.gui.event_loop import EventLoop
from app.gui.finder import Finder
from app.gui.garbage import GarbageCollector
from app.gui.home import Home
from app.gui.theme.theme import Theme
from app.gui.translation import install
from app.gui.widgets.message_view import MessageView
from net.endpoint import Endpoint
from tests.bench.full_profile import message

_SECOND_MS = 1_000.0
_FRAME_BYTES = 256 << 10
_STALL_S = 4.0
_OPENED = 8
_APPENDED = 300
_SCROLLED = 400
_FLOOD_A_S = 5_000
_MIB = 1 << 20


class Ticker:
    """Ticks every millisecond on the GUI's thread: the longest pause between two ticks is how long it was stuck."""

    def __init__(self) -> None:
        self._clock = QElapsedTimer()
        self._cpu = time.thread_time()
        self.longest_ms = self.longest_cpu_ms = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._tick)

    async def during(self, work: Awaitable[None]) -> dict[str, list[float]]:
        """The longest stall while ``work`` runs, by the clock and in processor time of this thread."""
        self.longest_ms = self.longest_cpu_ms = 0.0
        self._clock.start()
        self._cpu = time.thread_time()
        self._timer.start()
        await work
        self._timer.stop()
        return {"stall": [self.longest_ms], "stall_cpu": [self.longest_cpu_ms]}

    def _tick(self) -> None:
        cpu = time.thread_time()
        self.longest_ms = max(self.longest_ms, self._clock.nsecsElapsed() / 1e6)
        self.longest_cpu_ms = max(self.longest_cpu_ms, (cpu - self._cpu) * _SECOND_MS)
        self._clock.start()
        self._cpu = cpu


class Probe:
    """What is measured, one after the other, in one open window."""

    def __init__(self, application: Application, contact: ContactId) -> None:
        self._application = application
        self._contact = contact
        self._next = 10_000_000
        self._ticker = Ticker()
        self.samples: dict[str, list[float]] = {}

    async def start(self) -> None:
        """Until the main page with its contacts is painted; memory after five seconds more."""
        await self._until(lambda: self._application.home is not None)
        model = self._home.roster.model
        await self._until(lambda: model.rowCount() > 1)
        self._application.window.repaint()
        self.samples["painted_at_s"], self.samples["cpu_s"] = [time.monotonic()], [time.process_time()]
        await asyncio.sleep(5)
        self.samples["pss_mib"] = [psutil.Process().memory_full_info().pss / _MIB]

    async def open_long(self) -> None:
        """Open the longest conversation again and again, to its painted newest page."""
        contacts = self._application.window.main.contacts
        other = next(known.contact for known in self._home.roster.model.contacts() if known.contact != self._contact)
        taken = []
        for _ in range(_OPENED):
            contacts.choose(other)
            await self._until(lambda: self._rows() > 0)
            await asyncio.sleep(0.1)
            started = time.perf_counter()
            contacts.choose(self._contact)
            await self._until(lambda: self._rows() > 0, pause_s=0)
            self._view.viewport().repaint()
            taken.append((time.perf_counter() - started) * _SECOND_MS)
        self.samples["open_long"] = taken

    async def append(self) -> None:
        """A received message at the end, to its painted bubble."""
        taken = []
        for _ in range(_APPENDED):
            received = self._received(self._contact)
            started = time.perf_counter()
            self._home._take([MessageReceived(received)])
            self._view.viewport().repaint()
            taken.append((time.perf_counter() - started) * _SECOND_MS)
            await asyncio.sleep(0.002)
        self.samples["append"] = taken

    async def scroll(self) -> None:
        """A third of a screen up, painted; older pages come in between."""
        bar, taken = self._view.verticalScrollBar(), []
        for _ in range(_SCROLLED):
            started = time.perf_counter()
            bar.setValue(bar.value() - self._view.viewport().height() // 3)
            self._view.viewport().repaint()
            taken.append((time.perf_counter() - started) * _SECOND_MS)
            await asyncio.sleep(0.004)
        self.samples["scroll"] = taken

    async def flood(self) -> None:
        """Events of 5,000 messages a second, half of them for the conversation on the screen."""
        others = [known.contact for known in self._home.roster.model.contacts()]
        self._application.window.main.chat.down_button.click()
        await self._until(lambda: self._view.at_bottom and not self._home.conversation.model.has_newer)  # type: ignore[union-attr]

        async def pour() -> None:
            started, told = time.monotonic(), 0
            while (elapsed := time.monotonic() - started) < _STALL_S:
                while told < elapsed * _FLOOD_A_S:
                    told += 1
                    contact = self._contact if told % 2 else others[told % len(others)]
                    self._application._bridge.post(MessageReceived(self._received(contact)))
                await asyncio.sleep(0.001)
            self.samples["flood_a_s"] = [told / _STALL_S]

        await self._measure("flood", self._application._bridge.call(pour))

    async def search(self) -> None:
        """Typing a word letter by letter, in a million messages.

        The answer is waited for, not looked for: a thread that spins holds the lock that those who search need.
        """
        field, finder = self._application.window.main.contacts.search, self._home.finder
        taken: list[float] = []
        answered = asyncio.Event()
        finder.model.modelReset.connect(answered.set)

        async def type_words() -> None:
            for word in ("lighthouse", "forecast", "tide", "مرحبا"):
                for end in range(1, len(word) + 1):
                    started = time.perf_counter()
                    field.setText(word[:end])
                    while finder.model.query != word[:end]:
                        answered.clear()
                        await answered.wait()
                    taken.append((time.perf_counter() - started) * _SECOND_MS)
            field.clear()

        await finder_is_warm(self, field.setText, finder)
        await self._measure("search", type_words())
        self.samples["search_answer"] = taken

    async def transfer(self) -> None:
        """The engine's thread seals and opens 256 KiB at a time, and sends them over a socket of loopback."""
        rate: list[float] = []
        await self._measure("transfer", self._application._bridge.call(move_bytes, rate))
        self.samples["transfer_mb_s"] = rate

    async def _measure(self, name: str, work: Awaitable[None]) -> None:
        for kind, values in (await self._ticker.during(work)).items():
            self.samples[f"{name}_{kind}"] = values

    def _received(self, contact: ContactId) -> Message:
        self._next += 3
        return message(self._next - self._next % 3 + 1, contact, at=time.time(), state=MessageState.DELIVERED)

    @property
    def _home(self) -> Home:
        home = self._application.home
        assert home is not None
        return home

    @property
    def _view(self) -> MessageView:
        return self._application.window.main.chat.view

    def _rows(self) -> int:
        conversation = self._home.conversation
        return 0 if conversation is None else conversation.model.rowCount()

    async def _until(self, condition: Callable[[], object], pause_s: float = 0.001) -> None:
        async with asyncio.timeout(120):
            while not condition():
                await asyncio.sleep(pause_s)


async def finder_is_warm(probe: Probe, look_for: Callable[[str], None], finder: Finder) -> None:
    """The first search of a profile indexes what is not yet: that is the store's business, and measured there."""
    look_for("tide")
    await probe._until(lambda: finder.model.query == "tide")


async def move_bytes(rate: list[float]) -> None:
    """As fast as it goes, over loopback; the rate in MB/s goes into ``rate``."""
    cipher, nonce, payload = ChaCha20Poly1305(bytes(32)), bytes(12), bytes(_FRAME_BYTES)
    arrived = 0
    done = asyncio.Event()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal arrived
        while sealed := await reader.read(_FRAME_BYTES):
            arrived += len(sealed)
        writer.close()
        done.set()

    server = await asyncio.start_server(receive, "127.0.0.1", 0, limit=4 * _FRAME_BYTES)
    _, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    started = time.monotonic()
    while time.monotonic() - started < _STALL_S:
        writer.write(cipher.encrypt(nonce, payload, None))
        await writer.drain()
    writer.close()
    await done.wait()
    rate.append(arrived / 1e6 / (time.monotonic() - started))
    server.close()
    await server.wait_closed()


async def measure(application: Application, contact: ContactId, parts: list[str]) -> dict[str, list[float]]:
    life = asyncio.get_running_loop().create_task(application.run(), name="application")
    probe = Probe(application, contact)
    try:
        await probe.start()
        for part in parts:
            await getattr(probe, part)()
    finally:
        application.quit()
        await life
    return probe.samples


def main(folder: Path, contact: ContactId, parts: list[str]) -> None:
    qt = QApplication([])
    qt.setQuitOnLastWindowClosed(False)
    install(qt, "en")
    theme = Theme(qt)
    endpoint = Endpoint.parse("127.0.0.1:0")
    gate = ProfileGate(LaunchOptions(profile=folder, listen=(endpoint,), lan=False, dht=False, port_mapping=False))
    with GarbageCollector(), EventLoop(qt) as loop:
        samples = loop.run_until_complete(measure(Application(gate, theme), contact, parts))
    sys.stdout.write(json.dumps(samples) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), ContactId(sys.argv[2]), sys.argv[3:])
