"""What a model is shown of a change: each stretch of the diff with its lines numbered, and what the graph knows of it.

It chooses and cuts, and says what it cut; it asks no model.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from yantra_bot.domain.findings import Side
from yantra_bot.domain.graph import Symbol
from yantra_bot.domain.observations import HunkBrief
from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, Hunk, ReviewRules
from yantra_bot.review.engine import Draft
from yantra_bot.review.subject import Subject
from yantra_bot.review.surroundings import CALLABLE, HOLDING, Stretch, last_line, look_around, show_line

CONTEXT_LINES: Final = 6
"""Around a change that stands in no function."""
LONG_CONTEXT_LINES: Final = 20
"""Around a change inside of a function that is too long to be shown whole."""
MAX_WHOLE: Final = 120
"""Lines of a function, or class, that is shown whole around a change inside of it."""
MAX_ABOVE: Final = 12
MAX_DIFF_LINES: Final = 400
"""Of one stretch; a longer one is cut into several."""
MAX_BRIEFS: Final = 200
MAX_RELATED: Final = 200_000
"""Characters of all that is shown around the stretches of a change; what comes later is shown by itself."""
_READ: Final = frozenset({FileKind.SOURCE, FileKind.TEST, FileKind.CONFIGURATION, FileKind.DEPENDENCIES})
_BELONGS: Final = ("@", "#", "//", "/*", "*")
"""What a line above a function begins with that belongs to it: decorators and comments."""


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
    found: list[HunkBrief] = []
    left = MAX_RELATED
    for one in islice((one for file in files for one in _of_file(subject, file)), MAX_BRIEFS):
        left -= sum(len(excerpt.text) for excerpt in one.related)
        found.append(one if left >= 0 else replace(one, related=()))
    return tuple(found)


def _is_read(file: ChangedFile) -> bool:
    return file.kind in _READ and not file.skipped and file.status is not FileStatus.REMOVED and bool(file.hunks)


def _of_file(subject: Subject, file: ChangedFile) -> Iterator[HunkBrief]:
    for window in _windows(subject, file):
        rows = list(_rows(subject, file, window))
        for start in range(0, len(rows), MAX_DIFF_LINES):
            yield _make(subject, file, rows[start : start + MAX_DIFF_LINES])


@dataclass(slots=True)
class _Window:
    """Lines of the head that are shown together, and the changes in them."""

    first: int
    last: int
    hunks: list[Hunk]


def _windows(subject: Subject, file: ChangedFile) -> list[_Window]:
    """Return what to show of a file: each change with the function around it, those that meet together."""
    view, lines = subject.head.view, subject.lines(file.path)
    symbols = [symbol for symbol in map(view.symbol, view.in_file(file.path)) if symbol.kind in HOLDING]
    found: list[_Window] = []
    for hunk in file.hunks:
        first, last = _widen(symbols, lines, hunk)
        if found and first <= found[-1].last + CONTEXT_LINES:
            found[-1] = _Window(min(found[-1].first, first), max(found[-1].last, last), [*found[-1].hunks, hunk])
        else:
            found.append(_Window(first, last, [hunk]))
    return found


def _widen(symbols: Sequence[Symbol], lines: Sequence[str], hunk: Hunk) -> tuple[int, int]:
    """Return the lines to show around a change: the largest function or class around it that is short enough."""
    first, last = _place(hunk), _end(hunk)
    around = [one for one in symbols if one.span.line <= first and last <= last_line(one)]
    whole = [one for one in around if last_line(one) - one.span.line < MAX_WHOLE]
    if whole:
        widest = min(whole, key=lambda one: one.span.line)
        return _above(lines, widest.span.line), min(last_line(widest), len(lines))
    context = LONG_CONTEXT_LINES if any(one.kind in CALLABLE for one in around) else CONTEXT_LINES
    bounds = [(one.span.line, last_line(one)) for one in around if one.kind in CALLABLE][-1:] or [(1, len(lines))]
    return max(1, bounds[0][0], first - context), max(1, min(bounds[0][1], len(lines), last + context))


def _above(lines: Sequence[str], line: int) -> int:
    """Return the first line of the decorators and comments right above a line."""
    for _ in range(MAX_ABOVE):
        if line < 2 or not lines[line - 2].strip().startswith(_BELONGS):
            break
        line -= 1
    return line


def _place(hunk: Hunk) -> int:
    return max(1, hunk.new_start)


def _end(hunk: Hunk) -> int:
    return max(_place(hunk), hunk.new_start + hunk.new_lines - 1)


@dataclass(frozen=True, slots=True)
class _Row:
    """One shown line. `line` is of the head, or where a removed line stood; `old` of the base, 0 for others."""

    line: int
    sign: str
    text: str
    old: int = 0


def _rows(subject: Subject, file: ChangedFile, window: _Window) -> Iterator[_Row]:
    old, new = subject.lines(file.base_path, Side.BASE), subject.lines(file.path)
    at = window.first
    for hunk in window.hunks:
        start = hunk.new_start if hunk.new_lines else hunk.new_start + 1
        for line in range(at, min(start, window.last + 1)):
            yield _Row(line, " ", show_line(line, " ", new))
        for line in range(hunk.old_start, hunk.old_start + hunk.old_lines):
            yield _Row(min(start, max(1, len(new))), "-", show_line(line, "-", old), line)
        for line in range(start, start + hunk.new_lines):
            yield _Row(line, "+", show_line(line, "+", new))
        at = start + hunk.new_lines
    for line in range(at, window.last + 1):
        yield _Row(line, " ", show_line(line, " ", new))


def _make(subject: Subject, file: ChangedFile, rows: Sequence[_Row]) -> HunkBrief:
    first, last = rows[0].line, max(row.line for row in rows)
    changed = {row.line for row in rows if row.sign != " "}
    changes = tuple(
        one
        for one in subject.symbols
        if one.path == file.path and any(one.line <= line <= one.end_line for line in changed)
    )
    stretch = Stretch(
        file,
        first,
        last,
        frozenset(row.line for row in rows if row.sign == "+"),
        frozenset(row.old for row in rows if row.sign == "-"),
        changes,
    )
    return HunkBrief(
        file.path,
        first,
        last,
        "\n".join(row.text for row in rows),
        tuple(sorted(changed)),
        tuple(one.name for one in changes),
        look_around(subject, stretch),
        file.old_path,
    )
