"""Whose signal to look for on the DHT, and which of those found is new (``docs/protocol.md``, section 6).  Sans-IO.

Nobody's signal is looked for unless there is reason to expect one, and then for seconds only.  Nodes hand out old
copies, so a signal counts only if it is newer than all before.
"""

from net.agenda import Agenda
from net.limits import SIGNAL_GRACE_S, SIGNAL_PATIENCE, SIGNAL_POLL_S
from net.peer import PeerId


class Mailbox:
    """Signals of all peers."""

    def __init__(self) -> None:
        self._since: dict[PeerId, float] = {}
        self._until: dict[PeerId, float] = {}
        self._agenda = Agenda[PeerId]()
        self._newest_ms: dict[PeerId, int] = {}
        self._last_ms: dict[PeerId, int] = {}
        """Of the signals that counted the last one's time, which may be in the future."""

    def expect(self, peer_id: PeerId, until: float, now: float) -> None:
        """Look for this peer's signal now, and again and again until then."""
        self._since[peer_id] = now
        self._until[peer_id] = max(until, self._until.get(peer_id, until))
        self._agenda.set(peer_id, now)

    def is_expected(self, peer_id: PeerId, now: float) -> bool:
        """Whether a signal of this peer means anything to us now; the last look takes a while."""
        until = self._until.get(peer_id)
        return until is not None and now <= until + SIGNAL_GRACE_S

    def is_new(self, peer_id: PeerId, time_ms: int, *, shared_at_ms: int | None = None) -> bool:
        """Whether a signal of that time is newer than all before; from now on it is the newest.

        Where several write, as the holders of one invite of ours, ``shared_at_ms`` is our own time: who writes of the
        future shuts the others out no longer than that.
        """
        if time_ms <= self._newest_ms.get(peer_id, -1) or time_ms == self._last_ms.get(peer_id):
            return False
        self._last_ms[peer_id] = time_ms
        self._newest_ms[peer_id] = time_ms if shared_at_ms is None else min(time_ms, shared_at_ms)
        return True

    def dismiss(self, peer_id: PeerId) -> None:
        """Look for this peer's signal no more."""
        self._since.pop(peer_id, None)
        self._until.pop(peer_id, None)
        self._agenda.set(peer_id, None)

    def forget(self, peer_id: PeerId) -> None:
        self.dismiss(peer_id)
        self._newest_ms.pop(peer_id, None)
        self._last_ms.pop(peer_id, None)

    def wake_at(self) -> float | None:
        return self._agenda.next_at()

    def handle_timer(self, now: float) -> list[PeerId]:
        """Whose signals to look for now."""
        due = self._agenda.take_due(now)
        for peer_id in due:
            again_at = now + max(SIGNAL_POLL_S, (now - self._since[peer_id]) * SIGNAL_PATIENCE)
            if again_at <= self._until[peer_id]:
                self._agenda.set(peer_id, again_at)
        return due
