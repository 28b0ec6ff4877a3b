"""Simple statements: assignments, returns, deletions, raises."""

from functools import partial
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import NOTHING, CallFlag, Op, Value
from yantra_bot.graphdb.languages.lowering import make_symbol, site_of
from yantra_bot.graphdb.languages.python.annotations import declare
from yantra_bot.graphdb.languages.python.calls import lower_call
from yantra_bot.graphdb.languages.python.definitions import emit_return
from yantra_bot.graphdb.languages.python.expressions import (
    TRIVIA,
    call_implicit,
    children_of,
    last_value,
    object_value,
    subscript_key,
    test_truth,
)
from yantra_bot.graphdb.languages.python.flow import changes_since
from yantra_bot.graphdb.languages.python.imports import extend_exports, set_exports
from yantra_bot.graphdb.languages.python.names import mangle
from yantra_bot.graphdb.languages.python.narrowing import narrow
from yantra_bot.graphdb.languages.python.operators import operate_in_place
from yantra_bot.graphdb.languages.python.patterns import bind
from yantra_bot.graphdb.languages.python.properties import name_property
from yantra_bot.graphdb.languages.python.scope import UNBOUND, Lower, Run, Scope
from yantra_bot.graphdb.languages.python.symbols import add_variable

_RAISED: Final = frozenset({"identifier", "attribute"})


def _lower_expression_statement(scope: Scope, node: Node) -> None:
    for child in node.named_children:
        kind = child.type
        if kind == "call":
            lower_call(scope, child, wanted=False)
        elif kind == "string":
            if scope.unit.source[child.start_byte : child.start_byte + 2].lower().find(b"f") >= 0:
                scope.value(child)
        else:
            scope.value(child)


# Assignments


def lower_assignment(scope: Scope, node: Node) -> Value:
    """Lower `a = b = value`, with or without an annotation."""
    targets: list[tuple[Node, Node | None]] = []
    right: Node | None = node
    while right is not None and right.type == "assignment":
        left = right.child_by_field_name("left")
        if left is not None:
            targets.append((left, right.child_by_field_name("type")))
        right = right.child_by_field_name("right")
    value = NOTHING if right is None else scope.value(right)
    for left, declared in targets:
        if declared is not None:
            _assign_declared(scope, node, left, declared, value, is_bare=right is None)
        else:
            bind_target(scope, left, value, node)
        if scope.is_module and right is not None and left.type == "identifier" and scope.unit.text(left) == "__all__":
            set_exports(scope, right)
    return value


def _assign_declared(scope: Scope, node: Node, left: Node, declared: Node, value: Value, *, is_bare: bool) -> None:
    if scope.is_class and left.type == "identifier" and b"ClassVar" not in _slice(scope, declared):
        scope.fields.append(scope.unit.text(left))
    if is_bare and not (scope.is_class or scope.is_module or left.type == "attribute"):
        # It says nothing of any value: the name stays what it is.
        return
    typed = scope.new()
    if value >= 0:
        scope.emit((Op.COPY, typed, value))
    declare(scope, typed, declared)
    if value in scope.const_values:
        typed = value
    bind_target(scope, left, typed, node)


def _slice(scope: Scope, node: Node) -> bytes:
    return scope.unit.source[node.start_byte : node.end_byte]


def bind_target(scope: Scope, target: Node, value: Value, statement: Node) -> None:
    """Bind a target, and add symbols for variables of modules and classes."""
    if scope.is_module or scope.is_class:
        bind(scope, target, value, partial(_bind_with_symbol, scope, target, statement))
    else:
        bind(scope, target, value, scope.assign)


def _bind_with_symbol(scope: Scope, target: Node, statement: Node, name: str, value: Value) -> None:
    add_variable(scope, name, target, statement)
    if value in scope.properties:
        name_property(scope, name, value)
    scope.assign(name, value)


def _lower_augmented(scope: Scope, node: Node) -> Value:
    children = children_of(node)
    left, right = children[0], children[-1]
    before = scope.value(left)
    added = scope.value(right)
    operator = node.child_by_field_name("operator")
    value = operate_in_place(scope, operator.type if operator is not None else "", before, added, node)
    bind_target(scope, left, value, node)
    if scope.is_module and left.type == "identifier" and scope.unit.text(left) == "__all__":
        extend_exports(scope, [right])
    return value


