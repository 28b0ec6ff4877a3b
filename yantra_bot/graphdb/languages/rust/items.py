"""Rust's items: functions, types, traits, impls, modules, constants.

All names of a scope are bound before any of its items is lowered.
"""

import re
from collections.abc import Sequence
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind, Visibility
from yantra_bot.graphdb.facts import NOTHING, Body, BodyFlag, Op
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.rust.classes import define_enum, define_impl, define_struct, define_trait
from yantra_bot.graphdb.languages.rust.context import RustContext, Shape
from yantra_bot.graphdb.languages.rust.functions import lower_function
from yantra_bot.graphdb.languages.rust.symbols import describe, is_test
from yantra_bot.graphdb.languages.rust.types import annotate, type_value
from yantra_bot.graphdb.languages.rust.uses import Use, declare_crate, declare_use, define_use
from yantra_bot.graphdb.languages.ssa import Variable

_PATH: Final = re.compile(r'\bpath\s*=\s*"([^"\n]+\.rs)"')
_KINDS: Final = {
    "function_item": (NodeKind.FUNCTION, Shape.FUNCTION),
    "struct_item": (NodeKind.CLASS, Shape.STRUCT),
    "union_item": (NodeKind.CLASS, Shape.STRUCT),
    "enum_item": (NodeKind.TYPE, Shape.ENUM),
    "trait_item": (NodeKind.TYPE, Shape.TRAIT),
    "type_item": (NodeKind.TYPE, Shape.ALIAS),
    "const_item": (NodeKind.VARIABLE, Shape.VALUE),
    "static_item": (NodeKind.VARIABLE, Shape.VALUE),
}
ITEMS: Final = frozenset(
    (
        *_KINDS,
        "mod_item",
        "use_declaration",
        "extern_crate_declaration",
        "impl_item",
        "macro_definition",
        "foreign_mod_item",
    )
)


def lower_items(ctx: RustContext, nodes: Sequence[Node]) -> None:
    """Lower the items among the nodes of a scope."""
    found: list[tuple[Node, Variable | None, list[Node]]] = []
    uses: list[tuple[Use, Variable | None]] = []
    attributes: list[Node] = []
    for node in nodes:
        kind = node.type
        if kind == "attribute_item":
            attributes.append(node)
        elif kind == "use_declaration":
            uses += declare_use(ctx, node)
        elif kind == "extern_crate_declaration":
            declare_crate(ctx, node)
        elif kind in ITEMS:
            found.append((node, _declare(ctx, node, kind), attributes))
        if kind != "attribute_item" and "comment" not in kind:
            attributes = []
    _find_extensions(ctx, found)
    for use, variable in uses:
        define_use(ctx, use, variable)
    for node, variable, around in found:
        _define(ctx, node, variable, around)


def _declare(ctx: RustContext, node: Node, kind: str) -> Variable | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    text = ctx.text(name)
    if kind == "macro_definition":
        ctx.macros[text] = node
        return None
    known = ctx.frame.scopes[-1].get(text)
    if known is not None and known.note in (Shape.IMPORTED, Shape.STANDARD):
        variable = known
    elif known is not None:
        variable = Variable(ctx.frame, text, known.value)
    else:
        variable = ctx.frame.declare(text, ctx.frame.new())
    if ctx.frame.body.flags & (BodyFlag.MODULE | BodyFlag.CLASS):
        ctx.frame.body.names[text] = variable.value
    if kind == "mod_item":
        variable.note = Shape.MODULE
        symbol_kind = NodeKind.MODULE if node.child_by_field_name("body") else NodeKind.IMPORT
    else:
        symbol_kind, variable.note = _KINDS[kind]
    ctx.definitions[variable] = node
    variable.symbol = ctx.add_symbol(symbol_kind, text, ctx.frame.body.owner, node, name)
    if not any(child.type == "visibility_modifier" for child in node.children):
        ctx.facts.symbols[variable.symbol].visibility = Visibility.PRIVATE.value
    return variable


def _find_extensions(ctx: RustContext, found: list[tuple[Node, Variable | None, list[Node]]]) -> None:
    """Make a class for each type of the language or the library that an impl of this scope gives methods."""
    for node, _, _ in found:
        of_type = node.child_by_field_name("type") if node.type == "impl_item" else None
        while of_type is not None and of_type.type == "reference_type":
            of_type = of_type.child_by_field_name("type")
        if of_type is None or of_type.type not in ("primitive_type", "type_identifier"):
            continue
        name = ctx.text(of_type)
        if name in ctx.extended or (of_type.type == "type_identifier" and name != "String"):
            continue
        index = ctx.extension_symbols[name] = ctx.add_symbol(NodeKind.TYPE, name, 0, node, of_type)
        ctx.extended[name] = ctx.module.new()
        ctx.facts.bodies.append(Body(index, 0, BodyFlag.CLASS))
        ctx.module.emit(Op.CLASS, ctx.extended[name], len(ctx.facts.bodies) - 1, (), ())


def _define(ctx: RustContext, node: Node, variable: Variable | None, attributes: list[Node]) -> None:
    kind = node.type
    if kind == "impl_item":
        define_impl(ctx, node)
    elif variable is None:
        return
    elif kind == "function_item":
        if any(is_test(ctx, one) for one in attributes):
            ctx.facts.symbols[variable.symbol].kind = NodeKind.TEST.value
        describe(ctx, variable.symbol, node, attributes)
        lower_function(ctx, node, variable.symbol, variable.value)
    elif kind == "mod_item":
        _define_module(ctx, node, variable, attributes)
    else:
        describe(ctx, variable.symbol, node, attributes)
        _define_type(ctx, node, variable)


def _define_type(ctx: RustContext, node: Node, variable: Variable) -> None:
    if variable.note is Shape.STRUCT:
        define_struct(ctx, node, variable)
    elif variable.note is Shape.ENUM:
        define_enum(ctx, node, variable)
    elif variable.note is Shape.TRAIT:
        define_trait(ctx, node, variable)
    elif variable.note is Shape.ALIAS:
        ctx.frame.copy(variable.value, type_value(ctx, node.child_by_field_name("type")))
    else:
        given = node.child_by_field_name("value")
        ctx.frame.copy(variable.value, NOTHING if given is None else ctx.expression(given))
        annotate(ctx, variable.value, node.child_by_field_name("type"))


def _define_module(ctx: RustContext, node: Node, variable: Variable, attributes: list[Node]) -> None:
    """Lower `mod x { ... }` like a class that is never made; `mod x;` is a file."""
    body = node.child_by_field_name("body")
    if body is None:
        around = [ctx.facts.symbols[frame.body.owner].name for frame in ctx.modules[1:]]
        specifiers = [f"path:{path}" for one in attributes for path in _PATH.findall(ctx.text(one))]
        for specifier in [*specifiers, "::".join(["self", *around, variable.name])]:
            ctx.frame.emit(Op.IMPORT, variable.value, specifier, site_of(node))
        return
    describe(ctx, variable.symbol, node, attributes)
    with ctx.body(variable.symbol, BodyFlag.CLASS) as frame:
        ctx.modules.append(frame)
        if ctx.enter():
            lower_items(ctx, body.named_children)
            ctx.depth -= 1
        ctx.modules.pop()
    ctx.frame.emit(Op.CLASS, variable.value, frame.index, (), ())
