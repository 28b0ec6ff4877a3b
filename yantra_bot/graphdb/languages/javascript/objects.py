"""Lowers literals of objects and arrays."""

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Literal, Op, Value
from yantra_bot.graphdb.languages.javascript.classes import make_class
from yantra_bot.graphdb.languages.javascript.expressions import first_expression, property_key
from yantra_bot.graphdb.languages.javascript.functions import FUNCTIONS, NO_SYMBOL, make_function
from yantra_bot.graphdb.languages.javascript.names import hold_function, lower_identifier
from yantra_bot.graphdb.languages.javascript.naming import NAMED
from yantra_bot.graphdb.languages.javascript.state import Handler
from yantra_bot.graphdb.languages.javascript.writer import Writer

_TABLE = 32
"""Elements from which on an array literal is taken for a table of data."""
Entry = tuple[Literal, Value]


def lower_object(low: Writer, node: Node) -> Value:
    """Lower `{…}`; what stores it may have said whose members its functions are."""
    symbol, low.object_symbol = low.object_symbol, NO_SYMBOL
    return make_object(low, node, symbol)


def make_object(low: Writer, node: Node, symbol: int) -> Value:
    """Lower an object literal; functions in it belong to `symbol`, where there is one."""
    target = low.new()
    entries: list[Entry] = []
    spreads = []
    for child in node.named_children:
        kind = child.type
        if kind == "pair":
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and value is not None:
                literal = property_key(low, key)
                entries.append((literal, _member(low, child, value, literal, symbol)))
        elif kind == "method_definition":
            entries.append(_method(low, child, symbol))
        elif kind == "shorthand_property_identifier":
            entries.append((low.file.text(child), lower_identifier(low, child)))
        elif kind == "spread_element":
            inner = first_expression(child)
            spreads.append(NOTHING if inner is None else low.value(inner))
    for _, member in entries:
        hold_function(low, member, target)
    low.ops.append((Op.NEW, target, "object", tuple(entry for entry in entries if entry[1] != NOTHING)))
    low.ops.extend((Op.SPREAD, target, source) for source in spreads if source != NOTHING)
    return target


def _member(low: Writer, pair: Node, value: Node, key: Literal, symbol: int) -> Value:
    if not isinstance(key, str):
        return low.value(value)
    if value.type in FUNCTIONS:
        return make_function(low, value, name=key, parent=symbol, span=pair)
    if value.type in NAMED:
        return make_class(low, value, name=key, parent=symbol)
    if symbol != NO_SYMBOL and value.type == "object" and has_functions(value):
        return make_object(low, value, low.file.add_symbol(NodeKind.VARIABLE, key, symbol, pair))
    return low.value(value)


def has_functions(literal: Node) -> bool:
    """Say whether an object literal, or one in it, defines functions, whose names then begin with what stores it."""
    waiting = [literal]
    for one in waiting:
        for child in one.named_children:
            value = child.child_by_field_name("value") if child.type == "pair" else None
            if child.type == "method_definition" or (value is not None and value.type in FUNCTIONS):
                return True
            if value is not None and value.type == "object":
                waiting.append(value)
    return False


def _method(low: Writer, method: Node, symbol: int) -> Entry:
    name = method.child_by_field_name("name")
    key = property_key(low, name) if name is not None else None
    words = {child.type for child in method.children if not child.is_named}
    flags = BodyFlag.PROPERTY if "get" in words else 0
    text = key if isinstance(key, str) else ""
    value = make_function(low, method, name=text, parent=symbol, flags=flags, name_node=name, kind=NodeKind.FUNCTION)
    return (f"{key}.setter" if "set" in words else key), value


def lower_array(low: Writer, node: Node) -> Value:
    """Lower `[…]`."""
    target = low.new()
    entries: list[Entry] = []
    spreads = []
    index: int | None = 0
    elements = [child for child in node.named_children if child.type != "comment"]
    if len(elements) > _TABLE and elements[0].type in ("number", "string", "array", "null", "false", "true"):
        return _lower_table(low, elements, target)
    for child in elements:
        if child.type == "spread_element":
            inner = first_expression(child)
            spreads.append(NOTHING if inner is None else low.value(inner))
            index = None
            continue
        value = low.value(child)
        if value != NOTHING:
            entries.append((index, value))
        index = None if index is None else index + 1
    low.ops.append((Op.NEW, target, "array", tuple(entries)))
    low.ops.extend((Op.SPREAD, target, source) for source in spreads if source != NOTHING)
    return target


def _lower_table(low: Writer, elements: list[Node], target: Value) -> Value:
    """Lower a long list of plain data: only what is neither number, string nor a row of them is kept."""
    plain = ("number", "string", "null", "false", "true")
    kept = []
    for index, child in enumerate(elements):
        if child.type in plain:
            continue
        if child.type == "array" and all(one.type in plain for one in child.named_children):
            continue
        kept.append((index, low.value(child)))
    low.ops.append((Op.NEW, target, "array", tuple(entry for entry in kept if entry[1] != NOTHING)))
    return target


HANDLERS: dict[str, Handler] = {"object": lower_object, "array": lower_array}
