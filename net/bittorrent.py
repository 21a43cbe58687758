"""What all sessions of libtorrent have in common: nothing of BitTorrent but what is switched on by name."""

import asyncio
import threading
import time
from collections.abc import Sequence

import libtorrent

from net.endpoint import Endpoint

_LONGEST_REQUEST_S = 45.0
"""libtorrent gives a router 30 s to answer."""


def quiet_settings(listen: Sequence[Endpoint], alerts: int) -> "libtorrent.settings_pack":
    """Settings of a session that speaks from there and does nothing yet: no torrents, no discovery, no DHT."""
    return {
        "alert_mask": int(alerts),
        "listen_interfaces": ",".join(map(str, listen)),
        "dht_bootstrap_nodes": "",  # the built-in one is a public node
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "enable_incoming_tcp": False,
        "enable_outgoing_tcp": False,
        "enable_incoming_utp": False,
        "enable_outgoing_utp": False,
        "aio_threads": 1,
        "hashing_threads": 1,
    }


async def drop(sessions: list[libtorrent.session]) -> None:
    """End the sessions of the list, which holds the last reference to each.

    It goes when libtorrent's own thread has ended, which may be busy for a moment; so another thread waits for that.
    """
    await asyncio.to_thread(sessions.clear)


def outlive(sessions: list[libtorrent.session]) -> None:
    """The same for sessions that have asked a router something which may not answer any more.

    Until then their end would stop this whole process, for up to 30 s: nothing of Python runs while a session is
    taken apart.  So they are kept beyond that time, or to the end of the process, which does not take them apart.
    """
    threading.Thread(target=_outlive, args=(sessions,), name="end of port mapping", daemon=True).start()


def _outlive(sessions: list[libtorrent.session]) -> None:
    time.sleep(_LONGEST_REQUEST_S)
    sessions.clear()
