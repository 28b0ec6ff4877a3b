"""`isinstance(x, C)`: where it holds, `x` is an instance of C, as a declaration would say."""

from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import Op, Value
from yantra_bot.graphdb.languages.python.expressions import children_of
from yantra_bot.graphdb.languages.python.names import read_name
from yantra_bot.graphdb.languages.python.scope import Changes, Scope

_SEQUENCES: Final = frozenset({"tuple", "binary_operator"})
_TESTS_LIMIT: Final = 8


def narrow(scope: Scope, condition: Node) -> Changes:
    """Give names that a condition tests their own versions, from here on; returns these."""
    narrowed: Changes = {}
    for test in _find_tests(scope, condition):
        parts = children_of(test.children[-1])
        name = scope.unit.text(parts[0])
        version = scope.env.get(name, -1)
        if version < 0 or version in scope.const_values or name in scope.shared or name in scope.forced:
            continue
        value = _declare(scope, version, parts[1])
        if value >= 0:
            narrowed[name] = value
            scope.set_version(name, value)
    return narrowed


def forget(changes: Changes | None, narrowed: Changes) -> Changes | None:
    """Leave out of a branch's changes what is only narrowed: behind it the name is what it was."""
    if changes is None or not narrowed:
        return changes
    return {name: version for name, version in changes.items() if narrowed.get(name) != version}


def _find_tests(scope: Scope, condition: Node) -> list[Node]:
    found: list[Node] = []
    pending = [condition]
    while pending and len(found) < _TESTS_LIMIT:
        node = pending.pop()
        kind = node.type
        if kind == "call":
            if scope.unit.text(node.children[0]) == "isinstance" and _is_plain_test(node):
                found.append(node)
        elif kind == "parenthesized_expression" or (kind == "boolean_operator" and node.children[1].type == "and"):
            pending.extend(reversed(node.named_children))
    return found


def _is_plain_test(node: Node) -> bool:
    parts = children_of(node.children[-1])
    return len(parts) == 2 and parts[0].type == "identifier"


def _declare(scope: Scope, version: Value, types: Node) -> Value:
    nodes = children_of(types) if types.type in _SEQUENCES else [types]
    owners = [_read_type(scope, node) for node in nodes]
    kept = [one for one in owners if one >= 0]
    if not kept:
        return -1
    value = scope.new()
    scope.emit((Op.COPY, value, version))
    for one in kept:
        scope.emit((Op.INSTANCE, value, one))
    return value


def _read_type(scope: Scope, node: Node) -> Value:
    """Return the value of a class that is named; the test itself has noted the use already."""
    if node.type == "identifier":
        return read_name(scope, scope.unit.text(node), node)
    return scope.value(node) if node.type == "attribute" else -1
