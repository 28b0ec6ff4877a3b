"""A graph while it is written: symbols with their keys, each edge once, names of what lies outside."""

from collections import defaultdict
from collections.abc import Iterable

from yantra_bot.domain.graph import (
    CONFIDENCE,
    Edge,
    EdgeKind,
    Evidence,
    Graph,
    NodeKind,
    Problem,
    Span,
    Symbol,
    Visibility,
)
from yantra_bot.graphdb.resolve.program import File
from yantra_bot.graphdb.resolve.record import Target

_CALLABLE = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CLASS, NodeKind.TEST})


Names = dict[str, list[str]]
"""Keys of what can be called, by the last part of its name, in order."""


def find_names(files: Iterable[File]) -> Names:
    """Return the names of everything in the program that can be called."""
    found: Names = defaultdict(list)
    for file in files:
        if not file.library:
            for symbol, key in zip(file.facts.symbols, file.keys, strict=True):
                if symbol.kind in _CALLABLE:
                    found[symbol.name].append(key)
    return {name: sorted(keys) for name, keys in found.items()}


class GraphWriter:
    """Writes a Graph."""

    def __init__(self, files: dict[str, File], by_name: Names | None = None) -> None:
        """`by_name` is taken as it is where a part of a graph is written."""
        self.graph = Graph()
        self.by_name = find_names(files.values()) if by_name is None else by_name
        self._files = files
        self._outside: dict[str, str] = {}
        self._seen: set[tuple[str, str, str, int]] = set()
        self._file: File | None = None
        """The file whose edges `_seen` holds."""

    def modules(self, paths: tuple[str, ...]) -> list[Target]:
        """Return the module symbols of a module's files."""
        files = self._files
        return [(files[path], 0) for path in paths if path in files and files[path].facts.symbols]

    def write_symbols(self, file: File) -> None:
        """Write what a file defines, and what was lost in it."""
        facts = file.facts
        for index, one in enumerate(facts.symbols):
            parent = file.keys[one.parent] if one.parent >= 0 else None
            span = Span(one.line, one.column, one.end_line, one.end_column)
            kind = NodeKind(one.kind)
            self.graph.symbols.append(
                Symbol(
                    key=file.keys[index],
                    kind=kind,
                    name=one.name,
                    qualified_name=file.names[index],
                    path=facts.path,
                    span=span,
                    language=facts.language,
                    parent=parent,
                    signature=one.signature,
                    docstring=one.docstring,
                    content_hash=one.content_hash,
                    decorators=tuple(one.decorators),
                    visibility=Visibility(one.visibility),
                )
            )
            if parent is not None:
                self.edge(parent, file.keys[index], EdgeKind.DEFINES, file, (one.line, one.column), Evidence.SYNTAX)
        for problem, detail in facts.problems:
            self.graph.problems.append(Problem(facts.path, problem, detail))

    def edge(
        self, source: str, target: str, kind: EdgeKind, file: File, at: tuple[int, int], evidence: Evidence
    ) -> None:
        """Write an edge, unless the same stands there already; those of one file come one after the other."""
        line, column = at
        if file is not self._file:
            self._file = file
            self._seen.clear()
        seen = (source, target, kind, line << 14 | column)
        if seen not in self._seen:
            self._seen.add(seen)
            confidence = CONFIDENCE[evidence]
            self.graph.edges.append(Edge(source, target, kind, file.path, line, column, confidence, evidence))

    def key(self, target: Target) -> str:
        """Return the key of a symbol; something outside becomes one when it is first named."""
        if not isinstance(target, str):
            return target[0].keys[target[1]]
        key = self._outside.get(target)
        if key is None:
            key = self._outside[target] = f"::{target}"
            name = target.rpartition(".")[2]
            self.graph.symbols.append(Symbol(key, NodeKind.EXTERNAL, name, target, "", Span(0, 0, 0, 0)))
        return key