def _lower_type_alias(scope: Scope, node: Node) -> None:
    children = node.named_children
    named = children[0]
    while named.named_child_count and named.type != "identifier":
        named = named.named_children[0]
    name = scope.unit.text(named)
    scope.symbols[name] = scope.unit.add_symbol(make_symbol(NodeKind.TYPE.value, name, scope.owner, node, named))
    value = scope.new()
    scope.assign(name, value)


# The others


def _lower_return(scope: Scope, node: Node) -> None:
    emit_return(scope, last_value(scope, node))
    scope.live = False


def _lower_raise(scope: Scope, node: Node) -> None:
    for child in node.named_children:
        value = scope.value(child)
        if value >= 0 and child.type in _RAISED and _may_be_class(scope, child):
            place = site_of(child.named_children[-1] if child.type == "attribute" else child)
            scope.emit((Op.CALL, NOTHING, value, place, (), (), NOTHING, NOTHING, CallFlag.IF_CLASS))
    scope.live = False


def _may_be_class(scope: Scope, node: Node) -> bool:
    """Say whether what is raised may be a class: a variable of a function is an exception as a rule."""
    name = scope.unit.text(node)
    is_variable = node.type == "identifier" and name in scope.env and name not in scope.symbols
    return not is_variable or name.lstrip("_")[:1].isupper()


def _lower_break(scope: Scope, _node: Node) -> None:
    if scope.loops:
        scope.loops[-1].breaks.append(changes_since(scope, scope.loops[-1].depth))
    scope.live = False


def _lower_continue(scope: Scope, _node: Node) -> None:
    if scope.loops:
        scope.loops[-1].continues.append(changes_since(scope, scope.loops[-1].depth))
    scope.live = False


def _lower_assert(scope: Scope, node: Node) -> None:
    children = children_of(node)
    if children:
        test_truth(scope, children[0])
        narrow(scope, children[0])
    for child in children[1:]:
        scope.value(child)


def _lower_delete(scope: Scope, node: Node) -> None:
    pending = list(reversed(children_of(node)))
    while pending:
        target = pending.pop()
        kind = target.type
        if kind == "identifier":
            scope.set_version(mangle(scope, scope.unit.text(target)), UNBOUND)
        elif kind == "attribute":
            parts = target.named_children
            obj, name = object_value(scope, parts[0]), mangle(scope, scope.unit.text(parts[-1]))
            scope.stored.pop(name, None)
            if obj >= 0:
                scope.emit((Op.DELETE_ATTR, obj, name, site_of(parts[-1])))
        elif kind == "subscript":
            _delete_item(scope, target)
        elif kind not in TRIVIA:
            pending.extend(reversed(target.named_children))


def _delete_item(scope: Scope, target: Node) -> None:
    children = children_of(target)
    obj = scope.value(children[0])
    _, key = subscript_key(scope, children[1:])
    scope.stored.clear()
    scope.lists.clear()
    if obj >= 0:
        call_implicit(scope, obj, "__delitem__", target, (key,))


def _lower_global(scope: Scope, node: Node) -> None:
    module = scope
    while module.parent is not None:
        module = module.parent
    if scope is not module:
        for child in children_of(node):
            scope.forced[scope.unit.text(child)] = module


def _lower_nonlocal(scope: Scope, node: Node) -> None:
    for child in children_of(node):
        name = scope.unit.text(child)
        owner = scope.parent
        while owner is not None and (owner.is_class or name not in owner.defined):
            owner = owner.forced.get(name) or owner.parent
        if owner is not None:
            scope.forced[name] = owner


def _effects(scope: Scope, node: Node) -> None:
    last_value(scope, node)


ASSIGNMENTS: Final[dict[str, Lower]] = {
    "assignment": lower_assignment,
    "augmented_assignment": _lower_augmented,
}
STATEMENTS: Final[dict[str, Run]] = {
    "expression_statement": _lower_expression_statement,
    "return_statement": _lower_return,
    "raise_statement": _lower_raise,
    "break_statement": _lower_break,
    "continue_statement": _lower_continue,
    "assert_statement": _lower_assert,
    "delete_statement": _lower_delete,
    "global_statement": _lower_global,
    "nonlocal_statement": _lower_nonlocal,
    "type_alias_statement": _lower_type_alias,
    "print_statement": _effects,
    "exec_statement": _effects,
    "pass_statement": lambda _scope, _node: None,
}
