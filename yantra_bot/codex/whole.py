"""When the generator's own code may go first as a change: it is sure enough, nothing in it is open, its file is named.

Pure. In Python alone: sketches in other languages have been seen by no compiler. Whether the code is any good is for
tests to say.
"""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from yantra_bot.codex.building import build
from yantra_bot.codex.generator import Generator
from yantra_bot.codex.problem import Problem, read_task
from yantra_bot.codex.rendering import has_holes, render
from yantra_bot.domain.graph import Language
from yantra_bot.domain.paths import is_test

_FILE: Final = re.compile(r"(?<![\w/.-])[\w./-]{1,300}\.py\b")


@dataclass(frozen=True, slots=True)
class Whole:
    """A function without a hole, and the file that it belongs at the end of."""

    name: str
    path: str
    source: str
    confidence: float
    """The generator's, 0 to 1."""
    version: str
    """Of the generator that wrote it."""


def write_whole(generator: Generator, task: str, files: str, *, threshold: float) -> Whole | None:
    """Return the function that a task asks for; None where the generator declines.

    `files` is the list of the repository's files, a path on each line. It declines a task that names no new function
    or not exactly one of the files, below the threshold, with a hole, and where the code needs an import.
    """
    problem, path = read_task(task), file_of(task, files)
    if problem is None or not path:
        return None
    answer = generator.answer(problem, tuple(Problem(name) for name in problem.neighbours))
    function = build(answer.steps, problem)
    if answer.confidence < threshold or has_holes(function, Language.PYTHON):
        return None
    source = render(function, Language.PYTHON)
    if not source.startswith("def "):
        return None
    return Whole(problem.name, path, source, answer.confidence, generator.version)


def file_of(task: str, files: str) -> str:
    """Return the one Python file, none of tests, that a task names; empty where it names none or several."""
    there = {line.strip().partition(" ")[0] for line in files.splitlines()}
    by_name: dict[str, list[str]] = {}
    for path in there:
        by_name.setdefault(PurePosixPath(path).name, []).append(path)
    found: set[str] = set()
    for match in _FILE.finditer(task):
        named = match.group().removeprefix("./")
        found |= {named} if named in there else set(by_name.get(named, []))
    found = {path for path in found if not is_test(path)}
    return found.pop() if len(found) == 1 else ""
