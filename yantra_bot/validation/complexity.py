"""How many ways lead through the functions that a change touched: cyclomatic complexity. Pure, from a syntax tree."""

import difflib
from collections.abc import Callable

from tree_sitter import Tree

from yantra_bot.graphdb.complexity import find_functions, measure_function

Parse = Callable[[str, bytes], Tree | None]
"""Parses a file by its path; None when its language is unknown or it takes too long."""

MAX_LINES = 20_000


def measure_file(path: str, before: bytes | None, after: bytes, *, parse: Parse) -> int | None:
    """Return the highest complexity among the functions of `after` that differ from `before`; None without one."""
    tree = parse(path, after)
    if tree is None:
        return None
    touched = find_changed_lines(before, after)
    found = [
        measure_function(node)
        for node in find_functions(tree.root_node)
        if not touched.isdisjoint(range(node.start_point[0], node.end_point[0] + 1))
    ]
    return max(found, default=None)


def find_changed_lines(before: bytes | None, after: bytes) -> frozenset[int]:
    """Return the lines of `after`, from 0, that are new or changed, and those next to what was removed."""
    new = after.split(b"\n")
    old = before.split(b"\n") if before is not None else []
    if len(new) > MAX_LINES or len(old) > MAX_LINES:
        return frozenset(range(len(new)))
    lines: set[int] = set()
    for tag, _, _, start, end in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if tag != "equal":
            lines.update(range(start, max(end, start + 1)))
    return frozenset(lines)
