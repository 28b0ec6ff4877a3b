"""`isinstance(x, C)`, `issubclass(x, C)`: where it holds, `x` is an instance of C, or a class below it, else none."""

from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import Op, Value
from yantra_bot.graphdb.languages.python.expressions import children_of
from yantra_bot.graphdb.languages.python.names import read_name
from yantra_bot.graphdb.languages.python.scope import Changes, Scope

_SEQUENCES: Final = frozenset({"tuple", "binary_operator"})
_TESTS: Final = frozenset({"isinstance", "issubclass"})
_TESTS_LIMIT: Final = 8


def narrow(scope: Scope, condition: Node, *, holds: bool = True) -> Changes:
    """Give names that a condition tests, and that holds or does not, their own versions from here on; returns these."""
    narrowed: Changes = {}
    for test, is_one in _find_tests(scope, condition, holds):
        parts = children_of(test.children[-1])
        name = scope.unit.text(parts[0])
        version = scope.env.get(name, -1)
        if version < 0 or version in scope.const_values or name in scope.shared or name in scope.forced:
            continue
        asks_class = scope.unit.text(test.children[0]) == "issubclass"
        value = _declare(scope, version, parts[1], is_one=is_one, asks_class=asks_class)
        if value >= 0:
            narrowed[name] = value
            scope.set_version(name, value)
    return narrowed


def tells_when_false(scope: Scope, condition: Node) -> bool:
    """Tell whether something is known of a name where a condition does not hold."""
    return bool(_find_tests(scope, condition, holds=False))


def forget(changes: Changes | None, narrowed: Changes) -> Changes | None:
    """Leave out of a branch's changes what is only narrowed: behind it the name is what it was."""
    if changes is None or not narrowed:
        return changes
    return {name: version for name, version in changes.items() if narrowed.get(name) != version}


def _find_tests(scope: Scope, condition: Node, holds: bool) -> list[tuple[Node, bool]]:
    """Return the tests whose outcome follows from that of a condition, and that outcome."""
    found: list[tuple[Node, bool]] = []
    pending = [(condition, holds)]
    while pending and len(found) < _TESTS_LIMIT:
        node, outcome = pending.pop()
        kind = node.type
        if kind == "call":
            if scope.unit.text(node.children[0]) in _TESTS and _is_plain_test(node):
                found.append((node, outcome))
        elif kind == "not_operator":
            pending.extend((child, not outcome) for child in node.named_children)
        elif kind == "parenthesized_expression" or (
            kind == "boolean_operator" and node.children[1].type == ("and" if outcome else "or")
        ):
            pending.extend((child, outcome) for child in reversed(node.named_children))
    return found


def _is_plain_test(node: Node) -> bool:
    parts = children_of(node.children[-1])
    return len(parts) == 2 and parts[0].type == "identifier"


def _declare(scope: Scope, version: Value, types: Node, *, is_one: bool, asks_class: bool) -> Value:
    nodes = children_of(types) if types.type in _SEQUENCES else [types]
    owners = [_read_type(scope, node) for node in nodes]
    kept = [one for one in owners if one >= 0]
    if not kept:
        return -1
    value = scope.new()
    if asks_class:
        passes = (tuple(kept), is_one, True) if kept == owners else ()
        scope.emit((Op.COPY, value, version, *passes))
        return value
    if not is_one:
        scope.narrowed[value] = scope.narrowed.get(version, version)
        scope.emit((Op.COPY, value, version, tuple(kept), False))
        return value
    scope.emit((Op.COPY, value, version, tuple(kept), True) if kept == owners else (Op.COPY, value, version))
    for one in kept:
        scope.emit((Op.INSTANCE, value, one))
    return value


def _read_type(scope: Scope, node: Node) -> Value:
    """Return the value of a class that is named; the test itself has noted the use already."""
    if node.type == "identifier":
        return read_name(scope, scope.unit.text(node), node)
    return scope.value(node) if node.type == "attribute" else -1
