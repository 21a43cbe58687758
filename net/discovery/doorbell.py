"""When to ask for our own doorbells on the DHT (``docs/protocol.md``, section 6).  Sans-IO.

There is one for the account and one for each invite, another one every four hours.

    news ─▶ every second ─▶ from 20 s on, each pause a twentieth of the time since the news ─▶ from 400 s on every 20 s
    new invite ─▶ twice a second ─▶ from 1 min on every second ─▶ from 5 min on as above

Who rings because of the same news, as a start or a link that ended, does it within seconds, so that attention may fade
soon.  There are many news: five minutes of it each time would be two thirds of all that Kith asks of the DHT.  A new
invite is rare, and somebody is about to use it.  A look costs 1.4 kB, and a search now and then
(:mod:`net.discovery.neighbourhoods`).
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
    FRESH_BELL_S,
    FRESH_POLL_S,
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
        self._told_at: dict[PeerId, float] = {}
        """When somebody was told of these bells, not long ago."""

    def start(self, now: float) -> None:
        """The DHT takes calls from now on."""
        self._is_running = True
        self._news_at = now
        for owner in self._owners:
            self._agenda.set(owner, now)

    def set_owners(self, owners: Iterable[PeerId], now: float) -> None:
        """Listen at the doorbells of exactly these; of one that is new beside others somebody was just told."""
        wanted = set(owners)
        for gone in self._owners - wanted:
            self._agenda.set(gone, None)
        new = wanted - self._owners
        if self._owners:
            self._told_at |= dict.fromkeys(new, now)
        self._owners = wanted
        if new and self._is_running:
            for owner in new:
                self._agenda.set(owner, now)
            self.attend(now)

    def attend(self, now: float) -> None:
        """Somebody is likely to ring soon."""
        self._news_at = now
        if not self._is_running:
            return
        for owner in self._owners:
            due_at = self._agenda.moment_of(owner)
            soon = now + self._pause_s(owner, now)
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
            self._agenda.set(owner, now + self._pause_s(owner, now))
        return [Poll(owner, each) for owner in due for each in epochs]

    def _pause_s(self, owner: PeerId, now: float) -> float:
        self._told_at = {
            told: at for told, at in self._told_at.items() if now < at + NEW_BELL_S and told in self._owners
        }
        if owner in self._told_at:
            pause_s = FRESH_POLL_S if now < self._told_at[owner] + FRESH_BELL_S else ATTENTIVE_POLL_S
            sharing = len(self._told_at)
        else:
            pause_s = min(max(ATTENTIVE_POLL_S, ATTENTION_FADES * (now - self._news_at)), IDLE_POLL_S)
            sharing = len(self._owners)
        return shortened(pause_s * max(1.0, sharing / BELLS_AT_FULL_PACE), POLL_JITTER, self._random)
