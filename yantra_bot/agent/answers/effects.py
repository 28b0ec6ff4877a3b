"""What `impact` answers: what a change may affect, the tests that reach it, and honestly how much may be missing."""

from collections.abc import Sequence
from typing import Final

from yantra_bot.agent.answers.lines import called, count, heading, name_of, one_line, place_of, rest_of, sure
from yantra_bot.agent.answers.symbols import find_rows
from yantra_bot.domain.graph import Symbol
from yantra_bot.errors import UserError
from yantra_bot.graphdb.impact import Impact, find_impact
from yantra_bot.graphdb.queries import Reached, find_tests
from yantra_bot.graphdb.view import GraphView

DEPTH: Final = 3
MOST_AFFECTED: Final = 30
MOST_FILES: Final = 15
MOST_TESTS: Final = 6
"""Of one file."""
LONGEST_TEST: Final = 100
MOST_NAMES: Final = 20
MOST_UNRESOLVED: Final = 5
TEST_STEPS: Final = 10
"""Edges between a test and what it reaches."""


def show_impact(view: GraphView, names: Sequence[str], path: str) -> str:
    """Return what a change of symbols, or of all that a file defines, may affect."""
    rows = _rows_of(view, names, path)
    impact = find_impact(view, rows, depth=DEPTH)
    tests = find_tests(view, rows, depth=TEST_STEPS)
    affected = impact.affected(view)
    others = [one for one in affected if one.symbol.kind != "test"]
    changed = [f"  {heading(view.symbol(row))}" for row in rows[:MOST_NAMES]]
    lines = ["Of a change of", *changed, *(f"  {line}" for line in rest_of(len(rows), MOST_NAMES, "They count too."))]
    lines += ["", _bound(view, impact)]
    lines += [_line(view, one) for one in others[:MOST_AFFECTED]]
    lines += rest_of(len(others), MOST_AFFECTED, "The surest are shown; name fewer symbols to see others.")
    lines += ["", f"{count(len(tests), 'test')} may notice it:" if tests else "No test is known to reach it."]
    lines += _by_file(view, tests)
    return "\n".join([*lines, "", *_missing(view, impact)])


def _rows_of(view: GraphView, names: Sequence[str], path: str) -> list[int]:
    if not names and not path:
        raise UserError("Give names of symbols, or the path of a file that is to be changed.")
    rows = [row for name in names for row in find_rows(view, name)]
    if path:
        inside = view.in_file(path)
        if not inside:
            raise UserError(f"The graph has no file {path}. Name a source file of the repository; list_files has them.")
        rows += [row for row in inside if row not in rows]
    return rows


def _bound(view: GraphView, impact: Impact) -> str:
    if not len(impact):
        return f"nothing is known to depend on it within {count(DEPTH, 'step')}."
    least = "" if impact.is_complete else "at least "
    files = count(impact.file_count(view), "file")
    return f"it may affect {least}{count(len(impact), 'symbol')} in {files} within {count(DEPTH, 'step')}:"


def _line(view: GraphView, one: Reached) -> str:
    return f"{place_of(one.symbol)}  {name_of(one.symbol)}, {sure(one.confidence)}: {_way(view, one)}"


def _way(view: GraphView, one: Reached) -> str:
    """Return the first step with its line, and by name what the others lead through."""
    first, *others = one.path[::-1]
    place = f"line {first.line}" if first.path == one.symbol.path else f"{first.path}:{first.line}"
    through = "".join(f" → {called(view, edge.target)}" for edge in others)
    return f"{first.kind} {called(view, first.target)} ({place}){through}"


def _by_file(view: GraphView, tests: Sequence[Reached]) -> list[str]:
    """Return a line for each file with tests, that with the surest test first, and how the surest comes to it."""
    files: dict[str, list[Reached]] = {}
    for one in tests:
        files.setdefault(one.symbol.path, []).append(one)
    lines = []
    for path, found in list(files.items())[:MOST_FILES]:
        names = ", ".join(_within_file(one.symbol) for one in found[:MOST_TESTS])
        more = f" and {len(found) - MOST_TESTS} more" if len(found) > MOST_TESTS else ""
        lines.append(f"{path}: {names}{more}; {sure(found[0].confidence)}: {_way(view, found[0])}")
    return lines + rest_of(len(files), MOST_FILES, "run_tests without a selection runs all.", what="files")


def _within_file(symbol: Symbol) -> str:
    module = symbol.path.rpartition(".")[0].replace("/", ".")
    return one_line(symbol.qualified_name.removeprefix(f"{module}."), LONGEST_TEST)


def _missing(view: GraphView, impact: Impact) -> list[str]:
    if impact.is_complete:
        return ["No unresolved reference has the name of what changes; what is called by strings is never seen."]
    total = sum(number for _, number in impact.unresolved)
    names = ", ".join(name for name, _ in impact.unresolved[:MOST_UNRESOLVED])
    places = [f"  {one.path}:{one.line}  {one.name}" for one in impact.missing(view, MOST_UNRESOLVED)[:MOST_UNRESOLVED]]
    return [f"{count(total, 'reference')} named {names} could not be resolved and may be more:", *places]
