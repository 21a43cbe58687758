"""The hybrid logical clock of a conversation: 48 bits of ms, 16 of counter (``docs/protocol.md`` section 3)."""

CLOCK_LIMIT = 1 << 63
"""Values from here on are refused."""

_COUNTER_BITS = 16
_MILLISECONDS_LIMIT = 1 << 47


def next_clock(now_s: float, largest_seen: int) -> int:
    """The clock of a message sent now: own time, or one more than anything seen, whichever is larger.

    A contact that sends the last value there is leaves no larger one: its conversation stays at that, in an order by
    id that is still the same on both sides.
    """
    milliseconds = min(max(int(now_s * 1000), 0), _MILLISECONDS_LIMIT - 1)
    return min(max(milliseconds << _COUNTER_BITS, largest_seen + 1), CLOCK_LIMIT - 1)
