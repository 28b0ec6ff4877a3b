"""Which node is looked into: a function itself, wherever it was cut out, in training as in use."""

from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.complexity import FUNCTIONS

_BESIDE: Final = frozenset({"decorator", "annotation", "marker_annotation", "modifiers", "attribute_item"})
"""What stands around a function's definition, and may hold functions of its own."""
MAX_NODES: Final = 10_000


def function_in(node: Node) -> Node | None:
    """Return the outermost function of a node, itself included and without decorators; None where there is none."""
    waiting, seen = [node], 0
    while waiting and seen < MAX_NODES:
        found = waiting.pop()
        seen += 1
        if found.is_named and found.type in FUNCTIONS:
            return found
        waiting += [one for one in reversed(found.named_children) if one.type not in _BESIDE]
    return None
