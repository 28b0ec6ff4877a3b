"""Reads the scopes of a Python file out of its syntax tree: what is bound where, and what is read where."""

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from yantra_bot.review.names.nodes import (
    CATCHERS,
    asks_for_version,
    expects,
    last_name,
    parameters,
    parse_annotation,
)
from yantra_bot.review.names.scopes import Binding, BindingKind, Chain, Imported, Load, Scope, ScopeKind

_FUNCTION_SCOPES: Final = frozenset({ScopeKind.FUNCTION, ScopeKind.INLINE})

_KINDS: Final = {
    "name": "Name",
    "attribute": "Attribute",
    "constant": "Constant",
    "subscript": "Subscript",
    "call": "Call",
    "walrus": "NamedExpr",
    "annotated": "AnnAssign",
    "global": "Global",
    "nonlocal": "Nonlocal",
    "plain_import": "Import",
    "import_from": "ImportFrom",
    "function": "FunctionDef AsyncFunctionDef",
    "lambda": "Lambda",
    "class": "ClassDef",
    "type_alias": "TypeAlias",
    "try": "Try TryStar",
    "handler": "ExceptHandler",
    "with": "With AsyncWith",
    "if": "If IfExp",
    "pattern": "MatchAs MatchStar MatchMapping",
    "comprehension": "ListComp SetComp DictComp GeneratorExp",
}
"""By the method that reads it: kinds of nodes by their names, since older versions of Python lack some."""


