"""Reads type annotations: which values are declared to be instances of which classes.

They are hints for values that nothing flows into. Only types that the file declares or imports are read.
"""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Op, Value
from yantra_bot.graphdb.languages.javascript.names import class_of
from yantra_bot.graphdb.languages.javascript.writer import Writer
from yantra_bot.graphdb.languages.lowering import site_of

_TRANSPARENT = frozenset(
    {
        "Observable",
        "Promise",
        "PromiseLike",
        "Awaited",
        "Readonly",
        "Partial",
        "Required",
        "NonNullable",
        "Pick",
        "Omit",
    }
)
_WRAPPERS = frozenset(
    {
        "type_annotation",
        "parenthesized_type",
        "readonly_type",
        "optional_type",
        "union_type",
        "intersection_type",
        "omitting_type_annotation",
        "adding_type_annotation",
        "opting_type_annotation",
        "rest_type",
    }
)


def named_types(node: Node) -> list[Node]:
    """Return the names of classes and interfaces that a declared type stands for: all members of a union."""
    found = []
    pending = [node]
    while pending:
        one = pending.pop()
        kind = one.type
        if kind in ("type_identifier", "nested_type_identifier", "this_type"):
            found.append(one)
        elif kind in _WRAPPERS:
            pending.extend(reversed(one.named_children))
        elif kind == "generic_type":
            name, arguments = one.child_by_field_name("name"), one.child_by_field_name("type_arguments")
            if name is None:
                continue
            if arguments is not None and name.text is not None and name.text.decode("utf-8", "replace") in _TRANSPARENT:
                pending.extend(arguments.named_children[:1])
            else:
                found.append(name)
    return found


def type_value(low: Writer, name: Node) -> Value:
    """Return the value of a named type; NOTHING for one that is bound nowhere in this file."""
    if name.type == "this_type":
        return class_of(low)
    if name.type in ("nested_type_identifier", "member_expression", "nested_identifier"):
        parts = low.file.text(name).split(".")
    else:
        parts = [low.file.text(name)]
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
    """Note that a value is declared to be of a type; whether the type names any class."""
    names = named_types(declared)
    for name in names:
        _declare(low, name, value)
    return bool(names)


def _declare(low: Writer, name: Node, value: Value) -> None:
    scope = low.scope

    def later() -> None:
        before, low.scope = low.scope, scope
        known = type_value(low, name)
        low.scope = before
        if known != NOTHING:
            low.ops.append((Op.INSTANCE, value, known))

    low.file.waiting.append(later)


def declare_return(low: Writer, function: Node) -> None:
    """Note what a function is declared to return."""
    declared = function.child_by_field_name("return_type")
    if declared is None:
        return
    for name in named_types(declared):
        known = type_value(low, name)
        if known != NOTHING:
            low.ops.append((Op.RETURN_TYPE, known))
