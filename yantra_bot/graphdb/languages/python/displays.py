"""Containers that are written out, and what is in them."""

from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Literal, Op, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.python.expressions import (
    TRIVIA,
    children_of,
    elements_of,
    last_value,
    subscript_key,
)
from yantra_bot.graphdb.languages.python.scope import Lower, Scope

_IMPLICIT: Final = CallFlag.IMPLICIT


def make_container(scope: Scope, kind: str, elements: list[tuple[Literal, Value]]) -> Value:
    """Return a new container with these elements."""
    value = scope.new()
    kept = tuple((key, one) for key, one in elements if one >= 0)
    scope.fresh.update(
        dict.fromkeys(((value, ("item", key)) for key, _ in kept if key is not None), len(scope.body.ops))
    )
    scope.made[value] = kind
    scope.emit((Op.NEW, value, kind, kept))
    return value


def _lower_sequence(scope: Scope, node: Node) -> Value:
    kind = "list" if node.type == "list" else "set" if node.type == "set" else "tuple"
    elements: list[tuple[Literal, Value]] = []
    spreads: list[Value] = []
    ordered = kind != "set"
    position = 0
    for child in node.named_children:
        if child.type == "list_splat":
            inner = last_value(scope, child)
            known = elements_of(scope, inner) if ordered else None
            if known is not None:
                elements += [(position + at, one) for at, one in enumerate(known)]
                position += len(known)
            else:
                spreads.append(inner)
                ordered = False
        elif child.type not in TRIVIA:
            elements.append((position if ordered else None, scope.value(child)))
            position += 1
            if kind == "set":
                _hash(scope, elements[-1][1], child)
    value = make_container(scope, kind, elements)
    for one in spreads:
        if one >= 0:
            scope.note_read()
            scope.emit((Op.SPREAD, value, one))
    if ordered:
        written = scope.tuples if kind == "tuple" else scope.lists
        written[value] = [one for _, one in elements]
    return value


def _hash(scope: Scope, value: Value, node: Node) -> None:
    """Call what makes an object a key."""
    if value >= 0 and value not in scope.const_values:
        scope.emit((Op.CALL_METHOD, NOTHING, value, "__hash__", site_of(node), (), (), NOTHING, NOTHING, _IMPLICIT))


def _lower_dictionary(scope: Scope, node: Node) -> Value:
    elements: list[tuple[Literal, Value]] = []
    spreads: list[Value] = []
    for child in node.named_children:
        if child.type == "pair":
            parts = children_of(child)
            key, hashed = subscript_key(scope, parts[:1])
            _hash(scope, hashed, parts[0])
            elements.append((key, scope.value(parts[-1])))
        elif child.type == "dictionary_splat":
            spreads.append(last_value(scope, child))
    value = make_container(scope, "dict", elements)
    for one in spreads:
        if one >= 0:
            scope.note_read()
            scope.emit((Op.SPREAD, value, one))
    return value


DISPLAYS: Final[dict[str, Lower]] = {
    "list": _lower_sequence,
    "tuple": _lower_sequence,
    "set": _lower_sequence,
    "expression_list": _lower_sequence,
    "pattern_list": _lower_sequence,
    "dictionary": _lower_dictionary,
}
