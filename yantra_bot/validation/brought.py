"""Which tests a pull request brought itself, so that the people who review it may have them go again. Pure."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from yantra_bot.domain.proof import Comparison

LEAST_CASE: Final = 2
"""Letters and digits of a case below which its name says too little to be found again."""
_FILE: Final = re.compile(r"--- (.+) \(\w+\)")
_SIGNS: Final = re.compile(r"[\W_]+")


def let_go(comparison: Comparison, difference: str) -> Comparison:
    """Return a comparison without the tests that are gone and that a pull request's own lines had brought.

    `difference` is the pull request's: `--- path (status)`, then the file's patch. A test is known by its function's
    name in an added line, a case of a parametrized one by its values; one that was there before is never let go.
    """
    gone = find_brought(comparison.missing, difference)
    if not gone:
        return comparison
    failing = tuple(name for name in comparison.newly_failing if name not in gone)
    return replace(comparison, newly_failing=failing, missing=tuple(n for n in comparison.missing if n not in gone))


def find_brought(tests: Iterable[str], difference: str) -> frozenset[str]:
    """Return those of the tests, each `path::…::name[case]`, that lines of the difference brought."""
    added, taken = _read_lines(difference)
    return frozenset(test for test in tests if _is_brought(test, added, taken))


def _is_brought(test: str, added: dict[str, list[str]], taken: dict[str, list[str]]) -> bool:
    path, _, name = test.partition("::")
    function, bracket, case = name.rpartition("::")[2].partition("[")
    define = re.compile(rf"\b{re.escape(function)}\s*[(:]")
    lines = added.get(path, [])
    if any(define.search(line) for line in lines) and not any(define.search(line) for line in taken.get(path, [])):
        return True
    values = _SIGNS.sub("", case)
    if not bracket or len(values) < LEAST_CASE:
        return False
    return any(_SIGNS.sub("", line) == values for line in lines)


def _read_lines(difference: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the added and the removed lines of each file."""
    added: dict[str, list[str]] = {}
    taken: dict[str, list[str]] = {}
    path = ""
    for line in difference.splitlines():
        if found := _FILE.fullmatch(line):
            path = found[1]
        elif line.startswith("+"):
            added.setdefault(path, []).append(line[1:])
        elif line.startswith("-"):
            taken.setdefault(path, []).append(line[1:])
    return added, taken
