"""The expressions that everything is made of: names, attributes, subscripts, conditions, `await`, `yield`."""

import re
from pathlib import PurePosixPath
from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, BodyFlag, CallFlag, Literal, Op, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.python.flow import begin, end, join
from yantra_bot.graphdb.languages.python.literals import key_of_tuple, read_key, read_keys
from yantra_bot.graphdb.languages.python.names import is_import, mangle, note_owner, note_use, read_name
from yantra_bot.graphdb.languages.python.scope import Lower, Scope

TRIVIA: Final = frozenset({"comment", "line_continuation", "ERROR"})
_IMPLICIT: Final = CallFlag.IMPLICIT
_BOUNDS: Final = re.compile(rb"\s*(-?\d{1,4})?\s*:\s*(-?\d{1,4})?\s*(?::\s*(-?\d{1,4})?\s*)?\Z")
"""The inside of a slice by constants."""
_TRUTH_TESTED: Final = frozenset({"identifier", "attribute", "call", "subscript", "await", "named_expression"})


def children_of(node: Node) -> list[Node]:
    """Return the named children without comments and the like."""
    return [child for child in node.named_children if child.type not in TRIVIA]


def last_value(scope: Scope, node: Node) -> Value:
    """Lower all children and return the last one's value."""
    value = NOTHING
    for child in node.named_children:
        if child.type not in TRIVIA:
            value = scope.value(child)
    return value


def only_effects(scope: Scope, node: Node) -> Value:
    """Lower all children for what they do."""
    last_value(scope, node)
    return NOTHING


def is_plain(scope: Scope, value: Value) -> bool:
    """Say whether a value is a constant, or nothing that is tracked."""
    return value < 0 or value in scope.const_values


def call_implicit(scope: Scope, obj: Value, name: str, node: Node, args: tuple[Value, ...] = ()) -> Value:
    """Emit the call that an operator or a protocol makes, and return its result."""
    result = scope.new()
    scope.emit((Op.CALL_METHOD, result, obj, name, site_of(node), args, (), NOTHING, NOTHING, _IMPLICIT))
    return result


def test_truth(scope: Scope, node: Node) -> Value:
    """Lower a condition; an object in it is asked whether it is true."""
    while node.type == "parenthesized_expression" and node.named_child_count == 1:
        node = node.named_children[0]
    value = scope.value(node)
    if value >= 0 and node.type in _TRUTH_TESTED and value not in scope.const_values:
        scope.emit((Op.CALL_METHOD, NOTHING, value, "__bool__", site_of(node), (), (), NOTHING, NOTHING, _IMPLICIT))
    return value


def _lower_name(scope: Scope, node: Node) -> Value:
    unit = scope.unit
    name = unit.texts[unit.source[node.start_byte : node.end_byte]]
    if name.startswith("__") and scope.class_name:
        name = mangle(scope, name)
    value = read_name(scope, name, node)
    if name not in scope.env or name in scope.symbols:
        note_use(scope, name, value, node)
    return value


def _lower_attribute(scope: Scope, node: Node) -> Value:
    children = node.named_children
    root, last = children[0], children[-1]
    obj = object_value(scope, root)
    name = scope.unit.text(last)
    if name.startswith("__"):
        name = mangle(scope, name)
    if obj < 0:
        return NOTHING
    stored = scope.stored.get(name)
    if stored is not None and stored[0] == obj:
        return stored[1]
    scope.note_read()
    value = scope.new()
    place = site_of(last)
    scope.emit((Op.ATTR, value, obj, name, place))
    if root.type == "identifier" and is_import(scope, scope.unit.text(root)):
        scope.emit((Op.REF, value, name, place))
    return value


def object_value(scope: Scope, node: Node) -> Value:
    """Lower what stands before a dot: an imported name there is no use of its own."""
    if node.type == "identifier":
        name = scope.unit.text(node)
        if name.startswith("__"):
            name = mangle(scope, name)
        value = read_name(scope, name, node)
        if name not in scope.env or name in scope.symbols:
            note_owner(scope, name, value, node)
        return value
    if node.type in {"string", "concatenated_string"}:
        made = scope.value(node)
        return made if made >= 0 and made not in scope.const_values else scope.constant("")
    return scope.value(node)


def subscript_key(scope: Scope, nodes: list[Node]) -> tuple[Literal, Value]:
    """Lower the inside of a subscript: a constant key, else None, and its value."""
    if len(nodes) != 1:
        literal = read_keys(scope, nodes)
        if literal is None:
            for node in nodes:
                scope.value(node)
        return literal, NOTHING
    literal = read_key(scope, nodes[0])
    if literal is not None and nodes[0].type != "attribute":
        return literal, NOTHING
    value = scope.value(nodes[0])
    if literal is None and value in scope.tuples:
        literal = key_of_tuple([scope.const_values.get(one) for one in scope.tuples[value]])
    return scope.const_values.get(value, literal), value


