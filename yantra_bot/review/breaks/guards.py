"""Whether code around a place expects that it may fail, or makes it depend on what is there. Python alone.

A call inside `pytest.raises`, a `try` that catches what would be raised, a condition that asks first: these are no
breaks.
"""

import re
from collections.abc import Collection
from typing import Final

from tree_sitter import Node

from yantra_bot.review.breaks.syntax import ancestors, text

CALLING: Final = frozenset({"TypeError", "Exception", "BaseException"})
NAMING: Final = frozenset(
    {"AttributeError", "ImportError", "ModuleNotFoundError", "NameError", "Exception", "BaseException"}
)
"""What a missing name raises, and what that is."""
_RAISES: Final = re.compile(r"\b(?:raises|assertRaises\w*|suppress|warns|deprecated_call|importorskip)\s*\(")
_ASKS: Final = re.compile(
    r"\b(?:hasattr|getattr|callable|signature|getfullargspec|find_spec|version_info)\b|__dict__|\bdir\("
)
_SKIPS: Final = re.compile(r"xfail|skip|expectedFailure")
_WORD: Final = re.compile(r"\w+")
_BRANCHES: Final = ("if_statement", "elif_clause", "conditional_expression", "boolean_operator", "while_statement")


def is_guarded(node: Node, caught: Collection[str]) -> bool:
    """Tell whether one of these exceptions is expected at a node, or its code is only run where it fits."""
    inner = node
    for outer in ancestors(node):
        if outer.type == "try_statement" and _catches(outer, inner, caught):
            return True
        if outer.type == "with_statement" and inner.type == "block" and _RAISES.search(_items(outer)):
            return True
        if outer.type in _BRANCHES and _ASKS.search(_condition(outer, inner)):
            return True
        if outer.type == "decorated_definition" and _is_skipped(outer):
            return True
        if _ends(outer, inner):
            return False
        inner = outer
    return False


def is_for_types(node: Node) -> bool:
    """Tell whether a node is only read by type checkers."""
    return any(one.type == "if_statement" and "TYPE_CHECKING" in _condition(one, one) for one in ancestors(node))


def _ends(outer: Node, inner: Node) -> bool:
    """Tell whether code further out says nothing about when this code runs: a function ends here."""
    if outer.type == "decorated_definition":
        return inner.type == "function_definition"
    is_decorated = outer.parent is not None and outer.parent.type == "decorated_definition"
    return outer.type == "lambda" or (outer.type == "function_definition" and not is_decorated)


def _catches(statement: Node, inner: Node, caught: Collection[str]) -> bool:
    body = statement.child_by_field_name("body")
    if body is None or inner.id != body.id:
        return False
    for clause in statement.named_children:
        if clause.type in ("except_clause", "except_group_clause"):
            said = [child for child in clause.named_children if child.type not in ("block", "comment")]
            if not said or any(word in caught for word in _WORD.findall(text(said[0]))):
                return True
    return False


def _items(statement: Node) -> str:
    return " ".join(text(child) for child in statement.named_children if child.type == "with_clause")


def _condition(branch: Node, inner: Node) -> str:
    if branch.type == "boolean_operator":
        left = branch.child_by_field_name("left")
        return "" if left is None or left.id == inner.id else text(left)
    condition = branch.child_by_field_name("condition")
    if condition is None and branch.type == "conditional_expression" and branch.named_child_count == 3:
        condition = branch.named_children[1]
    return "" if condition is None else text(condition)


def _is_skipped(definition: Node) -> bool:
    return any(child.type == "decorator" and _SKIPS.search(text(child)) for child in definition.named_children)
