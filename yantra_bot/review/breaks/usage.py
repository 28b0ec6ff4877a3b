"""What is done with the value of an expression at once, where that cannot work with a value of another kind."""

from typing import Final

from tree_sitter import Node

from yantra_bot.review.breaks.syntax import text, without_parentheses

_OPERATIONS: Final = frozenset(
    {"binary_operator", "comparison_operator", "unary_operator", "binary_expression", "unary_expression"}
)
_LEFT: Final = {
    "attribute": "object",
    "subscript": "value",
    "member_expression": "object",
    "subscript_expression": "object",
    "call": "function",
    "call_expression": "function",
    "for_statement": "right",
    "for_in_statement": "right",
    "for_in_clause": "right",
}
"""Kinds of nodes that do something with the value of one field: look into it, call it, go through it."""
_PROMISED: Final = frozenset({"then", "catch", "finally", "close", "send", "throw", "cr_frame"})
"""What a coroutine or a promise has."""
_AWAITS: Final = frozenset({"await", "await_expression"})


def is_awaited(call: Node) -> bool:
    """Tell whether the value is awaited on the spot."""
    parent = without_parentheses(call).parent
    return parent is not None and parent.type in _AWAITS


def is_dropped(call: Node) -> bool:
    """Tell whether the value is thrown away: the expression is a statement."""
    parent = without_parentheses(call).parent
    return parent is not None and parent.type == "expression_statement"


def is_used_at_once(value: Node, *, is_condition: bool = False) -> bool:
    """Tell whether the value is looked into, called, gone through, or calculated with.

    With `is_condition`, whether it decides something counts too.
    """
    value = without_parentheses(value)
    parent = value.parent
    if parent is None:
        return False
    if parent.type in _OPERATIONS:
        return True
    field = _LEFT.get(parent.type)
    used = None if field is None else parent.child_by_field_name(field)
    if used is not None and used.id == value.id:
        return not _is_promised(parent)
    condition = parent.child_by_field_name("condition") if is_condition else None
    return (condition is not None and condition.id == value.id) or (is_condition and parent.type == "not_operator")


def is_gone_through(call: Node) -> str:
    """Return `for` or `async for` where a Python loop goes through the value, else nothing."""
    value = without_parentheses(call)
    parent = value.parent
    if parent is None or parent.type not in ("for_statement", "for_in_clause"):
        return ""
    right = parent.child_by_field_name("right")
    if right is None or right.id != value.id:
        return ""
    return "async for" if parent.children[0].type == "async" else "for"


def _is_promised(parent: Node) -> bool:
    last = parent.child_by_field_name("attribute") or parent.child_by_field_name("property")
    return last is not None and text(last) in _PROMISED
