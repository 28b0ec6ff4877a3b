"""What is bound where a value is taken apart: the targets of assignments and loops, and the patterns of `match`."""

from collections.abc import Callable
from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Literal, Op, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.python.displays import make_container
from yantra_bot.graphdb.languages.python.expressions import (
    TRIVIA,
    children_of,
    elements_of,
    object_value,
    subscript_key,
)
from yantra_bot.graphdb.languages.python.names import mangle
from yantra_bot.graphdb.languages.python.scope import Scope
from yantra_bot.graphdb.languages.python.symbols import note_instance_variable
from yantra_bot.graphdb.languages.python.unit import MAX_DEPTH

Bind = Callable[[str, Value], None]

_SPLATS: Final = frozenset({"list_splat_pattern", "list_splat"})
_ITEM: Final = "item"


def bind(scope: Scope, target: Node, value: Value, bind_name: Bind) -> None:
    """Bind a target of any shape to a value; names are bound by bind_name."""
    kind = target.type
    if kind == "identifier":
        bind_name(mangle(scope, scope.unit.text(target)), value)
    elif kind == "attribute":
        _bind_attribute(scope, target, value)
    elif kind == "subscript":
        _bind_item(scope, target, value)
    elif kind in _SPLATS or kind in {"as_pattern_target", "parenthesized_expression"}:
        for child in children_of(target)[:1]:
            bind(scope, child, value, bind_name)
    elif kind not in TRIVIA:
        _bind_elements(scope, target, value, bind_name)


def _bind_attribute(scope: Scope, target: Node, value: Value) -> None:
    parts = target.named_children
    obj = object_value(scope, parts[0])
    name = mangle(scope, scope.unit.text(parts[-1]))
    if obj < 0:
        return
    note_instance_variable(scope, obj, name, target)
    op = (Op.SET_ATTR, obj, name, value, site_of(target))
    if name in scope.unit.properties:
        scope.emit(op)
    else:
        store(scope, (obj, name), value, op)


def _bind_item(scope: Scope, target: Node, value: Value) -> None:
    children = children_of(target)
    obj = scope.value(children[0])
    literal, key = subscript_key(scope, children[1:])
    if obj < 0:
        return
    if any(child.type == "slice" for child in children[1:]):
        # Of a container each element is put in; the objects that this calls a method of are not told what with.
        scope.emit((Op.SPREAD, obj, value))
        value = NOTHING
    op = (Op.SET_ITEM, obj, literal, value, site_of(target), *([key] if literal is None and key >= 0 else []))
    scope.lists.pop(obj, None)
    if obj not in scope.made:
        # It may be any of them by another name.
        scope.lists.clear()
    if isinstance(literal, str) and children[0].type == "attribute":
        _bind_in_table(scope, children[0], literal, value)
    if literal is None:
        scope.stored.clear()
        scope.fresh.clear()
        scope.emit(op)
        return
    store(scope, (obj, (_ITEM, literal)), value, op)


def _bind_in_table(scope: Scope, table: Node, name: str, value: Value) -> None:
    """`self.__dict__["x"] = value` sets an attribute."""
    parts = table.named_children
    if scope.unit.text(parts[-1]) == "__dict__":
        obj = object_value(scope, parts[0])
        if obj >= 0:
            scope.emit((Op.SET_ATTR, obj, name, value))


def store(scope: Scope, key: tuple[Value, object], value: Value, op: tuple[object, ...]) -> None:
    """Emit a store under a constant key. What it overwrites is dropped where nothing can have seen it."""
    earlier = scope.fresh.pop(key, None)
    if earlier is not None:
        _drop(scope, earlier, key)
    # Another object with the key may be the same one by another name, so one object is remembered for a key.
    scope.stored[key[1]] = (key[0], value)
    scope.fresh[key] = len(scope.body.ops)
    scope.emit(op)


def _drop(scope: Scope, at: int, key: tuple[Value, object]) -> None:
    ops = scope.body.ops
    old = ops[at]
    if old[0] == Op.NEW and isinstance(key[1], tuple):
        literal: Literal = key[1][1]
        ops[at] = (*old[:3], tuple(entry for entry in old[3] if entry[0] != literal))
    elif old[0] in {Op.SET_ITEM, Op.SET_ATTR}:
        ops[at] = (Op.COPY, NOTHING, NOTHING)


# Taking apart


def _bind_elements(scope: Scope, target: Node, value: Value, bind_name: Bind) -> None:
    unit = scope.unit
    if unit.depth >= MAX_DEPTH:
        unit.report_depth(target)
        return
    unit.depth += 1
    targets = [child for child in target.named_children if child.type not in TRIVIA]
    star = next((at for at, child in enumerate(targets) if child.type in _SPLATS), None)
    known = elements_of(scope, value)
    if known is not None and (len(known) == len(targets) if star is None else len(known) >= len(targets) - 1):
        values = _split(scope, known, star, len(targets))
    else:
        values = [element(scope, value, at, star, child) for at, child in enumerate(targets)]
    for child, one in zip(targets, values, strict=True):
        bind(scope, child, one, bind_name)
    unit.depth -= 1


def _split(scope: Scope, known: list[Value], star: int | None, count: int) -> list[Value]:
    if star is None:
        return known
    behind = count - star - 1
    middle = known[star : len(known) - behind]
    rest = make_container(scope, "list", list(enumerate(middle)))
    scope.lists[rest] = middle
    return [*known[:star], rest, *known[len(known) - behind :]]


def element(scope: Scope, value: Value, at: int, star: int | None, node: Node) -> Value:
    """Return one part of a value that is taken apart; behind a starred one the position is not known."""
    if value < 0 or value in scope.const_values:
        return NOTHING
    scope.note_read()
    part = scope.new()
    scope.emit((Op.UNPACK, part, value, at if star is None or at < star else None, site_of(node)))
    if at == star:
        return make_container(scope, "list", [(None, part)])
    return part
