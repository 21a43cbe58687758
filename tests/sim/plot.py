"""Small line charts as SVG, readable on light and dark pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 380
LEFT, RIGHT, TOP, BOTTOM = 62, 178, 34, 46
COLOURS = ("#2a78c2", "#d9822b", "#3d9950", "#a04db8", "#c23b4b", "#7a7f87")
INK = "#7a7f87"


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    points: Sequence[tuple[float, float]]
    """Both from 0 to 1 within the plot, the first from left to right."""


@dataclass(frozen=True, slots=True)
class Tick:
    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    across: str
    lines: Sequence[Line]
    ticks_across: Sequence[Tick]
    ticks_up: Sequence[Tick]

    def svg(self) -> str:
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">',
            f'<g font-family="sans-serif" font-size="13" fill="{INK}">',
            f"<title>{escape(self.title)}</title>",
            f'<text x="{LEFT}" y="20" font-size="15">{escape(self.title)}</text>',
            f'<text x="{_x(0.5):.0f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(self.across)}</text>',
        ]
        for tick in self.ticks_up:
            y = _y(tick.place)
            parts.append(f'<path d="M{_x(0):.1f} {y:.1f}H{_x(1):.1f}" stroke="{INK}" stroke-opacity=".3"/>')
            parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{escape(tick.label)}</text>')
        for tick in self.ticks_across:
            x = _x(tick.place)
            parts.append(f'<path d="M{x:.1f} {_y(0):.1f}v5" stroke="{INK}"/>')
            parts.append(f'<text x="{x:.1f}" y="{_y(0) + 19:.1f}" text-anchor="middle">{escape(tick.label)}</text>')
        for number, line in enumerate(self.lines):
            colour = COLOURS[number % len(COLOURS)]
            path = "L".join(f"{_x(x):.1f} {_y(y):.1f}" for x, y in line.points)
            parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
            y = TOP + 14 + 20 * number
            parts.append(f'<path d="M{_x(1) + 12:.1f} {y - 4}h18" stroke="{colour}" stroke-width="3"/>')
            parts.append(f'<text x="{_x(1) + 36:.1f}" y="{y}">{escape(line.name)}</text>')
        return "\n".join([*parts, "</g>", "</svg>", ""])


def _x(place: float) -> float:
    return LEFT + place * (WIDTH - LEFT - RIGHT)


def _y(place: float) -> float:
    return HEIGHT - BOTTOM - place * (HEIGHT - TOP - BOTTOM)
