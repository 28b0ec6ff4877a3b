"""Rust's types with members: structs, enumerations, traits, and the impls that give them methods."""

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind, Visibility
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Op, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.rust.context import RustContext, Shape
from yantra_bot.graphdb.languages.rust.functions import lower_function
from yantra_bot.graphdb.languages.rust.patterns import FIELD
from yantra_bot.graphdb.languages.rust.symbols import describe
from yantra_bot.graphdb.languages.rust.types import (
    annotate,
    declare_type_parameters,
    named_type,
    strip_type,
    type_value,
)
from yantra_bot.graphdb.languages.ssa import Variable


def define_struct(ctx: RustContext, node: Node, variable: Variable) -> None:
    """Lower a struct; a tuple struct is called with its fields."""
    body = node.child_by_field_name("body")
    flags = BodyFlag.CLASS | (BodyFlag.DATACLASS if _is_ordered(body) else 0)
    with ctx.body(variable.symbol, flags) as frame:
        declare_type_parameters(ctx, node)
        _fields(ctx, body)
    ctx.frame.emit(Op.CLASS, variable.value, frame.index, (), ())


def _is_ordered(body: Node | None) -> bool:
    return body is not None and body.type == "ordered_field_declaration_list"


def _fields(ctx: RustContext, body: Node | None) -> None:
    """Declare the fields of a struct or a variant."""
    if body is None:
        return
    position = 0
    for child in body.named_children:
        if child.type == "field_declaration":
            name = child.child_by_field_name("name")
            if name is not None:
                index = ctx.add_symbol(NodeKind.VARIABLE, ctx.text(name), ctx.frame.body.owner, child, name)
                if not any(one.type == "visibility_modifier" for one in child.children):
                    ctx.facts.symbols[index].visibility = Visibility.PRIVATE.value
                _field(ctx, ctx.text(name), child.child_by_field_name("type"))
        elif (
            _is_ordered(body)
            and child.type not in ("visibility_modifier", "attribute_item")
            and "comm" not in child.type
        ):
            _field(ctx, str(position), child)
            position += 1


def _field(ctx: RustContext, name: str, of_type: Node | None) -> None:
    value = ctx.frame.new()
    annotate(ctx, value, of_type)
    ctx.frame.body.names[f"{FIELD}{name}"] = value


def define_enum(ctx: RustContext, node: Node, variable: Variable) -> None:
    """Lower an enumeration: a variant with fields is a class below it, one without is an instance of it."""
    with ctx.body(variable.symbol, BodyFlag.CLASS | BodyFlag.CASE) as frame:
        declare_type_parameters(ctx, node)
    ctx.frame.emit(Op.CLASS, variable.value, frame.index, (), ())
    body = node.child_by_field_name("body")
    for variant in [] if body is None else body.named_children:
        name = variant.child_by_field_name("name")
        if variant.type != "enum_variant" or name is None:
            continue
        kind = NodeKind.VARIABLE if variant.child_by_field_name("body") is None else NodeKind.CLASS
        index = ctx.add_symbol(kind, ctx.text(name), variable.symbol, variant, name)
        value = _variant(ctx, variant, index, variable)
        ctx.frame.emit(Op.SET_ATTR, variable.value, ctx.text(name), value)


def _variant(ctx: RustContext, variant: Node, index: int, variable: Variable) -> Value:
    body = variant.child_by_field_name("body")
    if body is None:
        return ctx.make_instance(variable.value, site_of(variant))
    flags = BodyFlag.CLASS | (BodyFlag.DATACLASS if _is_ordered(body) else 0)
    with ctx.body(index, flags) as frame:
        _fields(ctx, body)
    value = ctx.frame.new()
    ctx.frame.emit(Op.CLASS, value, frame.index, ((variable.value, NOTHING, variable.name),), ())
    return value


