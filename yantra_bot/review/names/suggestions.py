"""What may have been meant by a name that is missing: near spellings, and where the repository has it."""

import ast
import difflib
import sys
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.graph import NodeKind, Visibility
from yantra_bot.graphdb.api_diff import is_test_path
from yantra_bot.graphdb.view import GraphView
from yantra_bot.review.names.python import PythonFiles

_DEFINED: Final = frozenset({NodeKind.CLASS, NodeKind.FUNCTION, NodeKind.TYPE, NodeKind.VARIABLE})
_NEAR: Final = 0.75
_CLEAR: Final = 0.8
"""From this likeness on a spelling may be corrected without asking."""
_AHEAD: Final = 0.08
"""By so much the best must be liker than the next."""
_SAMPLED: Final = 8


@dataclass(frozen=True, slots=True)
class Near:
    """Names like a missing one, the likest first. `clear` is the one that was surely meant, else empty."""

    names: tuple[str, ...]
    clear: str = ""

    def question(self) -> str:
        """Return ` Did you mean `a` or `b`?`, or nothing."""
        return f" Did you mean {' or '.join(f'`{name}`' for name in self.names)}?" if self.names else ""


def find_near(name: str, candidates: Collection[str]) -> Near:
    """Return which of the candidates a name may be a misspelling of."""
    others = [other for other in candidates if other != name and (len(other) > 2 or len(name) <= 2)]
    found = difflib.get_close_matches(name, sorted(others), n=3, cutoff=_NEAR)
    scores = [difflib.SequenceMatcher(None, other, name).ratio() for other in found]
    is_clear = bool(scores) and scores[0] >= _CLEAR and (len(scores) < 2 or scores[0] - scores[1] >= _AHEAD)
    return Near(tuple(found), found[0] if is_clear and len(name) > 3 else "")


def find_definitions(view: GraphView, name: str) -> list[str]:
    """Return the dotted names of what modules of the repository define publicly under a name, tests aside."""
    found = set()
    for row in view.find(name):
        symbol = view.symbol(row)
        if symbol.name == name and symbol.kind in _DEFINED and symbol.visibility is Visibility.PUBLIC:
            around = view.index_of(symbol.parent or "")
            is_top = around is not None and view.symbol(around).kind is NodeKind.MODULE
            if is_top and symbol.path.endswith(".py") and not is_test_path(symbol.path):
                found.add(symbol.qualified_name)
    return sorted(found)


def find_usual_import(view: GraphView, files: PythonFiles, name: str) -> str:
    """Return the statement by which the repository's files import a name, where those looked at agree, else empty."""
    rows = [row for row in view.find(name) if view.symbol(row).kind is NodeKind.IMPORT]
    paths = sorted({view.symbol(row).path for row in rows})[:_SAMPLED]
    counts: Counter[str] = Counter()
    for path in paths:
        file = files.get(path) if path.endswith(".py") else None
        for imported in file.reader.imports if file is not None else ():
            counts.update(statement for statement in write_imports(imported.node, name))
    return next(iter(counts)) if len(counts) == 1 else ""


def write_imports(node: ast.Import | ast.ImportFrom, name: str) -> list[str]:
    """Return the parts of an import statement that bind a name, each as a statement; relative ones are left out."""
    if isinstance(node, ast.ImportFrom) and node.level:
        return []
    before = f"from {node.module} " if isinstance(node, ast.ImportFrom) else ""
    found = []
    for alias in node.names:
        bound = alias.asname or (alias.name if before else alias.name.partition(".")[0])
        if bound == name:
            written = f"{alias.name} as {alias.asname}" if alias.asname else alias.name
            found.append(f"{before}import {written}")
    return found


def is_standard_module(name: str) -> bool:
    """Tell whether the standard library has a module of that name, of those whose name is no everyday word."""
    return name in sys.stdlib_module_names and not name.startswith("_")
