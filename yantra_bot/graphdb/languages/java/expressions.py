"""Expressions that are no calls: names, literals, operators, arrays, casts, switches used as values."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Op, Value
from yantra_bot.graphdb.languages.java.calls import evaluate, read_receiver
from yantra_bot.graphdb.languages.java.code import Expression, JavaFile, Result
from yantra_bot.graphdb.languages.java.names import read_dotted, read_name, read_type_path, write_field, write_name
from yantra_bot.graphdb.languages.java.nodes import first_child, first_named
from yantra_bot.graphdb.languages.java.types import (
    ARRAY,
    BOOLEAN,
    INT,
    NULL,
    NUMBERS,
    STRING,
    UNTRACKED,
    Type,
    element_of,
    is_tracked,
)
from yantra_bot.graphdb.languages.lowering import site_of

_LONGEST_KEY = 80
_COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||", "instanceof"})


def _identifier(file: JavaFile, node: Node, expected: Type | None) -> Result:
    return read_name(file, node, file.text(node))


def _this(file: JavaFile, node: Node, expected: Type | None) -> Result:
    code = next((one for one in file.code.chain() if one.outline is not None), None)
    kind = Type(code.outline.name) if code is not None and code.outline is not None else None
    return file.this(), kind


def _string(file: JavaFile, node: Node, expected: Type | None) -> Result:
    raw = file.source[node.start_byte + 1 : node.end_byte - 1]
    if len(raw) > _LONGEST_KEY or raw.startswith(b'"'):
        return NOTHING, STRING
    value = file.code.new()
    file.emit(Op.CONST, value, raw.decode("utf-8", "replace"))
    return value, STRING


def _integer(file: JavaFile, node: Node, expected: Type | None) -> Result:
    raw = file.source[node.start_byte : node.end_byte]
    if raw[-1:] in b"lL":
        return NOTHING, Type("long")
    if not raw.isdigit() or len(raw) > 4:
        return NOTHING, INT
    value = file.code.new()
    file.emit(Op.CONST, value, int(raw))
    return value, INT


def _floating(file: JavaFile, node: Node, expected: Type | None) -> Result:
    return NOTHING, Type("float" if file.source[node.end_byte - 1 : node.end_byte] in b"fF" else "double")


def _constant(kind: Type) -> Expression:
    return lambda _file, _node, _expected: (NOTHING, kind)


def _parenthesized(file: JavaFile, node: Node, expected: Type | None) -> Result:
    inner = first_named(node)
    return (NOTHING, None) if inner is None else evaluate(file, inner, expected)


def _binary(file: JavaFile, node: Node, expected: Type | None) -> Result:
    """Lower a chain of operators from its start: sums of hundreds of strings are common."""
    operands: list[tuple[Node | None, str]] = []
    inner: Node | None = node
    while inner is not None and inner.type == "binary_expression":
        operator = inner.child_by_field_name("operator")
        operands.append((inner.child_by_field_name("right"), operator.type if operator else ""))
        inner = inner.child_by_field_name("left")
    kind = _operand(file, inner)[1]
    for operand, operator in reversed(operands):
        value, other = _operand(file, operand)
        if operator in _COMPARISONS:
            kind = BOOLEAN
        elif operator == "+" and STRING in (kind, other):
            _call_to_string(file, value, other, operand)
            kind = STRING
        else:
            kind = _promote(kind, other)
    return NOTHING, kind


def _operand(file: JavaFile, node: Node | None) -> Result:
    if node is None or node.type.endswith("_literal"):
        return NOTHING, STRING if node is not None and node.type == "string_literal" else _literal_type(node)
    return evaluate(file, node)


def _literal_type(node: Node | None) -> Type | None:
    return INT if node is not None and "integer" in node.type else None


def _promote(one: Type | None, other: Type | None) -> Type | None:
    if one is None or other is None or one.name not in NUMBERS or other.name not in NUMBERS:
        return one if one == BOOLEAN else None
    return Type(NUMBERS[max(NUMBERS.index(one.name), NUMBERS.index(other.name), NUMBERS.index("int"))])


def _call_to_string(file: JavaFile, value: Value, kind: Type | None, node: Node | None) -> None:
    """A sum with a string calls `toString` of the other operand."""
    if value == NOTHING or node is None or not is_tracked(kind) or (kind is not None and kind.name == ARRAY):
        return
    file.emit(Op.CALL_METHOD, NOTHING, value, "toString/0", site_of(node), (), (), NOTHING, NOTHING, CallFlag.IMPLICIT)


def _unary(file: JavaFile, node: Node, expected: Type | None) -> Result:
    operand = node.child_by_field_name("operand") or first_named(node)
    if operand is None:
        return NOTHING, None
    _, kind = evaluate(file, operand)
    operator = first_child(node)
    return NOTHING, BOOLEAN if operator is not None and operator.type == "!" else kind


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
        bound = file.code.new()
        file.code.copy(bound, value)
        if kind is not None:
            file.declare_instance(bound, kind, type_node)
    file.code.declare(file.text(name), bound, versioned=True).note = kind


def _field_access(file: JavaFile, node: Node, expected: Type | None) -> Result:
    obj, name = node.child_by_field_name("object"), node.child_by_field_name("field")
    if obj is None or name is None:
        return NOTHING, None
    if name.type == "this":
        outline = file.find_outline(file.text(obj))
        return file.this(outline), Type(file.text(obj))
    found = read_type_path(file, node) if obj.type != "this" else None
    if found is not None and found[1] is not None and file.find_outline(found[1].name) is not None:
        return found
    receiver = read_receiver(file, obj)
    return read_dotted(file, name, receiver.value, receiver.type, file.text(name))


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


def _assignment(file: JavaFile, node: Node, expected: Type | None) -> Result:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return NOTHING, None
    operator = node.child_by_field_name("operator")
    if operator is not None and operator.type != "=":
        value, kind = evaluate(file, right)
        _, target = evaluate(file, left)
        if operator.type == "+=" and target == STRING:
            _call_to_string(file, value, kind, right)
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
    from yantra_bot.graphdb.languages.java.names import find_member
    from yantra_bot.graphdb.languages.java.outline import Field
    from yantra_bot.graphdb.languages.ssa import Variable

    member = find_member(file, file.text(node))
    if isinstance(member, Variable):
        kind: Type | None = member.note
        return kind
    return member.type if isinstance(member, Field) else None


def _cast(file: JavaFile, node: Node, expected: Type | None) -> Result:
    type_node, inner = node.child_by_field_name("type"), node.child_by_field_name("value")
    kind = file.read_type(type_node)
    value, _ = evaluate(file, inner, kind) if inner is not None else (NOTHING, None)
    if type_node is None or not is_tracked(kind):
        return NOTHING, kind
    dst = file.code.new()
    file.code.copy(dst, value)
    return file.declare_instance(dst, kind, type_node), kind


def _ternary(file: JavaFile, node: Node, expected: Type | None) -> Result:
    condition = node.child_by_field_name("condition")
    if condition is not None:
        evaluate(file, condition)
    results = [
        evaluate(file, part, expected)
        for part in (node.child_by_field_name("consequence"), node.child_by_field_name("alternative"))
        if part is not None
    ]
    return join_results(file, results)


def join_results(file: JavaFile, results: list[Result]) -> Result:
    """Return what one of several results holds."""
    types = [kind for _, kind in results if kind not in (None, NULL)]
    value = file.code.union([value for value, _ in results])
    return value, types[0] if types and all(one == types[0] for one in types) else None


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
    for child in node.named_children:
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


def _class_literal(file: JavaFile, node: Node, expected: Type | None) -> Result:
    inner = first_named(node)
    kind = file.read_type(inner)
    if inner is not None and kind is not None and kind.name not in UNTRACKED and kind.name != ARRAY:
        file.type_value(kind.name, inner)
    return NOTHING, Type("Class", (kind,))


EXPRESSIONS: dict[str, Expression] = {
    "identifier": _identifier,
    "this": _this,
    "string_literal": _string,
    "decimal_integer_literal": _integer,
    "hex_integer_literal": _constant(INT),
    "octal_integer_literal": _constant(INT),
    "binary_integer_literal": _constant(INT),
    "decimal_floating_point_literal": _floating,
    "hex_floating_point_literal": _floating,
    "character_literal": _constant(Type("char")),
    "true": _constant(BOOLEAN),
    "false": _constant(BOOLEAN),
    "null_literal": _constant(NULL),
    "parenthesized_expression": _parenthesized,
    "binary_expression": _binary,
    "unary_expression": _unary,
    "update_expression": _unary,
    "instanceof_expression": _instanceof,
    "field_access": _field_access,
    "array_access": _array_access,
    "assignment_expression": _assignment,
    "cast_expression": _cast,
    "ternary_expression": _ternary,
    "array_creation_expression": _new_array,
    "array_initializer": _array_initializer,
    "class_literal": _class_literal,
}
