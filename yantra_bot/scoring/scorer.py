"""Scores the symbols of a change, within limits; whatever is wrong leaves a sentence, and the run goes on without."""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from yantra_bot.domain.graph import NodeKind
from yantra_bot.domain.review import ChangedFile, SymbolChange, SymbolChangeKind
from yantra_bot.domain.scores import ChangeScore, ChangeSize, Lesson, SymbolScore
from yantra_bot.errors import YantraError
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.batch import Floats
from yantra_bot.scoring.budget import ReadBudget
from yantra_bot.scoring.size import measure_change, measure_functions

MOST: Final = 64
"""Symbols of one change that are scored: those of which most lines changed."""
LONGEST: Final = 1_000
"""Lines of a symbol: of a longer one nobody would know where to look."""
SECONDS: Final = 10.0
AIMED: Final = 8
"""Functions that a task points at of which the score is asked: the first that were found."""
LESSONS: Final = 3
"""Symbols of one change that are learned from: those of which most lines changed, whatever the score says of them."""
TOGETHER: Final = 8
"""Symbols that are scored at once, between two looks at the clock."""
NO_FILE: Final = (
    "There is no learned score: no score file was set up. Cure: train one (`make model`), or name one with "
    "YANTRA_SCORE_FILE."
)
NOTHING: Final = "No function that the model reads was changed."
UNREAD: Final = (
    "What was changed is not scored: it is in a language that the model has not seen, or it or its file is longer than "
    "is read at once."
)
NO_NUMBER: Final = "The model gave no number for what was changed. Cure: check its score file with `yantra codex info`."

SCORED: Final = frozenset({NodeKind.FUNCTION, NodeKind.METHOD})
_SAME: Final = frozenset({SymbolChangeKind.FORMAT, SymbolChangeKind.MOVED, SymbolChangeKind.RENAMED})

_log = structlog.get_logger()


class Scorer(Protocol):
    """A model that was read from a score file."""

    @property
    def model(self) -> str:
        """The version of the weights."""
        ...

    def score(
        self, view: GraphView, read: Callable[[str], bytes | None], rows: Sequence[int]
    ) -> Sequence[SymbolScore | None]:
        """Return what it says of each of `rows`; None of one that it cannot read. `read` returns a file's content."""
        ...

    def embed(
        self, view: GraphView, read: Callable[[str], bytes | None], rows: Sequence[int]
    ) -> Sequence[Floats | None]:
        """Return a vector of length 1 for each of `rows`, near each other for code that is read alike; else None."""
        ...

    def lesson(self, view: GraphView, read: Callable[[str], bytes | None], row: int) -> Lesson | None:
        """Return what can be learned of a row; None where it gives no lessons, or cannot read it."""
        ...


