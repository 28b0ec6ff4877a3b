"""What a risk is scored by, measured on a draft: size, churn, complexity, fan-in, tests, security.

It measures and judges nothing. What cannot be known is None, never 0.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from yantra_bot.domain.graph import NodeKind
from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, SymbolChange, SymbolChangeKind
from yantra_bot.domain.risk import RiskFacts
from yantra_bot.errors import YantraError
from yantra_bot.graphdb.api_diff import is_test_path
from yantra_bot.graphdb.arrays import NODE_CODES
from yantra_bot.graphdb.complexity import find_functions, measure_function
from yantra_bot.graphdb.history.gitlog import GitRunner, configure, split_lines
from yantra_bot.graphdb.view import Direction, GraphView
from yantra_bot.graphdb.walks import IMPACT_KINDS
from yantra_bot.review.engine import Draft
from yantra_bot.review.subject import Version
from yantra_bot.scoring.size import is_code

DAYS: Final = 90
MAX_COMMITS: Final = 500
MAX_PARSED: Final = 60
"""Files whose complexity is measured; of more of them it is unknown."""
MAX_BYTES: Final = 512 * 1024
SECURITY: Final = ("security", "secrets", "dependencies")
"""Families of rules, and what the parts that look for them are called."""

_TESTABLE = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CLASS, NodeKind.ROUTE})
_SAME = frozenset({SymbolChangeKind.FORMAT, SymbolChangeKind.REMOVED, SymbolChangeKind.MOVED, SymbolChangeKind.RENAMED})
Stretches = list[tuple[int, int]]


def measure_risk(draft: Draft) -> RiskFacts:
    """Return the facts of a review whose other parts are done."""
    code = [file for file in draft.subject.files if is_code(file)]
    changed = [change for change in draft.subject.symbols if _is_testable(change)]
    commits, busiest = count_commits(draft, code)
    before, after = measure_complexity(draft, code)
    found = [one for one in draft.findings if one.rule.partition("/")[0] in SECURITY]
    was_scanned = bool(found) or any(timing.part.startswith(SECURITY) for timing in draft.timings)
    untested = None if draft.tests is None else min(len(draft.tests.untested), len(changed))
    return RiskFacts(
        lines=sum(file.added + file.removed for file in code),
        files=len(code),
        commits=commits,
        busiest=busiest,
        days=DAYS,
        complexity_before=before,
        complexity_after=after,
        fan_in=count_fan_in(draft),
        changed=len(changed),
        untested=untested,
        security=len(found) if was_scanned else None,
        worst=max((one.severity for one in found), key=lambda one: one.rank, default=None),
    )


def _is_testable(change: SymbolChange) -> bool:
    if change.is_test or change.symbol_kind not in _TESTABLE:
        return False
    return change.kind not in _SAME or change.is_body_changed


def count_fan_in(draft: Draft) -> int | None:
    """Return how many symbols outside of tests need a changed one directly; None where no symbol is known."""
    subject = draft.subject
    if not subject.symbols:
        return None
    needed: set[str] = set()
    changed = {change.key or change.old_key for change in subject.symbols}
    for view, keys in (
        (
            subject.head.view,
            [one.key for one in subject.symbols if one.key and one.kind is not SymbolChangeKind.FORMAT],
        ),
        (subject.base.view, [one.old_key for one in subject.symbols if one.kind is SymbolChangeKind.REMOVED]),
    ):
        needed |= _dependants(view, keys)
    return len(needed - changed)


def _dependants(view: GraphView, keys: Iterable[str]) -> set[str]:
    rows = sorted({row for key in keys if (row := view.index_of(key)) is not None})
    if not rows:
        return set()
    sources = np.unique(view.sources(view.edges_of(np.array(rows, np.int64), Direction.IN, IMPACT_KINDS)))
    is_test = view.node_kinds[sources] == NODE_CODES[NodeKind.TEST]
    return {view.key(row) for row in sources[~is_test].tolist() if not is_test_path(view.symbol(row).path)}


def measure_complexity(draft: Draft, files: list[ChangedFile]) -> tuple[int | None, int | None]:
    """Return the summed complexity of the functions that the change touches, in the base and in the head."""
    code = [file for file in files if file.kind is FileKind.SOURCE and file.language is not None]
    if not code or len(code) > MAX_PARSED:
        return None, None
    before = after = 0
    for file in code:
        old = 0 if file.status is FileStatus.ADDED else _measure(draft.subject.base, file, base=True)
        new = 0 if file.status is FileStatus.REMOVED else _measure(draft.subject.head, file, base=False)
        if old is None or new is None:
            return None, None
        before, after = before + old, after + new
    return before, after


def _measure(version: Version, file: ChangedFile, *, base: bool) -> int | None:
    """Return the complexity of the touched functions of one version; None where it has no tree, or is too long."""
    path = file.base_path if base else file.path
    data = version.read(path)
    tree = None if data is None or len(data) > MAX_BYTES else version.syntax.tree(path)
    if tree is None:
        return None
    touched = list(_stretches(file, base=base))
    return sum(
        measure_function(node)
        for node in find_functions(tree.root_node)
        if any(node.start_point[0] + 1 <= last and first <= node.end_point[0] + 1 for first, last in touched)
    )


def _stretches(file: ChangedFile, *, base: bool) -> Iterator[tuple[int, int]]:
    """Yield the touched lines of one version, first and last.

    Where it has none, the pair says that a function has to reach over the gap: begin before it and end behind it.
    """
    for hunk in file.hunks:
        start, lines = (hunk.old_start, hunk.old_lines) if base else (hunk.new_start, hunk.new_lines)
        yield (start, start + lines - 1) if lines else (start + 1, start)


def count_commits(draft: Draft, files: list[ChangedFile]) -> tuple[int | None, str]:
    """Return how many of the last commits changed the file that changed most often, and that file."""
    past = draft.means.past
    wanted = {file.base_path for file in files if file.status is not FileStatus.ADDED}
    if past is None or not wanted:
        return None, ""
    try:
        counts = _read_past(past, draft.means.past_from or "HEAD", wanted)
    except YantraError:
        return None, ""
    if counts is None:
        return None, ""
    path, number = max(counts.items(), key=lambda one: (one[1], one[0]), default=("", 0))
    return number, path


def _read_past(past: GitRunner, commit: str, wanted: set[str]) -> Counter[str] | None:
    """Count commits by file, as far back as `DAYS` before the newest; None where there is no past to speak of."""
    words = ("log", "--format=%x00%ct", "--name-only", "--no-renames", "--no-merges", f"--max-count={MAX_COMMITS}")
    config = configure("core.quotePath=false")
    counts: Counter[str] = Counter()
    newest = time_of_commit = commits = 0
    for line in split_lines(past((*config, "--no-pager", *words, "--end-of-options", commit, "--"))):
        if line.startswith(b"\0"):
            time_of_commit = int(line[1:]) if line[1:].isdigit() else 0
            newest, commits = max(newest, time_of_commit), commits + 1
        elif line and newest - time_of_commit <= DAYS * 86_400:
            path = line.decode("utf-8", "surrogateescape")
            counts[path] += path in wanted
    return counts if commits > 1 else None
