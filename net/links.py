"""Every link of this process, from the dial or the knock to the last byte: tells Paths and the engine what comes of it.

    LinkDriver ── what becomes of links ──► Paths ── effects ──► PathsDriver

No decisions of its own: which link is wanted and which survives, :class:`~net.paths.Paths` says; who may come in,
:mod:`net.reception`.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from crypto.primitives import Random
from net.attempts import Attempts
from net.connections import Connections
from net.dial_log import DialRecord
from net.endpoint import Endpoint
from net.errors import LocalError, RemoteError
from net.events import (
    CloseReason,
    EnvelopeReceived,
    FlightUnanswered,
    HandshakeReceived,
    LinkDown,
    LinkId,
    LinkUp,
    NetEvent,
    PathClass,
    PeerWritable,
    ProgressReceived,
)
from net.interfaces import IPAddress
from net.limits import MAX_OBSERVATIONS_PER_LINK
from net.link.driver import LinkDriver
from net.link.frames import Frame, FrameType, decode_observed
from net.link.machine import LinkMachine, Party
from net.link_table import LinkTable
from net.observation import Observation, Observer, Transport
from net.path_effects import Dial, Effect
from net.paths import Paths
from net.paths_driver import PathsDriver
from net.peer import LinkKind, PeerId
from net.reception import Reception
from net.supervisor import Supervisor
from net.whereabouts import Whereabouts

log = logging.getLogger(__name__)

_UNANSWERED = frozenset({CloseReason.DEAD, CloseReason.LOST})
"""How a connection ends whose other side does not know the key: we stop waiting, or it does a little sooner."""


class _Silence(Enum):
    """What is written to the log of it."""

    BEGINS = "is suspect"
    ENDS = "is heard again"


@dataclass(frozen=True, slots=True)
class LinkCallbacks:
    """What others hear of links."""

    event: Callable[[NetEvent], None]
    linked: Callable[[LinkDriver], None]
    """A driver has a link that we keep."""
    ended: Callable[[LinkDriver], None]
    """A driver has no connection any more."""
    suspected: Callable[[LinkDriver], None]
    """Nobody answers on the link in use, or somebody does again."""
    signalled: Callable[[PeerId, bytes], None]
    """A peer tells our paths something."""


class Links:
    """The owner of every driver.

    Events are told from within calls, too, and whoever hears them may close links.
    """

    def __init__(
        self,
        paths: Paths,
        table: LinkTable,
        *,
        reception: Reception,
        whereabouts: Whereabouts,
        callbacks: LinkCallbacks,
        random: Random,
    ) -> None:
        self._paths = paths
        self._table = table
        self._reception = reception
        self._whereabouts = whereabouts
        self._callbacks = callbacks
        self._loop = asyncio.get_running_loop()
        self._supervisor = Supervisor(self._loop)
        self._connections = Connections()
        self._attempts = Attempts(
            self,
            on_failed=self._dial_failed,
            reception=reception,
            shared_ports=whereabouts.shared_ports,
            supervisor=self._supervisor,
            random=random,
        )
        self._driver = PathsDriver(
            paths,
            table,
            dialler=self._attempts,
            take_port=whereabouts.take_port,
            on_event=callbacks.event,
        )
        self._is_closed = False

    def perform(self, effects: Iterable[Effect] = ()) -> None:
        """Do what Paths wants done, and wake it when it wants to be woken."""
        self._driver.perform(effects)

    def stranger(self) -> LinkDriver:
        """The driver of a connection that comes in."""
        return LinkDriver(self, self._receive, self._loop)

    def adopt(self, link: LinkId, peer_id: PeerId) -> None:
        """Make the link of an invite or a reset the contact's own, which brings it online.

        Raises:
            LocalError: the link is down, or the peer was not declared.
        """
        driver = self._table.get(link)
        if driver is None:
            raise LocalError("no such link")
        effects = self._paths.adopt(link, peer_id, self._loop.time())
        driver.party = Party(peer_id, LinkKind.CONTACT)
        self._whereabouts.adopted(link, peer_id)
        self._note_proof(driver)
        self._table.pause_if_asked(driver)
        self.perform(effects)

    def remove_peer(self, peer_id: PeerId) -> None:
        """Forget a peer and close its links."""
        self._table.forget(peer_id)
        self._attempts.forget(peer_id)
        self.perform(self._paths.remove_peer(peer_id))

    def dial_report(self, peer_id: PeerId) -> tuple[DialRecord, ...]:
        """What came of dialling a peer."""
        return self._attempts.report(peer_id)

    def close_those_from_elsewhere(self, here: frozenset[IPAddress]) -> None:
        """This machine has these addresses: what was sent from others gets no answer any more."""
        for _, driver in self._table.all():
            if driver.local.address not in here:
                driver.close(CloseReason.LOST)

    def close_those_to_afar(self) -> None:
        """Keep those alone that stay in networks of ours, if that is wished."""
        for link, driver in self._table.all():
            if self._is_out_of_bounds(self._paths.path_of_link(link)):
                driver.close(CloseReason.LOCAL)

    async def close(self) -> None:
        """End every link with a close frame, and dial nobody any more."""
        self._is_closed = True
        for _, driver in self._table.all():
            driver.close(CloseReason.LOCAL)
        self._connections.close(CloseReason.LOCAL)
        self._driver.close()
        await self._supervisor.close()

    async def all_gone(self) -> None:
        """Wait until the last connection is, after :meth:`close`."""
        await self._connections.all_gone()

    # --- LinkOwner: what becomes of links

    def connection_made(self, driver: LinkDriver) -> None:
        self._connections.made(driver)

    def link_opened(self, driver: LinkDriver, handshake_hash: bytes) -> None:
        self._reception.leave(driver)
        path = driver.ice_path or self._paths.path_of(driver.remote, crossed=driver.has_crossed)
        refusal = self._refusal(driver, path)
        if refusal is not None:
            driver.close(refusal)
            return
        dialled = self._attempts.linked(driver)
        driver.was_dialled = dialled is not None
        self._callbacks.linked(driver)
        self._note_proof(driver)
        self._admit(driver, handshake_hash, path, dialled)

    def frame_received(self, driver: LinkDriver, frame: Frame) -> None:
        link, peer_id = driver.link, driver.party.peer
        assert link is not None, "frames come from open links"
        match frame.type:
            case FrameType.ENVELOPE:
                self._callbacks.event(EnvelopeReceived(link, peer_id, frame.body))
            case FrameType.HANDSHAKE:
                self._callbacks.event(HandshakeReceived(link, peer_id, frame.body))
            case FrameType.PROGRESS:
                self._callbacks.event(ProgressReceived(link, peer_id, frame.body))
            case FrameType.NOMINATE:
                self.perform(self._paths.nominated(link))
            case FrameType.CONFIRM:
                self.perform(self._paths.confirmed(link, self._loop.time()))
            case FrameType.OBSERVED_ADDRESS:
                self._observe(driver, link, frame.body)
            case FrameType.SIGNAL:
                self._callbacks.signalled(peer_id, frame.body)
            case FrameType.PING | FrameType.PONG | FrameType.CLOSE | FrameType.REKEY:
                raise AssertionError("the machine's own business")

    def link_suspected(self, driver: LinkDriver) -> None:
        if driver.link is None or self._paths.link_in_use(driver.party.peer) != driver.link:
            return
        log.info("link %d %s", driver.link, _Silence.BEGINS if driver.is_suspect else _Silence.ENDS)
        now = self._loop.time()
        if driver.is_suspect:
            self._doubt_whence_we_come(driver)
            self.perform(self._paths.suspect(driver.link, now))
        else:
            self.perform(self._paths.trust(driver.link, now))
        self._callbacks.suspected(driver)

    def link_writable(self, driver: LinkDriver) -> None:
        self._callbacks.event(PeerWritable(driver.party.peer))

    def link_ended(self, driver: LinkDriver, reason: CloseReason) -> None:
        self._reception.leave(driver)
        self._callbacks.ended(driver)
        failed = self._attempts.ended(driver, reason)
        if failed is not None and reason in _UNANSWERED:
            self._callbacks.event(FlightUnanswered(failed.peer, failed.key.kind))
        if self._table.remove(driver.link):
            assert driver.link is not None, "it was in the table"
            self._lose(driver, driver.link, reason)

    def connection_gone(self, driver: LinkDriver) -> None:
        self._connections.gone(driver)

    # --- Its parts

    def _receive(self, driver: LinkDriver, remote: Endpoint, now: float) -> LinkMachine | None:
        """A connection came in."""
        return None if self._is_closed else self._reception.start(driver, remote, now)

    def _refusal(self, driver: LinkDriver, path: PathClass) -> CloseReason | None:
        """Why we do not keep a link that has come up."""
        if not self._paths.may_come_up(driver.party.peer, driver.party.kind):
            return CloseReason.REMOVED
        return CloseReason.LOCAL if self._is_out_of_bounds(path) else None

    def _is_out_of_bounds(self, path: PathClass) -> bool:
        return self._whereabouts.stays_near and path is not PathClass.LAN

    def _admit(self, driver: LinkDriver, handshake_hash: bytes, path: PathClass, dialled: Dial | None) -> None:
        """Number a link and tell everybody of it."""
        peer_id, kind = driver.party.peer, driver.party.kind
        link = self._table.add(driver, time.time())
        log.info("link %d up: %s, %s", link, path, kind)
        self._callbacks.event(
            LinkUp(
                link=link,
                peer=peer_id,
                kind=kind,
                handshake_hash=handshake_hash,
                dialled=driver.was_dialled and not driver.has_yielded,
                path=path,
                remote=driver.remote,
                dialled_at=None if dialled is None else dialled.endpoint,
            )
        )
        if self._table.get(link) is not None:  # the engine may have closed it
            dial = None if dialled is None else dialled.dial
            self.perform(self._paths.link_up(link, peer_id, kind, path, dial, self._loop.time()))
        elif dialled is not None:
            self._dial_failed(dialled)

    def _lose(self, driver: LinkDriver, link: LinkId, reason: CloseReason) -> None:
        """A link that was up has ended."""
        self._whereabouts.link_down(link)
        log.info("link %d down: %s", link, reason)
        if reason in _UNANSWERED and not driver.is_suspect:
            self._doubt_whence_we_come(driver)
        self._callbacks.event(LinkDown(link, driver.party.peer, reason))
        farewell = reason is CloseReason.REMOTE
        self.perform(self._paths.link_down(link, self._loop.time(), farewell=farewell))

    def _doubt_whence_we_come(self, driver: LinkDriver) -> None:
        """Perhaps our router has another address now."""
        if driver.remote.address.is_global:
            self._whereabouts.doubt()

    def _note_proof(self, driver: LinkDriver) -> None:
        """The peer is at the other end, or behind the relay that is there."""
        note = self._paths.relayed if driver.ice_path is PathClass.RELAYED else self._paths.proved
        note(driver.party.peer, driver.remote)

    def _observe(self, driver: LinkDriver, link: LinkId, body: bytes) -> None:
        """The peer says where it sees us."""
        try:
            endpoint = decode_observed(body)
        except RemoteError:
            driver.close(CloseReason.PROTOCOL)
            return
        driver.observations += 1
        is_of_this_path_alone = driver.ice_path is not None  # the port that is open
        if is_of_this_path_alone or driver.observations > MAX_OBSERVATIONS_PER_LINK:
            return
        observer = Observer(driver.party.peer, driver.remote.address)
        observation = Observation(observer, Transport.TCP, driver.local, endpoint, accepted=not driver.was_dialled)
        self._whereabouts.observed(link, observation, by_contact=driver.party.kind is not LinkKind.INVITE)

    def _dial_failed(self, dial: Dial) -> None:
        self.perform(self._paths.dial_failed(dial.dial, self._loop.time()))