def define_trait(ctx: RustContext, node: Node, variable: Variable) -> None:
    """Lower a trait with its default methods."""
    with ctx.body(variable.symbol, BodyFlag.CLASS | BodyFlag.INTERFACE) as frame:
        frame.declare("Self", frame.read_outer(*_place(variable)))
        declare_type_parameters(ctx, node)
        body = node.child_by_field_name("body")
        for child in [] if body is None else body.named_children:
            name = child.child_by_field_name("name")
            if name is None or child.type not in ("function_item", "function_signature_item"):
                continue
            index = ctx.add_symbol(NodeKind.METHOD, ctx.text(name), variable.symbol, child, name)
            describe(ctx, index, child)
            value = frame.body.names[ctx.text(name)] = frame.new()
            lower_function(ctx, child, index, value, associated=True)
    ctx.frame.emit(Op.CLASS, variable.value, frame.index, (), ())
    bounds = node.child_by_field_name("bounds")
    for bound in [] if bounds is None else bounds.named_children:
        _add_base(ctx, variable.value, type_value(ctx, bound), bound)


def _place(variable: Variable) -> tuple[int, Value]:
    return variable.frame.index, variable.value


def _add_base(ctx: RustContext, class_value: Value, base: Value, node: Node) -> None:
    if NOTHING not in (class_value, base):
        ctx.frame.emit(Op.ADD_BASE, class_value, base, site_of(node), ctx.text(node), 1)


def define_impl(ctx: RustContext, node: Node) -> None:
    """Lower `impl T` and `impl Trait for T`: methods are attached to T."""
    of_type, trait = node.child_by_field_name("type"), node.child_by_field_name("trait")
    if of_type is None:
        return
    ctx.frame.open_block()
    declare_type_parameters(ctx, node)
    class_value, variable = named_type(ctx, of_type)
    trait_value = NOTHING if trait is None else named_type(ctx, trait)[0]
    if trait is not None:
        _add_base(ctx, class_value, trait_value, trait)
    # A blanket impl gives its methods to whatever has the trait that bounds it.
    owner = trait_value if class_value == NOTHING else class_value
    ctx.frame.declare("Self", class_value)
    parent, prefix = _parent_of(ctx, of_type, variable)
    body = node.child_by_field_name("body")
    for child in [] if body is None else body.named_children:
        _define_member(ctx, child, owner, parent, prefix)
    ctx.frame.close_block()


def _parent_of(ctx: RustContext, of_type: Node, variable: Variable | None) -> tuple[int, str]:
    """Return the symbol that methods belong to, and what comes before their names where the type is elsewhere."""
    if variable is not None and variable.symbol >= 0 and variable.note in (Shape.STRUCT, Shape.ENUM, Shape.TRAIT):
        return variable.symbol, ""
    stripped = strip_type(of_type) or of_type
    if stripped.type == "generic_type":
        stripped = stripped.child_by_field_name("type") or stripped
    name = stripped.child_by_field_name("name") or stripped
    text = ctx.text(name)
    if text in ctx.extension_symbols:
        return ctx.extension_symbols[text], ""
    return ctx.frame.body.owner, f"{text}." if text.isidentifier() else ""


def _define_member(ctx: RustContext, node: Node, owner: Value, parent: int, prefix: str) -> None:
    name = node.child_by_field_name("name")
    if name is None:
        return
    text = ctx.text(name)
    if node.type == "function_item":
        index = ctx.add_symbol(NodeKind.METHOD, f"{prefix}{text}", parent, node, name)
        describe(ctx, index, node)
        value = ctx.frame.new()
        lower_function(ctx, node, index, value, associated=True)
    elif node.type == "const_item":
        ctx.add_symbol(NodeKind.VARIABLE, f"{prefix}{text}", parent, node, name)
        given = node.child_by_field_name("value")
        value = NOTHING if given is None else ctx.expression(given)
    else:
        return
    if NOTHING not in (owner, value):
        ctx.frame.emit(Op.SET_ATTR, owner, text, value)
