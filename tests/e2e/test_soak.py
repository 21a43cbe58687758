"""Hours of talk with everything that can go wrong on one machine; ``dev.py slow`` runs it for two.

``KITH_SOAK_MINUTES`` sets another length, ``KITH_SEED`` repeats a schedule.
"""

import os
import secrets
import sys
from pathlib import Path
from random import Random  # noqa: TID251 - a schedule comes again from its seed

import pytest

from tests.support.soaking import Soak

MINUTES = float(os.environ.get("KITH_SOAK_MINUTES", "120"))


@pytest.mark.endurance
@pytest.mark.timeout(60 * MINUTES + 600)
@pytest.mark.skipif(sys.platform == "win32", reason="processes are suspended by signals")
def test_memory_stays_flat_and_nothing_is_logged(tmp_path: Path) -> None:
    seed = os.environ.get("KITH_SEED") or secrets.token_hex(4)
    print(f"KITH_SEED={seed}")  # noqa: T201 - shown when the test fails
    soak = Soak(tmp_path, Random(seed))
    soak.run(60 * MINUTES)
    assert soak.looks, f"only {soak.messages} messages in {MINUTES} minutes"
    least, most = (extreme(look.memory_bytes for look in soak.looks) >> 20 for extreme in (min, max))
    print(f"{soak.messages} messages, {least} to {most} MiB")  # noqa: T201 - for whoever runs it with -s
