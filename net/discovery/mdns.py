"""Announces one service by mDNS and tells of those of others: a shell over zeroconf that decides nothing.

What is wanted is set at any time; one task brings what is there in line with it, again and again where the network is
missing or refuses.  Nothing that comes in is believed, and nothing escapes but log records.
"""

import asyncio
import contextlib
import logging
import re

from zeroconf import (  # type: ignore[attr-defined] # not all are declared to be exported
    DNSOutgoing,
    DNSQuestion,
    DNSText,
    IPVersion,
    RecordUpdate,
    RecordUpdateListener,
    Zeroconf,
    current_time_millis,
)
from zeroconf.asyncio import AsyncZeroconf

from crypto.primitives import Random
from net.discovery.presence import Listener, Presence, Service
from net.discovery.voice import FAILURES, NAME_BYTES, SERVICE_TYPE, Voice
from net.jitter import shortened
from net.limits import ADDRESS_POLL_S, QUESTION_DELAY_S, QUESTION_JITTER, QUESTION_PAUSES_S
from net.supervisor import Supervisor

log = logging.getLogger(__name__)

_NAME = re.compile(rf"[0-9a-f]{{{2 * NAME_BYTES}}}\.{re.escape(SERVICE_TYPE)}")
"""What every Kith calls its service: random hexadecimal digits."""

_CLOSE_TIMEOUT_S = 3.0
_QUERY, _PTR, _IN = 0, 12, 1  # RFC 1035, sections 4.1.1, 3.2.2 and 3.2.4


class Mdns:
    """Made inside a running event loop."""

    def __init__(self, listener: Listener, random: Random) -> None:
        # Its records quote names and addresses from the network; what matters is logged here.
        logging.getLogger("zeroconf").setLevel(logging.CRITICAL)
        self._listener = listener
        self._random = random
        self._supervisor = Supervisor(asyncio.get_running_loop())
        self._wanted: Presence | None = Presence()
        self._changed = asyncio.Event()
        self._station: _Station | None = None
        self._task = self._supervisor.start("mdns", self._run())

    @property
    def is_running(self) -> bool:
        """Whether mDNS speaks on at least one interface."""
        return self._station is not None and self._station.speaks

    def want(self, presence: Presence) -> None:
        """Bring this about from now on."""
        if self._wanted is not None:
            self._wanted = presence
            self._changed.set()

    async def close(self) -> None:
        """Say goodbye, and leave neither socket nor task behind."""
        self._wanted = None
        self._changed.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                await asyncio.wait([self._task])
        await self._supervisor.close()

    async def _run(self) -> None:
        present = Presence()
        try:
            while (wanted := self._wanted) is not None:
                self._changed.clear()
                try:
                    await self._bring_about(present, wanted)
                    present, patience_s = wanted, self._patience_s()
                except FAILURES as error:
                    log.info("mDNS does not run: %s", error)
                    await self._leave()
                    present, patience_s = Presence(), ADDRESS_POLL_S
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(patience_s):
                        await self._changed.wait()
        finally:
            await self._leave()

    async def _bring_about(self, present: Presence, wanted: Presence) -> None:
        if (present.speakers, present.move) != (wanted.speakers, wanted.move):
            await self._leave()
            if wanted.speakers:
                self._station = _Station(wanted.speakers, self._listener, self._random)
                await self._station.start()
        elif self._station is not None and not self._station.is_complete:
            await self._station.mend()
        if self._station is not None:
            self._station.announce(wanted.service)

    def _patience_s(self) -> float | None:
        """How long to wait for something else to be wanted."""
        return None if self._station is None or self._station.is_complete else ADDRESS_POLL_S

    async def _leave(self) -> None:
        station, self._station = self._station, None
        if station is not None:
            try:
                await station.close()
            except FAILURES as error:
                log.info("mDNS did not end well: %s", error)


class _Station(RecordUpdateListener):
    """One start of zeroconf.

    Only TXT records are listened to: an announcement says everything in its own, so that nothing has to be resolved,
    and what zeroconf keeps of hostile answers is never asked about.
    """

    def __init__(self, speakers: tuple[str, ...], listener: Listener, random: Random) -> None:
        super().__init__()
        self._speakers = speakers
        self._listener = listener
        self._random = random
        version = IPVersion.All if any(":" in speaker for speaker in speakers) else IPVersion.V4Only
        # Without any interface nothing can fail half-way and leave sockets behind.
        self._zeroconf = AsyncZeroconf(interfaces=[], ip_version=version)
        self._supervisor = Supervisor(asyncio.get_running_loop())
        self._voice = Voice(self._zeroconf.zeroconf, random)

    @property
    def speaks(self) -> bool:
        """Whether any of the addresses to speak from is in use."""
        return bool(self._zeroconf.zeroconf.engine.senders)

    @property
    def is_complete(self) -> bool:
        """Whether all are: the system may still make sure that a new one is unique, 1 s or 2 in IPv6."""
        return len(self._zeroconf.zeroconf.engine.senders) >= len(self._speakers)

    async def start(self) -> None:
        """Begin to listen, and ask who is there."""
        self._zeroconf.zeroconf.async_add_listener(self, None)  # first: what is known before is no news later
        await self.mend()
        _ = self._supervisor.start("mdns questions", self._ask())

    async def mend(self) -> None:
        """Speak from the addresses that are missing."""
        await self._zeroconf.async_update_interfaces(list(self._speakers))

    def announce(self, service: Service | None) -> None:
        """Announce this and nothing else, under names that nobody has seen."""
        self._voice.announce(service)

    async def close(self) -> None:
        """Take back what was announced, and end."""
        await self._supervisor.close()
        await self._voice.close()
        await self._zeroconf.async_close()

    async def _ask(self) -> None:
        """Everybody hears the answers: who has just heard the question need not ask (RFC 6762, section 7.3)."""
        zeroconf, question = self._zeroconf.zeroconf, DNSQuestion(SERVICE_TYPE, _PTR, _IN)
        for pause_s in QUESTION_PAUSES_S:
            await asyncio.sleep(pause_s + shortened(QUESTION_DELAY_S, QUESTION_JITTER, self._random))
            now_ms = current_time_millis()
            if not zeroconf.question_history.suppresses(question, now_ms, set()):
                zeroconf.question_history.add_question_at_time(question, now_ms, set())
                outgoing = DNSOutgoing(_QUERY)
                outgoing.add_question(question)
                zeroconf.async_send(outgoing)

    # --- RecordUpdateListener

    def async_update_records(self, zc: Zeroconf, now: float, records: list[RecordUpdate]) -> None:  # noqa: ARG002
        for update in records:
            record = update.new
            if not isinstance(record, DNSText) or not _NAME.fullmatch(record.name) or self._voice.is_own(record.name):
                continue
            if record.is_expired(now):
                self._listener.gone(record.name)
            elif update.old is None:
                self._listener.heard(record.name, record.text)