def _lower_subscript(scope: Scope, node: Node) -> Value:
    children = children_of(node)
    obj = scope.value(children[0])
    if len(children) == 2 and children[1].type == "slice":
        only_effects(scope, children[1])
        return _emit_slice(scope, obj, node, children[1])
    literal, key = subscript_key(scope, children[1:])
    if obj < 0 or obj in scope.const_values:
        return NOTHING
    if children[0].type == "attribute" and _is_table_of_modules(scope, children[0]):
        specifier = _own_module(scope) if scope.unit.text(children[-1]) == "__name__" else literal
        if isinstance(specifier, str):
            value = scope.new()
            # It is loaded already: this is no import, so that there is no place of one.
            scope.emit((Op.IMPORT, value, specifier, NOTHING))
            return value
    return read_item(scope, obj, (literal, key), node)


def _is_table_of_modules(scope: Scope, node: Node) -> bool:
    root, dot, last = scope.unit.text(node).partition(".")
    return dot + last == ".modules" and scope.unit.imported.get(root) == "sys"


def _own_module(scope: Scope) -> str:
    return "." if scope.unit.is_package else f".{PurePosixPath(scope.unit.facts.path).stem}"


def _emit_slice(scope: Scope, obj: Value, node: Node, bounds: Node) -> Value:
    if is_plain(scope, obj):
        return NOTHING
    scope.note_read()
    elements, found = elements_of(scope, obj), _BOUNDS.match(scope.unit.source[bounds.start_byte : bounds.end_byte])
    value = scope.new()
    if elements is not None and found is not None and int(found[3] or 1):
        part = elements[slice(*(None if one is None else int(one) for one in found.groups()))]
        scope.emit((Op.NEW, value, "list", tuple((at, one) for at, one in enumerate(part) if one >= 0)))
        scope.lists[value], scope.made[value] = part, "list"
        return value
    scope.emit((Op.SLICE, value, obj, site_of(node)))
    return value


def read_item(scope: Scope, obj: Value, key: tuple[Literal, Value], node: Node) -> Value:
    """Return an object's item under a constant key, or under what a value holds."""
    literal = key[0]
    if literal is not None:
        stored = scope.stored.get(("item", literal))
        if stored is not None and stored[0] == obj:
            return stored[1]
    if isinstance(literal, int) and literal < 0:
        elements = elements_of(scope, obj)
        if elements is not None and -literal <= len(elements):
            literal += len(elements)
    scope.note_read()
    value = scope.new()
    if literal is None and key[1] >= 0:
        inside = node.named_children[-1]
        is_imported = inside.type == "identifier" and is_import(scope, scope.unit.text(inside))
        scope.emit((Op.ITEM, value, obj, None, site_of(node), key[1], *((True,) if is_imported else ())))
    else:
        scope.emit((Op.ITEM, value, obj, literal, site_of(node)))
    return value


def elements_of(scope: Scope, value: Value) -> list[Value] | None:
    """Return the elements of a tuple or list that is written out and was not changed; None when they are not known."""
    return scope.tuples.get(value) or scope.lists.get(value)


def _lower_conditional(scope: Scope, node: Node) -> Value:
    children = children_of(node)
    if len(children) != 3:
        return only_effects(scope, node)
    test_truth(scope, children[1])
    around = begin(scope)
    first = scope.value(children[0])
    first_changes = end(scope, around)
    around = begin(scope)
    second = scope.value(children[2])
    join(scope, [first_changes, end(scope, around)])
    return scope.merge([first, second])


def _lower_walrus(scope: Scope, node: Node) -> Value:
    children = children_of(node)
    value = scope.value(children[-1])
    name = scope.unit.text(children[0])
    scope.assign(name, value)
    scope.comprehended.pop(name, None)
    return value


def _lower_await(scope: Scope, node: Node) -> Value:
    value = last_value(scope, node)
    scope.note_call()
    if is_plain(scope, value):
        return NOTHING
    result = scope.new()
    scope.emit((Op.AWAIT, result, value, site_of(node)))
    return result


def _lower_yield(scope: Scope, node: Node) -> Value:
    value = last_value(scope, node)
    source = NOTHING
    scope.note_call()
    scope.body.flags |= BodyFlag.GENERATOR
    if value >= 0 and any(child.type == "from" for child in node.children):
        source, value = value, scope.new()
        scope.emit((Op.ITER, value, source, site_of(node)))
    around = node.parent
    if around is None or around.type == "expression_statement":
        if value >= 0:
            scope.emit((Op.YIELD, value))
        return NOTHING
    return _result_of_yield(scope, node, value, source)


def _result_of_yield(scope: Scope, node: Node, value: Value, source: Value) -> Value:
    """`x = yield from inner()`: what `inner` returns; `x = yield y`: what `send` gives."""
    result = scope.new()
    if source >= 0:
        scope.emit((Op.YIELD, value))
        scope.emit((Op.AWAIT, result, source, site_of(node)))
    else:
        scope.emit((Op.YIELD, value, result))
    return result


EXPRESSIONS: Final[dict[str, Lower]] = {
    "identifier": _lower_name,
    "attribute": _lower_attribute,
    "subscript": _lower_subscript,
    "conditional_expression": _lower_conditional,
    "named_expression": _lower_walrus,
    "await": _lower_await,
    "yield": _lower_yield,
    "parenthesized_expression": last_value,
    "slice": only_effects,
    "list_splat": last_value,
    "dictionary_splat": last_value,
}
