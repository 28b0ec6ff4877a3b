"""Containers and strings that are written out, and what their parts are."""

from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Literal, Op, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.python.expressions import (
    TRIVIA,
    children_of,
    elements_of,
    is_plain,
    last_value,
    only_effects,
    subscript_key,
)
from yantra_bot.graphdb.languages.python.literals import read_int, read_string
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
    value = make_container(scope, kind, elements)
    for one in spreads:
        if one >= 0:
            scope.emit((Op.SPREAD, value, one))
    if ordered:
        written = scope.tuples if kind == "tuple" else scope.lists
        written[value] = [one for _, one in elements]
    return value


def _lower_dictionary(scope: Scope, node: Node) -> Value:
    elements: list[tuple[Literal, Value]] = []
    spreads: list[Value] = []
    for child in node.named_children:
        if child.type == "pair":
            parts = children_of(child)
            key, _ = subscript_key(scope, parts[:1])
            elements.append((key, scope.value(parts[-1])))
        elif child.type == "dictionary_splat":
            spreads.append(last_value(scope, child))
    value = make_container(scope, "dict", elements)
    for one in spreads:
        if one >= 0:
            scope.emit((Op.SPREAD, value, one))
    return value


def _lower_string(scope: Scope, node: Node) -> Value:
    text = read_string(scope, node)
    if text is not None and "{" not in text:
        return scope.constant(text)
    return _interpolate(scope, node)


def _interpolate(scope: Scope, node: Node) -> Value:
    for child in node.named_children:
        if child.type in {"interpolation", "format_expression"}:
            _format(scope, child)
        elif child.type in {"string", "format_specifier"}:
            _interpolate(scope, child)
    return NOTHING


def _format(scope: Scope, node: Node) -> None:
    value, method = NOTHING, "__format__"
    for child in node.named_children:
        if child.type == "type_conversion":
            method = "__repr__" if scope.unit.text(child) in {"!r", "!a"} else "__str__"
        elif child.type == "format_specifier":
            _interpolate(scope, child)
        elif child.type not in TRIVIA:
            value = scope.value(child)
    if not is_plain(scope, value):
        scope.emit((Op.CALL_METHOD, NOTHING, value, method, site_of(node), (), (), NOTHING, NOTHING, _IMPLICIT))


def _lower_integer(scope: Scope, node: Node) -> Value:
    number = read_int(scope, node)
    return NOTHING if number is None else scope.constant(number)


DISPLAYS: Final[dict[str, Lower]] = {
    "list": _lower_sequence,
    "tuple": _lower_sequence,
    "set": _lower_sequence,
    "expression_list": _lower_sequence,
    "pattern_list": _lower_sequence,
    "dictionary": _lower_dictionary,
    "string": _lower_string,
    "concatenated_string": _lower_string,
    "integer": _lower_integer,
    "interpolation": only_effects,
}
