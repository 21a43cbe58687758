"""A link driver without a connection, which notes what it is asked for."""

from net.events import CloseReason
from net.link.driver import LinkDriver
from net.link.frames import FrameType
from net.link.machine import Party
from net.peer import LinkKind, PeerId


class NotedDriver(LinkDriver):
    """``asked`` holds what it was told; ``takes`` says whether its send buffer has room."""

    def __init__(self, peer_id: PeerId, kind: LinkKind = LinkKind.CONTACT) -> None:
        self.party = Party(peer_id, kind)
        self.link = None
        self.asked: list[object] = []
        self.takes = True

    @property
    def rtt_s(self) -> float | None:
        return None

    def offer(self, frame_type: FrameType, body: bytes) -> bool:
        self.send(frame_type, body)
        return self.takes

    def send(self, frame_type: FrameType, body: bytes = b"") -> None:
        self.asked.append((frame_type, body))

    def expect_answer(self, *, expecting: bool) -> None:
        self.asked.append("expect" if expecting else "expect nothing")

    def pause_reading(self, *, paused: bool) -> None:
        self.asked.append("pause" if paused else "read")

    def close(self, reason: CloseReason) -> None:
        self.asked.append(reason)
