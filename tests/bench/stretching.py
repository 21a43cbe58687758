"""How long Argon2id takes here: every start waits for it, and is measured without it."""

import time
from collections.abc import Sequence

from crypto.passphrase import Argon2Cost, derive_key


def stretch_s() -> float:
    """One derivation at the cost of a profile, in seconds."""
    started = time.perf_counter()
    derive_key("correct horse battery staple", salt=bytes(16), cost=Argon2Cost())
    return time.perf_counter() - started


def rounded(values: Sequence[float]) -> list[float]:
    """In order, at three digits: for the details of a figure."""
    return sorted(round(value, 3) for value in values)
