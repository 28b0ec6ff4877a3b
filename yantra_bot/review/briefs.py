"""What a model is shown of a change: each stretch of the diff with its lines numbered, and what the graph knows of it.

It chooses and cuts, and says what it cut; it asks no model.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from yantra_bot.domain.findings import Side
from yantra_bot.domain.graph import EdgeKind
from yantra_bot.domain.observations import Excerpt, HunkBrief
from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, Hunk, ReviewRules
from yantra_bot.graphdb.view import GraphView
from yantra_bot.review.engine import Draft
from yantra_bot.review.subject import Subject

CONTEXT_LINES: Final = 12
MAX_DIFF_LINES: Final = 400
"""Of one stretch; a longer one is cut into several."""
MAX_LINE: Final = 400
MAX_CALLERS: Final = 4
MAX_CALLED: Final = 8
MAX_BRIEFS: Final = 200
_READ: Final = frozenset({FileKind.SOURCE, FileKind.TEST, FileKind.CONFIGURATION, FileKind.DEPENDENCIES})
_CALLED: Final = frozenset({EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS})


def brief_model(draft: Draft) -> None:
    """Put together what a model is to read; nothing where none will be asked."""
    if draft.means.briefs_model:
        draft.briefs = brief(draft.subject, draft.rules)


def brief(subject: Subject, rules: ReviewRules | None = None) -> tuple[HunkBrief, ...]:
    """Return the stretches of the change that a model is to read, at most `MAX_BRIEFS`, code before configuration."""
    wanted = rules or ReviewRules()
    files = [file for file in subject.files if _is_read(file) and wanted.wants(file.path)]
    if subject.scope is not None:
        files = [file for file in files if file.path in subject.scope]
    order = {FileKind.SOURCE: 0, FileKind.CONFIGURATION: 1, FileKind.DEPENDENCIES: 2, FileKind.TEST: 3}
    files.sort(key=lambda file: (order[file.kind], file.path))
    found = [one for file in files for one in _of_file(subject, file)]
    return tuple(found[:MAX_BRIEFS])


def _is_read(file: ChangedFile) -> bool:
    return file.kind in _READ and not file.skipped and file.status is not FileStatus.REMOVED and bool(file.hunks)


def _of_file(subject: Subject, file: ChangedFile) -> Iterator[HunkBrief]:
    total = len(subject.lines(file.path))
    for group in _grouped(file.hunks):
        first = max(1, _place(group[0]) - CONTEXT_LINES)
        last = min(total, max(_end(hunk) for hunk in group) + CONTEXT_LINES)
        rows = list(_rows(subject, file, group, first, last))
        for start in range(0, len(rows), MAX_DIFF_LINES):
            yield _make(subject, file, rows[start : start + MAX_DIFF_LINES])


def _grouped(hunks: Iterable[Hunk]) -> list[list[Hunk]]:
    """Put together the hunks whose context lines would meet."""
    groups: list[list[Hunk]] = []
    for hunk in hunks:
        if groups and _place(hunk) - _end(groups[-1][-1]) <= 2 * CONTEXT_LINES:
            groups[-1].append(hunk)
        else:
            groups.append([hunk])
    return groups


def _place(hunk: Hunk) -> int:
    return max(1, hunk.new_start)


def _end(hunk: Hunk) -> int:
    return max(_place(hunk), hunk.new_start + hunk.new_lines - 1)


Row = tuple[int, str, str]
"""(line in the head, or where a removed line stood; sign; text with its number)."""


def _rows(subject: Subject, file: ChangedFile, group: list[Hunk], first: int, last: int) -> Iterator[Row]:
    old, new = subject.lines(file.base_path, Side.BASE), subject.lines(file.path)
    at = first
    for hunk in group:
        start = hunk.new_start if hunk.new_lines else hunk.new_start + 1
        for line in range(at, min(start, last + 1)):
            yield line, " ", _show(line, " ", new)
        for line in range(hunk.old_start, hunk.old_start + hunk.old_lines):
            yield min(start, max(1, len(new))), "-", _show(line, "-", old)
        for line in range(start, start + hunk.new_lines):
            yield line, "+", _show(line, "+", new)
        at = start + hunk.new_lines
    for line in range(at, last + 1):
        yield line, " ", _show(line, " ", new)


def _show(line: int, sign: str, lines: list[str]) -> str:
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    cut = f"{text[:MAX_LINE]}…" if len(text) > MAX_LINE else text
    return f"{line:>5} {sign} {cut}".rstrip()


def _make(subject: Subject, file: ChangedFile, rows: list[Row]) -> HunkBrief:
    first, last = rows[0][0], max(row[0] for row in rows)
    changed = tuple(sorted({line for line, sign, _ in rows if sign != " "}))
    made = HunkBrief(file.path, first, last, "\n".join(text for _, _, text in rows), changed)
    names, related = [], list[Excerpt]()
    for change in subject.symbols:
        if change.path == file.path and any(change.line <= line <= change.end_line for line in changed):
            names.append(change.name)
            related += _callers(subject, change.key, change.name)
    related += _called(subject, file.path, changed)
    return replace(made, symbols=tuple(names), related=tuple(dict.fromkeys(related)))


def _callers(subject: Subject, key: str, name: str) -> Iterator[Excerpt]:
    view = subject.head.view
    row = view.index_of(key)
    if row is None:
        return
    edges = view.make_edges(view.edges_in(row, frozenset({EdgeKind.CALLS})))
    for edge in sorted(edges, key=lambda edge: (-edge.confidence, edge.path, edge.line))[:MAX_CALLERS]:
        text = subject.anchor(edge.path, edge.line)
        if text:
            yield Excerpt(edge.path, edge.line, text, f"calls {name}")


def _called(subject: Subject, path: str, changed: tuple[int, ...]) -> Iterator[Excerpt]:
    """Return the signatures of what the changed lines call."""
    view, wanted = subject.head.view, set(changed)
    targets = dict.fromkeys(
        target for row in view.in_file(path) for line, target in _targets(view, row) if line in wanted
    )
    for target in list(targets)[:MAX_CALLED]:
        symbol = view.symbol(target)
        if symbol.path and symbol.signature:
            yield Excerpt(symbol.path, symbol.span.line, symbol.signature, f"{symbol.kind} that the change uses")


def _targets(view: GraphView, row: int) -> Iterator[tuple[int, int]]:
    edges = view.edges_out(row, _CALLED)
    yield from zip(view.lines(edges).tolist(), view.targets(edges).tolist(), strict=True)
