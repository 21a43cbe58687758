"""When to ping, and when silence means that a link is dead (``docs/protocol.md``, section 4).

A ping is due when nothing was heard for the interval (15 s; 5 s while a message waits for its acknowledgement), and
also when nothing was sent for 15 s: a peer whose own bytes crawl through a slow uplink still hears that we live.
Anything heard answers every ping so far.
"""

from dataclasses import dataclass
from typing import TypeAlias

from crypto.primitives import Random
from net.jitter import shortened
from net.limits import MAX_UNANSWERED_PINGS, PING_EXPECTING_S, PING_IDLE_S, PING_JITTER
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
        "_expecting",
        "_heard_at",
        "_idle_s",
        "_interval_s",
        "_ping",
        "_pinged_at",
        "_random",
        "_sent_at",
        "_unanswered",
        "rtt_s",
    )

    def __init__(self, now: float, random: Random) -> None:
        self._random = random
        self._expecting = False
        self._heard_at = self._sent_at = self._pinged_at = now
        self._unanswered = 0
        self._ping: Ping | None = None
        self.rtt_s: float | None = None
        """The latest round trip, seconds."""
        self._draw_intervals()

    def heard(self, now: float) -> None:
        """A verified frame came in."""
        self._heard_at = now
        self._unanswered = 0

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
        self._draw_intervals()

    def ping(self, now: float) -> Ping:
        """Ping at once."""
        self._ping = Ping(self._random(TOKEN_BYTES))
        self._pinged_at = now
        self._unanswered += 1
        self._draw_intervals()
        return self._ping

    def wake_at(self) -> float:
        """When to poll next."""
        if self._unanswered == MAX_UNANSWERED_PINGS:
            return self._silent_at()
        return min(self._silent_at(), self._sent_at + self._idle_s)

    def poll(self, now: float) -> Verdict:
        """What is due by now."""
        if now < self.wake_at():
            return None
        return Dead() if self._unanswered == MAX_UNANSWERED_PINGS else self.ping(now)

    def _silent_at(self) -> float:
        return max(self._heard_at, self._pinged_at) + self._interval_s

    def _draw_intervals(self) -> None:
        self._idle_s = shortened(PING_IDLE_S, PING_JITTER, self._random)
        self._interval_s = shortened(PING_EXPECTING_S, PING_JITTER, self._random) if self._expecting else self._idle_s
