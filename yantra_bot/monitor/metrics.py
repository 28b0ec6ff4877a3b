"""What was measured of one service lately: the newest points, and what they say together. Pure; memory is bounded.

Percentiles are by nearest rank: a number that was measured, never one between two. No data is no number.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

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


def nearest_rank(ordered: Sequence[float], percent: int) -> float:
    """Return a percentile of rising numbers, at least one: that of rank ⌈n·p⌉, in whole numbers and so exact.

    Raises ValueError where there is none, or `percent` is not from 1 to 100.
    """
    if not ordered or not 1 <= percent <= 100:
        raise ValueError("A percentile is of at least one number, and from 1 to 100.")
    return ordered[-(-len(ordered) * percent // 100) - 1]


class Window:
    """The newest points of one service, and the newest values of what others measured."""

    def __init__(self, size: int = WINDOW) -> None:
        self._size = size
        self._points: deque[Point] = deque(maxlen=size)
        self._values: dict[MetricName, deque[tuple[float, float | None]]] = {}

    def __len__(self) -> int:
        return len(self._points)

    def record(self, point: Point) -> None:
        """Keep a point; the oldest goes where there are too many."""
        self._points.append(point)

    def note(self, name: MetricName, value: float | None, *, at: float) -> None:
        """Keep a value that was measured elsewhere; None says that there is no data now, whatever was before."""
        self._values.setdefault(name, deque(maxlen=self._size)).append((at, value))

    def measure(self, now: float, span: float = SPAN_SECONDS) -> Mapping[MetricName, float]:
        """Return what is known now. What was measured elsewhere stands before what our own points say.

        Points that lie ahead, after a clock was set back, do not count until their time has come.
        """
        found = self._from_points(now, span)
        for name, values in self._values.items():
            value = _value(name, values, now, span)
            if value is None:
                found.pop(name, None)
            else:
                found[name] = value
        return found

    def _from_points(self, now: float, span: float) -> dict[MetricName, float]:
        recent = [one for one in self._points if now - span < one.at <= now]
        if not recent:
            return {}
        times = sorted(one.milliseconds for one in recent if one.milliseconds is not None)
        found = {name: nearest_rank(times, percent) for name, percent in PERCENTILES.items() if times}
        covered = max(now - min(one.at for one in recent), 1.0)
        found[MetricName.THROUGHPUT] = len(recent) / covered
        if len(recent) >= LEAST_POINTS:
            found[MetricName.ERROR_RATE] = sum(one.is_failure for one in recent) / len(recent)
        return found


def _value(name: MetricName, values: Sequence[tuple[float, float | None]], now: float, span: float) -> float | None:
    """Return the value of a metric; None where the newest says that there is none, or is too old."""
    recent = [(at, value) for at, value in values if now - span < at <= now]
    if not recent or recent[-1][1] is None:
        return None
    if name not in LEVELS:
        return recent[-1][1]
    numbers = [value for _, value in recent if value is not None]
    return sum(numbers) / len(numbers)
