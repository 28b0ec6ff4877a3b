"""Go's functions and methods as bodies: type parameters, receiver, parameters, results."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Op, ParamKind, Value
from yantra_bot.graphdb.languages.go.context import CONTENT, GoContext, Results, Shape
from yantra_bot.graphdb.languages.go.types import annotate, declared, is_plain, named_type, strip_type, type_value
from yantra_bot.graphdb.languages.lowering import site_of

_PARAMETERS = ("parameter_declaration", "variadic_parameter_declaration")
_GROUPS = ("type_parameter_declaration", "parameter_declaration")


def lower_function(
    ctx: GoContext, node: Node, index: int, *, receiver: Node | None = None, target: Value = NOTHING
) -> Value:
    """Lower a function, a method or a function literal; return (or fill) the value that is the function."""
    flags = BodyFlag.FUNCTION if receiver is None else BodyFlag.FUNCTION | BodyFlag.METHOD
    with ctx.body(index, flags) as frame:
        declare_type_parameters(ctx, node.child_by_field_name("type_parameters"))
        if receiver is not None:
            _add_receiver(ctx, receiver)
        _add_parameters(ctx, node.child_by_field_name("parameters"))
        results = _open_results(ctx, node.child_by_field_name("result"))
        ctx.results.append(results)
        body = node.child_by_field_name("body")
        if body is None:
            return_values(ctx, [])
        else:
            frame.open_block()
            ctx.statement(body)
        ctx.results.pop()
    value = ctx.frame.new() if target == NOTHING else target
    ctx.frame.emit(Op.FUNC, value, frame.index, ())
    return value


def lower_signature(ctx: GoContext, node: Node, index: int) -> Value:
    """Lower a method of an interface, which has no code."""
    with ctx.body(index, BodyFlag.FUNCTION | BodyFlag.METHOD | BodyFlag.OVERLOAD | BodyFlag.ABSTRACT) as frame:
        ctx.add_param("", ParamKind.NORMAL)
        _add_parameters(ctx, node.child_by_field_name("parameters"))
        ctx.results.append(_open_results(ctx, node.child_by_field_name("result")))
        if len(ctx.results[-1].types) > 1:
            return_values(ctx, [])
        ctx.results.pop()
    value = ctx.frame.new()
    ctx.frame.emit(Op.FUNC, value, frame.index, ())
    return value


def declare_type_parameters(ctx: GoContext, node: Node | None) -> None:
    """Declare type parameters; the value of each is its constraint."""
    if node is None:
        return
    for group in node.named_children:
        if group.type not in _GROUPS:
            continue
        constraint = type_value(ctx, group.child_by_field_name("type"))
        for name in group.children_by_field_name("name"):
            ctx.frame.declare(ctx.text(name), constraint).note = Shape.PARAMETER


def _add_receiver(ctx: GoContext, node: Node) -> None:
    """Declare the receiver: always an instance of exactly its type, also where the method is promoted."""
    given = ctx.add_param("", ParamKind.NORMAL)
    declaration = next((child for child in node.named_children if child.type == "parameter_declaration"), None)
    if declaration is None:
        return
    of_type = declaration.child_by_field_name("type")
    _declare_receiver_parameters(ctx, of_type)
    class_value, variable = named_type(ctx, of_type)
    name = declaration.child_by_field_name("name")
    if name is None or class_value == NOTHING:
        return
    value = ctx.make_instance(class_value, site_of(declaration))
    if ctx.shape_of(variable) in (Shape.FUNCTION, Shape.CONTAINER):
        value = ctx.frame.union((given, value, ctx.member(value, CONTENT, declaration)))
    text = ctx.text(name)
    ctx.frame.declare(text, value, versioned=ctx.is_versioned(text))


def _declare_receiver_parameters(ctx: GoContext, node: Node | None) -> None:
    while node is not None and node.type in ("pointer_type", "parenthesized_type") and node.named_children:
        node = node.named_children[0]
    arguments = None if node is None else node.child_by_field_name("type_arguments")
    for argument in [] if arguments is None else arguments.named_children:
        stripped = strip_type(argument)
        if stripped is not None and stripped.type == "type_identifier":
            ctx.frame.declare(ctx.text(stripped), NOTHING).note = Shape.PARAMETER


def _add_parameters(ctx: GoContext, node: Node | None) -> None:
    for declaration in [] if node is None else node.named_children:
        if declaration.type not in _PARAMETERS:
            continue
        of_type = declaration.child_by_field_name("type")
        kind = ParamKind.STAR if declaration.type == "variadic_parameter_declaration" else ParamKind.NORMAL
        for text in [ctx.text(name) for name in declaration.children_by_field_name("name")] or [""]:
            value = ctx.add_param(text, kind, versioned=ctx.is_versioned(text))
            if is_plain(ctx, of_type):
                if text:
                    ctx.frame.declare(text, NOTHING, versioned=ctx.is_versioned(text))
            elif kind == ParamKind.STAR:
                _annotate_variadic(ctx, value, of_type)
            else:
                annotate(ctx, value, of_type)


def _annotate_variadic(ctx: GoContext, value: Value, node: Node | None) -> None:
    if node is None:
        return
    element = declared(ctx, node, node)
    if element != NOTHING:
        ctx.frame.emit(Op.INSTANCE, value, ctx.make_container("list", (None, element)))


def _open_results(ctx: GoContext, node: Node | None) -> Results:
    """Declare named results, and say what a single result is declared to be."""
    results = Results()
    if node is None:
        return results
    if node.type != "parameter_list":
        results.types, results.named = [node], [None]
    else:
        for declaration in node.named_children:
            if declaration.type in _PARAMETERS:
                _add_result(ctx, results, declaration)
    if len(results.types) == 1:
        of_type = type_value(ctx, results.types[0])
        if of_type != NOTHING:
            ctx.frame.emit(Op.RETURN_TYPE, of_type)
    return results


def _add_result(ctx: GoContext, results: Results, declaration: Node) -> None:
    of_type = declaration.child_by_field_name("type")
    names = declaration.children_by_field_name("name")
    for name in names:
        value = ctx.frame.new()
        annotate(ctx, value, of_type)
        results.named.append(ctx.frame.declare(ctx.text(name), value, versioned=True))
        results.types.append(of_type)
    if not names:
        results.named.append(None)
        results.types.append(of_type)


def return_values(ctx: GoContext, values: list[Value]) -> None:
    """Lower the return of values; without any, of the named results."""
    results = ctx.results[-1]
    if not values:
        values = [NOTHING if one is None else ctx.frame.read(one) for one in results.named]
    if len(values) == 1 or len(results.types) < 2:
        for value in values:
            if value != NOTHING and not (len(results.types) == 1 and is_plain(ctx, results.types[0])):
                ctx.frame.emit(Op.RETURN, value)
        return
    if not results.cells:
        results.cells = [ctx.frame.new() for _ in results.types]
        for cell, of_type in zip(results.cells, results.types, strict=True):
            annotate(ctx, cell, of_type)
        ctx.frame.emit(Op.RETURN, ctx.make_container("tuple", *enumerate(results.cells)))
    for cell, value, of_type in zip(results.cells, values, results.types, strict=False):
        if not is_plain(ctx, of_type):
            ctx.frame.copy(cell, value)
