import json

from tests.bench import __main__ as runner
from tests.bench.figure import Figure, figure


def test_the_value_is_the_median_and_the_spread_its_interquartile_range() -> None:
    measured = figure("sends", [1.0, 2.0, 3.0, 4.0, 100.0], "msg/s")
    assert (measured.value, measured.spread) == (3.0, 2.0)
    assert (measured.goal, measured.met) == (None, None)
    assert measured.detail == {"repeats": 5}


def test_a_single_sample_has_no_spread() -> None:
    assert figure("memory", [80.0], "MB").spread == 0.0


def test_a_goal_is_met_at_its_bound() -> None:
    assert figure("rate", [3000.0], "msg/s", at_least=3000).met is True
    assert figure("delay", [5.1], "ms", at_most=5).met is False


def test_a_figure_prints_as_one_json_line() -> None:
    line = Figure("delay", 1.23456, "ms", 0.0, "<= 5", True, {"repeats": 3}).as_json()
    assert "\n" not in line
    assert json.loads(line) == {
        "name": "delay",
        "value": 1.235,
        "unit": "ms",
        "spread": 0.0,
        "goal": "<= 5",
        "met": True,
        "detail": {"repeats": 3},
    }


def test_every_benchmark_beside_the_runner_is_found() -> None:
    assert runner.names() == sorted(runner.names())
    assert all(not name.startswith("bench_") for name in runner.names())
