"""Pairs of a problem and its solution, read from JSON lines: what `yantra codex train --data FILE` learns from.

Each line is an object with `problem` (words), `solution` (Python, one function in it at least) and `tests` (text, may
be empty). Nothing in it is run. A wrong line stops the reading with its number and what is wrong with it.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from yantra_bot.codex.problem import Problem, read_task
from yantra_bot.codex.reading import Written, read_functions
from yantra_bot.codex.steps import telling
from yantra_bot.errors import UserError
from yantra_bot.training.generator_samples import Samples

MOST_LINE: Final = 200_000
"""Letters."""
MOST_LINES: Final = 100_000
SHOWN: Final = 5
HELD_OUT: Final = 20
"""Of 100 pairs so many are not trained on; which, the problem's words decide."""


@dataclass(frozen=True, slots=True)
class TrainingPair:
    """One line."""

    problem: str
    solution: str
    tests: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a server kept, as far as it can be learned from."""

    pairs: list[TrainingPair]
    passed_over: int
    """Lines that cannot be."""


def read_kept(path: Path) -> Kept:
    """Return the pairs of a server's own file; wrong lines are passed over and counted: nobody wrote them by hand.

    Raises UserError where the file cannot be read, is too long, or has no pair at all.
    """
    found = [_read_line(line) for _, line in _lines(path)]
    pairs = [one for one in found if isinstance(one, TrainingPair)]
    return Kept(_some(path, pairs), len(found) - len(pairs))


def read_pairs(path: Path) -> list[TrainingPair]:
    """Return the pairs of a person's file. Raises UserError with the numbers of the first wrong lines, and the cure."""
    pairs: list[TrainingPair] = []
    wrong: list[str] = []
    for number, line in _lines(path):
        found = _read_line(line)
        if isinstance(found, str):
            wrong.append(f"line {number}: {found}")
        else:
            pairs.append(found)
    if wrong:
        more = f" … and {len(wrong) - SHOWN} more lines" if len(wrong) > SHOWN else ""
        raise UserError(f"{path} has wrong lines. {'. '.join(wrong[:SHOWN])}.{more} Cure: correct or remove them.")
    return _some(path, pairs)


def _lines(path: Path) -> list[tuple[int, str]]:
    """Return the lines that are not empty, with their numbers."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise UserError(
            f"{path} cannot be read as UTF-8 text ({problem}). Cure: give a file of JSON lines."
        ) from problem
    if len(lines) > MOST_LINES:
        raise UserError(f"{path} has {len(lines):,} lines, and {MOST_LINES:,} are read at most. Cure: split it.")
    return [(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _some(path: Path, pairs: list[TrainingPair]) -> list[TrainingPair]:
    if not pairs:
        raise UserError(f"{path} has no pairs. Cure: write one JSON object on each line: problem, solution, tests.")
    return pairs


def _read_line(line: str) -> TrainingPair | str:
    """Return the pair of a line, or what is wrong with it."""
    if len(line) > MOST_LINE:
        return f"it has more than {MOST_LINE:,} letters"
    try:
        told = json.loads(line)
    except (ValueError, RecursionError) as problem:
        return f"it is no JSON ({problem})"
    if not isinstance(told, dict):
        return "it is no object with problem, solution and tests"
    for name in ("problem", "solution", "tests"):
        if not isinstance(told.get(name), str):
            return f"`{name}` is missing or no text"
    if not told["problem"].strip():
        return "`problem` is empty"
    if not _solved(told["solution"]):
        return "`solution` is no Python with a function that does something"
    return TrainingPair(told["problem"], told["solution"], told["tests"])


def _solved(solution: str) -> list[Written]:
    return [one for one in read_functions(solution.encode("utf-8", "replace")) if telling(one.steps)]


def written_of(pair: TrainingPair) -> Written:
    """Return a pair as the function that somebody wrote; the problem's words stand for its docstring.

    Of several functions it is the one that the problem names, else the last: helpers stand before what needs them.
    """
    task = read_task(pair.problem)
    found = _solved(pair.solution)
    named = [one for one in found if task is not None and one.problem.name == task.name]
    one = (named or found)[-1]
    head = task if task is not None and task.parameters else one.problem
    return replace(one, problem=Problem(one.problem.name, head.parameters, head.returns, pair.problem), beside=())


def samples_of(pairs: Sequence[TrainingPair]) -> tuple[Samples, Samples]:
    """Return what is trained on and what is judged by; a problem is in one of them, however often it stands there."""
    train, held_out = Samples(), Samples()
    for pair in pairs:
        is_held_out = zlib.crc32(pair.problem.strip().encode("utf-8", "replace")) % 100 < HELD_OUT
        (held_out if is_held_out else train).add("pairs", [written_of(pair)])
    return train, held_out