class Reader:
    """Walks one tree. `module` is the scope of the file and `loads` all names that are read, in their order."""

    def __init__(self) -> None:
        self.module = Scope(ScopeKind.MODULE, None)
        self.loads: list[Load] = []
        self.stars: list[ast.ImportFrom] = []
        self.imports: list[Imported] = []
        self.chains: list[Chain] = []
        self.is_dynamic = False
        """Whether code makes names in ways that no reading can follow (`exec`, writing to `globals()`)."""
        self._scope = self.module
        self._statement: ast.stmt | None = None
        self._in_annotation = False
        self._guards = 0
        self._for_types = 0
        self._readers = {
            kind: getattr(self, f"_read_{name}") for name, kinds in _KINDS.items() for kind in kinds.split()
        }

    def visit(self, node: ast.AST) -> None:
        """Read a node and all below it."""
        outer = self._statement
        if isinstance(node, ast.stmt):
            self._statement = node
        self._readers.get(type(node).__name__, self._visit_below)(node)
        self._statement = outer

    def _visit_below(self, node: ast.AST) -> None:
        for inner in ast.iter_child_nodes(node):
            self.visit(inner)

    def _visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def _bind(self, name: str, kind: BindingKind, node: ast.AST) -> None:
        scope = self._scope
        while scope.kind is ScopeKind.INLINE and scope.parent is not None and isinstance(node, ast.NamedExpr):
            scope = scope.parent
        if name in scope.nonlocals:
            return
        target = self.module if name in scope.globals else scope
        target.bindings.setdefault(name, []).append(Binding(name, kind, node, self._statement))

    @contextmanager
    def _inside(self, kind: ScopeKind, name: str = "") -> Iterator[None]:
        outer = self._scope
        self._scope = Scope(kind, outer, name)
        outer.inner.append(self._scope)
        try:
            yield
        finally:
            self._scope = outer

    @contextmanager
    def _guarded(self, *, when: bool = True) -> Iterator[None]:
        self._guards += when
        try:
            yield
        finally:
            self._guards -= when

    def _annotate(self, *nodes: ast.expr | None) -> None:
        outer, self._in_annotation = self._in_annotation, True
        self._visit_all(nodes)
        self._in_annotation = outer

    def _read_name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._load(node)
        elif isinstance(node.ctx, ast.Store):
            self._bind(node.id, BindingKind.VALUE, node)

    def _load(self, node: ast.Name) -> None:
        guarded = self._guards > 0
        load = Load(node.id, node.lineno, node.col_offset, self._scope, node, self._in_annotation, guarded)
        self.loads.append(load)
        self.is_dynamic |= node.id in ("exec", "execfile") and not self._in_annotation

    def _read_attribute(self, node: ast.Attribute) -> None:
        names, inner = [node.attr], node.value
        while isinstance(inner, ast.Attribute):
            names.append(inner.attr)
            inner = inner.value
        self.visit(inner)
        if isinstance(inner, ast.Name):
            read = names[::-1] if isinstance(node.ctx, ast.Load) else names[:0:-1]
            self.chains.append(Chain(self.loads[-1], tuple(read), node))

    def _read_constant(self, node: ast.Constant) -> None:
        if self._in_annotation and isinstance(node.value, str):
            for found in parse_annotation(node):
                self.visit(found)

    def _read_subscript(self, node: ast.Subscript) -> None:
        last = last_name(node.value)
        if not self._in_annotation or last not in ("Literal", "Annotated"):
            self._visit_below(node)
            return
        self.visit(node.value)
        if last == "Annotated" and isinstance(node.slice, ast.Tuple):
            self.visit(node.slice.elts[0])
            outer, self._in_annotation = self._in_annotation, False
            self._visit_all(node.slice.elts[1:])
            self._in_annotation = outer

    def _read_call(self, node: ast.Call) -> None:
        outer, self._in_annotation = self._in_annotation, False  # the arguments of a call are values
        self._visit_below(node)
        self._in_annotation = outer
        name = last_name(node.func)
        is_module = self._scope.kind not in _FUNCTION_SCOPES
        if name == "globals" or (name in ("vars", "locals") and not node.args and is_module):
            self.is_dynamic = True

    def _read_walrus(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self._bind(node.target.id, BindingKind.VALUE, node)

    def _read_annotated(self, node: ast.AnnAssign) -> None:
        self._annotate(node.annotation)
        self._visit_all([node.value, node.target])

    def _read_global(self, node: ast.Global) -> None:
        self._scope.globals.update(node.names)
        for name in node.names:
            binding = Binding(name, BindingKind.VALUE, node, node)
            self.module.bindings.setdefault(name, []).append(binding)

    def _read_nonlocal(self, node: ast.Nonlocal) -> None:
        self._scope.nonlocals.update(node.names)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.imports.append(Imported(node, self._scope, self._guards > 0, self._for_types > 0))

    def _read_plain_import(self, node: ast.Import) -> None:
        self._import(node)
        for alias in node.names:
            self._bind(alias.asname or alias.name.partition(".")[0], BindingKind.IMPORT, alias)

    def _read_import_from(self, node: ast.ImportFrom) -> None:
        self._import(node)
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(node)
            else:
                self._bind(alias.asname or alias.name, BindingKind.IMPORT, alias)

    def _read_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._visit_all(node.decorator_list)
        self._bind(node.name, BindingKind.FUNCTION, node)
        with self._type_parameters(node):
            self._read_signature(node.args)
            self._annotate(node.returns)
            with self._inside(ScopeKind.FUNCTION, node.name):
                self._hoist(node.body)
                self._bind_parameters(node.args)
                self._visit_all(node.body)

    def _read_lambda(self, node: ast.Lambda) -> None:
        self._read_signature(node.args)
        with self._inside(ScopeKind.FUNCTION, "<lambda>"):
            self._bind_parameters(node.args)
            self.visit(node.body)

    def _read_class(self, node: ast.ClassDef) -> None:
        self._visit_all(node.decorator_list)
        self._bind(node.name, BindingKind.CLASS, node)
        with self._type_parameters(node):
            self._visit_all([*node.bases, *(keyword.value for keyword in node.keywords)])
            with self._inside(ScopeKind.CLASS, node.name):
                self._hoist(node.body)
                self._visit_all(node.body)

    def read(self, tree: ast.Module) -> None:
        """Read a whole file."""
        self._hoist(tree.body)
        self.visit(tree)

    def _hoist(self, body: list[ast.stmt]) -> None:
        """Take a body's `global` and `nonlocal`, which count for all of it."""
        for statement in body:
            if isinstance(statement, ast.Global):
                self._scope.globals.update(statement.names)
            elif isinstance(statement, ast.Nonlocal):
                self._scope.nonlocals.update(statement.names)

    @contextmanager
    def _type_parameters(self, node: Any) -> Iterator[None]:
        parameters = getattr(node, "type_params", [])
        if not parameters:
            yield
            return
        with self._inside(ScopeKind.FUNCTION):
            for parameter in parameters:
                self._bind(parameter.name, BindingKind.VALUE, parameter)
                self._annotate(getattr(parameter, "bound", None), getattr(parameter, "default_value", None))
            yield

    def _read_type_alias(self, node: Any) -> None:  # Python 3.12 and newer
        self.visit(node.name)
        with self._type_parameters(node):
            self._annotate(node.value)

    def _read_signature(self, arguments: ast.arguments) -> None:
        self._visit_all([*arguments.defaults, *arguments.kw_defaults])
        self._annotate(*(one.annotation for one in parameters(arguments)))

    def _bind_parameters(self, arguments: ast.arguments) -> None:
        for one in parameters(arguments):
            self._bind(one.arg, BindingKind.VALUE, one)

    def _read_comprehension(self, node: Any) -> None:
        first, *others = node.generators
        self.visit(first.iter)
        with self._inside(ScopeKind.INLINE):
            self._visit_all([first.target, *first.ifs, *others])
            self._visit_all(getattr(node, part, None) for part in ("elt", "key", "value"))

    def _read_try(self, node: Any) -> None:
        with self._guarded(when=any(expects(handler.type) for handler in node.handlers)):
            self._visit_all([*node.body, *node.handlers])
        self._visit_all([*node.orelse, *node.finalbody])

    def _read_handler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(node.name, BindingKind.VALUE, node)
        self._visit_below(node)

    def _read_with(self, node: ast.With | ast.AsyncWith) -> None:
        named = {last_name(item.context_expr.func) for item in node.items if isinstance(item.context_expr, ast.Call)}
        self._visit_all(node.items)
        with self._guarded(when=not named.isdisjoint(CATCHERS)):
            self._visit_all(node.body)

    def _read_if(self, node: ast.If | ast.IfExp) -> None:
        """What a check of versions or platforms guards may be meant for another interpreter."""
        self.visit(node.test)
        is_for_types = last_name(node.test) == "TYPE_CHECKING"
        with self._guarded(when=asks_for_version(node.test)):
            self._for_types += is_for_types
            self._visit_all(node.body if isinstance(node.body, list) else [node.body])
            self._for_types -= is_for_types
            self._visit_all(node.orelse if isinstance(node.orelse, list) else [node.orelse])

    def _read_pattern(self, node: Any) -> None:
        name = getattr(node, "name", None) or getattr(node, "rest", None)
        if name:
            self._bind(name, BindingKind.VALUE, node)
        self._visit_below(node)
