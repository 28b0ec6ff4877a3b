"""Go: files of a package share one namespace, types get methods from anywhere in it, interfaces are met by shape.

`lower` says what one file holds; `make_linker` finds packages by folder and go.mod. No type is checked.
"""

from functools import cache

import tree_sitter_go
from tree_sitter import Language as Grammar
from tree_sitter import Node, Query, QueryCursor, Tree

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import FileFacts, Op
from yantra_bot.graphdb.languages.go import calls, literals, statements, switches
from yantra_bot.graphdb.languages.go.context import GoContext, Package
from yantra_bot.graphdb.languages.go.declarations import (
    TYPE_SPECS,
    declare_type,
    declare_values,
    define_function,
    define_method,
    define_type,
    describe,
    specs,
)
from yantra_bot.graphdb.languages.go.expressions import string_value
from yantra_bot.graphdb.languages.go.linking import GoLinker, make_linker, package_names
from yantra_bot.graphdb.languages.lowering import find_syntax_errors, site_of
from yantra_bot.graphdb.languages.ssa import Variable

__all__ = ["GoLinker", "grammar", "lower", "make_linker"]

# Their functions are found by node type once they are imported.
_PARTS = (calls, literals, statements, switches)


@cache
def grammar(suffix: str) -> Grammar:
    """Return Go's grammar, for every suffix."""
    return Grammar(tree_sitter_go.language())


@cache
def _assignments() -> Query:
    return Query(
        grammar(".go"),
        "[(assignment_statement left: (expression_list (identifier) @name))"
        " (range_clause left: (expression_list (identifier) @name))"
        " (short_var_declaration left: (expression_list (identifier) @new))]",
    )


def lower(path: str, source: bytes, tree: Tree) -> FileFacts:
    """Return what a Go file says."""
    ctx = GoContext(path, source)
    root = tree.root_node
    name = path.rpartition("/")[2].removesuffix(".go")
    ctx.begin(root, name)
    ctx.facts.problems += find_syntax_errors(root)
    _find_assignments(ctx, root)
    found = _declare_all(ctx, root)
    for node, variable in found:
        _define(ctx, node, variable)
    return ctx.facts


def _find_assignments(ctx: GoContext, root: Node) -> None:
    """Learn which names are assigned again, and where: by `=`, and by `:=` if the name is assigned by `=` too."""
    captures = QueryCursor(_assignments()).captures(root)
    names = [(node.start_byte, ctx.text(node)) for node in captures.get("name", ())]
    ctx.reassigned = {name for _, name in names}
    again = ((node.start_byte, ctx.text(node)) for node in captures.get("new", ()))
    ctx.assigned = sorted(names + [pair for pair in again if pair[1] in ctx.reassigned])


def _declare_all(ctx: GoContext, root: Node) -> list[tuple[Node, Variable | None]]:
    """Bind all names of the file, since its declarations may name each other in any order."""
    found: list[tuple[Node, Variable | None]] = []
    for node in root.named_children:
        kind = node.type
        if kind == "package_clause" and node.named_children:
            ctx.facts.package = ctx.text(node.named_children[0])
        elif kind == "import_declaration":
            for spec in specs(node, "import_spec"):
                _import(ctx, spec)
        elif kind == "type_declaration":
            found += [(spec, _export(ctx, declare_type(ctx, spec))) for spec in specs(node, *TYPE_SPECS)]
        elif kind == "function_declaration":
            found.append((node, _declare_function(ctx, node)))
        elif kind in ("var_declaration", "const_declaration"):
            _declare_names(ctx, node)
            found.append((node, None))
        elif kind == "method_declaration":
            found.append((node, None))
    return found


def _define(ctx: GoContext, node: Node, variable: Variable | None) -> None:
    if node.type == "function_declaration":
        define_function(ctx, node, variable)
    elif node.type == "method_declaration":
        define_method(ctx, node)
    elif node.type in TYPE_SPECS:
        if variable is not None:
            define_type(ctx, node, variable)
    else:
        declare_values(ctx, node)


def _export(ctx: GoContext, variable: Variable | None) -> Variable | None:
    if variable is not None:
        ctx.module.body.names[variable.name] = variable.value
    return variable


def _declare_function(ctx: GoContext, node: Node) -> Variable | None:
    name = node.child_by_field_name("name")
    text = "" if name is None else ctx.text(name)
    if text in ("", "_", "init"):
        return None
    variable = ctx.frame.declare(text, ctx.frame.new())
    variable.symbol = ctx.add_symbol(NodeKind.FUNCTION, text, 0, node, name)
    return _export(ctx, variable)


def _declare_names(ctx: GoContext, node: Node) -> None:
    for spec in specs(node, "var_spec", "const_spec"):
        for name in spec.children_by_field_name("name"):
            text = ctx.text(name)
            if name.is_named and text != "_":
                variable = ctx.frame.declare(text, ctx.frame.new())
                variable.symbol = ctx.add_symbol(NodeKind.VARIABLE, text, 0, spec, name)
                describe(ctx, variable.symbol, spec)
                _export(ctx, variable)


def _import(ctx: GoContext, spec: Node) -> None:
    """Bind an imported package in this file alone."""
    path_node, name = spec.child_by_field_name("path"), spec.child_by_field_name("name")
    if path_node is None:
        return
    path = string_value(ctx.text(path_node))
    if name is not None and name.type == "dot":
        ctx.frame.emit(Op.IMPORT_STAR, path, site_of(spec))
        return
    value = ctx.frame.new()
    ctx.frame.emit(Op.IMPORT, value, path, site_of(spec))
    alias = "" if name is None else ctx.text(name)
    names = [alias] if alias else package_names(path)
    ctx.add_symbol(NodeKind.IMPORT, names[0] if alias != "_" else path, 0, spec, name)
    for one in names:
        if one != "_":
            ctx.frame.declare(one, value).note = Package(path)
