"""Ranks files by what their rows came to. Columns per file, as `signals` has them per row."""

from typing import Final

import numpy as np

from yantra_bot.retrieval.lexical import Scores
from yantra_bot.retrieval.signals import Columns, rank
from yantra_bot.retrieval.terms import Ints

_BEST: Final = (
    *("file", "past_file", "file_activity", "path", "past_file_words", "words_weighed", "name", "past", "tested"),
    *("written", "cover", "aside", "title", "title_name", "meant", "meant_name", "class"),
)
_RANKED: Final = ("best_row", "file", "past_file")


def measure_files(columns: Columns, scores: Scores, file_rows: Ints, paths: tuple[str, ...]) -> Columns:
    """Return the columns of files; `scores` are the rows' own, `file_rows` the number of each row's file."""
    count = len(paths)
    above = np.maximum(scores - np.median(scores), 0.0) if len(scores) else scores
    above = above / max(float(above.max(initial=0.0)), 1e-9)
    order = np.lexsort((-above, file_rows))
    starts = np.searchsorted(file_rows[order], np.arange(count))
    first = order[starts]
    best = np.arange(len(order)) - starts[file_rows[order]] < 3
    found: Columns = {
        "best_row": above[first],
        "best_three": np.bincount(file_rows[order][best], weights=above[order][best], minlength=count) / 3,
        "size": np.log(np.maximum(np.bincount(file_rows, minlength=count), 1)),
        "package": np.array(
            [float(path.endswith(("/__init__.py", "/index.js", "/index.ts", "/mod.rs"))) for path in paths]
        ),
    }
    for name in _BEST:
        found[f"row_{name}"] = _greatest(columns[name], order, starts)
    if "meaning" in columns:
        found["row_meaning"] = _greatest(columns["meaning"], order, starts)
    for name in _RANKED:
        found[f"rank_{name}"] = rank(found[name if name in found else f"row_{name}"])
    return found


def _greatest(values: Scores, order: Ints, starts: Ints) -> Scores:
    return np.maximum.reduceat(values[order], starts) if len(starts) else values[:0]
