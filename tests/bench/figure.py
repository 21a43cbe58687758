"""One measured figure: a median with its spread, and whether it meets its goal."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as ``dev.py bench`` prints it, one JSON object a line.

    ``value`` is the median and ``spread`` the interquartile range of its repeats, both in ``unit``; ``goal`` reads
    like ``">= 3000"``; ``detail`` holds what helps to judge the figure (repeats, sizes, rivals of the same run).
    """

    name: str
    value: float
    unit: str
    spread: float
    goal: str | None = None
    met: bool | None = None
    detail: dict[str, object] = field(default_factory=dict)

    def as_json(self) -> str:
        """The figure on one line, numbers at four significant digits."""
        fields = asdict(self) | {"value": rounded(self.value), "spread": rounded(self.spread)}
        return json.dumps(fields, ensure_ascii=False)


def figure(
    name: str,
    samples: Sequence[float],
    unit: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    detail: dict[str, object] | None = None,
) -> Figure:
    """The median of ``samples`` with its spread, held against one bound or none."""
    value = statistics.median(samples)
    goal, met = None, None
    if at_least is not None:
        goal, met = f">= {at_least:g}", value >= at_least
    elif at_most is not None:
        goal, met = f"<= {at_most:g}", value <= at_most
    return Figure(
        name, value, unit, interquartile_range(samples), goal, met, {"repeats": len(samples)} | (detail or {})
    )


def interquartile_range(samples: Sequence[float]) -> float:
    """The distance between the first and the third quartile; 0 of a single sample."""
    if len(samples) < 2:
        return 0.0
    first, _, third = statistics.quantiles(samples, n=4, method="inclusive")
    return third - first


def rounded(value: float) -> float:
    """``value`` at four significant digits: more would claim a precision that no benchmark has."""
    return float(f"{value:.4g}")
