"""Rust's functions, methods and closures as bodies: parameters, bounds, results."""

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Op, ParamKind, Value
from yantra_bot.graphdb.languages.rust.context import EXPRESSIONS, RustContext
from yantra_bot.graphdb.languages.rust.patterns import bind_pattern
from yantra_bot.graphdb.languages.rust.types import annotate, declare_type_parameters, strip_type, type_value

_DECLARATION = BodyFlag.OVERLOAD | BodyFlag.ABSTRACT


def lower_function(ctx: RustContext, node: Node, index: int, target: Value, *, associated: bool = False) -> None:
    """Lower a function or a method into `target`. `associated`: it stands in an impl or a trait."""
    parameters, body = node.child_by_field_name("parameters"), node.child_by_field_name("body")
    receiver = None if parameters is None else _receiver(ctx, parameters)
    flags = BodyFlag.FUNCTION
    if associated:
        flags |= BodyFlag.METHOD if receiver is not None else BodyFlag.STATIC
    if body is None:
        flags |= _DECLARATION
    ctx.depth += 1  # A function in a function takes more frames than a block in a block.
    with ctx.body(index, flags) as frame:
        declare_type_parameters(ctx, node)
        if receiver is not None:
            _add_receiver(ctx)
        for parameter in [] if parameters is None else parameters.named_children:
            if parameter != receiver and parameter.type in ("parameter", "self_parameter"):
                _add_parameter(ctx, parameter)
        of_type = type_value(ctx, node.child_by_field_name("return_type"))
        if of_type != NOTHING:
            frame.emit(Op.RETURN_TYPE, of_type)
        if body is not None:
            return_value(ctx, ctx.expression(body))
    ctx.depth -= 1
    ctx.frame.emit(Op.FUNC, target, frame.index, ())


def return_value(ctx: RustContext, value: Value) -> None:
    """Let the body return a value."""
    if value != NOTHING:
        ctx.frame.emit(Op.RETURN, value)


def _receiver(ctx: RustContext, parameters: Node) -> Node | None:
    """Return the parameter that is `self`, also as `self: Box<Self>`."""
    first = next((one for one in parameters.named_children if one.type in ("parameter", "self_parameter")), None)
    if first is None or first.type == "self_parameter":
        return first
    pattern = first.child_by_field_name("pattern")
    return first if pattern is not None and ctx.text(pattern) == "self" else None


def _add_receiver(ctx: RustContext) -> None:
    value = ctx.add_param("self", ParamKind.NORMAL)
    own = ctx.frame.find("Self")
    if own is not None:
        of_type = ctx.frame.read(own)
        if of_type != NOTHING:
            ctx.frame.emit(Op.INSTANCE, value, of_type)


def _add_parameter(ctx: RustContext, node: Node) -> None:
    pattern, of_type = node.child_by_field_name("pattern"), node.child_by_field_name("type")
    value = ctx.add_param("", ParamKind.NORMAL)
    stripped = strip_type(of_type)
    if stripped is not None and stripped.type == "primitive_type" and type_value(ctx, stripped) == NOTHING:
        value = NOTHING
    annotate(ctx, value, of_type)
    if pattern is not None:
        bind_pattern(ctx, pattern, value, versioned=_is_mutable(node))


def _is_mutable(node: Node) -> bool:
    return any(child.type == "mutable_specifier" for child in node.children)


def _closure(ctx: RustContext, node: Node) -> Value:
    """Lower a closure."""
    index = ctx.add_symbol(NodeKind.LAMBDA, ctx.next_name("lambda"), ctx.frame.body.owner, node)
    parameters, body = node.child_by_field_name("parameters"), node.child_by_field_name("body")
    with ctx.body(index, BodyFlag.FUNCTION) as frame:
        for parameter in [] if parameters is None else parameters.named_children:
            if parameter.type == "parameter":
                _add_parameter(ctx, parameter)
            elif parameter.is_named and "comment" not in parameter.type:
                bind_pattern(ctx, parameter, ctx.add_param("", ParamKind.NORMAL))
        if body is not None:
            return_value(ctx, ctx.expression(body))
    value = ctx.frame.new()
    ctx.frame.emit(Op.FUNC, value, frame.index, ())
    return value


EXPRESSIONS["closure_expression"] = _closure
