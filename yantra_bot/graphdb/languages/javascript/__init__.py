"""JavaScript and TypeScript: their grammars, their lowering to facts, and how their imports find files.

What a resolver must know beside `facts`:
- A container of kind `object` has its keys as attributes too: ATTR and SET_ATTR with a name are ITEM and SET_ITEM with
  it. `array` is a list. SPREAD of an object into an object keeps the keys. An attribute that an object lacks is looked
  up in what its key `__proto__` holds.
- CALL_METHOD on any function with a RECEIVER parameter binds it to the object, however the function got there. With
  CallFlag.NEW a function gives an instance of itself, whose attributes are also found in the function's attribute
  `prototype`, an object.
- The name `module.exports` of a module (CommonJS): the module *is* this value. IMPORT gives it, IMPORT_FROM of a name
  reads the attribute; `default`, which such a module has too, is the value and its attribute `default`. `default` of an
  outside module is the module.
- A setter is the name (or key) `x.setter`: SET_ATTR of `x` calls it with the value, even NOTHING. A getter
  has PROPERTY, or is stored under `x.getter` (`Object.defineProperty`).
- `for (k in b) a[k] = b[k]` is SPREAD, also into a function or an instance: the names are kept.
- INSTANCE of `this` of a function names what the function was stored in: an object or a function stands for itself, the
  `prototype` of a function for an instance of it.
- A class's body may have a RECEIVER parameter, for the initialisers of its fields: the instance.
- `super(…)` is a call of the method `constructor` of SUPER.
- A symbol that a constant holds is the key `[NAME]`, of whatever file; well-known ones are `[Symbol.iterator]`.
- A namespace is a CLASS without methods; an enumeration one with CASE.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import PurePosixPath

from tree_sitter import Language as Grammar
from tree_sitter import Tree

from yantra_bot.domain.graph import Language, NodeKind
from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.graphdb.languages import Linker, Read
from yantra_bot.graphdb.languages.javascript import (
    calls,
    conversions,
    exceptions,
    expressions,
    jsx,
    modules,
    objects,
    operators,
    statements,
    typescript,
)
from yantra_bot.graphdb.languages.javascript.classes import make_class
from yantra_bot.graphdb.languages.javascript.declarations import hoist_block, hoist_vars
from yantra_bot.graphdb.languages.javascript.functions import FUNCTIONS, make_function, suppose_this
from yantra_bot.graphdb.languages.javascript.linker import JavaScriptLinker
from yantra_bot.graphdb.languages.javascript.scan import Scan
from yantra_bot.graphdb.languages.javascript.state import FileState, Handler
from yantra_bot.graphdb.languages.javascript.testing import is_test_file
from yantra_bot.graphdb.languages.lowering import find_syntax_errors

_TYPESCRIPT = frozenset({".ts", ".mts", ".cts"})
_TYPESCRIPT_XML = frozenset({".tsx"})
_HANDLERS: dict[str, Handler] = {
    **expressions.HANDLERS,
    **conversions.HANDLERS,
    **operators.HANDLERS,
    **calls.HANDLERS,
    **objects.HANDLERS,
    **statements.HANDLERS,
    **exceptions.HANDLERS,
    **modules.HANDLERS,
    **typescript.HANDLERS,
    **jsx.HANDLERS,
    **dict.fromkeys(FUNCTIONS, make_function),
    "class": make_class,
}


@cache
def _typescript() -> Grammar:
    import tree_sitter_typescript

    return Grammar(tree_sitter_typescript.language_typescript())


@cache
def _typescript_xml() -> Grammar:
    import tree_sitter_typescript

    return Grammar(tree_sitter_typescript.language_tsx())


@cache
def _javascript() -> Grammar:
    import tree_sitter_javascript

    return Grammar(tree_sitter_javascript.language())


def grammar(suffix: str) -> Grammar:
    """Return the grammar for files of the suffix."""
    if suffix in _TYPESCRIPT:
        return _typescript()
    return _typescript_xml() if suffix in _TYPESCRIPT_XML else _javascript()


def lower(path: str, source: bytes, tree: Tree) -> FileFacts:
    """Return what the file says; parts that do not parse are left out and named in `problems`."""
    suffix = PurePosixPath(path).suffix
    is_typescript = suffix in _TYPESCRIPT or suffix in _TYPESCRIPT_XML
    facts = FileFacts(path, Language.TYPESCRIPT if is_typescript else Language.JAVASCRIPT)
    root = tree.root_node
    file = FileState(facts, source, Scan(source, root, grammar(suffix)), _HANDLERS)
    file.is_test = is_test_file(path)
    file.add_symbol(NodeKind.MODULE, PurePosixPath(path).name.removesuffix(suffix), -1, root)
    module = file.module
    body = root.named_children
    hoist_vars(module, root)
    modules.hoist_imports(module, body)
    hoist_block(module, body, len(source))
    for statement in body:
        module.anchor = statement.start_byte
        module.value(statement)
    while file.waiting:
        file.waiting.popleft()()
    for function in file.functions:
        suppose_this(function)
    modules.finish_module(file)
    file.hash_symbols()
    facts.problems.extend(find_syntax_errors(root))
    return facts


def make_linker(paths: Sequence[str], read: Read) -> Linker:
    """Return the linker for all JavaScript and TypeScript files of a repository."""
    return JavaScriptLinker(paths, read)
