"""Real faults: functions that a commit of the past repaired, beside untouched ones of the same files.

It reads a repository's history through git and parses what it finds; it runs nothing of it. A function counts as
repaired where a commit that says it mends a fault changed its code, more than its comments, docstring or layout.
"""

import time
import zlib
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from tree_sitter import Node, Parser

from yantra_bot.domain.paths import is_test
from yantra_bot.errors import YantraError
from yantra_bot.graphdb.complexity import find_functions
from yantra_bot.graphdb.history.fixes import is_fix
from yantra_bot.graphdb.history.gitlog import FileDiff, GitRunner, Hunk, RawCommit, configure, log_arguments, parse_log
from yantra_bot.graphdb.languages import frontend_of, language_of
from yantra_bot.graphdb.syntax import MAX_BYTES

SMALL: Final = frozenset({"lambda", "arrow_function", "closure_expression", "lambda_expression", "func_literal"})
SMALL_LINES: Final = 3
"""A nameless function of fewer lines is part of the one around it."""
_COMMENTS: Final = frozenset({"comment", "line_comment", "block_comment"})


@dataclass(frozen=True, slots=True)
class FixLimits:
    """How much is read. `files` and `functions` are of one commit: one that touches more is no plain repair."""

    commits: int = 5_000
    fixes: int = 500
    files: int = 5
    functions: int = 5
    seconds: float = 120.0


DEFAULT_LIMITS: Final = FixLimits()


@dataclass(frozen=True, slots=True)
class FixedFunction:
    """A function as it was before a fix; `is_fixed` tells whether the fix repaired it or left it alone."""

    fix: str
    """The commit that repaired."""
    before: str
    """The commit before it, in which `path`, `line` and `end_line` (from 1, both included) hold."""
    path: str
    line: int
    end_line: int
    start_byte: int
    end_byte: int
    is_fixed: bool


@dataclass(slots=True)
class Fixes:
    """What was found, newest fix first, and how many commits were left out for which reason."""

    functions: list[FixedFunction] = field(default_factory=list)
    commits: int = 0
    fixes: int = 0
    """Commits that repaired at least one function."""
    left_out: Counter[str] = field(default_factory=Counter)


def find_fixes(
    git: GitRunner,
    revision: str = "HEAD",
    *,
    limits: FixLimits = DEFAULT_LIMITS,
    clock: Callable[[], float] = time.monotonic,
) -> Fixes:
    """Return the functions that fixes of a revision's past repaired, with as many that they left alone.

    Where git fails, or the limits are met, what was found before is returned and `left_out` says why it ended.
    """
    found, end = Fixes(), clock() + limits.seconds
    try:
        with closing(_parts(git, log_arguments(revision, max_commits=limits.commits))) as parts:
            for commit in parse_log(parts):
                found.commits += 1
                if found.fixes >= limits.fixes or clock() > end:
                    found.left_out["the limit was met: older commits were not read"] += 1
                    break
                _take(git, commit, found, limits)
    except YantraError as error:
        found.left_out[f"git ended: {error}"] += 1
    return found


def _parts(git: GitRunner, arguments: Sequence[str]) -> Generator[bytes, None, None]:
    yield from git(arguments)


def _take(git: GitRunner, commit: RawCommit, found: Fixes, limits: FixLimits) -> None:
    """Add what one commit repaired, or the reason why it is left out."""
    files = [one for one in commit.files if _is_code(one)]
    if (reason := _why_not(commit, files, limits)) or not commit.parents:
        found.left_out[reason or "the first commit"] += 1
        return
    repaired: list[FixedFunction] = []
    untouched: list[FixedFunction] = []
    for file in files:
        sides = _functions_of(git, commit, file)
        if sides is not None:
            repaired += sides[0]
            untouched += sides[1]
    if not 0 < len(repaired) <= limits.functions:
        found.left_out["too many functions" if repaired else "no function's code was changed"] += 1
        return
    untouched.sort(key=lambda one: zlib.crc32(f"{one.fix}:{one.path}:{one.line}".encode()))
    found.fixes += 1
    found.functions += [*repaired, *untouched[: len(repaired)]]


