"""Which changed statements of a change its tests run. Pure: reads two versions of each file and a list of lines."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from yantra_bot.domain.coverage import ChangedLines, Executed, Gap
from yantra_bot.domain.paths import is_test
from yantra_bot.domain.proof import TestReport, Verdict
from yantra_bot.validation.complexity import MAX_LINES, Parse
from yantra_bot.validation.statements import Scope, Statement, find_measured, find_statements
from yantra_bot.validation.weakening import Change

MAX_GAPS: Final = 60
MAX_SPANS: Final = 200
MAX_TEXT: Final = 30_000
"""Characters that are quoted of all gaps together."""
_MAX_QUOTED: Final = 80
_AROUND: Final = 4
_MAX_LINE: Final = 240


def read_executed(report: TestReport, paths: Iterable[str]) -> Executed | None:
    """Return what a report says of changed files; None where its runner told nothing that can be read."""
    if report.coverage is None or report.verdict not in {Verdict.PASS, Verdict.FAIL}:
        return None
    measured = find_measured(report.coverage)
    if not measured:
        return None
    return Executed({path: report.coverage[path] for path in paths if path in report.coverage}, measured)


def measure_lines(changes: Mapping[str, Change], executed: Executed, *, parse: Parse) -> ChangedLines:
    """Return how many of the changed statements were run, tests left out, and where the others are."""
    executable = covered = 0
    gaps: list[Gap] = []
    for path, change in sorted(changes.items()):
        if change.after is None or is_test(path) or not path.endswith(executed.suffixes):
            continue
        statements = _find_changed(path, change.before, change.after, parse)
        ran = frozenset(executed.lines.get(path, ()))
        missed = [one for one in statements if ran.isdisjoint(range(one.first, one.last + 1))]
        executable, covered = executable + len(statements), covered + len(statements) - len(missed)
        gaps += _group(path, change.after, missed)
    return ChangedLines(executable, covered, _shorten(gaps))


def _find_changed(path: str, before: bytes | None, after: bytes, parse: Parse) -> list[Statement]:
    tree = parse(path, after)
    if tree is None:
        return []
    added = find_added_lines(before, after)
    return [one for one in find_statements(path, after, tree) if not added.isdisjoint(range(one.first, one.last + 1))]


def find_added_lines(before: bytes | None, after: bytes) -> frozenset[int]:
    """Return the lines of `after`, from 1, that are new or changed; all of a file that is too long to compare."""
    new, old = after.split(b"\n"), before.split(b"\n") if before is not None else []
    if not old or len(new) > MAX_LINES or len(old) > MAX_LINES:
        return frozenset(range(1, len(new) + 1))
    blocks = difflib.SequenceMatcher(None, old, new).get_opcodes()
    return frozenset(line + 1 for tag, _, _, start, end in blocks if tag != "equal" for line in range(start, end))


def _group(path: str, data: bytes, missed: Sequence[Statement]) -> list[Gap]:
    """Return a gap for each function, or for the top level, with its pieces."""
    by_scope: dict[Scope | None, list[Statement]] = {}
    for one in missed:
        by_scope.setdefault(one.scope if one.scope and one.scope.is_function else None, []).append(one)
    lines = data.decode("utf-8", "replace").split("\n")
    gaps = []
    for scope, found in by_scope.items():
        spans = _join(found)[:MAX_SPANS]
        gaps.append(Gap(path, scope.name if scope else "", spans, _quote(lines, scope, spans)))
    return gaps


def _join(found: Sequence[Statement]) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    for one in found:
        if spans and one.first <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(spans[-1][1], one.last))
        else:
            spans.append((one.first, one.last))
    return tuple(spans)


def _quote(lines: Sequence[str], scope: Scope | None, spans: Sequence[tuple[int, int]]) -> str:
    """Return the function, or of a long one and of the top level what is near the pieces."""
    missed = {line for first, last in spans for line in range(first, last + 1)}
    shown = set(missed)
    if scope is not None and scope.last - scope.first < _MAX_QUOTED:
        shown |= set(range(scope.first, scope.last + 1))
    elif scope is not None:
        shown |= {scope.first, *(near for line in missed for near in range(line - _AROUND, line + _AROUND + 1))}
    told, previous = [], 0
    for line in sorted(line for line in shown if 0 < line <= len(lines))[: 2 * _MAX_QUOTED]:
        told += ["      …"] if previous and line > previous + 1 else []
        text = lines[line - 1].removesuffix("\r")[:_MAX_LINE]
        told.append(f"{line:>5} {'>' if line in missed else ' '} {text}".rstrip())
        previous = line
    return "\n".join(told)


def _shorten(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    """Return the first gaps; what goes beyond the room for quotes has none."""
    room, kept = MAX_TEXT, []
    for gap in gaps[:MAX_GAPS]:
        room -= len(gap.text)
        kept.append(gap if room >= 0 else Gap(gap.path, gap.inside, gap.spans))
    return tuple(kept)
