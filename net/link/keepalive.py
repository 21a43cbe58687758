"""When to ping, when silence makes a link suspect, and when it means death (``docs/protocol.md``, section 4).

A ping is due when nothing was heard for the interval (15 s; 5 s while a message waits for its acknowledgement, the
first after 2 s), and also when nothing was sent for 15 s: a peer whose own bytes crawl through a slow uplink still
hears that we live.  Anything heard answers every ping so far.

A link is suspect while a ping has waited for an answer for 2.5 s: reason to look for another way, not to give it up,
for the peer may just be busy.
"""

from dataclasses import dataclass
from typing import TypeAlias

from crypto.primitives import Random
from net.jitter import shortened
from net.limits import (
    FIRST_PING_EXPECTING_S,
    MAX_UNANSWERED_PINGS,
    PING_EXPECTING_S,
    PING_IDLE_S,
    PING_JITTER,
    SUSPECT_AFTER_S,
)
from net.link.frames import TOKEN_BYTES


@dataclass(frozen=True, slots=True)
class Ping:
    """Send a ping with this token, 8 bytes."""

    token: bytes


@dataclass(frozen=True, slots=True)
class Dead:
    """Nobody answers."""


Verdict: TypeAlias = Ping | Dead | None


class Keepalive:
    """The pings of one open link, and the round trip that they measure."""

    __slots__ = (
        "_asked_at",
        "_counted_at",
        "_expecting",
        "_has_probed",
        "_heard_at",
        "_idle_s",
        "_interval_s",
        "_ping",
        "_pinged_at",
        "_random",
        "_sent_at",
        "_unanswered",
        "is_suspect",
        "rtt_s",
    )

    def __init__(self, now: float, random: Random) -> None:
        self._random = random
        self._expecting = False
        self._has_probed = False
        self._heard_at = self._sent_at = self._pinged_at = self._counted_at = now
        self._unanswered = 0
        self._ping: Ping | None = None
        self._asked_at: float | None = None
        """When the first ping went out that nothing has answered."""
        self.is_suspect = False
        self.rtt_s: float | None = None
        """The latest round trip, seconds."""
        self._draw_intervals()

    def heard(self, now: float) -> None:
        """A verified frame came in."""
        self._heard_at = now
        self._unanswered = 0
        self._asked_at = None
        self.is_suspect = False

    def sent(self, now: float) -> None:
        """Something went out."""
        self._sent_at = now

    def pong(self, token: bytes, now: float) -> None:
        """A pong came in; only the answer to the latest ping tells the round trip."""
        if self._ping is not None and self._ping.token == token:
            self.rtt_s = now - self._pinged_at
            self._ping = None

    def expect_answer(self, *, expecting: bool) -> None:
        """Whether a message waits for its acknowledgement."""
        self._expecting = expecting
        self._has_probed = False
        self._draw_intervals()

    def ping(self, now: float) -> Ping:
        """Ping at once."""
        self._counted_at = now
        self._unanswered += 1
        self._draw_intervals()
        return self._new_ping(now)

    def wake_at(self) -> float:
        """When to poll next."""
        return min(self._silent_at(), self._early_at(), self._suspect_at())

    def poll(self, now: float) -> Verdict:
        """What is due by now."""
        if now >= self._suspect_at():
            self.is_suspect = True
        if now >= self._silent_at():
            return Dead() if self._unanswered == MAX_UNANSWERED_PINGS else self.ping(now)
        if now >= self._early_at():
            self._has_probed = True
            return self._new_ping(now)
        return None

    def _silent_at(self) -> float:
        return max(self._heard_at, self._counted_at) + self._interval_s

    def _early_at(self) -> float:
        """Of pings that do not count, since they are no reason to give a busy peer less time: one that asks soon, and
        those that are sent because nothing else was.
        """
        if self._unanswered == MAX_UNANSWERED_PINGS:
            return float("inf")
        is_probing = self._expecting and not self._has_probed and not self._unanswered
        probe_at = self._heard_at + FIRST_PING_EXPECTING_S if is_probing else float("inf")
        return min(probe_at, self._sent_at + self._idle_s)

    def _suspect_at(self) -> float:
        return float("inf") if self._asked_at is None or self.is_suspect else self._asked_at + SUSPECT_AFTER_S

    def _new_ping(self, now: float) -> Ping:
        self._ping = Ping(self._random(TOKEN_BYTES))
        self._pinged_at = now
        self._asked_at = now if self._asked_at is None else self._asked_at
        return self._ping

    def _draw_intervals(self) -> None:
        self._idle_s = shortened(PING_IDLE_S, PING_JITTER, self._random)
        self._interval_s = shortened(PING_EXPECTING_S, PING_JITTER, self._random) if self._expecting else self._idle_s
