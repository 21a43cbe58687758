"""The measured day as tables and charts for ``docs/network.md``."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import log10

from tests.sim.cost import Costs
from tests.sim.dht import Calls
from tests.sim.meetings import Tally
from tests.sim.nats import Means
from tests.sim.plot import Chart, Line, Tick
from tests.sim.study import Day, Load

LONGEST_S = 3_600.0
SHORTEST_S = 0.1
LOAD_CHART_BYTES = 16e6


def meetings_table(day: Day) -> Iterator[str]:
    """By what connects two, and what stands between them and the internet."""
    yield "| connected by | between | meetings | linked | of the time | p50 | p90 | p99 |"
    yield "|---|---|---|---|---|---|---|---|"
    for (means, kinds), tally in sorted(day.tallies.items(), key=lambda each: (_order(each[0][0]), each[0][1])):
        yield _row(means.value, kinds, tally)
    yield _row("**all**", "", day.tally())


def load_table(day: Day, costs: Costs) -> Iterator[str]:
    """A user and hour online."""
    yield "| a user and hour online | searches | bytes |"
    yield "|---|---|---|"
    hours, asked = day.online_h, day.asked
    for name, calls in (
        ("looking for contacts", Calls(gets=asked.gets, found=asked.found)),
        ("listening at the doorbell", Calls(polls=asked.polls, looks=asked.looks)),
        ("ringing", Calls(rings=asked.rings)),
        ("putting records", Calls(puts=asked.puts)),
        ("**all**", asked),
    ):
        yield f"| {name} | {calls.searches / hours:.1f} | {costs.bytes_of(calls) / hours / 1e6:.2f} MB |"
    for part in (0.5, 0.95):
        loads = sorted(costs.bytes_of(load.asked) / load.online_h for load in _long_online(day.loads))
        yield f"| user at {part:.0%} of those who were online for an hour or more | | {_at(loads, part) / 1e6:.2f} MB |"


def time_chart(day: Day) -> Chart:
    """Share of meetings that are links after a time."""
    groups = {
        "one can be reached": (Means.DIRECT,),
        "both behind NATs": (Means.PUNCHED,),
        "through UDP only": (Means.ICE,),
        "all pairs": (),
    }
    lines = [Line(name, list(_shares(day.tally(*means)))) for name, means in groups.items()]
    seconds = (0.1, 1, 10, 60, 600, 3600)
    labels = ("0.1 s", "1 s", "10 s", "1 min", "10 min", "1 h")
    return Chart(
        title="Contacts that are both online: linked after",
        across="since the second of them came (logarithmic)",
        lines=[line for line in lines if line.points],
        ticks_across=[Tick(_place(each), label) for each, label in zip(seconds, labels, strict=True)],
        ticks_up=[Tick(each / 4, f"{25 * each} %") for each in range(5)],
    )


def load_chart(day: Day, costs: Costs) -> Chart:
    """What users of one number of contacts ask of the DHT in an hour, on average."""
    kinds: dict[str, Sequence[str]] = {
        "all": ("gets", "found", "puts", "polls", "looks", "rings"),
        "doorbell": ("polls", "looks"),
    }
    lines = []
    most = 60
    for name, counted in kinds.items():
        points = []
        by_size = sorted((load for load in day.loads if load.online_h > 0), key=_size_class)
        for size, group in groupby(by_size, key=_size_class):
            loads = list(group)
            asked = Calls()
            for load in loads:
                asked = asked.plus(load.asked)
            part = Calls(**{each: getattr(asked, each) for each in counted})
            hourly = costs.bytes_of(part) / sum(load.online_h for load in loads)
            if size <= most and len(loads) > 5:
                points.append((size / most, min(hourly / LOAD_CHART_BYTES, 1.0)))
        lines.append(Line(name, points))
    return Chart(
        title="DHT traffic of a user, in MB an hour online",
        across="contacts",
        lines=lines,
        ticks_across=[Tick(each / most, str(each)) for each in range(0, most + 1, 10)],
        ticks_up=[Tick(each / 16, str(each)) for each in range(0, 17, 4)],
    )


def _size_class(load: Load) -> int:
    return round(load.contacts / 5) * 5


def _row(first: str, kinds: str, tally: Tally) -> str:
    delays = sorted(tally.delays_s)
    times = [_seconds(_at(delays, part)) if delays else "" for part in (0.5, 0.9, 0.99)]
    counts = f"{tally.meetings:,} | {tally.linked / tally.meetings:.1%} | {tally.linked_s / tally.together_s:.1%}"
    return f"| {first} | {kinds} | {counts} | {' | '.join(times)} |"


def _shares(tally: Tally) -> Iterator[tuple[float, float]]:
    delays = sorted(tally.delays_s)
    steps = 120
    for step in range(steps + 1):
        until_s = SHORTEST_S * (LONGEST_S / SHORTEST_S) ** (step / steps)
        yield _place(until_s), sum(delay <= until_s for delay in delays) / max(1, tally.meetings)


def _place(seconds: float) -> float:
    return log10(seconds / SHORTEST_S) / log10(LONGEST_S / SHORTEST_S)


def _order(means: Means) -> int:
    return list(Means).index(means)


def _long_online(loads: Iterable[Load]) -> Iterator[Load]:
    return (load for load in loads if load.online_h >= 1)


def _at(ordered: Sequence[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def _seconds(value: float) -> str:
    return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"