def _why_not(commit: RawCommit, files: Sequence[FileDiff], limits: FixLimits) -> str:
    """Return why a commit is not looked at; empty where it is."""
    if len(commit.parents) > 1:
        return "a merge"
    if not is_fix(commit.message):
        return "does not say that it mends a fault"
    if not files:
        return "documents, tests or new files alone"
    return "too many files" if len(files) > limits.files else ""


def _is_code(file: FileDiff) -> bool:
    path = file.old_path
    return (
        path is not None
        and file.new_path is not None
        and language_of(path) is not None
        and language_of(file.new_path) is not None
        and not file.is_cut
        and not is_test(path)
    )


def _functions_of(
    git: GitRunner, commit: RawCommit, file: FileDiff
) -> tuple[list[FixedFunction], list[FixedFunction]] | None:
    """Return the functions of a file that a commit repaired, and those it did not touch; None where it cannot tell."""
    before, path = commit.parents[0], file.old_path or ""
    old, new = _blob(git, before, path), _blob(git, commit.sha, file.new_path or "")
    if old is None or new is None:
        return None
    functions = _read_functions(path, old)
    kept = Counter(_code_of(one) for one in _read_functions(file.new_path or "", new))
    touched = {place for hunk in file.hunks for place in _touched(functions, hunk)}
    repaired, untouched = [], []
    for place, node in enumerate(functions):
        said = FixedFunction(
            commit.sha, before, path, node.start_point[0] + 1, node.end_point[0] + 1, node.start_byte, node.end_byte,
            is_fixed=place in touched,
        )  # fmt: skip
        is_same = kept[_code_of(node)] > 0
        if place in touched and not is_same:
            repaired.append(said)
        elif place not in touched and is_same:
            untouched.append(said)
    return repaired, untouched


def _blob(git: GitRunner, commit: str, path: str) -> bytes | None:
    """Return a file of a commit; None where it is none, or too long."""
    data = bytearray()
    with closing(_parts(git, (*configure(), "cat-file", "blob", f"{commit}:{path}"))) as parts:
        try:
            for part in parts:
                data += part
                if len(data) > MAX_BYTES:
                    return None
        except YantraError:
            # A submodule or a link in its place: that file tells nothing, the others do.
            return None
    return bytes(data)


def _read_functions(path: str, source: bytes) -> list[Node]:
    """Return a file's functions, from its top; the small nameless ones belong to those around them."""
    root = Parser(frontend_of(path).grammar(PurePosixPath(path).suffix)).parse(source).root_node
    large = (
        one
        for one in find_functions(root)
        if one.type not in SMALL or one.end_point[0] - one.start_point[0] + 1 >= SMALL_LINES
    )
    return sorted(large, key=lambda one: (one.start_byte, -one.end_byte))


def _touched(functions: Sequence[Node], hunk: Hunk) -> set[int]:
    """Return the innermost function around each line that a hunk removed, or around the place where it put lines."""
    if hunk.old_count:
        rows = [(row, row) for row in range(hunk.old_start - 1, hunk.old_start - 1 + hunk.old_count)]
    else:
        rows = [(hunk.old_start - 1, hunk.old_start)]
    places = (_innermost(functions, first, last) for first, last in rows)
    return {place for place in places if place is not None}


def _innermost(functions: Sequence[Node], first: int, last: int) -> int | None:
    """Return the last function, from the top, that holds both rows."""
    holding = [place for place, one in enumerate(functions) if one.start_point[0] <= first and one.end_point[0] >= last]
    return holding[-1] if holding else None


def _code_of(function: Node) -> tuple[bytes, ...]:
    """Return the tokens of a function without comments and docstrings: equal for another layout."""
    tokens: list[bytes] = []
    waiting = [function]
    while waiting:
        node = waiting.pop()
        if node.type in _COMMENTS or _is_lone_text(node):
            continue
        children = node.children
        if not children and node.text is not None:
            tokens.append(node.text)
        waiting.extend(reversed(children))
    return tuple(tokens)


def _is_lone_text(node: Node) -> bool:
    return node.type == "expression_statement" and [child.type for child in node.children] == ["string"]
