"""Comprehensions and generator expressions: code of the body they stand in, with variables of their own."""

from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Literal, Op, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.python.displays import make_container
from yantra_bot.graphdb.languages.python.expressions import (
    TRIVIA,
    children_of,
    subscript_key,
    test_truth,
)
from yantra_bot.graphdb.languages.python.flow import begin, take_back
from yantra_bot.graphdb.languages.python.narrowing import narrow
from yantra_bot.graphdb.languages.python.patterns import bind
from yantra_bot.graphdb.languages.python.scope import UNBOUND, Changes, Lower, Scope

_KINDS: Final = {
    "list_comprehension": "list",
    "set_comprehension": "set",
    "dictionary_comprehension": "dict",
    "generator_expression": "generator",
}


def lower_comprehension(scope: Scope, node: Node) -> Value:
    """Lower a comprehension: its first iterable in the scope around it, the rest with its own variables."""
    around, hidden, outer = begin(scope), scope.env, scope.comprehended
    scope.comprehended = dict(outer)
    clauses = [child for child in node.named_children if child.type in {"for_in_clause", "if_clause"}]
    own: set[str] = set()
    for number, clause in enumerate(clauses):
        if clause.type == "if_clause":
            test_truth(scope, clause.named_children[-1])
            _narrow(scope, clause.named_children[-1], own)
            continue
        iterable = _lower_iterable(scope, clause)
        if number == 0 and scope.is_class:
            # What a class binds is not seen in here.
            scope.env = dict(scope.comprehended)
        own |= _bind_targets(scope, clause, iterable)
    elements = _lower_elements(scope, node)
    scope.env = hidden if scope.is_class else scope.env
    _restore(scope, around, own, outer)
    return make_container(scope, _KINDS[node.type], elements)


def _narrow(scope: Scope, condition: Node, own: set[str]) -> None:
    """What a condition tells of the comprehension's own variables counts for its elements."""
    before = dict(scope.env)
    for name in narrow(scope, condition):
        if name not in own:
            scope.set_version(name, before[name])


def _lower_iterable(scope: Scope, clause: Node) -> Value:
    right = clause.child_by_field_name("right")
    iterable = NOTHING if right is None else scope.value(right)
    if iterable < 0 or right is None:
        return NOTHING
    scope.note_read()
    element = scope.new()
    scope.emit((Op.ITER, element, iterable, site_of(right)))
    return element


def _bind_targets(scope: Scope, clause: Node, element: Value) -> set[str]:
    names: set[str] = set()

    def bind_name(name: str, value: Value) -> None:
        names.add(name)
        scope.set_version(name, value)
        scope.comprehended[name] = value

    bind(scope, clause.named_children[0], element, bind_name)
    return names


def _lower_elements(scope: Scope, node: Node) -> list[tuple[Literal, Value]]:
    body = next((child for child in node.named_children if child.type not in TRIVIA), None)
    if body is None:
        return []
    if body.type == "pair":
        parts = children_of(body)
        subscript_key(scope, parts[:1])
        return [(None, scope.value(parts[-1]))]
    return [(None, scope.value(body))]


def _restore(scope: Scope, around: int, own: set[str], outer: Changes) -> None:
    changes = take_back(scope)
    scope.branch = around
    scope.comprehended = outer
    scope.stored.clear()
    scope.fresh.clear()
    for name, version in changes.items():
        # What `:=` binds outlives the comprehension.
        if name not in own and not scope.is_class:
            scope.set_version(name, scope.merge([version, scope.env.get(name, UNBOUND)]))


COMPREHENSIONS: Final[dict[str, Lower]] = dict.fromkeys(_KINDS, lower_comprehension)
