"""Finds functions of the repository that the model reads like the changed ones: the nearest by their embeddings.

All functions are embedded for it, within limits; where they do not hold, nothing is called similar, since the nearest
of some might be far from the nearest of all.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from yantra_bot.domain.scores import ChangeScore, SimilarCode, SymbolScore
from yantra_bot.graphdb.arrays import NODE_CODES
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.batch import Floats
from yantra_bot.scoring.budget import ReadBudget
from yantra_bot.scoring.scorer import SCORED, TOGETHER, Scorer, guarded

MOST: Final = 5_000
"""Functions of a repository; in a larger one nothing is called similar."""
SECONDS: Final = 10.0
NEAREST: Final = 3
ALIKE: Final = 0.9
"""Cosine from which on code is called similar."""


def add_similar(
    scorer: Scorer,
    view: GraphView,
    read: Callable[[str], bytes | None],
    score: ChangeScore,
    *,
    now: Callable[[], float] = time.monotonic,
) -> ChangeScore:
    """Return a score with what is similar to each of its symbols; as it is where that cannot be told in time.

    Raises nothing. `view` and `read` are those that the change was scored in.
    """
    if not score.symbols:
        return score
    told = guarded(scorer, lambda: _add(scorer, view, read, score, now))
    return score if told.problem else told


def _add(
    scorer: Scorer,
    view: GraphView,
    read: Callable[[str], bytes | None],
    score: ChangeScore,
    now: Callable[[], float],
) -> ChangeScore:
    codes = [NODE_CODES[kind] for kind in SCORED]
    rows = np.flatnonzero(view.alive & np.isin(view.node_kinds, codes) & (view.paths >= 0)).tolist()
    if len(rows) > MOST:
        return score
    kept: list[int] = []
    vectors: list[Floats] = []
    budget = ReadBudget(read, now, seconds=SECONDS)
    for start in range(0, len(rows), TOGETHER):
        if budget.is_over:
            return score
        some = rows[start : start + TOGETHER]
        for row, vector in zip(some, scorer.embed(view, budget, some), strict=True):
            if vector is not None and np.isfinite(vector).all():
                kept.append(row)
                vectors.append(vector)
    if not kept or budget.is_spent:
        return score
    table = np.stack(vectors)
    symbols = tuple(_liken(one, view, kept, table) for one in score.symbols)
    return replace(score, symbols=symbols)


def _liken(score: SymbolScore, view: GraphView, rows: Sequence[int], table: Floats) -> SymbolScore:
    own = view.index_of(score.key)
    if own is None or own not in rows:
        return score
    likeness = np.clip(table @ table[rows.index(own)], -1, 1)
    likeness[rows.index(own)] = -1
    order = np.argsort(-likeness, kind="stable")[:NEAREST].tolist()
    return replace(score, similar=tuple(_tell(view, rows[at], likeness[at]) for at in order if likeness[at] >= ALIKE))


def _tell(view: GraphView, row: int, likeness: float) -> SimilarCode:
    symbol = view.symbol(row)
    return SimilarCode(symbol.name, symbol.path, symbol.span.line, float(likeness))
