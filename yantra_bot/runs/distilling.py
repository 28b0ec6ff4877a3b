"""Keeps what models wrote and tests confirmed, to train the generator by: problem and solution, sanitised, bounded.

Only a new function that the task named, only from a change of whose tests more than nine in ten pass. The file stays on
this machine, and no part of the product but `yantra codex train` reads it.
"""

import asyncio
import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import structlog

from yantra_bot.agent.prompts import task_text
from yantra_bot.codex.literals import hide_literals
from yantra_bot.codex.problem import read_task
from yantra_bot.codex.reading import read_functions
from yantra_bot.codex.whole import Whole
from yantra_bot.domain.proof import TestReport, TestStatus, Verdict
from yantra_bot.domain.repository import Issue
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.learning.sanitise import LONGEST, sanitise
from yantra_bot.runs.codec import StepBug
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.generator_outcomes import Outcomes
from yantra_bot.runs.kept_files import held
from yantra_bot.scoring.whole import write_whole

PROBLEMS: Final = (UserError, Transient, Permanent, StepBug)
MOST_PAIRS: Final = 2_000
"""The oldest go first."""
LEAST_PASSING: Final = 0.9
"""More than this share of the tests has to pass: SPEC 10."""
FORMAT: Final = 2
"""Of a line. Those of the first kept what stands between quotes: they go when the next pair is kept."""
_ADDED: Final = re.compile(r"^\+(?!\+\+ )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pair:
    """What was asked for and what was written."""

    run: str
    problem: str
    solution: str
    """A Python function."""
    passed: int
    failed: int
    tests: str = ""
    """Of files for training the tests of the solution; those of a repository are not kept."""
    repository: int = 0
    """By its number, so that what is kept of it can be forgotten."""
    format: int = FORMAT


class Pairs:
    """The file of pairs, a JSON object on each line."""

    def __init__(self, path: Path, most: int = MOST_PAIRS) -> None:
        self._path, self._most = path, most

    def keep(self, pair: Pair) -> bool:
        """Store a pair, once for a run; False where the run has one already. Lines that are no pairs go, counted."""
        with held(self._path):
            lines, wrong = self._read()
            if wrong:
                structlog.get_logger().warning("lines are no pairs and go", file=str(self._path), lines=wrong)
            if any(one["run"] == pair.run for one in lines):
                return False
            self._write([*lines, asdict(pair)][-self._most :])
            return True

    def forget(self, repository: int | None = None) -> int:
        """Remove the pairs of a repository, or all with whatever else the file holds; return how many lines went."""
        if not self._path.exists():
            return 0
        with held(self._path):
            lines, wrong = self._read()
            left = [] if repository is None else [one for one in lines if one.get("repository") != repository]
            self._write(left)
            return len(lines) + wrong - len(left)

    def _read(self) -> tuple[list[dict[str, Any]], int]:
        """Return the lines that are pairs of this format, and how many others there are: half a line, another text."""
        found: list[dict[str, Any]] = []
        data = self._path.read_bytes().split(b"\n") if self._path.exists() else []
        lines = [line for line in data if line.strip()]
        for line in lines:
            with suppress(ValueError, RecursionError):
                told = json.loads(line)
                if isinstance(told, dict) and told.get("format") == FORMAT and isinstance(told.get("run"), str):
                    found.append(told)
        return found, len(lines) - len(found)

    def _write(self, lines: list[dict[str, Any]]) -> None:
        write_whole(self._path, "".join(f"{json.dumps(line)}\n" for line in lines).encode())


@dataclass(frozen=True, slots=True)
class Sketching:
    """The generator, as the composition root hands it in."""

    sketch: Callable[[str, str], str]
    """Returns the outline for a task's text and the list of the repository's files; empty where there is none."""
    pairs: Pairs
    write: Callable[[str, str], Whole | None] | None = None
    """Returns the code that goes first, for the same; None: nothing of it ever goes first."""
    outcomes: Outcomes | None = None
    """How that fared."""


def pair_of(run: str, task: str, diff: str, report: TestReport, *, repository: int = 0) -> Pair | None:
    """Return the pair that a change teaches; None where it teaches none."""
    problem = read_task(task)
    passed = len(report.names(TestStatus.PASSED))
    failed = len(report.names(TestStatus.FAILED) | report.names(TestStatus.ERROR))
    if problem is None or report.verdict is not Verdict.PASS or passed <= LEAST_PASSING * (passed + failed):
        return None
    source = added_function(diff, problem.name)
    # Secrets before literals: one may reach from a text into what follows. What was taken out may have been half of a
    # name, and what no longer parses would teach nothing.
    solution = hide_literals(sanitise(source))
    if not solution or len(solution) >= LONGEST or not read_functions(solution.encode("utf-8", "replace")):
        return None
    return Pair(run, sanitise(task, is_prose=True), solution, passed, failed, repository=repository)


def added_function(diff: str, name: str) -> str:
    """Return the Python function of a name that a diff adds, its indentation taken off; empty where there is none."""
    begins = re.compile(rf"^\+(?P<indent>[ \t]*)(?:async )?def {re.escape(name)}\s*\(")
    lines = diff.splitlines()
    start = next((place for place, line in enumerate(lines) if begins.match(line)), None)
    if start is None:
        return ""
    found = begins.match(lines[start])
    indent = found["indent"] if found else ""
    taken = [lines[start][1 + len(indent) :]]
    for line in lines[start + 1 :]:
        text = line[1:]
        if not _ADDED.match(line) or (
            text.strip() and not text.startswith((indent + " ", indent + "\t", indent + ")"))
        ):
            break
        taken.append(text[len(indent) :])
    return "\n".join(taken).rstrip() + "\n"


async def keep_pair(
    context: RunContext, sketching: Sketching | None, issue: Issue, diff: str, report: TestReport, *, handle: str
) -> None:
    """Store what a change teaches, in a step; nothing where nothing is to be learnt from it.

    Whether anything may be kept of the repository is for the caller to know.
    """
    command = context.order.command
    task = task_text(issue, command.argument, command=f"@{handle} {command.verb}")
    order = context.order
    pair = pair_of(order.run_id, task, diff, report, repository=order.repository.id) if sketching is not None else None
    if sketching is None or pair is None:
        return

    async def keep() -> bool:
        return await asyncio.to_thread(sketching.pairs.keep, pair)

    with suppress(*PROBLEMS):  # a full disk, a file that was changed by hand: nothing that the run's result hangs on
        await context.step("keep for the generator", keep, bool, tries=2)
