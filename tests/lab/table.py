"""What the runs of the scenarios gave, as the table of ``docs/network.md``."""

import statistics
from collections.abc import Iterable, Sequence

from tests.lab.scenarios import Scenario
from tests.lab.trial import Trial

HEAD = """\
| scenario | came online | to online, p50 | max | path | 100 texts each way, p50 | DHT bytes, both sides |
|---|---|---|---|---|---|---|"""


def table(scenarios: Iterable[Scenario], trials: Sequence[Trial]) -> str:
    """One row a scenario, in Markdown; times and bytes are those of the runs that went as they should."""
    rows = [_row(each, [trial for trial in trials if trial.scenario == each.name]) for each in scenarios]
    return "\n".join([HEAD, *rows])


def _row(scenario: Scenario, trials: Sequence[Trial]) -> str:
    good = [trial for trial in trials if trial.error is None]
    online = [trial.online_s for trial in good if trial.online_s is not None]
    talk = [trial.talk_s for trial in good if trial.talk_s is not None]
    sizes = [trial.dht_bytes for trial in good if trial.dht_bytes is not None]
    paths = ", ".join(sorted({trial.path for trial in trials if trial.path is not None}))
    figures = [
        f"{len(good)} of {len(trials)}",
        f"{statistics.median(online):.1f} s" if online else "–",
        f"{max(online):.1f} s" if online else "–",
        paths or "–",
        f"{statistics.median(talk):.1f} s" if talk else "–",
        f"{statistics.median(sizes) / 1_000:.0f} kB" if sizes else "–",
    ]
    return f"| {scenario.about} | " + " | ".join(figures) + " |"
