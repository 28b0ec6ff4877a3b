"""Rust's `use`: which names a module has from elsewhere."""

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import NOTHING, Op
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.rust.context import RustContext, Shape
from yantra_bot.graphdb.languages.rust.paths import Segment, flatten, resolve, specifier_of
from yantra_bot.graphdb.languages.ssa import Variable

_STANDARD = frozenset(("std", "core", "alloc"))
Use = tuple[list[Segment], str, Node]
"""(path, name that is bound, where); the name is `*` for all of a module, `_` for none."""


def read_uses(ctx: RustContext, node: Node) -> list[Use]:
    """Return what a `use` brings, its tree taken apart."""
    argument = node.child_by_field_name("argument")
    found: list[Use] = []
    pending: list[tuple[list[Segment], Node]] = [] if argument is None else [([], argument)]
    while pending and len(found) < 10_000:
        before, one = pending.pop()
        if one.type == "use_as_clause":
            path, alias = one.child_by_field_name("path"), one.child_by_field_name("alias")
            if path is not None and alias is not None:
                found.append((before + flatten(ctx, path), ctx.text(alias), alias))
        elif one.type == "use_wildcard":
            inner = one.named_children[0] if one.named_children else None
            found.append((before + ([] if inner is None else flatten(ctx, inner)), "*", one))
        elif one.type in ("scoped_use_list", "use_list"):
            path = one.child_by_field_name("path")
            head = before + ([] if path is None else flatten(ctx, path))
            items = one.child_by_field_name("list") or one
            pending += [(head, child) for child in reversed(items.named_children)]
        elif one.type == "self" and before:
            found.append((before, before[-1][0], one))
        elif one.type in ("identifier", "scoped_identifier", "crate", "self", "super"):
            path_segments = before + flatten(ctx, one)
            found.append((path_segments, path_segments[-1][0], path_segments[-1][1]))
    return found


def declare_use(ctx: RustContext, node: Node) -> list[tuple[Use, Variable | None]]:
    """Bind the names that a `use` brings; their values come with `define_use`."""
    found: list[tuple[Use, Variable | None]] = []
    for use in read_uses(ctx, node):
        segments, name, _ = use
        variable = None
        if name not in ("*", "_"):
            known = ctx.frame.scopes[-1].get(name)
            variable = known or ctx.frame.declare(name, ctx.frame.new())
            if known is None:
                variable.note = Shape.STANDARD if segments[0][0] in _STANDARD else Shape.IMPORTED
                ctx.frame.body.names.setdefault(name, variable.value)
        found.append((use, variable))
    return found


def declare_crate(ctx: RustContext, node: Node) -> None:
    """Bind the name of `extern crate a as b`."""
    crate, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
    if crate is None:
        return
    name = ctx.text(alias or crate)
    variable = ctx.frame.declare(name, ctx.frame.new())
    variable.note = Shape.STANDARD if ctx.text(crate) in _STANDARD else Shape.IMPORTED
    ctx.frame.body.names[name] = variable.value
    ctx.add_symbol(NodeKind.IMPORT, name, ctx.frame.body.owner, node, alias or crate)
    ctx.frame.emit(Op.IMPORT, variable.value, ctx.text(crate), site_of(node))


def define_use(ctx: RustContext, use: Use, variable: Variable | None) -> None:
    """Give an imported name its value."""
    segments, name, node = use
    if name == "*":
        _glob(ctx, segments, node)
        return
    value = _value_of(ctx, segments, variable)
    ctx.add_symbol(NodeKind.IMPORT, name, ctx.frame.body.owner, node)
    if value != NOTHING:
        ctx.frame.emit(Op.IMPORTED, value, segments[-1][0], site_of(node))
        if variable is not None:
            ctx.frame.copy(variable.value, value)


def _value_of(ctx: RustContext, segments: list[Segment], variable: Variable | None) -> int:
    """Resolve a path of a `use`: its first name may be the one that is bound here."""
    first = segments[0][0]
    if len(segments) > 1 and variable is not None and variable.name == first and variable.note is not Shape.MODULE:
        known = ctx.definitions.get(variable)
        if known is None:
            value = ctx.crate(first)
            for name, node in segments[1:]:
                value = ctx.member(value, name, node)
            return value
    if len(segments) == 1 and variable is not None and variable.note in (Shape.IMPORTED, Shape.STANDARD):
        return ctx.crate(first)
    return resolve(ctx, segments, called=True)[0]


def _glob(ctx: RustContext, segments: list[Segment], node: Node) -> None:
    """Bring all names: of an enumeration or module of this file one by one, else by a star import."""
    names = [name for name, _ in segments]
    if names and all(name in ("super", "self") for name in names) and len(names) < len(ctx.modules):
        return
    inside = ctx.frame.find(names[-1]) if len(names) == 1 else None
    definition = None if inside is None else ctx.definitions.get(inside)
    if inside is not None and definition is not None and definition.child_by_field_name("body") is not None:
        _bring_members(ctx, inside, definition)
        return
    specifier = specifier_of(ctx, segments)
    if specifier:
        ctx.module.emit(Op.IMPORT_STAR, specifier, site_of(node))


def _bring_members(ctx: RustContext, inside: Variable, definition: Node) -> None:
    body = definition.child_by_field_name("body")
    for child in [] if body is None else body.named_children:
        name = child.child_by_field_name("name")
        if name is not None and ctx.frame.scopes[-1].get(ctx.text(name)) is None:
            value = ctx.member(ctx.frame.read(inside), ctx.text(name), name)
            ctx.frame.declare(ctx.text(name), value).note = Shape.IMPORTED
            ctx.frame.body.names.setdefault(ctx.text(name), value)
