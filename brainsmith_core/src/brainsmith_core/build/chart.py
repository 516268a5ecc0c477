# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The chart: node counts by op type over a build's steps, as the geometry of stacked bars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: How many op types have a colour of their own; the rest share the last one.
SERIES = 9
OTHER = "other"

_LEFT, _TOP, _PLOT_HEIGHT, _LABEL_HEIGHT = 44.0, 14.0, 240.0, 112.0
_LEAST_WIDTH, _LEAST_STEP = 920.0, 34.0


@dataclass(frozen=True)
class Segment:
    """One op type's part of a bar; ``series`` is the number of its colour."""

    y: float
    height: float
    series: int
    title: str


@dataclass(frozen=True)
class Bar:
    """One model: the graph after a step, or the given one."""

    x: float
    width: float
    label: str
    total: int
    top: float
    segments: tuple[Segment, ...]

    @property
    def middle(self) -> float:
        """Where the label points."""
        return self.x + self.width / 2


@dataclass(frozen=True)
class Chart:
    """A drawing of ``width`` by ``height``, the bars on ``bottom``; ``ticks`` are (y, number of nodes)."""

    width: float
    height: float
    left: float
    bottom: float
    bars: tuple[Bar, ...]
    legend: tuple[tuple[int, str], ...]
    ticks: tuple[tuple[float, int], ...]
    title: str = ""


def stacked_bars(
    labels: Sequence[str],
    counts: Sequence[Mapping[str, int]],
    title: str = "number of nodes by op type after each step",
) -> Chart:
    """Lay out a bar for each label, of the numbers of nodes by op type, or whatever else can be counted.

    The op types that at some step have the most nodes get a colour each, in the order of those numbers.
    """
    series = _series(counts)
    totals = [sum(count.values()) for count in counts]
    step = _tick_step(max(totals, default=0))
    highest = step * max(1, -(-max(totals, default=0) // step))
    scale = _PLOT_HEIGHT / highest
    bottom = _TOP + _PLOT_HEIGHT
    width = max(_LEAST_WIDTH, _LEFT + _LEAST_STEP * len(labels))
    pitch = (width - _LEFT) / max(len(labels), 1)
    thickness = min(64.0, pitch * 0.72)
    bars = []
    for position, (label, count, total) in enumerate(zip(labels, counts, totals, strict=True)):
        x = _LEFT + pitch * position + (pitch - thickness) / 2
        segments = _segments(label, count, series, scale, bottom)
        bars.append(Bar(x, thickness, label, total, bottom - total * scale, segments))
    return Chart(
        width=width,
        height=bottom + _LABEL_HEIGHT,
        left=_LEFT,
        bottom=bottom,
        bars=tuple(bars),
        legend=tuple((number, name) for name, number in series.items()),
        ticks=tuple((bottom - value * scale, value) for value in range(0, highest + 1, step)),
        title=title,
    )


def _series(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    peaks: Counter[str] = Counter()
    for count in counts:
        peaks |= Counter(count)
    ranked = sorted(peaks, key=lambda op: (-peaks[op], op))
    shown = ranked if len(ranked) <= SERIES + 1 else ranked[:SERIES]
    series = {op: number for number, op in enumerate(shown)}
    if len(ranked) > len(shown):
        series[OTHER] = SERIES
    return series


def _segments(
    label: str, count: Mapping[str, int], series: Mapping[str, int], scale: float, bottom: float
) -> tuple[Segment, ...]:
    shown = {op: count[op] for op in series if count.get(op)}
    rest = {op: number for op, number in sorted(count.items()) if number and op not in shown}
    segments = []
    for op, number in shown.items():
        bottom -= number * scale
        segments.append(Segment(bottom, number * scale, series[op], f"{label}: {number} {op}"))
    if rest:
        number = sum(rest.values())
        bottom -= number * scale
        named = ", ".join(f"{amount} {op}" for op, amount in rest.items())
        segments.append(Segment(bottom, number * scale, SERIES, f"{label}: {number} others ({named})"))
    return tuple(segments)


def _tick_step(highest: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … that needs at most five ticks."""
    magnitude = 1
    while True:
        for factor in (1, 2, 5):
            if highest <= 5 * factor * magnitude:
                return factor * magnitude
        magnitude *= 10
