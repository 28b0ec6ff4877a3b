"""Keeps which requests of a graph meet which of its routes, file by file, while files change.

A request that meets a route is an edge; the others stay among the unresolved references. A change of one file's routes
may join or part requests of any other file: what that changes is told. It reads no file.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from yantra_bot.domain.graph import Edge, EdgeKind, Graph, NodeKind, Symbol, Unresolved
from yantra_bot.graphdb.routes import Request, Route, join_routes


@dataclass(slots=True)
class Joins:
    """The routes and requests of a graph, by file."""

    routes: defaultdict[str, dict[str, Symbol]] = field(default_factory=lambda: defaultdict(dict))
    requests: defaultdict[str, dict[Unresolved, None]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, graph: Graph) -> "Joins":
        """Take note of the routes and requests of a graph in which none is joined yet."""
        joins = cls()
        joins._note(graph)
        return joins

    def _note(self, graph: Graph) -> None:
        for symbol in graph.symbols:
            if symbol.kind is NodeKind.ROUTE:
                self.routes[symbol.path].setdefault(symbol.key, symbol)
        for reference in graph.unresolved:
            if reference.kind is EdgeKind.REQUESTS:
                self.requests[reference.path][reference] = None

    def reroutes(self, path: str, part: Graph) -> bool:
        """Tell whether a file's new state has other routes, so that every request may meet another one."""
        routes = {symbol.key for symbol in part.symbols if symbol.kind is NodeKind.ROUTE}
        return routes != self.routes.get(path, {}).keys()

    def replace(self, path: str, part: Graph) -> None:
        """Take a file's new state, in which nothing is joined yet."""
        self.routes.pop(path, None)
        self.requests.pop(path, None)
        self._note(part)

    def parts(self, paths: Iterable[str] | None = None) -> dict[str, Graph]:
        """Return, for files with requests (all, or those named), their edges and what is still unresolved."""
        wanted = list(self.requests if paths is None else paths)
        asked = [reference for path in wanted for reference in self.requests.get(path, ())]
        met: defaultdict[tuple[str, str, int, int], list[Edge]] = defaultdict(list)
        for edge in join_routes(self._routes() if asked else (), map(_request_of, asked)):
            met[edge.source, edge.path, edge.line, edge.column].append(edge)
        found: dict[str, Graph] = {}
        for reference in asked:
            part = found.setdefault(reference.path, Graph())
            edges = met.get((reference.source, reference.path, reference.line, reference.column))
            if edges is None:
                part.unresolved.append(reference)
            else:
                part.edges += edges
        return found

    def _routes(self) -> Iterator[Route]:
        for routes in self.routes.values():
            for symbol in routes.values():
                method, _, path = symbol.name.partition(" ")
                yield Route(symbol.key, method, path)


def _request_of(reference: Unresolved) -> Request:
    method, _, path = reference.name.partition(" ")
    return Request(reference.source, method, path, reference.path, reference.line, reference.column)


def join(graph: Graph, joins: Joins, paths: Iterable[str] | None = None) -> Graph:
    """Put edges in the place of the requests of a graph (of some files of it) that meet a route. Returns the graph.

    A route that a file declares twice is one symbol.
    """
    graph.symbols = list(_without_repeated_routes(graph.symbols))
    graph.unresolved = [reference for reference in graph.unresolved if reference.kind is not EdgeKind.REQUESTS]
    for part in joins.parts(paths).values():
        graph.edges += part.edges
        graph.unresolved += part.unresolved
    return graph


def _without_repeated_routes(symbols: Iterable[Symbol]) -> Iterator[Symbol]:
    seen: set[str] = set()
    for symbol in symbols:
        if symbol.kind is NodeKind.ROUTE:
            if symbol.key in seen:
                continue
            seen.add(symbol.key)
        yield symbol


def rejoined(part: Graph, parts: Iterable[Graph]) -> Graph:
    """Return a part of a graph whose requests are joined as `parts` say."""
    edges = [edge for edge in part.edges if edge.kind is not EdgeKind.REQUESTS]
    unresolved = [reference for reference in part.unresolved if reference.kind is not EdgeKind.REQUESTS]
    return merged(replace(part, edges=edges, unresolved=unresolved), *parts)


def merged(*parts: Graph) -> Graph:
    """Return parts of a graph as one; no file is in two of them, save for its requests."""
    whole = Graph()
    for part in parts:
        whole.symbols += part.symbols
        whole.edges += part.edges
        whole.unresolved += part.unresolved
        whole.problems += part.problems
        whole.files |= part.files
    return whole
