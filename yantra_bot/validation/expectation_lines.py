"""What tests of other languages expect, line by line, and whether it is less or something else now. Pure.

JavaScript's `expect(…).to…(…)`, Node's, Rust's and Go's comparisons are read where they stand on one line. What is not
read is not judged here; fewer tests and assertions are counted by `weakening`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

MAX_LINE: Final = 2_000
MOST_TEXT: Final = 60
_EXPECT: Final = re.compile(
    r"\bexpect\s*\((?P<actual>.+?)\)\s*(?:\.(?:resolves|rejects|not))*\.(?P<matcher>to\w+)\s*\((?P<value>.*)\)\s*;?\s*$"
)
_PAIR: Final = re.compile(
    r"\b(?:assert|t|test|is|tt)\.(?:strict|deep|deepStrict|is|loose)?_?[eE]qual\w*\s*\((?P<arguments>.+)\)\s*;?\s*$"
    r"|\bassert_eq!\s*\((?P<rust>.+)\)\s*;?\s*$"
)
_EXACT: Final = frozenset({"toBe", "toEqual", "toStrictEqual", "toMatchObject", "toHaveLength", "toContain", "toThrow"})
_VAGUE: Final = frozenset({"toBeTruthy", "toBeDefined", "toBeFalsy", "toBeNull", "toBeUndefined", "toBeInstanceOf"})
_ALONE: Final = re.compile(r"\b(?:it|test|describe|context|suite)\.only\s*\(|\bf(?:it|describe)\s*\(")
_CLOSE: Final = "toBeCloseTo"
_SPLIT: Final = re.compile(r",\s*(?![^(\[{]*[)\]}])")


@dataclass(slots=True)
class LineExpectations:
    """What the lines of one file expect."""

    values: dict[str, list[str]] = field(default_factory=dict)
    """The values, in their order, by what is compared."""
    exact: dict[str, int] = field(default_factory=dict)
    vague: dict[str, int] = field(default_factory=dict)
    close: dict[str, str] = field(default_factory=dict)
    alone: int = 0
    """Marks that keep all other tests from running."""


def read_lines(text: str) -> LineExpectations:
    """Return what a test file expects."""
    found = LineExpectations(alone=len(_ALONE.findall(text)))
    for line in text.splitlines():
        if len(line) <= MAX_LINE:
            _take(line.strip(), found)
    return found


def compare_lines(path: str, old: LineExpectations, new: LineExpectations) -> Iterator[str]:
    """Yield, for people, what a test file expects less or otherwise than before."""
    if new.alone > old.alone:
        yield f"{path}: only some of its tests run now"
    for actual, values in old.values.items():
        now = new.values.get(actual, [])
        gone = [value for value in values if value not in now]
        if gone and len(now) >= len(values):
            other = next((value for value in now if value not in values), now[0])
            yield f"{path} expects something else now: {_short(actual)} was {_short(gone[0])}, is {_short(other)}"
    for actual, count in new.vague.items():
        if count > old.vague.get(actual, 0) and new.exact.get(actual, 0) < old.exact.get(actual, 0):
            yield f"{path} expects less of {_short(actual)} now"
    for actual, digits in old.close.items():
        now_digits = new.close.get(actual, digits)
        if digits.isdigit() and now_digits.isdigit() and int(now_digits) < int(digits):
            yield f"{path} has a wider tolerance: {_short(actual)} had {digits} digits, has {now_digits}"


def _take(line: str, found: LineExpectations) -> None:
    if match := _EXPECT.search(line):
        actual, matcher, value = match["actual"], match["matcher"], match["value"]
        if matcher in _EXACT:
            found.values.setdefault(actual, []).append(value)
            found.exact[actual] = found.exact.get(actual, 0) + 1
        elif matcher in _VAGUE:
            found.vague[actual] = found.vague.get(actual, 0) + 1
        elif matcher == _CLOSE:
            parts = _SPLIT.split(value)
            found.values.setdefault(actual, []).append(parts[0])
            found.close[actual] = parts[1].strip() if len(parts) > 1 else "2"
    elif match := _PAIR.search(line):
        parts = _SPLIT.split(match["arguments"] or match["rust"])
        if len(parts) >= 2:
            found.values.setdefault(parts[0].strip(), []).append(parts[1].strip())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_TEXT else f"{line[: MOST_TEXT - 1]}…"
