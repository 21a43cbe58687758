"""Which links are up, and what a peer's links are to do, whichever they are: wait for an answer, read nothing."""

import itertools

from net.events import CloseReason, LinkId
from net.link.driver import LinkDriver
from net.link.frames import FrameType
from net.peer import PeerId


class LinkTable:
    """Drivers by link.  Which of a peer's links is the one in use, :class:`~net.paths.Paths` knows."""

    def __init__(self) -> None:
        self._drivers: dict[LinkId, LinkDriver] = {}
        self._since: dict[LinkId, float] = {}
        self._ids = map(LinkId, itertools.count(1))
        self._expecting: set[PeerId] = set()
        self._paused: set[PeerId] = set()

    # --- Which there are

    def add(self, driver: LinkDriver, since: float) -> LinkId:
        """A link has come up at ``since``, in Unix seconds; the driver is told its number."""
        link = driver.link = next(self._ids)
        self._drivers[link] = driver
        self._since[link] = since
        self.pause_if_asked(driver)
        return link

    def remove(self, link: LinkId | None) -> bool:
        """A link has ended; whether it was up."""
        if link is None or self._drivers.pop(link, None) is None:
            return False
        del self._since[link]
        return True

    def get(self, link: LinkId | None) -> LinkDriver | None:
        """The driver of a link that is up."""
        return None if link is None else self._drivers.get(link)

    def is_suspect(self, link: LinkId) -> bool:
        """Whether nobody answers on a link that is up."""
        return self._drivers[link].is_suspect

    def since(self, link: LinkId) -> float:
        """When a link that is up came up, in Unix seconds."""
        return self._since[link]

    def all(self) -> list[tuple[LinkId, LinkDriver]]:
        """Every link, the oldest first."""
        return list(self._drivers.items())

    def of(self, peer_id: PeerId) -> list[LinkDriver]:
        """Every link of a peer, those of its invites included."""
        return [driver for driver in self._drivers.values() if driver.party.peer == peer_id]

    # --- What they carry

    def offer(self, link: LinkId | None, frame_type: FrameType, body: bytes) -> bool:
        """Send an opaque frame; False when the link is down or its buffer is full.

        Raises:
            LocalError: it does not fit into a frame.
        """
        driver = self.get(link)
        return driver is not None and driver.offer(frame_type, body)

    def send(self, link: LinkId, frame_type: FrameType, body: bytes = b"") -> None:
        """Send a frame, whatever waits before it; nothing happens if the link is down."""
        if (driver := self._drivers.get(link)) is not None:
            driver.send(frame_type, body)

    def close(self, link: LinkId, reason: CloseReason) -> None:
        """End a link; nothing happens if it is down."""
        if (driver := self._drivers.get(link)) is not None:
            driver.close(reason)

    # --- What peers' links are to do

    def expect_answer(self, peer_id: PeerId, *, waiting: bool) -> bool:
        """Note whether the engine waits for an acknowledgement of a peer; whether that is news."""
        if waiting == (peer_id in self._expecting):
            return False
        (self._expecting.add if waiting else self._expecting.discard)(peer_id)
        return True

    def expect_if_asked(self, link: LinkId) -> None:
        """A link has come into use, or what is expected of it has changed: have it look out for an answer, or not."""
        if (driver := self._drivers.get(link)) is not None:
            driver.expect_answer(expecting=driver.party.peer in self._expecting)

    def pause(self, peer_id: PeerId, *, paused: bool) -> None:
        """Read nothing that a peer sends, or read it again."""
        (self._paused.add if paused else self._paused.discard)(peer_id)
        for driver in self.of(peer_id):
            driver.pause_reading(paused=paused)

    def pause_if_asked(self, driver: LinkDriver) -> None:
        """A link has become the peer's."""
        driver.pause_reading(paused=driver.party.peer in self._paused)

    def forget(self, peer_id: PeerId) -> None:
        """The peer is no longer known."""
        self._expecting.discard(peer_id)
        self._paused.discard(peer_id)
