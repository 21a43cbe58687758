"""Two people behind two home routers who exchanged a link once: they come online and lose nothing.

A few of the scenarios of `dev.py lab`, which runs all of them and measures how soon.
"""

import pytest

from tests.lab import scenarios, trial
from tests.lab.namespaces import why_not

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(why_not() is not None, reason=f"no network namespaces: {why_not()}"),
]

KNOWN = {scenario.name: scenario for scenario in scenarios.ALL}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", ["cone-cone", "cone-mapped", "symmetric-relay", "https-https"])
def test_two_behind_routers_meet_and_lose_nothing(name: str) -> None:
    measured = trial.run(KNOWN[name])
    assert measured.error is None
    assert measured.path in KNOWN[name].paths
