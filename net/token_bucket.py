"""A rate limit that lets bursts through."""


class TokenBucket:
    """Holds up to ``burst`` tokens and gains ``per_second``; it starts full."""

    __slots__ = ("_burst", "_per_second", "_tokens", "_updated_at")

    def __init__(self, *, per_second: float, burst: float, now: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._tokens = burst
        self._updated_at = now

    def has_token(self, now: float) -> bool:
        self._refill(now)
        return self._tokens >= 1

    def take(self, now: float, *, reserve: float = 0.0) -> bool:
        """Take a token if there is one, besides those in reserve."""
        self._refill(now)
        if self._tokens < 1 + reserve:
            return False
        self._tokens -= 1
        return True

    def spend(self, amount: float, now: float) -> None:
        """Take ``amount``, into debt if need be."""
        self._refill(now)
        self._tokens -= amount

    def wait_s(self, amount: float, now: float) -> float:
        """Until it holds ``amount``, or is full where that is less; 0 if it does."""
        self._refill(now)
        return max(0.0, min(amount, self._burst) - self._tokens) / self._per_second

    def is_full(self, now: float) -> bool:
        """Whether it is as it was at the start."""
        self._refill(now)
        return self._tokens >= self._burst

    def _refill(self, now: float) -> None:
        gained = (now - self._updated_at) * self._per_second
        self._tokens = min(self._burst, self._tokens + gained)
        self._updated_at = now
