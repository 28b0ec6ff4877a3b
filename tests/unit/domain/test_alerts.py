"""What an alert is made of."""

import itertools

from yantra_bot.domain.alerts import Severity


def test_severities_are_ordered_by_how_bad_they_are() -> None:
    """By every comparison, and not by the alphabet, which text is ordered by."""
    ordered = [Severity.INFO, Severity.WARNING, Severity.ERROR, Severity.CRITICAL]
    assert sorted([Severity.CRITICAL, Severity.INFO, Severity.ERROR, Severity.WARNING]) == ordered
    assert (min(ordered), max(ordered)) == (Severity.INFO, Severity.CRITICAL)
    for (low, one), (high, other) in itertools.product(enumerate(ordered), repeat=2):
        assert (one < other, one <= other) == (low < high, low <= high)
        assert (one > other, one >= other) == (low > high, low >= high)
