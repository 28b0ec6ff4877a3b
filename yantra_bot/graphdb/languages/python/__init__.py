"""Python: lowers a file to facts, and says which files its imports mean.

A file is read alone, and never executed. Bytes of any kind give facts; what cannot be read is named in `problems`.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import PurePosixPath
from typing import Final

import tree_sitter_python
from tree_sitter import Language as Grammar
from tree_sitter import Tree

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import Body, BodyFlag, FileFacts
from yantra_bot.graphdb.languages import Read
from yantra_bot.graphdb.languages.lowering import find_syntax_errors, make_symbol
from yantra_bot.graphdb.languages.python.calls import CALLS
from yantra_bot.graphdb.languages.python.comprehensions import COMPREHENSIONS
from yantra_bot.graphdb.languages.python.control import CONTROL
from yantra_bot.graphdb.languages.python.definitions import DEFINITIONS, LAMBDAS, finish_names
from yantra_bot.graphdb.languages.python.displays import DISPLAYS
from yantra_bot.graphdb.languages.python.expressions import EXPRESSIONS
from yantra_bot.graphdb.languages.python.imports import IMPORTS
from yantra_bot.graphdb.languages.python.linker import PythonLinker
from yantra_bot.graphdb.languages.python.matching import MATCHING
from yantra_bot.graphdb.languages.python.operators import OPERATORS
from yantra_bot.graphdb.languages.python.scope import Scope, Tables
from yantra_bot.graphdb.languages.python.statements import ASSIGNMENTS, STATEMENTS
from yantra_bot.graphdb.languages.python.symbols import hash_symbols, number_lambdas, read_docstring
from yantra_bot.graphdb.languages.python.texts import TEXTS
from yantra_bot.graphdb.languages.python.unit import Hashed, Unit

__all__ = ["grammar", "lower", "make_linker"]

_TABLES: Final = Tables(
    {**EXPRESSIONS, **OPERATORS, **DISPLAYS, **TEXTS, **CALLS, **COMPREHENSIONS, **LAMBDAS, **ASSIGNMENTS},
    {**STATEMENTS, **CONTROL, **DEFINITIONS, **IMPORTS, **MATCHING},
)


@cache
def _load_grammar() -> Grammar:
    return Grammar(tree_sitter_python.language())


def grammar(suffix: str) -> Grammar:
    """Return the grammar of Python, for any suffix."""
    del suffix
    return _load_grammar()


def lower(path: str, source: bytes, tree: Tree) -> FileFacts:
    """Return what a Python file says."""
    unit = Unit(path, source)
    root = tree.root_node
    unit.facts.problems += find_syntax_errors(root)
    pure = PurePosixPath(path)
    name = pure.parent.name if pure.stem == "__init__" else pure.stem
    symbol = make_symbol(NodeKind.MODULE.value, name, -1, root)
    symbol.docstring = read_docstring(unit, root)
    index = unit.add_symbol(symbol)
    module = Scope(unit, Body(index, -1, BodyFlag.MODULE), None, _TABLES)
    unit.hashed.append(Hashed(index, root.start_byte, root.end_byte, module.cuts))
    module.run(root)
    finish_names(module)
    while unit.pending:
        unit.pending.popleft()()
    for name in unit.globals:
        if name not in module.body.names and name in module.cells:
            module.body.names[name] = module.cells[name]
    for twin, body in unit.twins:
        twin.values = body.values
        twin.flags |= body.flags
    number_lambdas(unit)
    hash_symbols(unit)
    return unit.facts


def make_linker(paths: Sequence[str], read: Read) -> PythonLinker:
    """Return the linker for all Python files of a repository."""
    return PythonLinker(paths, read)
