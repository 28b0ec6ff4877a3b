"""The dotted names that the graph gives to the code objects of a module.

It imports nothing but the standard library: programs of any Python from 3.11 on are named by it.
"""

import ast
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

FOLDED = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
OPTIMIZED = 0x1  # a function; a class body is not
Place = tuple[int | None, int | None]
"""(line, column)"""


@dataclass(frozen=True, slots=True)
class Code:
    """What one code object is called."""

    owner: str
    """Whom its calls belong to."""
    callee: str | None
    """Its own name; None for what nobody calls: modules, class bodies, comprehensions."""


def module_name(root: str, path: str) -> str:
    """Return the dotted name of a file below a folder."""
    parts = Path(path).relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


class Names:
    """The names of all code objects of one module."""

    def __init__(self, module: str, path: str, code: CodeType) -> None:
        self.codes: list[tuple[CodeType, Code]] = [(code, Code(module, None))]
        self._lambdas = LambdaNumbers(ast.parse(Path(path).read_bytes())).numbers
        self._walk(code, module, module)

    def _walk(self, code: CodeType, name: str, owner: str) -> None:
        for inner in code.co_consts:
            if not isinstance(inner, CodeType):
                continue
            if inner.co_name in FOLDED or inner.co_name.startswith("<generic parameters"):
                found, below = Code(owner, None), name
            elif inner.co_name == "<lambda>":
                below = f"{name}.<lambda{self._number(inner)}>"
                found = Code(below, below)
            else:
                below = f"{name}.{inner.co_name}"
                found = Code(below, below) if inner.co_flags & OPTIMIZED else Code(owner, None)
            self.codes.append((inner, found))
            self._walk(inner, below, found.owner)

    def _number(self, code: CodeType) -> int:
        places = ((line, column) for line, _, column, _ in code.co_positions())
        return next((self._lambdas[place] for place in places if place in self._lambdas), 0)


class LambdaNumbers:
    """The number that each lambda has in its scope, by the place where its body begins."""

    def __init__(self, tree: ast.Module) -> None:
        self.numbers: dict[Place, int] = {}
        self._visit_scope(list(tree.body))

    def _visit_scope(self, nodes: list[ast.AST]) -> None:
        found: list[ast.Lambda] = []
        for node in nodes:
            self._collect(node, found)
        found.sort(key=lambda one: (one.lineno, one.col_offset))
        for number, one in enumerate(found, start=1):
            self.numbers[one.body.lineno, one.body.col_offset] = number
            self._visit_scope([one.body])

    def _collect(self, node: ast.AST, found: list[ast.Lambda]) -> None:
        if isinstance(node, ast.Lambda):
            found.append(node)
            self._collect(node.args, found)
            return
        inner: list[ast.AST] = []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = list(node.body)
            self._visit_scope(inner)
        for child in ast.iter_child_nodes(node):
            if child not in inner:
                self._collect(child, found)
