"""Tests of types: `instanceof`, the patterns of switches, and what of a value a cast lets through."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Value
from yantra_bot.graphdb.languages.java.calls import evaluate
from yantra_bot.graphdb.languages.java.code import Expression, JavaFile, Result
from yantra_bot.graphdb.languages.java.names import (
    read_dotted,
)
from yantra_bot.graphdb.languages.java.nodes import has_modifier
from yantra_bot.graphdb.languages.java.types import (
    ARRAY,
    BOOLEAN,
    UNTRACKED,
    Type,
    is_tracked,
)


def narrow(file: JavaFile, value: Value, kind: Type | None, node: Node) -> Value:
    """Return what of a value is of a type. Of a class that nothing here extends, only the class itself can be."""
    outline = file.outline_of(kind)
    dst = file.code.new()
    if outline is None or outline.extended or outline.kind == "interface" or has_modifier(outline.node, "abstract"):
        file.code.copy(dst, value)
    return file.declare_instance(dst, kind, node)


def _instanceof(file: JavaFile, node: Node, expected: Type | None) -> Result:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    value, _ = evaluate(file, left) if left is not None else (NOTHING, None)
    pattern = node.child_by_field_name("pattern")
    name = node.child_by_field_name("name")
    if pattern is not None:
        bind_pattern(file, pattern, value)
    elif right is not None:
        kind = file.read_type(right)
        if name is not None:
            _bind(file, name, kind, value, right)
        elif kind is not None and kind.name not in UNTRACKED and kind.name != ARRAY:
            file.type_value(kind.name, right)
    return NOTHING, BOOLEAN


def bind_pattern(file: JavaFile, node: Node, value: Value) -> None:
    """Bind the variables of a pattern to what it takes apart."""
    if not file.enter():
        return
    parts = node.named_children
    kind = node.type
    if kind == "pattern" and parts:
        bind_pattern(file, parts[0], value)
    elif kind in ("type_pattern", "record_pattern_component") and len(parts) >= 2:
        if parts[-1].type == "identifier":
            _bind(file, parts[-1], file.read_type(parts[-2]), value, parts[-2])
    elif kind == "record_pattern" and len(parts) >= 2:
        _bind_record(file, parts[0], parts[-1], value)
    file.depth -= 1


def _bind_record(file: JavaFile, type_node: Node, body: Node, value: Value) -> None:
    kind = file.read_type(type_node)
    outline = file.outline_of(kind)
    names = [name for name, one in outline.fields.items() if not one.static] if outline is not None else []
    if kind is not None and kind.name not in UNTRACKED:
        value = file.declare_instance(value, kind, type_node)
    for index, part in enumerate(one for one in body.named_children if "pattern" in one.type):
        inner: Value = NOTHING
        if value != NOTHING and index < len(names):
            inner = read_dotted(file, part, value, kind, names[index])[0]
        bind_pattern(file, part, inner)


def _bind(file: JavaFile, name: Node, kind: Type | None, value: Value, type_node: Node) -> None:
    """Declare a variable of a pattern: the value itself, taken for the type."""
    bound: Value = NOTHING
    if is_tracked(kind):
        bound = narrow(file, value, kind, type_node)
    file.code.declare(file.text(name), bound, versioned=True).note = kind


PATTERNS: dict[str, Expression] = {"instanceof_expression": _instanceof}
