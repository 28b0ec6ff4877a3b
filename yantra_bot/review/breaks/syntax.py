"""Syntax trees of the files of one version, and the nodes that stand at given places. It judges nothing."""

from collections.abc import Iterator

from tree_sitter import Node

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.languages import language_of
from yantra_bot.review.subject import Version

MAX_NODES = 300_000
"""Most nodes of a file that a search looks at."""


class Trees:
    """The trees of one version."""

    def __init__(self, version: Version) -> None:
        self.version = version

    def root(self, path: str) -> Node | None:
        """Return the root of a file; None where there is no such file or no grammar for it."""
        tree = self.version.syntax.tree(path)
        return None if tree is None else tree.root_node

    def at(self, path: str, line: int, column: int) -> Node | None:
        """Return the smallest named node that begins at a place (line from 1, column from 0 in bytes)."""
        root = self.root(path)
        if root is None:
            return None
        node = root.named_descendant_for_point_range((line - 1, column), (line - 1, column + 1))
        return node if node is not None and node.start_point == (line - 1, column) else None

    def language(self, path: str) -> Language | None:
        """Return the language of a file."""
        return language_of(path)


def text(node: Node) -> str:
    """Return the text of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def ancestors(node: Node) -> Iterator[Node]:
    """Yield the nodes around a node, from the inside out."""
    around = node.parent
    while around is not None:
        yield around
        around = around.parent


def enclosing(node: Node, *kinds: str) -> Node | None:
    """Return the nearest node of some kinds around a node."""
    return next((one for one in ancestors(node) if one.type in kinds), None)


def descend(node: Node, *kinds: str) -> Iterator[Node]:
    """Yield the nodes of some kinds at or below a node, in the order of the text."""
    pending, seen = [node], 0
    while pending and seen < MAX_NODES:
        one = pending.pop()
        seen += 1
        if one.type in kinds:
            yield one
        pending.extend(reversed(one.named_children))


def without_parentheses(node: Node) -> Node:
    """Return the node, or the outermost parentheses around it."""
    while node.parent is not None and node.parent.type == "parenthesized_expression":
        node = node.parent
    return node
