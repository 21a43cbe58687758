"""When to ask for our own doorbells on the DHT (``docs/protocol.md``, section 6).  Sans-IO.

There is one for the account and one for each invite, another one every four hours.

    news ─▶ every 3 s ─▶ from 15 s on, each pause a fifth of the time since the news ─▶ from 300 s on every 60 s

Who rings because of the same news, as a start or a link that ended, does it within seconds, so that attention may fade
soon.  There are many news: five minutes of it each time would be two thirds of all that Kith asks of the DHT.  After a
new invite, which is rare, it does not fade for five minutes: somebody is about to use it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from crypto.primitives import Random
from crypto.rendezvous import EPOCH_S, epoch_at
from net.agenda import Agenda
from net.jitter import shortened
from net.limits import (
    ATTENTION_FADES,
    ATTENTIVE_POLL_S,
    BELLS_AT_FULL_PACE,
    IDLE_POLL_S,
    NEW_BELL_S,
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
        self._news_at = float("-inf")
        self._told_until = float("-inf")
        """So long somebody who was just told of a bell is waited for."""

    def start(self, now: float) -> None:
        """The DHT takes calls from now on."""
        self._is_running = True
        self._news_at = now
        for owner in self._owners:
            self._agenda.set(owner, now)

    def set_owners(self, owners: Iterable[PeerId], now: float) -> None:
        """Listen at the doorbells of exactly these; somebody was just told of a new one."""
        wanted = set(owners)
        for gone in self._owners - wanted:
            self._agenda.set(gone, None)
        new, self._owners = wanted - self._owners, wanted
        if new and self._is_running:
            self._told_until = now + NEW_BELL_S
            self.attend(now)
            for owner in new:
                self._agenda.set(owner, now)

    def attend(self, now: float) -> None:
        """Somebody is likely to ring soon."""
        self._news_at = now
        if not self._is_running:
            return
        for owner in self._owners:
            due_at = self._agenda.moment_of(owner)
            soon = now + self._pause_s(now)
            if due_at is None or soon < due_at:  # news all the time must not put a look off
                self._agenda.set(owner, soon)

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
        fading_s = 0.0 if now < self._told_until else ATTENTION_FADES * (now - self._news_at)
        pause_s = min(max(ATTENTIVE_POLL_S, fading_s), IDLE_POLL_S)
        share = max(1.0, len(self._owners) / BELLS_AT_FULL_PACE)
        return shortened(pause_s * share, POLL_JITTER, self._random)
