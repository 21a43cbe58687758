"""Asks routers by UPnP, NAT-PMP and PCP to lead a TCP port to ours, by libtorrent.

A thin shell over a libtorrent session that does nothing else: one of its own beside the DHT's, so that either is
switched without the other, and what a router says of our address never counts among the votes of the DHT's nodes.
Every session also asks for the port of its own that it cannot be without; nothing is accepted there.
What is open is renewed every hour, and closed at the end if the router still answers.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

import libtorrent

from net.bittorrent import outlive, quiet_settings
from net.endpoint import Endpoint
from net.limits import MAPPING_CLOSE_TIMEOUT_S, MAPPING_TIMEOUT_S, UPNP_ANSWER_S
from net.mapping import Answers, Asking, PortMapping

POLL_S = 0.1
"""Between looks for alerts while routers are asked."""

IDLE_POLL_S = 2.0

_MAX_ERROR_CHARACTERS = 120


class PortMapper:
    """One attempt from one place, from construction to :meth:`close`; to be made inside a running event loop.

    ``on_change`` is called on the loop with what has come of it.
    """

    def __init__(self, speak_from: Sequence[Endpoint], port: int, on_change: Callable[[PortMapping], None]) -> None:
        self._on_change = on_change
        self._loop = asyncio.get_running_loop()
        self._answers = Answers()
        self._told: PortMapping | None = None
        alerts = libtorrent.alert.category_t.port_mapping_notification
        settings: libtorrent.settings_pack = {
            **quiet_settings(speak_from, alerts),
            "enable_upnp": True,
            "enable_natpmp": True,
        }
        self._sessions = [libtorrent.session(settings)]
        self._ours = set(self._sessions[0].add_port_mapping(libtorrent.portmap_protocol.tcp, port, port))
        """The numbers of our port's mapping, as against those of the session's own ports."""
        self._to_close: set[int] = set()
        """What a router has opened by UPnP: each is a question at the end, which it may leave unanswered."""
        self._upnp_is_late_at = self._loop.time() + UPNP_ANSWER_S
        self._late_at = self._loop.time() + MAPPING_TIMEOUT_S
        self._poll = self._loop.call_soon(self._look)

    async def close(self) -> None:
        """Have the router close what it opened; nothing is told any more."""
        self._poll.cancel()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(self._upnp_is_late_at):
                    await self._until(lambda: self._answers.has_answered(Asking.UPNP))
            self._sessions[0].apply_settings({"enable_upnp": False, "enable_natpmp": False})
            with suppress(TimeoutError):
                async with asyncio.timeout(MAPPING_CLOSE_TIMEOUT_S):
                    await self._until(lambda: not self._to_close)
        finally:
            # A question of which no alert tells may be under way: for the router's description, say.
            outlive(self._sessions)

    async def _until(self, is_so: Callable[[], bool]) -> None:
        self._take_alerts()
        while not is_so():
            await asyncio.sleep(POLL_S / 2)
            self._take_alerts()

    def _look(self) -> None:
        self._take_alerts()
        is_late = self._loop.time() >= self._late_at
        self._poll = self._loop.call_later(IDLE_POLL_S if is_late else POLL_S, self._look)
        mapping = self._answers.mapping(is_late=is_late)
        if mapping != self._told:
            self._told = mapping
            self._on_change(mapping)

    def _take_alerts(self) -> None:
        for alert in self._sessions[0].pop_alerts():
            match alert:
                case libtorrent.portmap_alert():
                    self._opened(alert)
                case libtorrent.portmap_error_alert():
                    self._failed(alert)
                case _:
                    pass

    def _opened(self, alert: libtorrent.portmap_alert) -> None:
        asked_by = Asking(int(alert.map_transport))
        if asked_by is Asking.UPNP:
            self._to_close.add(alert.mapping)
        if alert.mapping in self._ours:
            self._answers.opened(asked_by, alert.external_port)

    def _failed(self, alert: libtorrent.portmap_error_alert) -> None:
        asked_by = Asking(int(alert.map_transport))
        if asked_by is Asking.UPNP:
            self._to_close.discard(alert.mapping)
        if alert.mapping in self._ours:
            self._answers.failed(asked_by, alert.error.message()[:_MAX_ERROR_CHARACTERS])
