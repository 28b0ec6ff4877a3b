"""Operators: which methods of objects they call."""

from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Op, Value
from yantra_bot.graphdb.languages.python.displays import make_container
from yantra_bot.graphdb.languages.python.expressions import TRIVIA, call_implicit, elements_of, is_plain, test_truth
from yantra_bot.graphdb.languages.python.flow import begin, end, join
from yantra_bot.graphdb.languages.python.scope import Lower, Scope
from yantra_bot.graphdb.languages.python.texts import format_text, make_text

_BINARY: Final = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
# Of containers these give or make one with the elements of both.
_JOINING: Final = frozenset({"add", "or", "mul"})
_UNARY: Final = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}
_COMPARISON: Final = {
    "==": "__eq__",
    "!=": "__ne__",
    "<>": "__ne__",
    "<": "__lt__",
    "<=": "__le__",
    ">": "__gt__",
    ">=": "__ge__",
}


def _lower_binary(scope: Scope, node: Node) -> Value:
    chain: list[Node] = []
    while node.type == "binary_operator":
        chain.append(node)
        node = node.children[0]
    left = scope.value(node)
    for one in reversed(chain):
        children = one.children
        right = scope.value(children[-1])
        left = _operate(scope, _BINARY.get(children[1].type, ""), left, right, one)
    return left


def _operate(scope: Scope, operator: str, left: Value, right: Value, node: Node) -> Value:
    if operator in _JOINING and (left in scope.made or right in scope.made):
        return _join_containers(scope, left, right)
    if operator == "add" and not (is_plain(scope, left) and is_plain(scope, right)):
        text = make_text(scope, [_text_part(scope, one) for one in (left, right)])
        if text >= 0:
            return text
    if is_plain(scope, left):
        if is_plain(scope, right) or not operator:
            return NOTHING
        result = call_implicit(scope, right, f"__r{operator}__", node, (left,))
        text = format_text(scope, _text_part(scope, left), right) if operator == "mod" else NOTHING
        return result if text < 0 else text
    return call_implicit(scope, left, f"__{operator}__", node, (right,)) if operator else NOTHING


def _text_part(scope: Scope, value: Value) -> str | Value:
    literal = scope.const_values.get(value)
    return literal if isinstance(literal, str) else value


def operate_in_place(scope: Scope, operator: str, left: Value, right: Value, node: Node) -> Value:
    """Lower `left += right` and the like, and return the new value."""
    name = _BINARY.get(operator.removesuffix("="), "")
    if is_plain(scope, left) or not name:
        return _operate(scope, name, left, right, node)
    if name not in _JOINING:
        return call_implicit(scope, left, f"__i{name}__", node, (right,))
    # A list is extended and stays what it is; any other object answers itself.
    if right >= 0 and right not in scope.const_values:
        scope.note_read()
        scope.emit((Op.SPREAD, left, right))
        scope.lists.pop(left, None)
    if left in scope.made:
        return left
    result = call_implicit(scope, left, f"__i{name}__", node, (right,))
    scope.emit((Op.COPY, result, left))
    return result


def _join_containers(scope: Scope, left: Value, right: Value) -> Value:
    """`[a] + others`: the elements of both."""
    kind = scope.made.get(left) or scope.made.get(right, "list")
    first, second = elements_of(scope, left), elements_of(scope, right)
    if first is not None and second is not None:
        return make_container(scope, kind, list(enumerate([*first, *second])))
    value = make_container(scope, kind, [])
    for one in (left, right):
        if not is_plain(scope, one):
            scope.note_read()
            scope.emit((Op.SPREAD, value, one))
    return value


def _lower_unary(scope: Scope, node: Node) -> Value:
    value = scope.value(node.children[-1])
    name = _UNARY.get(node.children[0].type)
    return NOTHING if is_plain(scope, value) or name is None else call_implicit(scope, value, name, node)


def _lower_not(scope: Scope, node: Node) -> Value:
    test_truth(scope, node.named_children[-1])
    return NOTHING


def _lower_boolean(scope: Scope, node: Node) -> Value:
    chain: list[Node] = []
    while node.type == "boolean_operator":
        chain.append(node)
        node = node.children[0]
    left = test_truth(scope, node)
    for one in reversed(chain):
        children = one.children
        around = begin(scope)
        right = scope.value(children[-1])
        changes = end(scope, around)
        join(scope, [changes, {}])
        # What `and` gives when its left side is false can hardly be called.
        left = right if children[1].type == "and" else scope.merge([left, right])
    return left


def _lower_comparison(scope: Scope, node: Node) -> Value:
    left, operator, result = NOTHING, "", NOTHING
    for child in node.children:
        if not child.is_named:
            operator = child.type
        elif child.type not in TRIVIA:
            right = scope.value(child)
            if operator:
                result = _compare(scope, operator, left, right, node)
            left = right
    return result


def _compare(scope: Scope, operator: str, left: Value, right: Value, node: Node) -> Value:
    name = _COMPARISON.get(operator)
    if name is not None:
        if not is_plain(scope, left):
            return call_implicit(scope, left, name, node, (right,))
        return NOTHING if is_plain(scope, right) else call_implicit(scope, right, _REFLECTED[name], node, (left,))
    if operator in {"in", "not in"} and not is_plain(scope, right):
        call_implicit(scope, right, "__contains__", node, (left,))
    return NOTHING


_REFLECTED: Final = {
    "__eq__": "__eq__", "__ne__": "__ne__", "__lt__": "__gt__", "__gt__": "__lt__", "__le__": "__ge__",
    "__ge__": "__le__",
}  # fmt: skip


OPERATORS: Final[dict[str, Lower]] = {
    "binary_operator": _lower_binary,
    "unary_operator": _lower_unary,
    "not_operator": _lower_not,
    "boolean_operator": _lower_boolean,
    "comparison_operator": _lower_comparison,
}
