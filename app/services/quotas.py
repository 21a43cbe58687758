"""How much each contact may still send: two buckets that refill, and a total that does not.

No clock of its own: ``now`` is in seconds of a clock that only goes forward.
"""

from collections.abc import Mapping

from app.services.limits import (
    BYTE_BURST,
    BYTES_PER_DAY,
    MAX_STORED_BYTES,
    MESSAGE_BURST,
    MESSAGES_PER_MINUTE,
    RESUMED_BYTES,
    RESUMED_MESSAGES,
)
from net.token_bucket import TokenBucket

_DAY_S, _MINUTE_S = 86_400.0, 60.0


class _Allowance:
    """What one contact may still send."""

    __slots__ = ("_bytes", "_messages")

    def __init__(self, now: float) -> None:
        self._messages = TokenBucket(per_second=MESSAGES_PER_MINUTE / _MINUTE_S, burst=MESSAGE_BURST, now=now)
        self._bytes = TokenBucket(per_second=BYTES_PER_DAY / _DAY_S, burst=BYTE_BURST, now=now)

    def spend(self, *, messages: int, size_bytes: int, now: float) -> None:
        self._messages.spend(messages, now)
        self._bytes.spend(size_bytes, now)

    def is_used_up(self, now: float) -> bool:
        return not (self._messages.has_token(now) and self._bytes.has_token(now))

    def wait_s(self, now: float) -> float:
        return max(self._messages.wait_s(RESUMED_MESSAGES, now), self._bytes.wait_s(RESUMED_BYTES, now))


class Quotas:
    """Every contact's, by number."""

    def __init__(self) -> None:
        self._allowances: dict[int, _Allowance] = {}
        self._stored_bytes: dict[int, int] = {}

    # --- What comes in

    def charge(self, contact: int, *, messages: int = 0, size_bytes: int = 0, now: float) -> None:
        """The contact has sent this, or caused so much; into debt if need be, since it has happened."""
        allowance = self._allowances.get(contact)
        if allowance is None:
            allowance = self._allowances[contact] = _Allowance(now)
        allowance.spend(messages=messages, size_bytes=size_bytes, now=now)

    def is_used_up(self, contact: int, now: float) -> bool:
        """Whether nothing more is to be read of the contact for now."""
        allowance = self._allowances.get(contact)
        return self.is_full(contact) or (allowance is not None and allowance.is_used_up(now))

    def wait_s(self, contact: int, now: float) -> float:
        """Until a contact that used up its quota may send a fair amount again."""
        allowance = self._allowances.get(contact)
        return 0.0 if allowance is None else allowance.wait_s(now)

    # --- What is kept

    def load(self, stored_bytes: Mapping[int, int]) -> None:
        """Replace the totals by what the store says."""
        self._stored_bytes = dict(stored_bytes)

    def store(self, contact: int, size_bytes: int) -> int:
        """So much more of the contact is kept; the new total."""
        total = self._stored_bytes.get(contact, 0) + size_bytes
        self._stored_bytes[contact] = total
        return total

    def stored_bytes(self, contact: int) -> int:
        return self._stored_bytes.get(contact, 0)

    def is_full(self, contact: int) -> bool:
        """Whether nothing more is kept of the contact."""
        return self.stored_bytes(contact) >= MAX_STORED_BYTES

    def forget(self, contact: int) -> None:
        """The contact is gone, with everything that was kept of it."""
        self._allowances.pop(contact, None)
        self._stored_bytes.pop(contact, None)