@dataclass(frozen=True, slots=True)
class NoScorer:
    """Stands where there is no model."""

    problem: str = NO_FILE
    """Why, as a sentence with its cure."""


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The rows that are scored, out of how many, and what can be counted of all of these."""

    rows: list[int]
    wanted: int
    size: ChangeSize


def score_change(
    scorer: Scorer | NoScorer,
    view: GraphView,
    read: Callable[[str], bytes | None],
    changes: Iterable[SymbolChange],
    files: Iterable[ChangedFile],
    *,
    now: Callable[[], float] = time.monotonic,
) -> ChangeScore:
    """Return what the model says of the functions that a change wrote or rewrote. `view` and `read` are of its head.

    Raises nothing: a score is a help, and what is wrong with it is the score's `problem`.
    """

    def choose() -> _Chosen:
        wanted = sorted(filter(is_scored, changes), key=lambda one: (-(one.added + one.removed), one.path, one.line))
        rows = [row for one in wanted if _is_short(one) and (row := view.index_of(one.key)) is not None]
        return _Chosen(rows[:MOST], len(wanted), measure_change(files, wanted))

    return _asked(scorer, lambda found: _score(found, view, read, choose(), now, lessons=LESSONS))


def score_places(
    scorer: Scorer | NoScorer,
    view: GraphView,
    read: Callable[[str], bytes | None],
    places: Iterable[tuple[str, int, int]],
    *,
    now: Callable[[], float] = time.monotonic,
) -> ChangeScore:
    """Return what the model says of the functions in some places as they are: path, first line, last line.

    Raises nothing, as `score_change`.
    """

    def choose() -> _Chosen:
        rows = list(dict.fromkeys(row for place in places for row in _functions_in(view, *place)))
        return _Chosen(rows[:AIMED], len(rows), measure_functions([view.symbol(row) for row in rows]))

    return _asked(scorer, lambda found: _score(found, view, read, choose(), now))


def _functions_in(view: GraphView, path: str, first: int, last: int) -> list[int]:
    symbols = ((row, view.symbol(row)) for row in view.in_file(path))
    return [
        row
        for row, one in symbols
        if one.kind in SCORED and first <= one.span.line and one.span.end_line <= min(last, one.span.line + LONGEST)
    ]


def _asked(scorer: Scorer | NoScorer, score: Callable[[Scorer], ChangeScore]) -> ChangeScore:
    if isinstance(scorer, NoScorer):
        return ChangeScore(problem=scorer.problem)
    return guarded(scorer, lambda: score(scorer))


def guarded(scorer: Scorer, score: Callable[[], ChangeScore]) -> ChangeScore:
    """Return what is scored; where that fails, what is wrong, as the score's `problem`."""
    try:
        return score()
    except YantraError as problem:
        return ChangeScore(scorer.model, problem=str(problem))
    except Exception as error:  # noqa: BLE001 (a bug of the score is said and logged; the run goes on)
        _log.exception("the learned score failed")
        return ChangeScore(
            scorer.model, problem=f"The learned score failed with {type(error).__name__}, a bug of ours."
        )


def _score(
    scorer: Scorer,
    view: GraphView,
    read: Callable[[str], bytes | None],
    chosen: _Chosen,
    now: Callable[[], float],
    *,
    lessons: int = 0,
) -> ChangeScore:
    rows = chosen.rows
    if not rows:
        return ChangeScore(scorer.model, left_out=chosen.wanted, problem=NOTHING)
    found: list[SymbolScore] = []
    problem = UNREAD
    budget = ReadBudget(read, now, seconds=SECONDS)
    for start in range(0, len(rows), TOGETHER):
        if start and budget.is_over:
            break
        said = scorer.score(view, budget, rows[start : start + TOGETHER])
        told = [one for one in said if one is not None]
        problem = NO_NUMBER if told else problem
        found += filter(is_number, told)
    taught = [scorer.lesson(view, budget, row) for row in rows[:lessons] if found and not budget.is_over]
    found.sort(key=lambda one: (-one.faulty, one.path, one.line))
    return ChangeScore(
        scorer.model,
        tuple(found),
        left_out=chosen.wanted - len(found),
        problem="" if found else problem,
        lessons=tuple(one for one in taught if one is not None),
        size=chosen.size,
    )


def is_scored(change: SymbolChange) -> bool:
    """Tell whether a change of a symbol is one that the model may know something of: of code that does something."""
    if change.is_test or change.symbol_kind not in SCORED or change.kind is SymbolChangeKind.REMOVED:
        return False
    return change.kind not in _SAME or change.is_body_changed


def _is_short(change: SymbolChange) -> bool:
    return change.end_line - change.line < LONGEST


def is_number(score: SymbolScore) -> bool:
    """Tell whether all that a model says of a symbol is a probability, and no NaN among it."""
    said = [score.faulty, score.baseline, *(one.probability for one in score.bugs)]
    said += [one.share for one in score.places]
    said += [] if score.passing is None else [score.passing]
    likeness = all(math.isfinite(one.likeness) and abs(one.likeness) <= 1.0001 for one in score.similar)
    return likeness and all(0.0 <= one <= 1.0 for one in said)
