"""Spreading moments, so that peers and links do not act in step."""

from crypto.primitives import Random

_RANDOM_BYTES = 4
_RANDOM_RANGE = 2.0**32


def shortened(interval_s: float, part: float, random: Random) -> float:
    """``interval_s`` less up to ``part`` of it, uniformly."""
    uniform = int.from_bytes(random(_RANDOM_BYTES), "little") / _RANDOM_RANGE
    return interval_s * (1 - part * uniform)
