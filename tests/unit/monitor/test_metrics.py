"""The newest points of a service, and what they say together."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.domain.monitoring import MetricName
from yantra_bot.monitor.metrics import LEAST_POINTS, SPAN_SECONDS, WINDOW, Point, Window, nearest_rank

NUMBERS = st.lists(st.floats(0, 1e6), min_size=1, max_size=300)
NOW = 1_800_000_000.0


@given(NUMBERS, st.sampled_from([50, 95, 99]))
def test_percentiles_are_those_of_numpy_by_nearest_rank(numbers: list[float], percent: int) -> None:
    """Its name there is the inverted distribution function."""
    wanted = np.percentile(np.array(numbers), percent, method="inverted_cdf")
    assert nearest_rank(sorted(numbers), percent) == wanted


@given(st.integers(1, WINDOW), st.integers(1, 100))
def test_the_rank_is_exact(size: int, percent: int) -> None:
    """⌈n·p⌉ in whole numbers: a float's 7 % of a hundred is more than seven."""
    assert nearest_rank(range(size), percent) == math.ceil(size * Fraction(percent, 100)) - 1


@pytest.mark.parametrize(("numbers", "percent"), [([], 50), ([1.0], 0), ([1.0], 101)])
def test_there_is_no_percentile_of_nothing(numbers: list[float], percent: int) -> None:
    """Nor one beyond all."""
    with pytest.raises(ValueError, match="percentile"):
        nearest_rank(numbers, percent)


def filled(count: int, *, at: float = NOW, failures: int = 0) -> Window:
    window = Window()
    for number in range(count):
        window.record(Point(at - count + number + 1, float(number + 1), number < failures))
    return window


def test_points_say_times_errors_and_throughput() -> None:
    """A hundred in a hundred seconds, ten of which failed."""
    found = filled(100, failures=10).measure(NOW)
    assert (found[MetricName.P50], found[MetricName.P95], found[MetricName.P99]) == (50, 95, 99)
    assert found[MetricName.ERROR_RATE] == 0.1
    assert found[MetricName.THROUGHPUT] == pytest.approx(100 / 99)


def test_a_window_holds_a_thousand_points() -> None:
    """However many are recorded: the newest stay."""
    window = filled(5 * WINDOW)
    assert len(window) == WINDOW
    assert window.measure(NOW, span=1e9)[MetricName.P50] == 4_500


@given(st.lists(st.tuples(st.floats(-1e4, 1e4), st.one_of(st.none(), st.floats(0, 1e5)), st.booleans()), max_size=60))
def test_only_points_of_the_span_count(points: list[tuple[float, float | None, bool]]) -> None:
    """Old ones, and ones ahead after a clock was set back, say nothing; no data is no number."""
    window = Window()
    for ago, milliseconds, is_failure in points:
        window.record(Point(NOW - ago, milliseconds, is_failure))
    recent = [one for one in points if NOW - SPAN_SECONDS < NOW - one[0] <= NOW]
    times = [one[1] for one in recent if one[1] is not None]
    found = window.measure(NOW)
    assert (MetricName.THROUGHPUT in found) == bool(recent)
    assert (MetricName.P95 in found) == bool(times)
    assert (MetricName.ERROR_RATE in found) == (len(recent) >= LEAST_POINTS)
    assert not times or found[MetricName.P95] in times


def test_what_was_measured_elsewhere_stands_before_our_own() -> None:
    """Use of resources by its mean, all else by the newest value; none now is none."""
    window = filled(100)
    for at, value in ((NOW - 400, 1.0), (NOW - 100, 0.5), (NOW - 10, 0.7)):
        window.note(MetricName.CPU, value, at=at)
        window.note(MetricName.ERROR_RATE, value, at=at)
    found = window.measure(NOW)
    assert found[MetricName.CPU] == pytest.approx(0.6)
    assert found[MetricName.ERROR_RATE] == 0.7
    window.note(MetricName.CPU, None, at=NOW)
    window.note(MetricName.ERROR_RATE, None, at=NOW)
    found = window.measure(NOW)
    assert MetricName.CPU not in found
    assert MetricName.ERROR_RATE not in found, "Prometheus was asked and says nothing: our probes are no substitute"
