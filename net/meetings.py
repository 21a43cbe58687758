"""How those come together who have no link: looks for peers and is found, and goes on by UDP where TCP leads nowhere.

Discovery ──┬─ where they are, who rings ──► Paths, which dials
            └─ who rings, their offers ────► IceCalls ── our offers ──► the link, or Discovery
"""

import asyncio
import logging
import time
from collections.abc import Callable

from crypto.primitives import Random
from net.discovery.discovery import Discovery
from net.discovery.sightings import Found
from net.errors import LocalError
from net.events import NetEvent, PathClass, SignalToPass
from net.ice_attempts import IceCallbacks
from net.ice_calls import IceCalls
from net.limits import CALL_S, ICE_OFFER_LIFE_S, MAX_SIGNAL_BYTES, RELAY_DELAY_S
from net.link.driver import LinkDriver
from net.link.frames import FrameType
from net.link_table import LinkTable
from net.links import Links
from net.nat_kind import NatKind
from net.paths import Paths
from net.peer import LinkKind, Peer, PeerId
from net.reception import Reception
from net.whereabouts import Whereabouts

log = logging.getLogger(__name__)


class Meetings:
    """Composes :attr:`discovery` and :attr:`ice`, and brings what one hears to the other and to Paths."""

    def __init__(
        self,
        paths: Paths,
        links: Links,
        table: LinkTable,
        *,
        reception: Reception,
        whereabouts: Whereabouts,
        on_event: Callable[[NetEvent], None],
        random: Random,
    ) -> None:
        self._paths = paths
        self._links = links
        self._table = table
        self._whereabouts = whereabouts
        self._on_event = on_event
        self._loop = asyncio.get_running_loop()
        self._is_closed = False
        self.discovery = Discovery(
            on_near=self._found_near,
            on_far=self._found_far,
            on_seen_as=whereabouts.voted,
            on_meeting=self.meet,
            on_signal=self._signalled,
            on_to_pass=self._tell_to_pass,
            random=random,
        )
        callbacks = IceCallbacks(
            tell=self._tell_offer,
            may_send_to=lambda peer_id, endpoint: paths.may_send_to(peer_id, endpoint, self._loop.time()),
            may_tell=paths.may_tell,
            expecting=reception.expecting,
            relay_delay_s=lambda: RELAY_DELAY_S if self._may_punch() else 0.0,
        )
        self.ice = IceCalls(links, callbacks, find=self._callable, random=random)

    # --- Links, and what they make needless

    def linked(self, peer_id: PeerId, path: PathClass) -> None:
        """The peer is reached like this."""
        self.discovery.set_linked(peer_id, linked=True)
        self.ice.linked(peer_id, path)

    def suspected(self, driver: LinkDriver) -> None:
        """Look for the peer as if there were no link, while nobody answers on the one in use."""
        if driver.is_suspect:
            self.unlinked(driver.party.peer)
        elif driver.link is not None:
            self.linked(driver.party.peer, self._paths.path_of_link(driver.link))

    def unlinked(self, peer_id: PeerId) -> None:
        """No link to the peer is left."""
        self.discovery.set_linked(peer_id, linked=False)
        self.ice.unlinked(peer_id)

    # --- Signals

    def send_signal(self, peer_id: PeerId, content: bytes) -> None:
        """Tell the peer's paths something, over the link if there is one, else by the DHT and through others
        (:class:`~net.events.SignalToPass`); it may get lost.

        Raises:
            LocalError: more than 512 bytes.
        """
        link = self._paths.link_in_use(peer_id)
        if link is None or self._table.is_suspect(link):
            self.discovery.send_signal(peer_id, content)
        elif len(content) <= MAX_SIGNAL_BYTES:
            self._table.send(link, FrameType.SIGNAL, content)
        else:
            raise LocalError("more than a signal holds")

    def take_passed(self, bringer: PeerId, value: bytes) -> None:
        """Take a signal that a contact brings us from another, who has no link to us; anything else is dropped."""
        if self._passes_signals():
            self.discovery.take_passed(bringer, value)

    def _signalled(self, peer_id: PeerId, content: bytes) -> None:
        """A peer tells our paths something."""
        self.ice.received(peer_id, content)

    def _tell_to_pass(self, peer_id: PeerId, value: bytes) -> None:
        if self._passes_signals():
            self._on_event(SignalToPass(peer_id, value))

    def _passes_signals(self) -> bool:
        return not self._is_closed and not self._whereabouts.stays_near

    def _tell_offer(self, peer_id: PeerId, content: bytes) -> None:
        """Bring an offer to a peer, and look for the answer."""
        self.send_signal(peer_id, content)
        self.discovery.await_signal(peer_id, self._loop.time() + ICE_OFFER_LIFE_S)

    # --- Who is there

    def meet(self, peer_id: PeerId) -> None:
        """The peer has rung or was rung: it dials us now, too."""
        now = self._loop.time()
        self._paths.expect(peer_id, now)
        self.ice.expect(peer_id, now + CALL_S, hurry=not self._may_punch())
        self._links.perform()

    def _found_near(self, found: Found) -> None:
        self._links.perform(self._paths.found_near(found.peer, found.endpoints, self._loop.time()))

    def _found_far(self, found: Found) -> None:
        if refused := sum(not self._paths.may_tell(endpoint) for endpoint in found.endpoints):
            log.debug("%d of %d places that a peer names are none to dial", refused, len(found.endpoints))
        age_s = None if found.made_at is None else time.time() - found.made_at
        now = self._loop.time()
        self._links.perform(self._paths.found_far(found.peer, found.endpoints, now, nat=found.nat, age_s=age_s))

    def _may_punch(self) -> bool:
        """Whether two NATs might let us through."""
        return self._whereabouts.nat not in {NatKind.SYMMETRIC, NatKind.NO_UDP}

    def _callable(self, peer_id: PeerId) -> Peer | None:
        """The peer, unless we need no way to it: one link is enough to become somebody's contact."""
        peer = self._paths.peer(peer_id)
        is_joining = peer is not None and peer.wanted and bool(peer.keys) and peer.keys[0].kind is LinkKind.INVITE
        return None if is_joining and self._table.of(peer_id) else peer

    def cease(self) -> None:
        """Neither take nor tell signals for others any more; :attr:`discovery` and :attr:`ice` are closed apart."""
        self._is_closed = True
