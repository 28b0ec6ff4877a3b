"""Which change of the last ones may have brought a failure: signals to scores, scores to a ranked list. Pure.

The unit is one function as one commit changed it. What a signal is worth was learnt from seeded faults that no reported
figure is measured on (`benchmarks/suspect_ranking.py`).
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

MOST_FUNCTIONS: Final = 5


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for one changed function, each from 0 to 1."""

    frame: float = 0.0
    """It is in the trace: 1 where it is the deepest, less the farther out."""
    blamed: float = 0.0
    """The commit wrote the very line of a frame in it: 1 for the deepest frame."""
    near: float = 0.0
    """How much of a walk from the failing functions along calls and uses comes by it."""
    fed: float = 0.0
    """A failing function calls it, or reads what it writes: 1 for the deepest frame, less with each step."""
    words: float = 0.0
    """How much the changed lines speak the words of what is seen."""
    quoted: float = 0.0
    """A name that the error quotes stands in the changed lines."""
    fits: float = 0.0
    """The changed lines do what can throw such an error."""
    is_code: float = 1.0
    """0 for tests, pages and layout."""
    alters: float = 1.0
    """How much it seems to alter what the code does; little where all that was there is there still."""
    size: float = 0.0
    recent: float = 0.0
    """1 for the newest commit, 0 for the oldest that was looked at."""
    is_new: float = 1.0
    """1 where it came with the deployment before the failure, 0 where it served well before."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal is worth; `is_code`, `alters` and `is_new` scale the whole."""

    frame: float = 1.0
    blamed: float = 2.5
    near: float = 2.0
    fed: float = 2.0
    words: float = 3.0
    quoted: float = 0.5
    fits: float = 1.2
    size: float = 0.2
    recent: float = 0.05


@dataclass(frozen=True, slots=True)
class Change:
    """One function as one commit changed it."""

    commit: str
    function: str
    """Qualified name; empty: no function of the graph."""
    place: str
    """`path:line`."""
    signals: Signals


@dataclass(frozen=True, slots=True)
class Ranked:
    """One commit with its changed functions, the likeliest first, each with its score."""

    commit: str
    score: float
    changes: tuple[tuple[Change, float], ...]


DEFAULT: Final = Weights()
_REST: Final = 0.1
"""What the other functions of a commit add to its likeliest one's score."""
_OF_WORDS: Final = frozenset({"words", "quoted", "fits"})
_FAR: Final = 0.5
"""What words count in code that nothing ties to what fails."""
_KEPT: Final = 0.08
"""What is left of the score of what alters nothing."""
_OLD: Final = 0.3
"""What is left of the score of what served well before."""


def score(signals: Signals, weights: Weights = DEFAULT) -> float:
    """Return how much speaks for a change; 0 and up, meaning nothing but the order."""
    close = min(1.0, math.sqrt(max(signals.frame, signals.fed, signals.near)))
    total = 0.0
    for one in fields(weights):
        value = float(getattr(weights, one.name) * getattr(signals, one.name))
        total += value * (_FAR + (1 - _FAR) * close) if one.name in _OF_WORDS else value
    worth = (0.02 + 0.98 * signals.is_code) * (_KEPT + (1 - _KEPT) * signals.alters)
    return total * worth * (_OLD + (1 - _OLD) * signals.is_new)


def rank(changes: Iterable[Change], weights: Weights = DEFAULT) -> tuple[Ranked, ...]:
    """Return the commits, the likeliest first; of equal ones the one that was told first."""
    grouped: dict[str, list[tuple[Change, float]]] = defaultdict(list)
    for change in changes:
        grouped[change.commit].append((change, score(change.signals, weights)))
    ranked = []
    for commit, scored in grouped.items():
        best = sorted(scored, key=lambda one: -one[1])
        total = best[0][1] + _REST * sum(value for _, value in best[1:4])
        ranked.append(Ranked(commit, total, tuple(best)))
    return tuple(sorted(ranked, key=lambda one: -one.score))


def functions_of(ranked: Sequence[Ranked], weights: Weights = DEFAULT) -> tuple[Change, ...]:
    """Return all changed functions, those of likelier commits first where little else tells them apart."""
    worth: Mapping[str, float] = {one.commit: one.score for one in ranked}
    scored = [(value + 0.5 * worth[change.commit], change) for one in ranked for change, value in one.changes]
    return tuple(change for _, change in sorted(scored, key=lambda pair: -pair[0]) if change.function)


def squash(value: float) -> float:
    """Return a score as a number from 0 to 1."""
    return 1 - math.exp(-max(value, 0.0) / 2)
