"""From which confidence on the generator's own answer would go first: a rule over its own outcomes alone. Pure.

What a model did of the same task counts for nothing here: a generator that is seldom right must not become bolder
because the model behind it is good.
"""

from collections.abc import Sequence
from typing import Final

FIRST: Final = 0.7
LOWEST: Final = 0.5
HIGHEST: Final = 0.9
STEP: Final = 0.05
LEAST: Final = 20
"""Outcomes before anything moves."""
WINDOW: Final = 100
GOOD: Final = 0.9
POOR: Final = 0.7


def next_threshold(threshold: float, outcomes: Sequence[bool]) -> float:
    """Return the threshold after the generator's own outcomes, the oldest first; True: its tests passed.

    Of the last 100, more than nine of ten passed: it falls by 0.05, to 0.5 at the lowest. Fewer than seven of ten: it
    rises by 0.05, to 0.9 at the highest. With less than 20 outcomes it stays. Raises ValueError for a threshold that
    is none.
    """
    if not LOWEST <= threshold <= HIGHEST:
        raise ValueError(f"a threshold lies between {LOWEST} and {HIGHEST}, not at {threshold}")
    last = outcomes[-WINDOW:]
    if len(last) < LEAST:
        return threshold
    share = sum(last) / len(last)
    moved = threshold - STEP if share > GOOD else threshold + STEP if share < POOR else threshold
    return round(min(HIGHEST, max(LOWEST, moved)), 2)
