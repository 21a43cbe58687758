"""Spans of time in words."""

_UNITS = (
    ("year", 365.25 * 86_400),
    ("day", 86_400.0),
    ("hour", 3_600.0),
    ("minute", 60.0),
)


def in_words(span_s: float) -> str:
    """A span as a person would say it: ``4 years``, ``1 day``, ``20 seconds``; its sign does not matter."""
    span_s = abs(span_s)
    for unit, unit_s in _UNITS:
        if span_s >= unit_s:
            return _counted(round(span_s / unit_s), unit)
    return _counted(round(span_s), "second")


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count:,} {unit}s"
