"""Rust's paths as values: names, `a::b::c`, `crate`, `self`, `super`, `Self`, `<T as Trait>`."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Value
from yantra_bot.graphdb.languages.builder import words
from yantra_bot.graphdb.languages.rust.context import RustContext, Shape
from yantra_bot.graphdb.languages.ssa import Frame, Variable

_SCOPED = ("scoped_identifier", "scoped_type_identifier")
_PRELUDE = words("""
    bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize String Vec Box Option Result Some None
    Ok Err Fn FnMut FnOnce Send Sync Sized Copy Clone Drop Iterator IntoIterator Default From Into AsRef AsMut ToString
    ToOwned Eq PartialEq Ord PartialOrd Extend DoubleEndedIterator ExactSizeIterator TryFrom TryInto FromIterator drop
    """)
Segment = tuple[str, Node]


def flatten(ctx: RustContext, node: Node) -> list[Segment]:
    """Return the segments of a path; the first may be a type in brackets, whose text is then empty."""
    segments: list[Segment] = []
    current: Node | None = node
    while current is not None and len(segments) < 100:
        kind = current.type
        if kind in _SCOPED:
            name = current.child_by_field_name("name")
            if name is not None:
                segments.append((ctx.text(name), name))
            current = current.child_by_field_name("path")
        elif kind in ("generic_type", "generic_type_with_turbofish", "generic_function"):
            current = current.child_by_field_name("type") or current.child_by_field_name("function")
        else:
            segments.append(("" if kind == "bracketed_type" else ctx.text(current), current))
            current = None
    segments.reverse()
    return segments


def is_standard(ctx: RustContext, segments: list[Segment]) -> bool:
    """Say whether a path begins in the standard library, or with a type that is the language's own."""
    name = segments[0][0]
    variable = ctx.frame.find(name)
    if variable is not None:
        return variable.note is Shape.STANDARD
    return name in _PRELUDE or name in ("std", "core", "alloc")


def resolve(ctx: RustContext, segments: list[Segment], *, called: bool = False) -> tuple[Value, Variable | None]:
    """Return the value of a path; with its variable where it is one name of this file."""
    if not segments:
        return NOTHING, None
    value, variable, rest = _root(ctx, segments)
    if variable is not None and (rest or not called):
        ctx.use(variable, segments[0][1])
    elif variable is not None:
        ctx.use_called(variable, segments[0][1])
    for name, node in rest:
        value = ctx.member(value, name, node)
    if variable is None and not called:
        ctx.refer(value, segments[-1][0], segments[-1][1])
    elif rest and not called:
        ctx.refer(value, rest[-1][0], rest[-1][1])
    return value, None if rest else variable


def _root(ctx: RustContext, segments: list[Segment]) -> tuple[Value, Variable | None, list[Segment]]:
    """Return the value of a path's beginning, its variable, and the segments after it."""
    name, node = segments[0]
    if name == "":
        return _bracketed(ctx, node), None, segments[1:]
    if name == "crate":
        return ctx.crate("crate"), None, segments[1:]
    if name in ("self", "super") and len(segments) > 1:
        return _relative(ctx, segments)
    variable = ctx.frame.find(name)
    if variable is not None:
        return ctx.frame.read(variable), variable, segments[1:]
    if name in _PRELUDE or name in ("self", "Self", "_"):
        return ctx.extension(name), None, segments[1:]
    if len(segments) > 1 and not name[:1].isupper():
        return ctx.crate(name), None, segments[1:]
    return ctx.free(name, node), None, segments[1:]


def _relative(ctx: RustContext, segments: list[Segment]) -> tuple[Value, Variable | None, list[Segment]]:
    """Resolve `self::x` and `super::super::x` from the module around."""
    depth, index = len(ctx.modules) - 1, 0
    ups = 0
    while index < len(segments) and segments[index][0] in ("self", "super"):
        if segments[index][0] == "super":
            if depth > 0:
                depth -= 1
            else:
                ups += 1
        index += 1
    rest = segments[index:]
    if ups:
        return ctx.crate("::".join(["super"] * ups)), None, rest
    if not rest:
        return ctx.crate("self"), None, rest
    found = find_in_module(ctx.modules[depth], rest[0][0])
    if found is not None:
        return ctx.frame.read(found), found, rest[1:]
    if depth == 0:
        return ctx.crate("self"), None, rest
    return ctx.free(rest[0][0], rest[0][1]), None, rest[1:]


def find_in_module(frame: Frame, name: str) -> Variable | None:
    """Return an item of a module."""
    return frame.scopes[0].get(name)


def _bracketed(ctx: RustContext, node: Node) -> Value:
    """Resolve `<T>` or `<T as Trait>` to T."""
    from yantra_bot.graphdb.languages.rust.types import named_type

    inner = node.named_children[0] if node.named_children else None
    if inner is not None and inner.type == "qualified_type":
        inner = inner.child_by_field_name("type")
    return NOTHING if inner is None else named_type(ctx, inner)[0]


def specifier_of(ctx: RustContext, segments: list[Segment]) -> str:
    """Return a module's path as a linker reads it, seen from the file; empty where it is a module inside the file."""
    names = [name for name, _ in segments]
    depth = len(ctx.modules) - 1
    while names and names[0] in ("self", "super") and depth > 0:
        if names.pop(0) == "super":
            depth -= 1
            if depth == 0:
                return "::".join(["self", *names])
    if depth > 0 and names and names[0] != "crate" and ctx.frame.find(names[0]) is not None:
        return ""
    variable = ctx.module.scopes[0].get(names[0]) if names else None
    if variable is not None and variable.note is not Shape.STANDARD:
        return "::".join(["self", *names])
    return "::".join(names)
