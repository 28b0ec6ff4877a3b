"""Reads type annotations: which values are declared to be instances of which classes.

They are hints for values that nothing flows into. Only types that the file declares or imports are read, and arrays,
maps and promises of them.
"""

from collections.abc import Callable

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Op, Value
from yantra_bot.graphdb.languages.javascript.names import class_of
from yantra_bot.graphdb.languages.javascript.writer import Writer
from yantra_bot.graphdb.languages.lowering import site_of

# fmt: off
_TRANSPARENT = frozenset({
    "Awaited", "NonNullable", "Observable", "Omit", "Partial", "Pick", "Promise", "PromiseLike", "Readonly", "Required",
})
"""Generic types that stand for their first argument."""
_SEQUENCES = frozenset({
    "Array", "AsyncGenerator", "AsyncIterable", "AsyncIterableIterator", "Generator", "Iterable", "IterableIterator",
    "Iterator", "ReadonlyArray", "ReadonlySet", "Set",
})
_MAPPINGS = frozenset({"Map", "ReadonlyMap", "Record", "WeakMap"})
_WRAPPERS = frozenset({
    "adding_type_annotation", "intersection_type", "omitting_type_annotation", "opting_type_annotation",
    "optional_type", "parenthesized_type", "readonly_type", "rest_type", "type_annotation", "type_arguments",
    "union_type",
})
# fmt: on
_NAMES = frozenset({"type_identifier", "nested_type_identifier", "this_type"})


def offers(low: Writer, node: Node) -> list[Node]:
    """Return what a declared type stands for: names of classes, and containers; all members of a union."""
    found = []
    pending = [node]
    while pending:
        one = pending.pop()
        kind = one.type
        if kind in _NAMES or kind in ("array_type", "tuple_type"):
            found.append(one)
        elif kind in _WRAPPERS:
            pending.extend(reversed(one.named_children))
        elif kind == "generic_type":
            name, arguments = one.child_by_field_name("name"), one.child_by_field_name("type_arguments")
            if name is None:
                continue
            text = low.file.text(name)
            if arguments is not None and text in _TRANSPARENT:
                pending.extend(arguments.named_children[:1])
            else:
                found.append(one if text in _SEQUENCES or text in _MAPPINGS else name)
    return found


def named_types(low: Writer, node: Node) -> list[Node]:
    """Return the names of classes and interfaces that a declared type stands for."""
    return [one for one in offers(low, node) if one.type in _NAMES or one.type == "identifier"]


def type_value(low: Writer, name: Node) -> Value:
    """Return the value of a named type; NOTHING for one that is bound nowhere in this file."""
    if name.type == "this_type":
        return class_of(low)
    parts = low.file.text(name).split(".")
    variable = low.scope.find(parts[0].strip())
    if variable is None:
        return NOTHING
    value = low.read(variable)
    for part in parts[1:]:
        if value == NOTHING:
            break
        inner = low.new()
        low.ops.append((Op.ATTR, inner, value, part.strip(), site_of(name)))
        value = inner
    return value


def declare_types(low: Writer, declared: Node, value: Value) -> bool:
    """Note that a value is declared to be of a type; whether the type offers any class or container of one."""
    some = False
    for one in offers(low, declared):
        if one.type in _NAMES or one.type == "identifier":
            read_later(low, one, lambda known: low.ops.append((Op.INSTANCE, value, known)))
            some = True
        else:
            container = _container(low, one)
            if container != NOTHING:
                low.ops.append((Op.INSTANCE, value, container))
                some = True
    return some


def read_later(low: Writer, name: Node, use: Callable[[Value], None]) -> None:
    """Read a named type when everything around is lowered: types may be declared further down."""
    scope = low.scope

    def read() -> None:
        before, low.scope = low.scope, scope
        known = type_value(low, name)
        low.scope = before
        if known != NOTHING:
            use(known)

    low.file.waiting.append(read)


def _container(low: Writer, node: Node) -> Value:
    """Make the container that a declared type stands for; NOTHING where its elements are of no known class."""
    name, arguments = node.child_by_field_name("name"), node.child_by_field_name("type_arguments")
    parts = [one for one in (arguments or node).named_children if one.type != "comment"]
    if not parts or not low.enter(node):
        return NOTHING
    kind = low.file.text(name) if name is not None else "array"
    element = low.new()
    wanted = parts if node.type == "tuple_type" else parts[-1:] if kind in _MAPPINGS else parts[:1]
    some = sum(declare_types(low, one, element) for one in wanted) > 0
    low.leave()
    if not some:
        return NOTHING
    container = low.new()
    made = "object" if kind == "Record" else kind if kind in _MAPPINGS else "array"
    low.ops.append((Op.NEW, container, made, ((None, element),)))
    return container


def declare_return(low: Writer, function: Node) -> None:
    """Note what a function is declared to return; a generator's own type says nothing of what it returns."""
    declared = function.child_by_field_name("return_type")
    if declared is None or low.body.flags & BodyFlag.GENERATOR:
        return
    for one in offers(low, declared):
        named = one.type in _NAMES or one.type == "identifier"
        known = type_value(low, one) if named else _container(low, one)
        if known != NOTHING:
            low.ops.append((Op.RETURN_TYPE, known))
