"""Signatures without bodies, grouped by file: what code needs, what a map shows, which tests there are. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from yantra_bot.retrieval.context.needs import Need
from yantra_bot.retrieval.context.source import Sources
from yantra_bot.sandbox.output import escape

MOST_CHARACTERS: Final = 240
"""Of one signature; a longer one is cut."""
GAP: Final = "…"


@dataclass(frozen=True, slots=True)
class Line:
    """One signature. `name` is dotted, inside the file."""

    path: str
    name: str
    line: int
    signature: str


def line_of(need: Need, sources: Sources) -> Line:
    """Return the line of what is needed: its signature, or where it is a value, its line in the file."""
    signature = need.signature
    if need.is_value:
        lines = sources.lines(need.path) or []
        signature = lines[need.first - 1].strip() if need.first <= len(lines) else ""
        signature += f" {GAP}" if signature.endswith(("(", "[", "{")) else ""
    return Line(need.path, need.name, need.first, signature or need.name.rpartition(".")[2])


def show_signatures(path: str, lines: Iterable[Line]) -> str:
    """Return the lines of one file under its path, each with its place: `def f(a, b) -> C  # file.py:42`."""
    name = escape(PurePosixPath(path).name)
    shown = [escape(path)]
    for indent, text, line in _nested(lines):
        shown.append(f"{indent}{text}" + (f"  # {name}:{line}" if line else ""))
    return "\n".join(shown)


def show_outline(path: str, lines: Sequence[Line], places: Sequence[int]) -> str:
    """Return the lines of one file under its path, with a mark where definitions between them are left out.

    `places` are the lines of all that could have been shown of the file, rising.
    """
    shown, before = [f"{escape(path)}:"], 0
    for indent, text, line in _nested(lines):
        if line and any(before < place < line for place in places):
            shown.append(GAP)
        shown.append(f"{line or '':>5} {indent}{text}")
        before = line or before
    if any(before < place for place in places):
        shown.append(GAP)
    return "\n".join(shown)


def _nested(lines: Iterable[Line]) -> list[tuple[str, str, int]]:
    """Return indentation, text and line in the order of the file; the class of a member stands above it."""
    shown: list[tuple[str, str, int]] = []
    above: set[str] = set()
    for line in sorted(lines, key=lambda one: (one.line, one.name)):
        scope, _, _ = line.name.rpartition(".")
        depth = scope.count(".") + 1 if scope else 0
        if scope and scope not in above:
            above.add(scope)
            shown.append(("    " * (depth - 1), f"{escape(scope.rpartition('.')[2])}:", 0))
        above.add(line.name)
        shown.append(("    " * depth, clean_signature(line.signature), line.line))
    return shown


def clean_signature(signature: str) -> str:
    """Return a signature as one line of bounded length in which nothing is invisible."""
    text = escape(" ".join(signature.split())).removesuffix(":").removesuffix("{").rstrip()
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1]}{GAP}"


def group(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Return lines by file, files in the order of their first line's place among all."""
    grouped: dict[str, list[Line]] = {}
    for line in lines:
        grouped.setdefault(line.path, []).append(line)
    return grouped


def most_that_fit(count: int, cost: Callable[[int], int], limit: int) -> int:
    """Return how many of the first `count` things cost at most `limit`, found by halving; the cost rises with them."""
    if count and cost(count) <= limit:
        return count
    low, high = 0, count
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if cost(middle) <= limit else (low, middle)
    return low
