"""Lifts what a text points at: frames of a traceback that is of this tree, paths with lines. Pure."""

from typing import Final

import numpy as np

from yantra_bot.retrieval.corpus import Group
from yantra_bot.retrieval.cues import Cues, Place
from yantra_bot.retrieval.lexical import Scores

FRAME_LIFT: Final = 0.8
"""Of the whole spread of scores, for the innermost frame; each one outward is worth OUTWARD of it."""
OUTWARD: Final = 0.75
LINE_LIFT: Final = 0.6
PATH_LIFT: Final = 0.25
_COMMON: Final = frozenset(
    {"__init__.py", "index.js", "index.ts", "mod.rs", "main.py", "utils.py", "main.go", "lib.rs"}
)


def lift_places(code: Group, cues: Cues, scores: Scores) -> Scores:
    """Return the scores with what the text points at lifted. A place that is not of this tree lifts nothing."""
    if not len(scores) or not (cues.frames or cues.places):
        return scores
    lifts = np.zeros(len(scores))
    spread = float(scores.max() - np.median(scores)) or 1.0
    worth = FRAME_LIFT
    for frame in reversed(cues.frames):
        rows = find_rows(code, frame)
        if rows:
            lifts[rows] = np.maximum(lifts[rows], worth)
            worth *= OUTWARD
    for place in cues.places:
        files = find_files(code, place.path)
        lifts[np.isin(code.file_rows, files)] += PATH_LIFT
        if place.line is not None:
            lifts[find_rows(code, place)] += LINE_LIFT
    return scores + lifts * spread


def find_files(code: Group, path: str) -> list[int]:
    """Return the numbers of the files that a written path can be: those that share the most of its end.

    A file name that many folders have needs a folder beside it.
    """
    wanted = [part for part in path.replace("\\", "/").split("/") if part not in {"", "."}]
    if not wanted:
        return []
    best, found = 1 if wanted[-1] in _COMMON and len(wanted) > 1 else 0, []
    for number, own in enumerate(code.paths):
        shared = _count_shared(wanted, own.split("/"))
        if shared > best:
            best, found = shared, [number]
        elif shared == best and shared and found:
            found.append(number)
    return found


def find_rows(code: Group, place: Place) -> list[int]:
    """Return the rows that hold a line, or have the function's name, in the files that a place can be in."""
    files = set(find_files(code, place.path))
    rows = [row for row, file in enumerate(code.file_rows.tolist()) if file in files]
    name = place.function.rpartition(".")[2].strip("<>")
    named = [row for row in rows if name and code.chunks[row].own_name == name]
    if named:
        return named
    line = place.line or 0
    return [row for row in rows if code.chunks[row].name and code.chunks[row].first <= line <= code.chunks[row].last][
        -1:
    ]


def _count_shared(wanted: list[str], own: list[str]) -> int:
    count = 0
    for one, other in zip(reversed(wanted), reversed(own), strict=False):
        if one != other:
            break
        count += 1
    return count
