"""What was measured of one service lately: the newest points, and what they say together. Pure; memory is bounded.

Percentiles are by nearest rank: a number that was measured, never one between two. No data is no number.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yantra_bot.domain.monitoring import MetricName

WINDOW: Final = 1_000
"""Points of a service that are kept, and as many values of each other metric."""
SPAN_SECONDS: Final = 300.0
"""What is older says nothing of now."""
LEAST_POINTS: Final = 5
"""Fewer points make no share of errors: one lost request would be all of them."""
PERCENTILES: Final = {MetricName.P50: 50, MetricName.P95: 95, MetricName.P99: 99}
LEVELS: Final = frozenset({MetricName.CPU, MetricName.MEMORY, MetricName.DISK})
"""Metrics that count by their mean over the span; of all others, the newest value counts."""


@dataclass(frozen=True, slots=True)
class Point:
    """One request that was made of a service."""

    at: float
    """Unix time in seconds."""
    milliseconds: float | None
    """Until its answer was whole; None where none came."""
    is_failure: bool


def nearest_rank(ordered: Sequence[float] | NDArray[np.float64], percent: int) -> float:
    """Return a percentile of rising numbers, at least one: that of rank ⌈n·p⌉, in whole numbers and so exact.

    Raises ValueError where there is none, or `percent` is not from 1 to 100.
    """
    if not len(ordered) or not 1 <= percent <= 100:
        raise ValueError("A percentile is of at least one number, and from 1 to 100.")
    return ordered[-(-len(ordered) * percent // 100) - 1]


class Window:
    """The newest points of one service, and the newest values of what others measured."""

    def __init__(self, size: int = WINDOW) -> None:
        self._size = size
        self._points = _Ring(size, 2)
        self._values: dict[MetricName, _Ring] = {}

    def __len__(self) -> int:
        return self._points.count

    def record(self, point: Point) -> None:
        """Keep a point; the oldest goes where there are too many."""
        milliseconds = math.nan if point.milliseconds is None else point.milliseconds
        self._points.add(point.at, milliseconds, float(point.is_failure))

    def note(self, name: MetricName, value: float | None, *, at: float) -> None:
        """Keep a value that was measured elsewhere; None says that there is no data now, whatever was before."""
        ring = self._values.get(name)
        if ring is None:
            ring = self._values[name] = _Ring(self._size, 1)
        ring.add(at, math.nan if value is None else value)

    def measure(self, now: float, span: float = SPAN_SECONDS) -> Mapping[MetricName, float]:
        """Return what is known now. What was measured elsewhere stands before what our own points say.

        Points that lie ahead, after a clock was set back, do not count until their time has come.
        """
        found = self._from_points(now, span)
        for name, ring in self._values.items():
            value = _value(name, ring, now, span)
            if value is None:
                found.pop(name, None)
            else:
                found[name] = value
        return found

    def _from_points(self, now: float, span: float) -> dict[MetricName, float]:
        points = self._points
        mask = points.within(now, span)
        count = int(np.count_nonzero(mask))
        if not count:
            return {}
        milliseconds = points.numbers(1)[mask]
        times = np.sort(milliseconds[~np.isnan(milliseconds)])
        found = {name: float(nearest_rank(times, percent)) for name, percent in PERCENTILES.items() if times.size}
        found[MetricName.THROUGHPUT] = count / max(now - float(points.numbers(0)[mask].min()), 1.0)
        if count >= LEAST_POINTS:
            found[MetricName.ERROR_RATE] = int(points.numbers(2)[mask].sum()) / count
        return found


class _Ring:
    """The newest rows of numbers, each with its time."""

    def __init__(self, size: int, numbers: int) -> None:
        self._rows = np.empty((1 + numbers, size))
        self._next = 0
        self.count = 0

    def add(self, at: float, *numbers: float) -> None:
        self._rows[:, self._next] = (at, *numbers)
        self._next = (self._next + 1) % self._rows.shape[1]
        self.count = min(self.count + 1, self._rows.shape[1])

    def within(self, now: float, span: float) -> NDArray[np.bool_]:
        """Return which rows are of a span that ends now."""
        at = self.numbers(0)
        found: NDArray[np.bool_] = (at > now - span) & (at <= now)
        return found

    def numbers(self, which: int) -> NDArray[np.float64]:
        """Return one number of every row, 0 its time, in any order."""
        return self._rows[which, : self.count]

    def newest(self, now: float, span: float) -> float:
        """Return the first number of what came last; NaN where that is of another time."""
        if not self.count:
            return math.nan
        at, value = self._rows[:2, self._next - 1]
        return float(value) if now - span < at <= now else math.nan


def _value(name: MetricName, ring: _Ring, now: float, span: float) -> float | None:
    """Return the value of a metric; None where the newest says that there is none, or is of another time."""
    newest = ring.newest(now, span)
    if math.isnan(newest):
        return None
    if name not in LEVELS:
        return newest
    values = ring.numbers(1)[ring.within(now, span)]
    return float(values[~np.isnan(values)].mean())
