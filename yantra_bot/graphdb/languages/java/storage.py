"""Where values are kept: arrays, and assignments to variables, fields and elements."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Op, Value
from yantra_bot.graphdb.languages.java.calls import evaluate, read_receiver
from yantra_bot.graphdb.languages.java.code import Expression, JavaFile, Result
from yantra_bot.graphdb.languages.java.expressions import call_to_string
from yantra_bot.graphdb.languages.java.names import (
    find_member,
    write_field,
    write_name,
)
from yantra_bot.graphdb.languages.java.nodes import first_named
from yantra_bot.graphdb.languages.java.outline import Field
from yantra_bot.graphdb.languages.java.types import (
    ARRAY,
    STRING,
    Type,
    element_of,
    is_tracked,
)
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.ssa import Variable


def _array_access(file: JavaFile, node: Node, expected: Type | None) -> Result:
    array, index = node.child_by_field_name("array"), node.child_by_field_name("index")
    value, kind = evaluate(file, array) if array is not None else (NOTHING, None)
    key = _index(file, index)
    element = element_of(kind)
    if value == NOTHING or not is_tracked(element):
        return NOTHING, element
    dst = file.code.new()
    file.emit(Op.ITEM, dst, value, key, site_of(node))
    return file.declare_instance(dst, element, node), element


def _index(file: JavaFile, node: Node | None) -> int | None:
    if node is None:
        return None
    if node.type == "decimal_integer_literal":
        text = file.text(node)
        return int(text) if text.isdigit() and len(text) < 6 else None
    evaluate(file, node)
    return None


def _new_array(file: JavaFile, node: Node, expected: Type | None) -> Result:
    kind = file.read_type(node.child_by_field_name("type"))
    dimensions = 0
    for child in node.named_children:
        if child.type == "dimensions_expr":
            dimensions += 1
            inner = first_named(child)
            if inner is not None:
                evaluate(file, inner)
        elif child.type == "dimensions":
            dimensions += len(child.children) // 2
    for _ in range(min(dimensions, 20)):
        kind = Type(ARRAY, (kind,))
    initial = node.child_by_field_name("value")
    if initial is not None:
        return array_of(file, initial, kind)
    return _container(file, []) if is_tracked(kind) else NOTHING, kind


def array_of(file: JavaFile, node: Node, kind: Type | None) -> Result:
    """Lower `{a, b}` as an array of the type."""
    if not file.enter():
        return NOTHING, kind
    element = element_of(kind)
    values: list[Value] = []
    tracked = is_tracked(kind)
    for child in node.named_children:
        if not tracked and child.type.endswith("_literal"):
            continue
        if child.type == "array_initializer":
            values.append(array_of(file, child, element)[0])
        elif not child.type.endswith("_comment"):
            values.append(evaluate(file, child, element)[0])
    file.depth -= 1
    return _container(file, values) if is_tracked(kind) else NOTHING, kind


def _container(file: JavaFile, values: list[Value]) -> Value:
    dst = file.code.new()
    items = tuple((index, value) for index, value in enumerate(values) if value != NOTHING)
    file.emit(Op.NEW, dst, "list", items)
    return dst


def _array_initializer(file: JavaFile, node: Node, expected: Type | None) -> Result:
    return array_of(file, node, expected)


def _assignment(file: JavaFile, node: Node, expected: Type | None) -> Result:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return NOTHING, None
    operator = node.child_by_field_name("operator")
    if operator is not None and operator.type != "=":
        value, kind = evaluate(file, right)
        _, target = evaluate(file, left)
        if operator.type == "+=" and target == STRING:
            call_to_string(file, value, kind, right)
        return NOTHING, target
    return _assign(file, left, right)


def _assign(file: JavaFile, left: Node, right: Node) -> Result:
    if left.type == "identifier":
        name = file.text(left)
        value, kind = evaluate(file, right, _declared_type(file, left))
        write_name(file, left, name, value)
        return value, kind
    if left.type == "array_access":
        array, index = left.child_by_field_name("array"), left.child_by_field_name("index")
        target, kind = evaluate(file, array) if array is not None else (NOTHING, None)
        key = _index(file, index)
        value, made = evaluate(file, right, element_of(kind))
        if NOTHING not in (target, value) and is_tracked(element_of(kind)):
            file.emit(Op.SET_ITEM, target, key, value, site_of(left))
        return value, made
    obj, field = left.child_by_field_name("object"), left.child_by_field_name("field")
    if obj is None or field is None:
        return evaluate(file, right)
    receiver = read_receiver(file, obj)
    name = file.text(field)
    found = receiver.outline.find_field(name) if receiver.outline is not None else None
    value, kind = evaluate(file, right, found.type if found else None)
    if found is not None:
        write_field(file, field, name, found, NOTHING if receiver.is_class else receiver.value, value)
    elif NOTHING not in (receiver.value, value):
        file.emit(Op.SET_ATTR, receiver.value, name, value)
    return value, kind


def _declared_type(file: JavaFile, node: Node) -> Type | None:
    """Return the declared type of a variable or field that is written."""
    member = find_member(file, file.text(node))
    if isinstance(member, Variable):
        kind: Type | None = member.note
        return kind
    return member.type if isinstance(member, Field) else None


STORAGE: dict[str, Expression] = {
    "array_access": _array_access,
    "assignment_expression": _assignment,
    "array_creation_expression": _new_array,
    "array_initializer": _array_initializer,
}
