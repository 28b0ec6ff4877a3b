"""Rust's calls: functions, associated functions, variants, methods, and what stands for values of the library."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Literal, Op, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.rust.context import EXPRESSIONS, RustContext, Shape
from yantra_bot.graphdb.languages.rust.expressions import literal_key
from yantra_bot.graphdb.languages.rust.macros import is_macro, lower_macro_call
from yantra_bot.graphdb.languages.rust.methods import call_standard
from yantra_bot.graphdb.languages.rust.paths import Segment, flatten, resolve
from yantra_bot.graphdb.languages.rust.patterns import OPTIONAL
from yantra_bot.graphdb.languages.rust.types import DICTS, LISTS, TRANSPARENT, type_value
from yantra_bot.graphdb.languages.rust.types import OPTIONAL as OPTIONAL_TYPES

_WRAPS = frozenset(("new", "from", "pin", "clone", "Owned", "Borrowed", "leak", "into_inner", "downgrade"))
_MAKES = frozenset(("new", "with_capacity", "default", "from", "from_iter", "with_hasher"))
Arguments = list[tuple[Node, Value]]


def _call(ctx: RustContext, node: Node) -> Value:
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None:
        return NOTHING
    if is_macro(ctx, function):
        return lower_macro_call(ctx, function, arguments)
    if function.type == "generic_function":
        types = function.child_by_field_name("type_arguments")
        for one in [] if types is None else types.named_children:
            type_value(ctx, one)
        function = function.child_by_field_name("function") or function
    if function.type == "field_expression":
        return _call_method(ctx, function, arguments)
    if function.type in ("identifier", "scoped_identifier"):
        return _call_path(ctx, function, lower_arguments(ctx, arguments))
    callee = ctx.expression(function)
    return ctx.call(callee, site_of(function), _values(lower_arguments(ctx, arguments)))


def lower_arguments(ctx: RustContext, node: Node | None) -> Arguments:
    """Lower arguments, each with its node."""
    found: Arguments = []
    for one in [] if node is None else node.named_children:
        if "comment" not in one.type:
            found.append((one, ctx.expression(one)))
    return found


def _values(arguments: Arguments) -> tuple[Value, ...]:
    return tuple(value for _, value in arguments)


def _call_method(ctx: RustContext, function: Node, arguments: Node | None) -> Value:
    owner, field = function.child_by_field_name("value"), function.child_by_field_name("field")
    if owner is None or field is None:
        return NOTHING
    obj = ctx.expression(owner)
    return call_standard(ctx, obj, ctx.text(field), field, lower_arguments(ctx, arguments))


def _call_path(ctx: RustContext, function: Node, arguments: Arguments) -> Value:
    segments = flatten(ctx, function)
    name, node = segments[-1]
    if name in OPTIONAL and (len(segments) > 1 or ctx.standard(name)):
        return ctx.make_container("list", *((OPTIONAL[name], value) for value in _values(arguments)))
    if len(segments) > 1:
        made = _standard_call(ctx, segments, arguments)
        if made is not None:
            return made
        variable = ctx.frame.find(segments[-2][0]) if len(segments) == 2 else None
        if variable is not None and variable.note in (Shape.TRAIT, Shape.PARAMETER):
            return _call_through(ctx, segments, variable.note, arguments)
    if name == "default" and len(segments) > 1 and not arguments:
        return _make_default(ctx, segments)
    callee, variable = resolve(ctx, segments, called=True)
    if variable is not None and variable.note is Shape.STRUCT:
        return _make_struct(ctx, callee, node, arguments)
    return ctx.call(callee, site_of(node), _values(arguments))


def _make_struct(ctx: RustContext, class_value: Value, node: Node, arguments: Arguments) -> Value:
    """`Point(1, 2)`: the class says that its fields take the arguments."""
    return ctx.call(class_value, site_of(node), _values(arguments), CallFlag.NEW | CallFlag.IMPLICIT)


def _make_default(ctx: RustContext, segments: list[Segment]) -> Value:
    """`T::default()` is a T, also where it is derived and nowhere written."""
    of_type, _ = resolve(ctx, segments[:-1])
    name, node = segments[-1]
    if of_type == NOTHING:
        return NOTHING
    made = ctx.call(ctx.member(of_type, name, node), site_of(node), (), CallFlag.IMPLICIT)
    return ctx.frame.union((made, ctx.make_instance(of_type, site_of(node))))


def _call_through(ctx: RustContext, segments: list[Segment], shape: Shape, arguments: Arguments) -> Value:
    """`Trait::method(x)` is a method of x; `T::new()` is any implementer's where T is a type parameter."""
    of_type, _ = resolve(ctx, segments[:-1])
    name, node = segments[-1]
    values = _values(arguments)
    if shape is Shape.TRAIT and values and values[0] != NOTHING:
        return ctx.call_method(values[0], name, site_of(node), values[1:], CallFlag.NONE)
    if of_type == NOTHING:
        return NOTHING
    instance = ctx.frame.new()
    ctx.frame.emit(Op.INSTANCE, instance, of_type)
    return ctx.call_method(instance, name, site_of(node), values, CallFlag.NONE)


def _standard_call(ctx: RustContext, segments: list[Segment], arguments: Arguments) -> Value | None:
    """Return what an associated function of a type of the standard library gives; None for any other."""
    owner, name = segments[-2][0], segments[-1][0]
    if not ctx.standard(segments[0][0]):
        return None
    values = _values(arguments)
    if owner in TRANSPARENT and name in _WRAPS:
        return values[0] if values else NOTHING
    if owner in OPTIONAL_TYPES and name in _MAKES:
        return ctx.make_container("list")
    if owner in LISTS and name in _MAKES:
        made = ctx.make_container("list")
        for value in values:
            if value != NOTHING:
                ctx.frame.emit(Op.SPREAD, made, value)
        return made
    if owner in DICTS and name in _MAKES:
        return _make_dict(ctx, arguments)
    if owner == "String" and name in ("from", "new", "with_capacity", "from_utf8_lossy"):
        of_type = ctx.extension("String")
        return NOTHING if of_type == NOTHING else ctx.make_instance(of_type, site_of(segments[-1][1]))
    return None


def _make_dict(ctx: RustContext, arguments: Arguments) -> Value:
    """`HashMap::from([("a", f)])`: the keys of literal pairs are known."""
    made = ctx.make_container("dict")
    for node, value in arguments:
        if value == NOTHING:
            continue
        pairs = node.named_children if node.type == "array_expression" else []
        for position, pair in enumerate(pairs):
            key: Literal = None
            if pair.type == "tuple_expression" and pair.named_children:
                key = literal_key(ctx, pair.named_children[0])
            held = ctx.item(ctx.item(value, position, pair), 1, pair)
            ctx.frame.emit(Op.SET_ITEM, made, key, held, site_of(pair))
        if not pairs:
            held = ctx.unwrap(ctx.unwrap(value, None, node), 1, node)
            ctx.frame.emit(Op.SET_ITEM, made, None, held, site_of(node))
    return made


EXPRESSIONS["call_expression"] = _call
