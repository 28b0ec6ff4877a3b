"""Rust's expressions that are no calls: names, fields, elements, literals, operators, structs."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import ERROR, NOTHING, SUCCESS, Literal, Op, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.rust.context import EXPRESSIONS, OWN_ONLY, RustContext, Shape
from yantra_bot.graphdb.languages.rust.paths import flatten, is_standard, resolve
from yantra_bot.graphdb.languages.rust.patterns import FIELD
from yantra_bot.graphdb.languages.rust.types import named_type

_OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "%": "rem", "&": "bitand", "|": "bitor", "^": "bitxor",
    "<<": "shl", ">>": "shr", "==": "eq", "!=": "eq", "<": "partial_cmp", ">": "partial_cmp", "<=": "partial_cmp",
    ">=": "partial_cmp",
}  # fmt: skip
_UNARY = {"-": "neg", "!": "not"}
_LITERALS = {
    "integer_literal": ("i32", "u32", "i64", "u64", "usize", "u8", "i8", "u16", "i16", "isize", "i128", "u128"),
    "float_literal": ("f64", "f32"),
    "string_literal": ("str",),
    "raw_string_literal": ("str",),
    "char_literal": ("char",),
    "boolean_literal": ("bool",),
}


def _path(ctx: RustContext, node: Node) -> Value:
    """Lower a path that is not called; a struct without fields is its own value."""
    segments = flatten(ctx, node)
    if len(segments) > 1 and is_standard(ctx, segments):
        return NOTHING
    value, variable = resolve(ctx, segments)
    name = segments[-1][0] if segments else ""
    if value == NOTHING or not name[:1].isupper() or name.isupper():
        return value
    shape = Shape.IMPORTED if variable is None else variable.note
    if shape not in (Shape.STRUCT, Shape.IMPORTED):
        return value
    definition = None if variable is None else ctx.definitions.get(variable)
    if definition is not None and definition.child_by_field_name("body") is not None:
        return value
    return ctx.frame.union((value, ctx.make_instance(value, site_of(node))))


def _field(ctx: RustContext, node: Node) -> Value:
    obj, field = node.child_by_field_name("value"), node.child_by_field_name("field")
    if obj is None or field is None:
        return NOTHING
    value, name = ctx.expression(obj), ctx.text(field)
    if field.type == "integer_literal" and name.isdigit():
        element = ctx.item(value, int(name), field)
        return ctx.frame.union((element, ctx.member(value, f"{FIELD}{name}", field)))
    return ctx.member(value, f"{FIELD}{name}", field)


def literal_key(ctx: RustContext, node: Node) -> Literal:
    """Return the key that an index is, where it is a literal."""
    while node.type == "reference_expression" and node.named_children:
        node = node.named_children[-1]
    text = ctx.text(node)
    if node.type == "integer_literal":
        return int(text) if text.isdigit() else None
    return text[1:-1] if node.type == "string_literal" else None


def _index(ctx: RustContext, node: Node) -> Value:
    children = node.named_children
    if len(children) != 2:
        return NOTHING
    obj, key = ctx.expression(children[0]), literal_key(ctx, children[1])
    index = NOTHING if key is not None else ctx.expression(children[1])
    own = ctx.call_method(obj, "index", site_of(node), (index,), OWN_ONLY)
    mapped = NOTHING if key is None else ctx.item(obj, SUCCESS, children[1])
    return ctx.frame.union((ctx.item(obj, key, children[1]), mapped, own))


def _inner(ctx: RustContext, node: Node) -> Value:
    """Lower what a reference, parentheses or a cast are around."""
    inner = node.child_by_field_name("value")
    if inner is None:
        inner = next((one for one in node.named_children if one.type != "mutable_specifier"), None)
    return NOTHING if inner is None else ctx.expression(inner)


def _cast(ctx: RustContext, node: Node) -> Value:
    value = _inner(ctx, node)
    of_type = node.child_by_field_name("type")
    return NOTHING if of_type is not None and of_type.type == "primitive_type" else value


def _try(ctx: RustContext, node: Node) -> Value:
    value = _inner(ctx, node)
    ctx.fail(ctx.item(value, ERROR, node))
    return ctx.unwrap(value, SUCCESS, node)


def _unary(ctx: RustContext, node: Node) -> Value:
    value = _inner(ctx, node)
    name = _UNARY.get(node.children[0].type)
    return value if name is None else ctx.call_method(value, name, site_of(node), (), OWN_ONLY)


def _binary(ctx: RustContext, node: Node) -> Value:
    """Lower a chain of operators from the left, without recursion over it."""
    chain: list[Node] = []
    current: Node | None = node
    while current is not None and current.type == "binary_expression":
        chain.append(current)
        current = current.child_by_field_name("left")
    value = NOTHING if current is None else ctx.expression(current)
    for one in reversed(chain):
        right, operator = one.child_by_field_name("right"), one.child_by_field_name("operator")
        other = NOTHING if right is None else ctx.expression(right)
        name = None if operator is None else _OPERATORS.get(operator.type)
        value = NOTHING if name is None else ctx.call_method(value, name, site_of(one), (other,), OWN_ONLY)
    return value


def _assignment(ctx: RustContext, node: Node) -> Value:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    value = NOTHING if right is None else ctx.expression(right)
    if left is not None:
        assign(ctx, left, value)
    return NOTHING


def _compound(ctx: RustContext, node: Node) -> Value:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    obj = NOTHING if left is None else ctx.expression(left)
    other = NOTHING if right is None else ctx.expression(right)
    operator = node.child_by_field_name("operator")
    name = None if operator is None else _OPERATORS.get(operator.type.removesuffix("="))
    if name is not None:
        ctx.call_method(obj, f"{name}_assign", site_of(node), (other,), OWN_ONLY)
    return NOTHING


def assign(ctx: RustContext, target: Node, value: Value) -> None:
    """Lower an assignment to a name, a field, an element, or what a reference points at."""
    while target.type in ("parenthesized_expression", "unary_expression") and target.named_children:
        target = target.named_children[0]
    if target.type == "identifier":
        variable = ctx.frame.find(ctx.text(target))
        if variable is not None:
            ctx.use(variable, target)
            ctx.frame.assign(variable, value)
    elif target.type == "tuple_expression":
        for position, one in enumerate(target.named_children):
            assign(ctx, one, ctx.unwrap(value, position, one))
    elif target.type == "field_expression":
        owner, field = target.child_by_field_name("value"), target.child_by_field_name("field")
        obj = NOTHING if owner is None else ctx.expression(owner)
        if field is not None and NOTHING not in (obj, value):
            ctx.frame.emit(Op.SET_ATTR, obj, f"{FIELD}{ctx.text(field)}", value)
    elif target.type == "index_expression" and len(target.named_children) == 2:
        owner, index = target.named_children
        obj, key = ctx.expression(owner), literal_key(ctx, index)
        if NOTHING not in (obj, value):
            ctx.frame.emit(Op.SET_ITEM, obj, key, value, site_of(index))


def _struct(ctx: RustContext, node: Node) -> Value:
    named, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    class_value = NOTHING if named is None else named_type(ctx, named)[0]
    instance = NOTHING if class_value == NOTHING or named is None else ctx.make_instance(class_value, site_of(named))
    for one in [] if body is None else body.named_children:
        if one.type == "shorthand_field_initializer":
            name, given = one.named_children[-1], one.named_children[-1]
        elif one.type == "field_initializer":
            field, content = one.child_by_field_name("field"), one.child_by_field_name("value")
            if field is None or content is None:
                continue
            name, given = field, content
        else:
            for base in one.named_children:
                ctx.expression(base)
            continue
        value = ctx.expression(given)
        if NOTHING not in (instance, value):
            ctx.frame.emit(Op.SET_ATTR, instance, f"{FIELD}{ctx.text(name)}", value)
    return instance


def _sequence(ctx: RustContext, node: Node) -> Value:
    kind = "tuple" if node.type == "tuple_expression" else "list"
    children = [one for one in node.named_children if one.type != "attribute_item" and "comment" not in one.type]
    if not children:
        return NOTHING if kind == "tuple" else ctx.make_container(kind)
    elements: list[tuple[Literal, Value]] = [(index, ctx.expression(one)) for index, one in enumerate(children)]
    if node.child_by_field_name("length") is not None:
        elements = [(None, elements[0][1])]
    return ctx.make_container(kind, *elements)


def _range(ctx: RustContext, node: Node) -> Value:
    for child in node.named_children:
        ctx.expression(child)
    return NOTHING


def _literal(ctx: RustContext, node: Node) -> Value:
    """A literal is an object only where this file gives its type methods."""
    if not ctx.extended:
        return NOTHING
    text = ctx.text(node)
    names = _LITERALS[node.type]
    for name in sorted(names, key=lambda name: not text.endswith(name)):
        of_type = ctx.extension(name)
        if of_type != NOTHING:
            return ctx.make_instance(of_type, site_of(node))
    return NOTHING


EXPRESSIONS.update(
    {
        **dict.fromkeys(("identifier", "self", "scoped_identifier", "generic_function", "crate", "super"), _path),
        **dict.fromkeys(("reference_expression", "parenthesized_expression", "await_expression"), _inner),
        **dict.fromkeys(_LITERALS, _literal),
        "tuple_expression": _sequence,
        "array_expression": _sequence,
        "field_expression": _field,
        "index_expression": _index,
        "type_cast_expression": _cast,
        "try_expression": _try,
        "unary_expression": _unary,
        "binary_expression": _binary,
        "assignment_expression": _assignment,
        "compound_assignment_expr": _compound,
        "struct_expression": _struct,
        "range_expression": _range,
    }
)
