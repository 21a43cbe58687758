"""When to ask for our own doorbells on the DHT (``docs/protocol.md``, section 6).  Sans-IO.

There is one for the account and one for each invite, another one every four hours.  While somebody is likely to ring
each is asked for every few seconds, else at a pace that costs half a megabyte an hour.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from crypto.primitives import Random
from crypto.rendezvous import EPOCH_S, epoch_at
from net.agenda import Agenda
from net.jitter import shortened
from net.limits import (
    ATTENTION_S,
    ATTENTIVE_POLL_S,
    BELLS_AT_FULL_PACE,
    IDLE_POLL_S,
    OLD_BELL_S,
    POLL_JITTER,
)
from net.peer import PeerId


@dataclass(frozen=True, slots=True)
class Poll:
    """Ask who rings at this owner's doorbell of this epoch."""

    owner: PeerId
    epoch: int


class Doorbell:
    """All doorbells of ours."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._owners: set[PeerId] = set()
        self._agenda = Agenda[PeerId]()
        self._is_running = False
        self._attentive_until = float("-inf")

    def start(self, now: float) -> None:
        """The DHT takes calls from now on."""
        self._is_running = True
        self._attentive_until = now + ATTENTION_S
        for owner in self._owners:
            self._agenda.set(owner, now)

    def set_owners(self, owners: Iterable[PeerId], now: float) -> None:
        """Listen at the doorbells of exactly these; somebody was just told of a new one."""
        wanted = set(owners)
        for gone in self._owners - wanted:
            self._agenda.set(gone, None)
        new, self._owners = wanted - self._owners, wanted
        if new:
            self.attend(now)
        if self._is_running:
            for owner in new:
                self._agenda.set(owner, now)

    def attend(self, now: float) -> None:
        """Somebody is likely to ring within the next minutes."""
        was_idle = now >= self._attentive_until
        self._attentive_until = now + ATTENTION_S
        if self._is_running and was_idle:
            for owner in self._owners:
                self._agenda.set(owner, now + self._pause_s(now))

    def wake_at(self) -> float | None:
        return self._agenda.next_at()

    def handle_timer(self, now: float, unix_s: float) -> list[Poll]:
        """The doorbells to ask for now."""
        epoch = epoch_at(unix_s)
        epochs = (epoch, epoch - 1) if unix_s % EPOCH_S < OLD_BELL_S else (epoch,)
        due = self._agenda.take_due(now)
        for owner in due:
            self._agenda.set(owner, now + self._pause_s(now))
        return [Poll(owner, each) for owner in due for each in epochs]

    def _pause_s(self, now: float) -> float:
        pause_s = ATTENTIVE_POLL_S if now < self._attentive_until else IDLE_POLL_S
        share = max(1.0, len(self._owners) / BELLS_AT_FULL_PACE)
        return shortened(pause_s * share, POLL_JITTER, self._random)
