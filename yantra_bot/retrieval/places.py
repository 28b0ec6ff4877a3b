"""Lifts what a text points at: frames of a traceback that is of this tree, paths with lines. Pure."""

import re
from typing import Final

import numpy as np

from yantra_bot.retrieval.chunking.code import CONSTRUCTOR
from yantra_bot.retrieval.chunks import Chunk
from yantra_bot.retrieval.corpus import Group
from yantra_bot.retrieval.cues import Cues, Place
from yantra_bot.retrieval.lexical import Scores

FRAME_LIFT: Final = 0.8
"""Of the whole spread of scores, for the innermost frame; each one outward is worth OUTWARD of it."""
OUTWARD: Final = 0.75
LINE_LIFT: Final = 0.6
PATH_LIFT: Final = 0.25
ASIDE_LOSS: Final = 0.4
"""Of the whole spread of scores, for examples, tools and copies beside a project's own code."""
MOST_ASIDE: Final = 0.7
"""Where more of the code is aside, it is the project."""
_COMMON: Final = frozenset(
    {"__init__.py", "index.js", "index.ts", "mod.rs", "main.py", "utils.py", "main.go", "lib.rs"}
)
_ALIAS: Final = re.compile(r" \[as .*$")
"""What V8 writes behind a function's name: the name that it was called by."""


def lift_places(code: Group, cues: Cues, scores: Scores) -> Scores:
    """Return the scores with what the text points at lifted. A place that is not of this tree lifts nothing."""
    if not len(scores) or not (cues.frames or cues.places):
        return scores
    lifts, of_files = np.zeros(len(scores)), np.zeros(len(code.paths))
    spread = float(scores.max() - np.median(scores)) or 1.0
    worth = FRAME_LIFT
    for frame in reversed(cues.frames):
        rows = find_rows(code, frame)
        if rows:
            lifts[rows] = np.maximum(lifts[rows], worth)
            worth *= OUTWARD
            of_files[code.file_rows[rows]] = PATH_LIFT
    for place in cues.places:
        of_files[find_files(code, place.path)] += PATH_LIFT
        if place.line is not None:
            lifts[find_rows(code, place)] += LINE_LIFT
    return scores + (lifts + of_files[code.file_rows]) * spread


def lower_aside(scores: Scores, aside: Scores) -> Scores:
    """Return the scores with those of code aside lowered; `aside` is 1 for each such row or file, 0 for others."""
    if not len(scores) or not aside.any() or float(aside.mean()) > MOST_ASIDE:
        return scores
    lowered: Scores = scores - ASIDE_LOSS * float(scores.max() - np.median(scores)) * aside
    return lowered


def find_files(code: Group, path: str) -> list[int]:
    """Return the numbers of the files that a written path can be: those that share the most of its end.

    The folder beside the file has to be the same as well, where both have one: a path of another project has often the
    same file name. A file name that many folders have always needs a folder beside it.
    """
    wanted = [part for part in path.replace("\\", "/").split("/") if part not in {"", "."}]
    if not wanted:
        return []
    least = 2 if wanted[-1] in _COMMON and len(wanted) > 1 else 1
    best, found = 0, []
    for number in code.files_by_name.get(wanted[-1], ()):
        own = code.paths[number].split("/")
        shared = _count_shared(wanted, own)
        if shared < max(least, min(2, len(own), len(wanted))):
            continue
        if shared > best:
            best, found = shared, [number]
        elif shared == best:
            found.append(number)
    return found


def find_rows(code: Group, place: Place) -> list[int]:
    """Return the rows that have the function's name, or hold a line, in the files that a place can be in.

    A line says nothing where the function that is named beside it is not there: that is another version, or project.
    """
    rows = [row for file in find_files(code, place.path) for row in code.rows_of_file(file)]
    name = _ALIAS.sub("", place.function).rpartition(".")[2]
    is_named = name.isidentifier() or name == CONSTRUCTOR
    named = [row for row in rows if is_named and code.chunks[row].own_name == name]
    if named:
        return named
    holding = [row for row in rows if _holds(code.chunks[row], place.line or 0)]
    return [row for row in holding[-1:] if not is_named or name in code.chunks[row].text]


def _holds(chunk: Chunk, line: int) -> bool:
    return bool(chunk.name) and chunk.first <= line <= chunk.last


def _count_shared(wanted: list[str], own: list[str]) -> int:
    count = 0
    for one, other in zip(reversed(wanted), reversed(own), strict=False):
        if one != other:
            break
        count += 1
    return count
