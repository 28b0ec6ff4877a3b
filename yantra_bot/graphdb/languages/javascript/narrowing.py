"""Narrows a variable where a condition says of which class it is: `if (e instanceof Broken)`."""

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import NOTHING, Op
from yantra_bot.graphdb.languages.javascript.expressions import first_expression
from yantra_bot.graphdb.languages.javascript.writer import Writer

_CLASSES = frozenset({NodeKind.CLASS, NodeKind.FUNCTION})


def narrow(low: Writer, condition: Node) -> None:
    """Let a variable hold in this branch what of its objects the condition lets through."""
    test: Node | None = condition
    while test is not None and test.type in ("parenthesized_expression", "binary_expression"):
        if test.type == "parenthesized_expression":
            test = first_expression(test)
            continue
        operator, right = test.child_by_field_name("operator"), test.child_by_field_name("right")
        if operator is None or operator.type != "&&":
            _narrow_by(low, test)
            return
        if right is not None:
            _narrow_by(low, right)
        test = test.child_by_field_name("left")


def _narrow_by(low: Writer, test: Node) -> None:
    left, operator = test.child_by_field_name("left"), test.child_by_field_name("operator")
    right = test.child_by_field_name("right")
    if left is None or right is None or operator is None or operator.type != "instanceof":
        return
    if left.type == right.type == "identifier":
        _narrow_variable(low, low.file.text(left), low.file.text(right))


def _narrow_variable(low: Writer, name: str, expected: str) -> None:
    variable, owner = low.scope.find(name), low.scope.find(expected)
    if variable is None or owner is None or variable.owner is not low or variable.shared or variable.value == NOTHING:
        return
    # A class that a parameter or a call gives may be unknown: nothing would be left.
    is_known = owner.imported or (owner.symbol >= 0 and low.file.symbol(owner.symbol).kind in _CLASSES)
    value = low.read(owner) if is_known else NOTHING
    if value != NOTHING:
        narrowed = low.new()
        low.ops.append((Op.NARROW, narrowed, variable.value, value))
        low.assign(variable, narrowed)
