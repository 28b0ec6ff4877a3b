"""Small questions to nodes of the syntax tree, which the tree's own library answers with an exception or not at all."""

from tree_sitter import Node


def first_named(node: Node) -> Node | None:
    """Return the first named child that is no comment, or None."""
    for child in node.named_children:
        if not child.type.endswith("_comment"):
            return child
    return None


def first_child(node: Node) -> Node | None:
    """Return the first child, named or not, or None."""
    return node.child(0) if node.child_count else None


def has_modifier(node: Node, word: str) -> bool:
    """Say whether a declaration has a modifier (`static`)."""
    first = first_child(node)
    return first is not None and first.type == "modifiers" and any(one.type == word for one in first.children)
