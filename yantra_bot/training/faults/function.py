"""One function of a file, as faults look at it: the nodes that run in it, who is whose parent, and its variables."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from yantra_bot.domain.scores import BugClass
from yantra_bot.training.faults.module import FUNCTIONS, Edit, FunctionNode, Module
from yantra_bot.training.faults.site import Site

_ENDS: Final = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_TALKS: Final = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log", "warn", "print"})
_BLOCKS: Final = ("body", "orelse", "finalbody", "handlers", "cases")
SCOPES: Final = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Loop = ast.For | ast.AsyncFor


class Function:
    """A function of a module. What only speaks (messages of errors and logs) and what never runs is left out of it."""

    def __init__(self, module: Module, node: FunctionNode) -> None:
        self.module = module
        self.node = node
        self.parents: dict[ast.AST, ast.AST] = {node.args: node}
        self.nodes: list[ast.AST] = []
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.parents[default] = node.args
                self._take(default)
        self._body_from = len(self.nodes)
        self._take_block(node.body, node)

    def site(self, bug: BugClass, edit: Edit, at: int | None = None) -> Site:
        """Return a site; `at` is where the fault stands: an offset in the faulty source that is no further than it."""
        start, end, text = edit
        at = start if at is None else at
        line, column = self.module.place(min(at, start))
        inside = text[: max(at - start, 0)]
        line += inside.count(b"\n")
        column = len(inside) - inside.rindex(b"\n") - 1 if b"\n" in inside else column + len(inside)
        return Site(bug, start, end, text, line, column)

    def around(self, node: ast.AST) -> int:
        """Return where the statement around a node's statement begins: the function at the furthest."""
        at = self.parents[self.statement(node)]
        while not isinstance(at, ast.stmt):
            at = self.parents[at]
        return self.module.offset(at.lineno, at.col_offset)

    def statement(self, node: ast.AST) -> ast.stmt:
        """Return the statement that a node is part of."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Return what is around a node, from the nearest on, without the function."""
        while (node := self.parents[node]) not in (self.node, self.node.args):
            yield node

    def block(self, statement: ast.stmt) -> list[ast.stmt]:
        """Return the statements that a statement is one of."""
        parent = self.parents[statement]
        for name in _BLOCKS:
            block = getattr(parent, name, None)
            if isinstance(block, list) and statement in block:
                return block
        return [statement]

    def of(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """Return the nodes of some types."""
        return (node for node in self.nodes if isinstance(node, kinds))

    @cached_property
    def parameters(self) -> list[str]:
        """Names of the parameters, without receiver and starred ones."""
        given = self.node.args
        names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        return [name for name in names if name not in ("self", "cls", "mcs", "_")]

    @cached_property
    def stores(self) -> dict[str, list[ast.Name]]:
        """Where each local variable is written, in the order of the text; not those of comprehensions."""
        found: dict[str, list[ast.Name]] = defaultdict(list)
        for node in self.of(ast.Name):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and not self.is_in_scope_of_own(node):
                found[node.id].append(node)
        for name in self.foreign:
            found.pop(name, None)
        return dict(found)

    @cached_property
    def loads(self) -> list[ast.Name]:
        """Where variables are read, in the order of the text."""
        inside = self.nodes[self._body_from :]
        return [node for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]

    @cached_property
    def foreign(self) -> frozenset[str]:
        """Names that are declared global or nonlocal, or belong to something defined or imported inside."""
        names: set[str] = set()
        for node in ast.walk(self.node):
            if isinstance(node, ast.Global | ast.Nonlocal):
                names.update(node.names)
            elif isinstance(node, (*FUNCTIONS, ast.ClassDef)) and node is not self.node:
                names.add(node.name)
                names.update(one.id for one in ast.walk(node) if isinstance(one, ast.Name))
            elif isinstance(node, ast.alias):
                names.add((node.asname or node.name).split(".")[0])
            elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
                names.add(node.name)
        return frozenset(names)

    @cached_property
    def loops(self) -> list[tuple[Loop, list[str]]]:
        """Each loop over something, and the names that it sets."""
        return [
            (node, [one.id for one in ast.walk(node.target) if isinstance(one, ast.Name)])
            for node in self.nodes
            if isinstance(node, Loop)
        ]

    def is_in_scope_of_own(self, node: ast.AST) -> bool:
        """Tell whether a node stands in a comprehension or lambda, where names may mean others."""
        return any(isinstance(one, SCOPES) for one in self.ancestors(node))

    def is_in(self, node: ast.AST, block: list[ast.stmt]) -> bool:
        """Tell whether a node stands in some statements."""
        start = self.module.start(node)
        return bool(block) and self.module.start(block[0]) <= start < self.module.end(block[-1])

    def _take_block(self, block: list[ast.stmt], parent: ast.AST) -> None:
        for statement in block:
            self.parents[statement] = parent
            is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            if not is_text and not isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
                self._take(statement)
            if isinstance(statement, _ENDS):
                return

    def _take(self, node: ast.AST) -> None:
        if isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom):
            return
        self.nodes.append(node)
        skipped = _skipped(node)
        for field, value in ast.iter_fields(node):
            if field in skipped:
                continue
            if field in ("body", "orelse", "finalbody") and isinstance(value, list):
                self._take_block(value, node)
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not isinstance(child, ast.expr_context):
                    self.parents[child] = node
                    self._take(child)


def _skipped(node: ast.AST) -> tuple[str, ...]:
    """Return the fields of a node that are not looked at: they say, declare, or never run."""
    if isinstance(node, ast.AnnAssign):
        return ("annotation",)
    if isinstance(node, ast.Lambda):
        return ("args",)
    if isinstance(node, ast.If | ast.While) and _is_never(node.test):
        return ("test", "body")
    if isinstance(node, ast.Assert):
        return ("msg",)
    if isinstance(node, ast.Call) and last_name(node.func) in _TALKS:
        return ("args", "keywords")
    if isinstance(node, ast.Call) and last_name(node.func).endswith(("Error", "Exception", "Warning")):
        return ("args", "keywords")
    return ()


def _is_never(test: ast.expr) -> bool:
    if isinstance(test, ast.Constant):
        return not test.value
    return last_name(test) == "TYPE_CHECKING"


def last_name(node: ast.AST) -> str:
    """Return `c` of `a.b.c` and of `c`; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
