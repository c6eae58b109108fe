"""Plots of a measure against the epoch, as SVG that follows the page's language and darkness."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

_WIDTH, _HEIGHT = 340, 165
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 10, 32  # margins


@dataclass(frozen=True)
class Line:
    variant: str
    epochs: Sequence[int]
    means: Sequence[float]
    deviations: Sequence[float | None] = ()  # none for a single run
    other: bool = False  # of another training, drawn dashed
    marks: Sequence[int] = ()  # epochs marked on it


def draw_curves(lines: Sequence[Line], title: str) -> str:
    """The plot and, below it, a list of its variants; title: a key of the page's texts."""
    last = max(epoch for line in lines for epoch in line.epochs)
    first = min(epoch for line in lines for epoch in line.epochs)
    edges = [edge for line in lines for pair in _band(line) for edge in pair]
    ticks = _ticks(min(edges), max(edges))
    low, high = min(ticks[0], *edges), max(ticks[-1], *edges)

    def x(epoch: float) -> float:
        return _LEFT + (epoch - first) / (last - first or 1) * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _TOP + (high - value) / (high - low or 1) * (_HEIGHT - _TOP - _BOTTOM)

    parts = [
        f'<line class="rule" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(tick):.1f}" '
        f'y2="{y(tick):.1f}"/><text x="{_LEFT - 5}" y="{y(tick) + 4:.1f}" text-anchor="end">'
        f"{tick:g}</text>"
        for tick in ticks
    ]
    parts += [
        f'<text x="{x(epoch):.1f}" y="{_HEIGHT - 18}" text-anchor="middle">{epoch}</text>'
        for epoch in _epochs(first, last)
    ]
    end = f'x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 4}" text-anchor="end"'
    parts.append(f'<text {end} data-say="epoch_word"></text>')
    for line in lines:
        name = html.escape(line.variant) + " other" * line.other
        kind, at = f'class="curve {name}"', [x(epoch) for epoch in line.epochs]
        lows, highs = zip(*_band(line), strict=True)
        if line.deviations:
            edge = [*zip(at, highs, strict=True), *reversed([*zip(at, lows, strict=True)])]
            points = " ".join(f"{a:.1f},{y(value):.1f}" for a, value in edge)
            parts.append(f'<polygon {kind} points="{points}"/>')
        points = " ".join(f"{a:.1f},{y(b):.1f}" for a, b in zip(at, line.means, strict=True))
        parts.append(f'<polyline {kind} points="{points}"/>')
        known = dict(zip(line.epochs, line.means, strict=True))
        parts += [
            f'<path {kind} d="M{x(epoch):.1f},{y(known[epoch]) - 3:.1f}l-5,-9h10z"/>'
            for epoch in line.marks
            if epoch in known
        ]
    names = "".join(
        f'<li class="{html.escape(line.variant)}{" other" * line.other}"><i></i>'
        f"{html.escape(line.variant)}</li>"
        for line in lines
    )
    return (
        f'<figure class="plot"><figcaption id="{title}" data-say="{title}"></figcaption>'
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-labelledby="{title}">'
        f"{''.join(parts)}</svg><ul>{names}</ul></figure>"
    )


def _band(line: Line) -> list[tuple[float, float]]:
    """From a deviation below the mean to one above it."""
    deviations = line.deviations or [0.0] * len(line.means)
    return [
        (mean - (sd or 0.0), mean + (sd or 0.0))
        for mean, sd in zip(line.means, deviations, strict=True)
    ]


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round numbers from below `low` to `high`."""
    span = high - low or abs(high) or 1.0
    size = 10.0 ** (len(f"{int(span)}") - 1) if span >= 1 else 1.0
    while size > span:
        size /= 10
    step = next(size * part for part in (2, 1, 0.5, 0.2, 0.1) if span / (size * part) >= 2.5)
    start = int(low // step)
    return [round(step * place, 10) for place in range(start, int(high // step) + 1)]


def _epochs(first: int, last: int) -> list[int]:
    """The axis names the first and each fifth; of a few epochs all."""
    if last - first < 6:
        return list(range(first, last + 1))
    return [first, *(epoch for epoch in range(5, last + 1, 5) if epoch > first + 1)]
