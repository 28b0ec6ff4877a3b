"""Rust's patterns: which part of a value each name is bound to."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import ERROR, NOTHING, SUCCESS, Literal, Value
from yantra_bot.graphdb.languages.rust.context import RustContext
from yantra_bot.graphdb.languages.rust.paths import flatten, resolve

FIELD = "."
"""Fields are attributes with a dot before their name: a method may have the same name."""
OPTIONAL = {"Some": SUCCESS, "Ok": SUCCESS, "Err": ERROR}
"""Variants of the library, with the key of what they hold."""
_INNER = ("match_pattern", "ref_pattern", "reference_pattern", "mut_pattern")
_NAMES = ("identifier", "shorthand_field_identifier", "self")


def bind_pattern(ctx: RustContext, node: Node, value: Value, *, versioned: bool = False) -> None:
    """Bind the names of a pattern that is matched against a value."""
    if not ctx.enter():
        return
    while node.type in _INNER:
        versioned = versioned or any(child.type == "mutable_specifier" for child in node.children)
        inner = next((one for one in node.named_children if one.type != "mutable_specifier"), None)
        if inner is None:
            break
        node = inner
    if node.type in _NAMES:
        _bind_name(ctx, node, value, versioned=versioned)
    else:
        handler = _PATTERNS.get(node.type)
        if handler is not None:
            handler(ctx, node, value)
    ctx.depth -= 1


def _bind_name(ctx: RustContext, node: Node, value: Value, *, versioned: bool) -> None:
    name = ctx.text(node)
    if name[:1].isupper() and len(name) > 1:
        known = ctx.frame.find(name)
        if known is None or known.note is not None:
            return
    ctx.frame.declare(name, value, versioned=versioned)


def _alternatives(ctx: RustContext, node: Node, value: Value) -> None:
    """`A(x) | B(x)` binds x to either part."""
    bound: dict[str, Value] = {}
    for one in node.named_children:
        ctx.frame.open_block()
        bind_pattern(ctx, one, value)
        for name, variable in ctx.frame.scopes[-1].items():
            bound[name] = ctx.frame.union((bound.get(name, NOTHING), variable.value))
        ctx.frame.close_block()
    for name, found in bound.items():
        ctx.frame.declare(name, found)


def _tuple(ctx: RustContext, node: Node, value: Value) -> None:
    for position, one in enumerate(node.named_children):
        if one.type != "remaining_field_pattern":
            bind_pattern(ctx, one, ctx.unwrap(value, position, one))


def _slice(ctx: RustContext, node: Node, value: Value) -> None:
    key: Literal = 0
    for position, one in enumerate(node.named_children):
        if one.type == "remaining_field_pattern":
            key = None
        else:
            bind_pattern(ctx, one, ctx.unwrap(value, None if key is None else position, one))


def _tuple_struct(ctx: RustContext, node: Node, value: Value) -> None:
    named = node.child_by_field_name("type")
    if named is None:
        return
    segments = flatten(ctx, named)
    if segments[-1][0] in OPTIONAL and (len(segments) > 1 or ctx.standard(segments[-1][0])):
        for one in node.named_children[1:]:
            bind_pattern(ctx, one, ctx.unwrap(value, OPTIONAL[segments[-1][0]], one))
        return
    resolve(ctx, segments)
    for position, one in enumerate(node.named_children[1:]):
        if one.type != "remaining_field_pattern":
            bind_pattern(ctx, one, ctx.member(value, f"{FIELD}{position}", one))


def _struct(ctx: RustContext, node: Node, value: Value) -> None:
    named = node.child_by_field_name("type")
    if named is not None:
        resolve(ctx, flatten(ctx, named))
    for one in node.named_children:
        name = one.child_by_field_name("name")
        if one.type != "field_pattern" or name is None:
            continue
        part = ctx.member(value, f"{FIELD}{ctx.text(name)}", name)
        versioned = any(child.type == "mutable_specifier" for child in one.children)
        bind_pattern(ctx, one.child_by_field_name("pattern") or name, part, versioned=versioned)


def _captured(ctx: RustContext, node: Node, value: Value) -> None:
    children = node.named_children
    if children:
        bind_pattern(ctx, children[0], value)
        for one in children[1:]:
            bind_pattern(ctx, one, value)


def _path(ctx: RustContext, node: Node, value: Value) -> None:
    resolve(ctx, flatten(ctx, node))


_PATTERNS = {
    "tuple_pattern": _tuple,
    "slice_pattern": _slice,
    "tuple_struct_pattern": _tuple_struct,
    "struct_pattern": _struct,
    "or_pattern": _alternatives,
    "captured_pattern": _captured,
    "scoped_identifier": _path,
}
