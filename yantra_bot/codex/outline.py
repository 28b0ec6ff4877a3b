"""What a run's first prompt is shown of the generator: the steps that it guesses, and the sketch they make. Pure.

It is data of a small model that has read nothing but the task. Whoever shows it says so beside it.
"""

from collections import Counter
from pathlib import PurePosixPath
from typing import Final

from yantra_bot.codex.building import build
from yantra_bot.codex.generator import Generator
from yantra_bot.codex.problem import Problem, read_task
from yantra_bot.codex.rendering import TEMPLATES, render
from yantra_bot.codex.steps import CONDITIONS, OPENERS, Block, Step, nest, telling
from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.languages import language_of

LEAST_STEPS: Final = 3
"""An outline of one or two steps says nothing."""
MOST_CHARACTERS: Final = 6_000


def outline(generator: Generator, task: str, files: str) -> str:
    """Return the outline for a task; empty where it asks for no new function, or the generator says next to nothing.

    `files` is the list of the repository's files, a path on each line: the sketch is in the language that most are in.
    """
    problem = read_task(task)
    language = language_of_files(files)
    if problem is None or language is None:
        return ""
    beside = tuple(Problem(name) for name in problem.neighbours)
    answer = generator.answer(problem, beside)
    if len(telling(answer.steps)) < LEAST_STEPS:
        return ""
    sketch = render(build(answer.steps, problem), language)
    told = (
        f"The function `{problem.name}`. That these are exactly the steps is {answer.confidence:.0%} likely.\n\n"
        f"{_list(nest(answer.steps))}\n\nThe same as a sketch in {language}; what is undecided stops it:\n\n{sketch}"
    )
    return told[:MOST_CHARACTERS]


def language_of_files(files: str) -> Language | None:
    """Return the language that most of the files are in, of those that a sketch can be in; None without any."""
    found = Counter(
        language
        for line in files.splitlines()
        if (language := language_of(PurePosixPath(line.strip().partition(" ")[0]).name)) in TEMPLATES
    )
    return max(found, key=lambda one: (found[one], one), default=None)


def _list(blocks: tuple[Block, ...], depth: int = 0) -> str:
    lines = []
    for block in blocks:
        ends = ":" if block.step in CONDITIONS or block.step in {Step.ITERATE, Step.TRY, Step.OTHERWISE} else ""
        lines.append(f"{'  ' * depth}- {block.step.label} ({block.step.meaning}){ends}")
        if block.step in OPENERS and block.inside:
            lines.append(_list(block.inside, depth + 1))
    return "\n".join(lines)
