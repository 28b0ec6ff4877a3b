"""Makes small code graphs by hand, with few words; lines are given where they matter."""

from pathlib import PurePosixPath

from yantra_bot.domain.graph import (
    CONFIDENCE,
    Edge,
    EdgeKind,
    Evidence,
    Graph,
    Language,
    NodeKind,
    Span,
    Symbol,
    Unresolved,
    Visibility,
)


class GraphMaker:
    """A graph that grows by names: `pkg/a.py::C.m` is a key, its parents are made when they are named first."""

    def __init__(self) -> None:
        self.graph = Graph()
        self._symbols: dict[str, Symbol] = {}

    @staticmethod
    def confidence(evidence: Evidence) -> float:
        """Return how sure an edge of this evidence is."""
        return CONFIDENCE[evidence]

    def module(self, path: str) -> str:
        """Add a file's module and return its key."""
        self.graph.files[path] = "0" * 16
        return self._put(f"{path}::", NodeKind.MODULE, PurePosixPath(path).stem, _dotted(path), path, None, 1)

    def symbol(
        self,
        key: str,
        kind: NodeKind = NodeKind.FUNCTION,
        *,
        line: int = 1,
        signature: str = "",
        docstring: str = "",
        decorators: tuple[str, ...] = (),
        visibility: Visibility | None = None,
        content_hash: str = "",
    ) -> str:
        """Add a symbol and return its key."""
        path, _, nesting = key.partition("::")
        around, _, name = nesting.rpartition(".")
        parent = self._parent(path, around)
        qualified = f"{_dotted(path)}.{nesting}".partition("#")[0]
        name = name.partition("#")[0]
        shown = visibility or (Visibility.PRIVATE if name.startswith("_") else Visibility.PUBLIC)
        rest = (signature, docstring, content_hash, decorators, shown)
        return self._put(key, kind, name, qualified, path, parent, line, *rest)

    def external(self, name: str) -> str:
        """Add a symbol from outside and return its key."""
        return self._put(f"::{name}", NodeKind.EXTERNAL, name.rpartition(".")[2], name, "", None, 0)

    def edge(
        self,
        source: str,
        target: str,
        kind: EdgeKind = EdgeKind.CALLS,
        *,
        line: int = 1,
        column: int = 4,
        evidence: Evidence = Evidence.BINDING,
    ) -> None:
        """Add an edge with the confidence of its evidence."""
        path = source.partition("::")[0]
        self.graph.edges.append(Edge(source, target, kind, path, line, column, CONFIDENCE[evidence], evidence))

    def unresolved(self, source: str, name: str, *, line: int = 1, candidates: tuple[str, ...] = ()) -> None:
        """Add a call whose target is not known."""
        path = source.partition("::")[0]
        self.graph.unresolved.append(Unresolved(source, name, EdgeKind.CALLS, path, line, 4, candidates))

    def _parent(self, path: str, around: str) -> str:
        if around and f"{path}::{around}" in self._symbols:
            return f"{path}::{around}"
        return f"{path}::" if f"{path}::" in self._symbols else self.module(path)

    def _put(
        self,
        key: str,
        kind: NodeKind,
        name: str,
        qualified: str,
        path: str,
        parent: str | None,
        line: int,
        signature: str = "",
        docstring: str = "",
        content_hash: str = "",
        decorators: tuple[str, ...] = (),
        visibility: Visibility = Visibility.PUBLIC,
    ) -> str:
        symbol = Symbol(
            key=key,
            kind=kind,
            name=name,
            qualified_name=qualified,
            path=path,
            span=Span(line, 0, line + 2, 0),
            language=Language.PYTHON if path.endswith(".py") else Language.JAVASCRIPT if path else None,
            parent=parent,
            signature=signature,
            docstring=docstring,
            content_hash=content_hash,
            decorators=decorators,
            visibility=visibility,
        )
        self._symbols[key] = symbol
        self.graph.symbols.append(symbol)
        if parent is not None:
            self.graph.edges.append(
                Edge(parent, key, EdgeKind.DEFINES, path, line, 0, CONFIDENCE[Evidence.SYNTAX], Evidence.SYNTAX)
            )
        return key


def _dotted(path: str) -> str:
    return str(PurePosixPath(path).with_suffix("")).replace("/", ".").removesuffix(".__init__")
