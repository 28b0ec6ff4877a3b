"""Tasks in the format of SWE-bench, read and checked. What a model must not see stays apart from what it is asked.

Of the published fields these are used: instance_id, repo, base_commit, problem_statement, and, to judge only,
test_patch, FAIL_TO_PASS and PASS_TO_PASS. The gold `patch` and `hints_text` are not even kept.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from yantra_bot.errors import UserError

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,150}")
_REPO: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]{0,38})/([A-Za-z0-9._-]{1,100})")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_PARQUET: Final = b"PAR1"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What tells whether a task is resolved. No model ever sees it."""

    test_patch: str = ""
    fail_to_pass: tuple[str, ...] = ()
    pass_to_pass: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """One task: `problem` is all that is said about it, `base_commit` where the work begins."""

    instance_id: str
    repo: str
    """owner/name."""
    base_commit: str
    problem: str
    judgement: Judgement = Judgement()


def read_tasks(path: Path, *, limit: int | None = None) -> tuple[Task, ...]:
    """Return the tasks of a file, JSON or JSON Lines. Raises UserError that names the entry and the cure."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise UserError(f"{path} cannot be read: {problem.strerror}. Name the file of tasks with --tasks.") from None
    if data.startswith(_PARQUET):
        raise UserError(
            f"{path} is a Parquet file. Write it as JSON Lines first, such as with: "
            f"""python -c "import pandas; pandas.read_parquet('{path.name}').to_json('tasks.jsonl', """
            """orient='records', lines=True)" """.rstrip()
        )
    tasks: dict[str, Task] = {}
    for place, entry in _entries(data, path):
        task = _read_task(entry, f"{path.name}, {place}")
        if task.instance_id in tasks:
            raise UserError(f"{path.name}, {place}: {task.instance_id} is there twice. Remove one of them.")
        tasks[task.instance_id] = task
    if not tasks:
        raise UserError(f"{path} holds no task. It has to be a JSON list, or one JSON object a line.")
    return tuple(tasks.values())[:limit]


def _entries(data: bytes, path: Path) -> Iterator[tuple[str, Any]]:
    """Give each entry with its place in words."""
    try:
        text = data.decode("utf-8-sig")
        if text.lstrip().startswith("["):
            yield from ((f"entry {number}", entry) for number, entry in enumerate(json.loads(text), start=1))
            return
    except (ValueError, RecursionError) as wrong:
        raise UserError(f"{path.name} is no JSON in UTF-8: {wrong}.") from None
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield f"line {number}", json.loads(line)
        except (ValueError, RecursionError) as wrong:
            raise UserError(
                f"{path.name}, line {number} is no JSON: {wrong}. Each line has to be one JSON object."
            ) from None


def _read_task(entry: Any, place: str) -> Task:
    if not isinstance(entry, dict):
        raise UserError(f"{place} is no JSON object. A task has instance_id, repo, base_commit and problem_statement.")
    return Task(
        _matching(entry, "instance_id", _ID, place),
        _matching(entry, "repo", _REPO, place),
        _matching(entry, "base_commit", _COMMIT, place),
        _matching(entry, "problem_statement", re.compile(r".*\S.*", re.DOTALL), place),
        Judgement(
            _matching(entry, "test_patch", re.compile(r".*", re.DOTALL), place, default=""),
            _names(entry, "FAIL_TO_PASS", place),
            _names(entry, "PASS_TO_PASS", place),
        ),
    )


def _matching(entry: dict[str, Any], name: str, form: re.Pattern[str], place: str, default: str | None = None) -> str:
    value = entry.get(name, default)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise UserError(f"{place}: {name} is missing, or is not what SWE-bench has there.")
    return value


def _names(entry: dict[str, Any], name: str, place: str) -> tuple[str, ...]:
    """Return names of tests: a list, or, as the published files have it, a list written as JSON in a string."""
    value = entry.get(name) or []
    try:
        names = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        names = None
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        raise UserError(f"{place}: {name} is no list of names of tests.")
    return tuple(names)
