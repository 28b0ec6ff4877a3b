"""Go's calls: functions, methods, builtins, conversions, and the function literals that are passed to them."""

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import NOTHING, CallFlag, Op, Value
from yantra_bot.graphdb.languages.go.context import BASIC_TYPES, CONTENT, EXPRESSIONS, GoContext, Shape
from yantra_bot.graphdb.languages.go.expressions import is_generic, package_of, read_name, read_operand
from yantra_bot.graphdb.languages.go.library import gives_back, only_looks
from yantra_bot.graphdb.languages.go.types import CONTAINERS, declared, named_type, strip_type, type_value, zero_value
from yantra_bot.graphdb.languages.lowering import site_of

_PLAIN_BUILTINS = "cap clear close complex copy delete imag len max min panic print println real recover"
_NO_ARGUMENTS: tuple[list[Value], Value] = ([], NOTHING)


def _call(ctx: GoContext, node: Node) -> Value:
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    function = _strip_generic(ctx, function)
    if function is None:
        return NOTHING
    kind = function.type
    if kind == "identifier":
        return _call_name(ctx, function, arguments)
    if kind == "selector_expression":
        return _call_selector(ctx, function, arguments)
    if kind == "func_literal":
        callee = lower_literal(ctx, function)
    elif kind in CONTAINERS or kind.endswith("_type"):
        return convert(ctx, function, arguments)
    else:
        callee = ctx.expression(function)
    return emit_call(ctx, callee, function, _arguments(ctx, arguments))


def _strip_generic(ctx: GoContext, node: Node | None) -> Node | None:
    """Take off parentheses and type arguments."""
    for _ in range(50):
        if node is None:
            return None
        if node.type == "parenthesized_expression" and node.named_children:
            node = node.named_children[0]
        elif node.type == "type_instantiation_expression":
            node = node.child_by_field_name("type")
        elif node.type == "index_expression":
            operand, index = node.child_by_field_name("operand"), node.child_by_field_name("index")
            if operand is None or index is None or not is_generic(ctx, operand, index):
                return node
            type_value(ctx, index)
            node = operand
        else:
            return node
    return node


def _arguments(ctx: GoContext, node: Node | None) -> tuple[list[Value], Value]:
    """Lower arguments: the values, and the one that is unpacked (`xs...`)."""
    if node is None:
        return _NO_ARGUMENTS
    values, star = [], NOTHING
    for child in node.named_children:
        if child.type == "variadic_argument":
            star = ctx.expression(child.named_children[0]) if child.named_children else NOTHING
        elif child.type != "comment":
            values.append(ctx.expression(child))
    return values, star


def emit_call(
    ctx: GoContext, callee: Value, at: Node, arguments: tuple[list[Value], Value], flags: int = CallFlag.NONE
) -> Value:
    """Emit the call of a value."""
    if callee == NOTHING:
        return NOTHING
    values, star = arguments
    value = ctx.frame.new()
    ctx.frame.emit(Op.CALL, value, callee, site_of(at), tuple(values), (), star, NOTHING, flags)
    return value


def _call_selector(ctx: GoContext, function: Node, arguments: Node | None) -> Value:
    operand, field = function.child_by_field_name("operand"), function.child_by_field_name("field")
    if operand is None or field is None:
        return NOTHING
    obj = read_operand(ctx, operand)
    values, star = _arguments(ctx, arguments)
    package, name = package_of(ctx, operand), ctx.text(field)
    if obj == NOTHING or (values and gives_back(package, name)):
        return values[0] if package and values else NOTHING
    if only_looks(package, name):
        values, star = [NOTHING] * len(values), NOTHING
    value = ctx.frame.new()
    ctx.frame.emit(Op.CALL_METHOD, value, obj, name, site_of(field), tuple(values), (), star, NOTHING, CallFlag.NONE)
    return value


def _call_name(ctx: GoContext, function: Node, arguments: Node | None) -> Value:
    name = ctx.text(function)
    variable = ctx.frame.find(name)
    if variable is None:
        builtin = BUILTINS.get(name)
        if builtin is not None:
            ctx.depth += 1  # It takes a frame more than other calls.
            value = builtin(ctx, function, arguments)
            ctx.depth -= 1
            return value
        if name in BASIC_TYPES:
            _arguments(ctx, arguments)
            return NOTHING
    elif ctx.shape_of(variable) is not None:
        return convert(ctx, function, arguments)
    callee = read_name(ctx, function, called=True)
    return emit_call(ctx, callee, function, _arguments(ctx, arguments))


