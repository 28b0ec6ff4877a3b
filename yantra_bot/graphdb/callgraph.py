"""The plain call graph of a folder, `{"caller": ["callee", ...]}`, in the form that call-graph suites compare.

It knows names and calls, nothing else; how a call was found is not in it, and guesses by name alone are left out.
"""

from collections.abc import Iterable
from pathlib import PurePosixPath

from yantra_bot.domain.graph import EdgeKind, Evidence, Graph, NodeKind, Symbol

CALLABLE = frozenset({NodeKind.MODULE, NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.LAMBDA, NodeKind.TEST})
"""What may call: the keys of the export."""
CALLED = CALLABLE - {NodeKind.MODULE} | {NodeKind.EXTERNAL}
PACKAGE_FILE = "__init__"


def export_callgraph(graph: Graph) -> dict[str, list[str]]:
    """Return every function, method and module with what it calls, both sorted.

    A caller is named by its file's dotted path, without the ending, and its nesting; symbols of one name are one
    entry. A call of a class is the call of its constructor, and none when it has no constructor of its own. Calls in
    a class's body are made by what is around the class.
    """
    symbols = {symbol.key: symbol for symbol in graph.symbols}
    names = name_symbols(graph.symbols)
    calls: dict[str, set[str]] = {names[key]: set() for key, symbol in symbols.items() if symbol.kind in CALLABLE}
    for edge in graph.edges:
        if edge.kind is not EdgeKind.CALLS or edge.evidence is Evidence.NAME:
            continue
        caller, callee = _caller(symbols, edge.source), symbols.get(edge.target)
        if caller is not None and callee is not None and callee.kind in CALLED:
            calls[names[caller]].add(names[callee.key])
    return {caller: sorted(calls[caller]) for caller in sorted(calls)}


def name_symbols(symbols: Iterable[Symbol]) -> dict[str, str]:
    """Return the dotted name by path and nesting for each symbol's key; an external one has its qualified name."""
    by_key = {symbol.key: symbol for symbol in symbols}
    names: dict[str, str] = {}
    for symbol in by_key.values():
        chain = [symbol]
        while chain[-1].key not in names and (parent := by_key.get(chain[-1].parent or "")) and parent not in chain:
            chain.append(parent)
        for item in reversed(chain):
            if item.key not in names:
                names[item.key] = _name(item, names.get(item.parent or ""))
    return names


def _name(symbol: Symbol, around: str | None) -> str:
    if symbol.kind is NodeKind.EXTERNAL or not symbol.path:
        return symbol.qualified_name
    if symbol.kind in (NodeKind.MODULE, NodeKind.FILE):
        return dotted_path(symbol.path)
    return f"{around or dotted_path(symbol.path)}.{symbol.name}"


def dotted_path(path: str) -> str:
    """Return a file's path as a module's name: `pkg/a.py` is `pkg.a`, `pkg/__init__.py` is `pkg`."""
    parts = PurePosixPath(path).with_suffix("").parts
    if len(parts) > 1 and parts[-1] == PACKAGE_FILE:
        parts = parts[:-1]
    return ".".join(parts)


def _caller(symbols: dict[str, Symbol], key: str) -> str | None:
    """Return the nearest function or module around a symbol, itself included."""
    seen: set[str] = set()
    while (symbol := symbols.get(key)) is not None and key not in seen:
        if symbol.kind in CALLABLE:
            return key
        seen.add(key)
        key = symbol.parent or ""
    return None
