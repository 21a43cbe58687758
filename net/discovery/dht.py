"""The Mainline DHT, by libtorrent's client: items of BEP 44 and announcements of BEP 5, in and out
(``docs/protocol.md``, section 6).

A thin shell: it starts a libtorrent session that is used for nothing else (no torrents, no local service discovery),
hands over calls and turns alerts into calls of a :class:`Listener` on the event loop.  What to put and to get, and what
an item means, is not known here.

Traps: a call before the DHT runs is dropped without a word, and one without nodes ends in nothing, so they wait here;
the built-in bootstrap node is a public one, so the list is always given; an alert lives until the next call for alerts,
so its fields are copied at once; an absent item is reported as an empty one; with dead nodes "absent" and "stored" take
15 s, a copy that is there does not.  So what is stored goes by :mod:`net.discovery.quick_store`, too, and places that
are looked at again and again are asked by :mod:`net.discovery.quick_look`.  Nodes that it forgets when this
computer moves :mod:`net.discovery.company` has called again.
Alerts are polled: libtorrent's own notification calls into Python from its thread, and waits there for ever while a
call such as the one in :meth:`Dht.nodes` holds the interpreter and waits for that thread.
"""

import asyncio
import logging
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Protocol

import libtorrent

from crypto.secret import Secret
from net.bittorrent import drop, quiet_settings
from net.discovery.company import Company
from net.discovery.dht_settings import DhtSettings
from net.discovery.item_stores import ItemStores
from net.discovery.krpc import Announcement, Answer, CallersAt, Item, ItemUnder
from net.discovery.quick_look import Place, QuickLook
from net.discovery.quick_socket import QuickSocket
from net.discovery.quick_store import QuickStore
from net.endpoint import Endpoint
from net.limits import DHT_UPLOAD_BYTES_PER_SECOND, MAX_SAVED_DHT_NODES

log = logging.getLogger(__name__)

BUSY_POLL_S = 0.05
"""Between looks for alerts, while the DHT starts and after calls: small beside any line's delay."""

IDLE_POLL_S = 1.0
"""The same while nothing is asked."""

BUSY_S = 35.0
"""After a call: libtorrent gives a search and the stores after it 15 s each, then all is told."""

_IPV4_NODE_BYTES = 6
_IPV6_NODE_BYTES = 18

_ALERTS = (
    libtorrent.alert.category_t.dht_notification
    | libtorrent.alert.category_t.dht_operation_notification
    | libtorrent.alert.category_t.status_notification
)


class Listener(Protocol):
    """Who is told; every call comes on the event loop."""

    def entered(self) -> None:
        """Somebody in the DHT has answered, for the first time or after a while without anybody: what is put and got
        from now on is carried out, what was meanwhile may have come to nothing.
        """

    def item(self, key: bytes, value: bytes) -> None:
        """A copy of the item under this public key; others, older or newer ones, may follow."""

    def absent(self, key: bytes) -> None:
        """All nodes near the key have answered or given up, and none had the item."""

    def stored(self, key: bytes, copies: int) -> None:
        """So many nodes took the item."""

    def callers(self, infohash: bytes, callers: tuple[Endpoint, ...]) -> None:
        """A node says that these have announced themselves there; others may say more, and of nobody none speaks."""

    def seen_as(self, address: IPv4Address | IPv6Address) -> None:
        """The nodes agree that we come from there."""


