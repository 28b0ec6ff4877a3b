"""Takes objects and arrays apart: destructuring in declarations, parameters and assignments."""

from collections.abc import Callable

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Op, Value
from yantra_bot.graphdb.languages.javascript.expressions import first_expression, property_key, run
from yantra_bot.graphdb.languages.javascript.names import get_attribute
from yantra_bot.graphdb.languages.javascript.naming import NAMED, name_function
from yantra_bot.graphdb.languages.javascript.writer import Writer
from yantra_bot.graphdb.languages.lowering import site_of

Bind = Callable[[Writer, Node, Value], None]
"""Binds or assigns a value to a name or another target."""

_TARGETS = frozenset(
    {"identifier", "shorthand_property_identifier_pattern", "member_expression", "subscript_expression"}
)


def assign_pattern(low: Writer, pattern: Node, value: Value, bind: Bind) -> None:
    """Give each target of a pattern its part of a value; `bind` is called for what is no pattern."""
    kind = pattern.type
    if kind in ("object_pattern", "object"):
        _take_object(low, pattern, value, bind)
    elif kind in ("array_pattern", "array"):
        _take_array(low, pattern, value, bind)
    elif kind in ("assignment_pattern", "object_assignment_pattern", "assignment_expression"):
        _take_default(low, pattern, value, bind)
    elif kind in ("rest_pattern", "spread_element", "parenthesized_expression", "non_null_expression"):
        inner = first_expression(pattern)
        if inner is not None:
            _take(low, inner, value, bind)
    elif kind not in ("undefined", "comment", "ERROR"):
        run(low, pattern)


def _take(low: Writer, target: Node, value: Value, bind: Bind) -> None:
    if target.type in _TARGETS:
        bind(low, target, value)
    elif low.enter(target):
        assign_pattern(low, target, value, bind)
        low.leave()


def _take_default(low: Writer, pattern: Node, value: Value, bind: Bind) -> None:
    left, right = pattern.child_by_field_name("left"), pattern.child_by_field_name("right")
    if left is None or right is None:
        return
    given = name_function(low, right, left, right) if right.type in NAMED else low.value(right)
    _take(low, left, low.union((value, given)), bind)


def _take_object(low: Writer, pattern: Node, value: Value, bind: Bind) -> None:
    for child in pattern.named_children:
        kind = child.type
        if kind in ("shorthand_property_identifier_pattern", "shorthand_property_identifier"):
            name = low.file.text(child)
            bind(low, child, get_attribute(low, value, name, site_of(child)))
        elif kind == "object_assignment_pattern":
            left = child.child_by_field_name("left")
            if left is not None:
                _take_default(low, child, get_attribute(low, value, low.file.text(left), site_of(left)), bind)
        elif kind in ("pair_pattern", "pair"):
            key, target = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and target is not None:
                _take(low, target, get_attribute(low, value, property_key(low, key), site_of(key)), bind)
        elif kind in ("rest_pattern", "spread_element"):
            assign_pattern(low, child, _rest(low, value, "object"), bind)


def _take_array(low: Writer, pattern: Node, value: Value, bind: Bind) -> None:
    index = 0
    for child in pattern.children:
        kind = child.type
        if kind == ",":
            index += 1
        elif kind in ("rest_pattern", "spread_element"):
            assign_pattern(low, child, _rest(low, value, "array"), bind)
        elif child.is_named and kind != "comment":
            _take(low, child, _unpack(low, value, index, child), bind)


def _unpack(low: Writer, value: Value, index: int, node: Node) -> Value:
    if value == NOTHING:
        return NOTHING
    part = low.new()
    low.ops.append((Op.UNPACK, part, value, index, site_of(node)))
    return part


def _rest(low: Writer, value: Value, kind: str) -> Value:
    if value == NOTHING:
        return NOTHING
    rest = low.new()
    low.ops.append((Op.NEW, rest, kind, ()))
    low.ops.append((Op.SPREAD, rest, value))
    return rest