def convert(ctx: GoContext, of_type: Node, arguments: Node | None) -> Value:
    """Lower `T(x)` for a type: x itself, and for a named type of this file an instance that keeps it."""
    values, _ = _arguments(ctx, arguments)
    return convert_value(ctx, of_type, values[0] if values else NOTHING)


def convert_value(ctx: GoContext, of_type: Node, value: Value) -> Value:
    """Return a value as one of another type."""
    class_value, variable = named_type(ctx, of_type)
    shape = ctx.shape_of(variable)
    if class_value == NOTHING or shape in (Shape.INTERFACE, Shape.PARAMETER, Shape.ALIAS):
        return value
    instance = ctx.make_instance(class_value, site_of(of_type))
    if value != NOTHING and shape in (Shape.FUNCTION, Shape.CONTAINER):
        ctx.frame.emit(Op.SET_ATTR, instance, CONTENT, value)
        return ctx.frame.union((instance, value))
    return instance


def _conversion(ctx: GoContext, node: Node) -> Value:
    """Lower `T[int](x)`, which may call a generic function as well."""
    of_type, operand = node.child_by_field_name("type"), node.child_by_field_name("operand")
    stripped = strip_type(of_type)
    value = NOTHING if operand is None else ctx.expression(operand)
    if of_type is None or stripped is None or of_type.type != "generic_type":
        type_value(ctx, of_type)
        return value
    if stripped.type == "type_identifier":
        if ctx.shape_of(ctx.frame.find(ctx.text(stripped))) is not None:
            return convert_value(ctx, stripped, value)
        callee = read_name(ctx, stripped, called=True)
    else:
        callee = type_value(ctx, stripped)
    return emit_call(ctx, callee, stripped, ([] if operand is None else [value], NOTHING))


def lower_literal(ctx: GoContext, node: Node) -> Value:
    """Lower a function literal."""
    from yantra_bot.graphdb.languages.go.functions import lower_function

    index = ctx.add_symbol(NodeKind.LAMBDA, ctx.next_name("lambda"), ctx.frame.body.owner, node)
    return lower_function(ctx, node, index)


def _builtin_call(ctx: GoContext, function: Node, arguments: Node | None) -> Value:
    _arguments(ctx, arguments)
    _note_builtin(ctx, function)
    return NOTHING


def _new(ctx: GoContext, function: Node, arguments: Node | None) -> Value:
    _note_builtin(ctx, function)
    first = arguments.named_children[0] if arguments is not None and arguments.named_children else None
    return zero_value(ctx, first, function)


def _make(ctx: GoContext, function: Node, arguments: Node | None) -> Value:
    _note_builtin(ctx, function)
    children = arguments.named_children if arguments is not None else []
    for child in children[1:]:
        ctx.expression(child)
    of_type = strip_type(children[0]) if children else None
    if of_type is None:
        return NOTHING
    if of_type.type in CONTAINERS:
        return zero_value(ctx, of_type, function)
    value = ctx.make_container("dict")
    class_value, variable = named_type(ctx, of_type)
    if ctx.shape_of(variable) is Shape.CONTAINER:
        instance = ctx.make_instance(class_value, site_of(of_type))
        ctx.frame.emit(Op.SET_ATTR, instance, CONTENT, value)
        return ctx.frame.union((value, instance))
    return ctx.frame.union((value, declared(ctx, of_type, function)))


def _append(ctx: GoContext, function: Node, arguments: Node | None) -> Value:
    _note_builtin(ctx, function)
    values, star = _arguments(ctx, arguments)
    if not values:
        return NOTHING
    added = [value for value in values[1:] if value != NOTHING]
    if not added and star == NOTHING:
        return values[0]
    result = ctx.make_container("list", *((None, value) for value in added))
    for source in (values[0], star):
        if source != NOTHING:
            ctx.frame.emit(Op.SPREAD, result, source)
    return result


def _note_builtin(ctx: GoContext, function: Node) -> None:
    """Call the builtin itself, for the edge: what it gives is modelled here."""
    emit_call(ctx, read_name(ctx, function, called=True), function, _NO_ARGUMENTS, CallFlag.IMPLICIT)


BUILTINS = {
    **dict.fromkeys(_PLAIN_BUILTINS.split(), _builtin_call),
    "append": _append,
    "make": _make,
    "new": _new,
}

EXPRESSIONS.update(
    {
        "call_expression": _call,
        "type_conversion_expression": _conversion,
        "func_literal": lower_literal,
    }
)