class Dht:
    """One node of the DHT, from construction to :meth:`close`; to be made inside a running event loop."""

    def __init__(self, settings: DhtSettings, listener: Listener) -> None:
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._session: libtorrent.session | None = libtorrent.session(_session_settings(settings))
        for node in settings.nodes:
            self._session.add_dht_node((str(node.address), node.port))
        self._socket = QuickSocket(settings.listen)
        self._quick = QuickStore(self._socket)
        self._stores = ItemStores()
        self._look_again = QuickLook(self._socket, self._told)
        self._company = Company(settings, self._loop.time())
        self._has_entered = False
        self._waiting: list[Callable[[], None]] = []
        """Calls made before anybody answered: they would end in nothing."""
        self._busy_until = self._loop.time() + BUSY_S
        self._poll = self._loop.call_soon(self._look)

    @property
    def is_running(self) -> bool:
        """Whether this computer takes part; whether anybody answers, :meth:`nodes` tells."""
        return self._session is not None and self._session.is_dht_running()

    def put(self, signing_key: Secret, key: bytes, value: bytes) -> None:
        """Store ``value``, at most 996 bytes, under the public ``key``, in place of all that was put there before; ends
        in :meth:`Listener.stored`, of several values one after the other in that of the last.
        """
        self._put(Item(signing_key, key, value))

    def get(self, key: bytes) -> None:
        """Look for the item under the public ``key``; ends in :meth:`Listener.item` or :meth:`Listener.absent`."""
        self._call(lambda session: session.dht_get_mutable_item(key, b""))

    def announce(self, infohash: bytes, port: int) -> None:
        """Say that we can be found under ``infohash``, 20 bytes, at this port; nodes forget it within 45 minutes."""
        self._call(lambda session: session.dht_announce(libtorrent.sha1_hash(infohash), port, 0))
        self._call(lambda _: self._quick.store(Announcement(infohash, port), self.nodes()))

    def ask_callers(self, infohash: bytes) -> None:
        """Ask who has announced itself under ``infohash``; ends in any number of :meth:`Listener.callers`.

        The first time it takes a search, for some minutes then three nodes are asked.
        """
        self._look_at(CallersAt(infohash), lambda session: session.dht_get_peers(libtorrent.sha1_hash(infohash)))

    def look(self, key: bytes) -> None:
        """The same for an item that is expected any moment; ends in any number of :meth:`Listener.item`."""
        self._look_at(ItemUnder(key), lambda session: session.dht_get_mutable_item(key, b""))

    def start_over(self) -> None:
        """We were asleep, or are somewhere else: search where we looked again and again."""
        self._look_again.forget()
        self._company.hurry(self._loop.time())
        self._keep_company()

    def nodes(self) -> tuple[Endpoint, ...]:
        """Nodes in the routing table, at most 200: what to start from the next time."""
        if self._session is None:
            return ()
        flags = libtorrent.save_state_flags_t.save_dht_state
        state = libtorrent.bdecode(libtorrent.write_session_params_buf(self._session.session_state(flags), flags))
        packed = _field(_field(state, b"dht state"), b"nodes"), _field(_field(state, b"dht state"), b"nodes6")
        known = [_endpoint(node) for nodes in packed if isinstance(nodes, list) for node in nodes]
        return tuple(endpoint for endpoint in known if endpoint is not None)[:MAX_SAVED_DHT_NODES]

    async def close(self) -> None:
        """End; no call comes to the listener any more."""
        self._poll.cancel()
        self._waiting.clear()
        sessions = [] if self._session is None else [self._session]
        self._session = None
        await self._quick.close()
        await self._look_again.close()
        self._socket.close()
        await drop(sessions)

    # --- Calls and alerts

    def _put(self, item: Item) -> None:
        self._call(lambda session: self._store(session, item))

    def _store(self, session: libtorrent.session, item: Item) -> None:
        if self._stores.put(item, self._loop.time()):
            session.dht_put_mutable_item(item.signing_key.reveal(), item.key, item.value, b"")
        self._quick.store(item, self.nodes())

    def _stored(self, key: bytes, copies: int) -> None:
        newer = self._stores.ended(key)
        if newer is None:
            self._listener.stored(key, copies)
        else:  # the older value may stand over it by now
            self._put(newer)

    def _call(self, call: Callable[[libtorrent.session], None]) -> None:
        if self._session is None:
            return
        if not self._has_entered:
            self._waiting.append(lambda: self._call(call))
            return
        self._keep_company()
        call(self._session)
        self._busy_until = self._loop.time() + BUSY_S
        self._look_after(BUSY_POLL_S)

    def _look_at(self, place: Place, search: Callable[[libtorrent.session], None]) -> None:
        if self._session is None:
            return
        if not self._has_entered:
            self._waiting.append(lambda: self._look_at(place, search))
        elif self._look_again.look(place, self.nodes):
            self._call(search)  # else libtorrent has no part in it, and need not be watched for the answer

    def _look(self) -> None:
        assert self._session is not None, "the poll ends with the session"
        if self._company.is_alone:
            self._keep_company()
        for alert in self._session.pop_alerts():
            self._take(alert)
        is_busy = self._loop.time() < self._busy_until
        self._look_after(BUSY_POLL_S if is_busy else IDLE_POLL_S)

    def _keep_company(self) -> None:
        """See whether we are alone, and end that."""
        now = self._loop.time()
        if self._company.see(self.nodes(), now):
            self._enter()
        for node in self._company.calls(now):
            assert self._session is not None, "whoever calls has seen to that"
            self._session.add_dht_node(node)

    def _enter(self) -> None:
        self._has_entered = True
        self._listener.entered()
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            call()

    def _look_after(self, seconds: float) -> None:
        if self._session is not None:
            self._poll.cancel()
            self._poll = self._loop.call_later(seconds, self._look)

    def _take(self, alert: object) -> None:
        if self._session is None:
            return  # closed by what was told before
        match alert:
            case libtorrent.dht_mutable_item_alert():
                self._take_item(bytes(alert.key), alert.item, is_last=alert.authoritative)
            case libtorrent.dht_put_alert():
                self._stored(bytes(alert.public_key), alert.num_success)
            case libtorrent.dht_get_peers_reply_alert():
                callers = (Endpoint(ip_address(address), port) for address, port in alert.peers())
                self._listener.callers(alert.info_hash.to_bytes(), tuple(callers))
            case libtorrent.external_ip_alert():
                self._listener.seen_as(ip_address(str(alert.external_address)))
            case libtorrent.listen_failed_alert():
                log.info("the DHT cannot speak from one of our addresses")
            case _:
                pass

    def _told(self, place: Place, answer: Answer) -> None:
        if self._session is None:
            return
        match place:
            case CallersAt(infohash) if answer.callers:
                self._listener.callers(infohash, answer.callers)
            case ItemUnder(key) if answer.value and place.is_in(answer):
                self._listener.item(key, answer.value)
            case _:
                pass

    def _take_item(self, key: bytes, item: object, *, is_last: bool) -> None:
        if isinstance(item, bytes) and item:
            self._listener.item(key, item)
        elif is_last:
            self._listener.absent(key)


def _session_settings(settings: DhtSettings) -> "libtorrent.settings_pack":
    return {
        **quiet_settings(settings.listen, _ALERTS),
        "dht_bootstrap_nodes": ",".join(map(str, settings.bootstrap)),
        "enable_dht": True,
        "dht_upload_rate_limit": DHT_UPLOAD_BYTES_PER_SECOND,
    }


def _field(decoded: object, name: bytes) -> object:
    return decoded.get(name) if isinstance(decoded, dict) else None


def _endpoint(packed: object) -> Endpoint | None:
    if not isinstance(packed, bytes) or len(packed) not in {_IPV4_NODE_BYTES, _IPV6_NODE_BYTES}:
        return None
    port = int.from_bytes(packed[-2:], "big")
    return Endpoint(ip_address(packed[:-2]), port) if port else None
