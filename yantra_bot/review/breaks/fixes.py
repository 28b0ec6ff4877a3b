"""The fix of a rename: the new name where the old one still stands. Only where every place of the name is known."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.findings import Fix, Replacement
from yantra_bot.domain.graph import Symbol
from yantra_bot.review.breaks.references import Context
from yantra_bot.review.breaks.sites import Broken
from yantra_bot.review.breaks.syntax import descend, text

MOST: Final = 10
"""A fix of more places is left to the author's own tools."""
_NAMES: Final = ("identifier", "property_identifier", "field_identifier", "type_identifier")


def follow_rename(context: Context, old: Symbol, new: Symbol, broken: Sequence[Broken]) -> Fix | None:
    """Return the edits that follow a rename inside of one scope; None where a place may have been overlooked."""
    is_rename = old.path == new.path and old.parent == new.parent and old.kind is new.kind
    if not is_rename or len(broken) > MOST or any(text(one.node) != old.name for one in broken):
        return None
    by_path: dict[str, dict[int, Node]] = defaultdict(dict)
    for one in broken:
        by_path[one.reference.place[0]][one.node.start_byte] = one.node
    found: list[Replacement] = []
    for path, nodes in by_path.items():
        root = context.head.root(path)
        said = [] if root is None else [one for one in descend(root, *_NAMES) if text(one) == old.name]
        if {one.start_byte for one in said} != nodes.keys():
            return None
        found += _replace(context, path, list(nodes.values()), new.name)
    return Fix(f"use the new name `{new.name}`", tuple(found))


def _replace(context: Context, path: str, nodes: Sequence[Node], name: str) -> list[Replacement]:
    by_line: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        by_line[node.start_point[0]].append(node)
    found = []
    for row, those in sorted(by_line.items()):
        line = context.subject.lines(path)[row].encode("utf-8")
        for node in sorted(those, key=lambda one: -one.start_point[1]):
            line = line[: node.start_point[1]] + name.encode("utf-8") + line[node.end_point[1] :]
        found.append(Replacement(path, row + 1, row + 1, line.decode("utf-8", "replace")))
    return found
