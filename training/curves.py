"""Draws misses against false accepts as SVG; needs nothing but Python."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

WIDTH: Final = 760
HEIGHT: Final = 460
LEFT, TOP, RIGHT, BOTTOM = 70, 30, 740, 400
"""The frame, in pixels."""
MOST: Final = 100.0
"""False accepts an hour at the right edge."""
LEAST: Final = 0.5
"""Drawn at the left edge in place of zero, which a logarithmic axis can't show."""
COLOURS: Final = ("#1f5fa8", "#d0021b", "#2e8b57", "#b3541e")


def x(false: float) -> float:
    """Return how far from the left a rate of false accepts an hour is drawn; the axis is logarithmic."""
    share = math.log(min(max(false, LEAST), MOST) / LEAST) / math.log(MOST / LEAST)
    return round(LEFT + share * (RIGHT - LEFT), 1)


def y(miss: float) -> float:
    """Return how far from the top a share of misses is drawn: half of all at the upper edge."""
    return round(BOTTOM - min(miss, 0.5) * 2 * (BOTTOM - TOP), 1)


def draw(lines: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Return the picture; each line is a name and its points (false accepts an hour, share of misses)."""
    parts = [grid()]
    for number, (name, points) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{x(false)},{y(miss)}" for false, miss in points)
        row = TOP + 20 + 18 * number
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{RIGHT - 230}" y="{row}" fill="{colour}">{escape(name)}</text>')
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" '
        f'font-size="13"><rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )


def grid() -> str:
    """Return the axes and their names."""
    parts = []
    for false in (LEAST, 1, 2, 5, 10, 20, 50, MOST):
        label = f"&#8804; {false}" if false == LEAST else f"{false:g}"
        parts.append(f'<line x1="{x(false)}" y1="{TOP}" x2="{x(false)}" y2="{BOTTOM}" stroke="#ddd"/>')
        parts.append(f'<text x="{x(false)}" y="{BOTTOM + 18}" text-anchor="middle" fill="#555">{label}</text>')
    for percent in range(0, 51, 10):
        at = y(percent / 100)
        parts.append(f'<line x1="{LEFT}" y1="{at}" x2="{RIGHT}" y2="{at}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4}" text-anchor="end" fill="#555">{percent} %</text>')
    middle = (LEFT + RIGHT) // 2
    parts.append(f'<text x="{middle}" y="{BOTTOM + 42}" text-anchor="middle">false accepts an hour</text>')
    parts.append(f'<text x="{LEFT}" y="{TOP - 10}">missed</text>')
    return "\n".join(parts)
