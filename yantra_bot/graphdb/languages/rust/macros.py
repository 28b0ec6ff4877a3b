"""Rust's macros: those of the library are read as calls with expressions, others by the calls among their tokens."""

import re

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.rust.context import EXPRESSIONS, RustContext

_LIBRARY = rb"""print|println|eprint|eprintln|format|write|writeln|panic|assert|assert_eq|assert_ne|debug_assert
|debug_assert_eq|debug_assert_ne|todo|unimplemented|unreachable|dbg|info|warn|error|debug|trace|bail|ensure|anyhow|format_args|log|join
|try_join"""
_KNOWN = re.compile(rb"\b(?:" + _LIBRARY.replace(b"\n", b"") + rb")(!)[ \t]*\(")
_ANY = re.compile(rb"\b(?!(?:matches|macro_rules|cfg|concat|stringify|include_str|env)!)[a-z_][a-z0-9_]*(!)[ \t]*\(")
_LIST = re.compile(rb"\bvec!(?=[ \t]*\[)")


def mask_macros(source: bytes, *, known_only: bool) -> bytes:
    """Return the source, of the same length, in which macro calls look like calls and `vec!` lists like arrays."""
    masked = bytearray(source)
    for match in (_KNOWN if known_only else _ANY).finditer(source):
        masked[match.start(1)] = 0x20
    for match in _LIST.finditer(source):
        masked[match.start() : match.end()] = b"    "
    return bytes(masked)


def is_macro(ctx: RustContext, function: Node) -> bool:
    """Say whether what looks like a call is a macro's."""
    end = function.end_byte
    return ctx.source[end : end + 1] == b"!"


def lower_macro_call(ctx: RustContext, function: Node, arguments: Node | None) -> Value:
    """Lower the arguments of a macro; one that the file defines calls what its rules call."""
    name = ctx.text(function)
    values = []
    for one in [] if arguments is None else arguments.named_children:
        if one.type == "assignment_expression":
            named = one.child_by_field_name("right")
            values.append(NOTHING if named is None else ctx.expression(named))
        else:
            values.append(ctx.expression(one))
    _expand(ctx, name)
    if name == "dbg" and values:
        return values[0]
    if name == "format":
        of_type = ctx.extension("String")
        return NOTHING if of_type == NOTHING else ctx.make_instance(of_type, site_of(function))
    if name in ("panic", "todo", "unimplemented", "unreachable", "bail"):
        ctx.frame.dead = True
    return NOTHING


def _invocation(ctx: RustContext, node: Node) -> Value:
    macro = node.child_by_field_name("macro")
    tokens = next((child for child in node.children if child.type == "token_tree"), None)
    if tokens is not None:
        scan(ctx, tokens)
    if macro is not None:
        _expand(ctx, ctx.text(macro))
    return NOTHING


def _expand(ctx: RustContext, name: str) -> None:
    """Make the calls that the rules of a macro of this file write."""
    definition = ctx.macros.get(name)
    if definition is None:
        return
    # A macro that names itself is expanded once.
    del ctx.macros[name]
    for rule in definition.named_children:
        right = rule.child_by_field_name("right")
        if right is not None:
            scan(ctx, right)
    ctx.macros[name] = definition


def scan(ctx: RustContext, tokens: Node) -> None:
    """Lower the calls that can be told among tokens: `name(...)`, `a::b(...)`, `x.name(...)`."""
    if not ctx.enter():
        return
    children = tokens.children
    for index, child in enumerate(children):
        if child.type != "token_tree":
            continue
        if index and child.children[0].type == "(" and children[index - 1].type == "identifier":
            _call_before(ctx, children, index - 1)
        elif index > 1 and children[index - 1].type == "!" and children[index - 2].type == "identifier":
            _expand(ctx, ctx.text(children[index - 2]))
        scan(ctx, child)
    ctx.depth -= 1


def _call_before(ctx: RustContext, children: list[Node], index: int) -> None:
    """Lower the call of the name at an index, with the path or the object before it."""
    name = children[index]
    if is_macro(ctx, name):
        _expand(ctx, ctx.text(name))
        return
    before = children[index - 1].type if index else ""
    owner = children[index - 2] if index > 1 else None
    known = None if owner is None or owner.type not in ("identifier", "self") else ctx.frame.find(ctx.text(owner))
    text = ctx.text(name)
    if before not in (".", "::"):
        variable = ctx.frame.find(text)
        if variable is not None:
            ctx.call(ctx.frame.read(variable), site_of(name), (), CallFlag.IMPLICIT)
        return
    if known is None:
        return
    obj = ctx.frame.read(known)
    if before == ".":
        ctx.call_method(obj, text, site_of(name), (), CallFlag.IMPLICIT)
    else:
        ctx.call(ctx.member(obj, text, name), site_of(name), (), CallFlag.IMPLICIT)


EXPRESSIONS["macro_invocation"] = _invocation
