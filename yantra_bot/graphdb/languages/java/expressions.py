"""Expressions that are no calls: names, literals, operators, arrays, casts, switches used as values."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Op, Value
from yantra_bot.graphdb.languages.java.calls import evaluate, read_receiver
from yantra_bot.graphdb.languages.java.code import Expression, JavaFile, Result
from yantra_bot.graphdb.languages.java.names import read_dotted, read_name, read_type_path
from yantra_bot.graphdb.languages.java.nodes import first_child, first_named
from yantra_bot.graphdb.languages.java.patterns import narrow
from yantra_bot.graphdb.languages.java.types import (
    ARRAY,
    BOOLEAN,
    INT,
    NULL,
    NUMBERS,
    STRING,
    UNTRACKED,
    Type,
    is_tracked,
)
from yantra_bot.graphdb.languages.lowering import site_of

_LONGEST_KEY = 80
_COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||", "instanceof"})


def _identifier(file: JavaFile, node: Node, expected: Type | None) -> Result:
    return read_name(file, node, file.text(node))


def _this(file: JavaFile, node: Node, expected: Type | None) -> Result:
    code = next((one for one in file.code.chain if one.outline is not None), None)
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
    if not raw.isdigit() or len(raw) > 4:
        return NOTHING, _integer_type(file, node)
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
    for operand, sign in reversed(operands):
        value, other = _operand(file, operand)
        if sign in _COMPARISONS:
            kind = BOOLEAN
        elif sign == "+" and STRING in (kind, other):
            call_to_string(file, value, other, operand)
            kind = STRING
        else:
            kind = _promote(kind, other)
    return NOTHING, kind


def _operand(file: JavaFile, node: Node | None) -> Result:
    """Lower an operand; of a literal only the type matters."""
    if node is None:
        return NOTHING, None
    kind = node.type
    if kind == "string_literal":
        return NOTHING, STRING
    if kind == "decimal_integer_literal":
        return NOTHING, _integer_type(file, node)
    return evaluate(file, node)


def _integer_type(file: JavaFile, node: Node) -> Type:
    return Type("long") if file.source[node.end_byte - 1 : node.end_byte] in b"lL" else INT


def _promote(one: Type | None, other: Type | None) -> Type | None:
    if one is None or other is None or one.name not in NUMBERS or other.name not in NUMBERS:
        return one if one == BOOLEAN else None
    return Type(NUMBERS[max(NUMBERS.index(one.name), NUMBERS.index(other.name), NUMBERS.index("int"))])


def call_to_string(file: JavaFile, value: Value, kind: Type | None, node: Node | None) -> None:
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


def _cast(file: JavaFile, node: Node, expected: Type | None) -> Result:
    type_node, inner = node.child_by_field_name("type"), node.child_by_field_name("value")
    kind = file.read_type(type_node)
    value, _ = evaluate(file, inner, kind) if inner is not None else (NOTHING, None)
    if type_node is None or not is_tracked(kind):
        return NOTHING, kind
    return narrow(file, value, kind, type_node), kind


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


def _class_literal(file: JavaFile, node: Node, expected: Type | None) -> Result:
    inner = first_named(node)
    kind = file.read_type(inner)
    if inner is not None and kind is not None and kind.name not in UNTRACKED and kind.name != ARRAY:
        value = file.type_value(kind.name, inner)
        if value != NOTHING:
            return file.read_attribute(value, "class", node), Type("Class", (kind,))
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
    "field_access": _field_access,
    "cast_expression": _cast,
    "ternary_expression": _ternary,
    "class_literal": _class_literal,
}
