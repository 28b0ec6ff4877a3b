"""Rust: modules are files or blocks, types get methods from impls anywhere, what is boxed is the thing itself.

`lower` says what one file holds; `make_linker` finds crates and modules. No type is inferred, no macro is run.
"""

from functools import cache

import tree_sitter_rust
from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, QueryCursor, Tree

from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.graphdb.languages.lowering import find_syntax_errors
from yantra_bot.graphdb.languages.rust import calls, control, expressions, functions, macros
from yantra_bot.graphdb.languages.rust.context import RustContext
from yantra_bot.graphdb.languages.rust.items import lower_items
from yantra_bot.graphdb.languages.rust.linking import RustLinker, make_linker
from yantra_bot.graphdb.languages.rust.macros import mask_macros

__all__ = ["RustLinker", "grammar", "lower", "make_linker"]

# Their functions are found by node type once they are imported.
_PARTS = (calls, control, expressions, functions, macros)


@cache
def grammar(suffix: str) -> Grammar:
    """Return Rust's grammar, for every suffix."""
    return Grammar(tree_sitter_rust.language())


@cache
def _assignments() -> Query:
    return Query(grammar(".rs"), "(assignment_expression left: (identifier) @name)")


def lower(path: str, source: bytes, tree: Tree) -> FileFacts:
    """Return what a Rust file says."""
    ctx = RustContext(path, source)
    root = _read_macros(source, tree).root_node
    ctx.begin(root, path.rpartition("/")[2].removesuffix(".rs"))
    ctx.facts.problems += find_syntax_errors(tree.root_node)
    captures = QueryCursor(_assignments()).captures(root)
    ctx.assigned = sorted((node.start_byte, ctx.text(node)) for node in captures.get("name", ()))
    ctx.modules.append(ctx.frame)
    lower_items(ctx, root.named_children)
    _lower_loose(ctx, root)
    return ctx.facts


def _read_macros(source: bytes, tree: Tree) -> Tree:
    """Parse the file once more with its macro calls written as calls, as long as that gives no new errors."""
    if b"!" not in source:
        return tree
    parser = Parser(grammar(".rs"))
    for known_only in (False, True):
        masked = parser.parse(mask_macros(source, known_only=known_only))
        if not masked.root_node.has_error or tree.root_node.has_error:
            return masked
    return tree


def _lower_loose(ctx: RustContext, root: Node) -> None:
    """Lower macro calls that stand among the items of the file."""
    for node in root.named_children:
        if node.type in ("expression_statement", "macro_invocation"):
            inner = node.named_children[0] if node.type == "expression_statement" and node.named_children else node
            ctx.expression(inner)
