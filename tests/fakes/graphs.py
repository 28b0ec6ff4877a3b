"""Made-up graphs of any size, of the shape real code has: many small files, a few symbols that everybody uses."""

import random
import zlib
from collections.abc import Sequence
from dataclasses import replace

from yantra_bot.domain.graph import (
    CONFIDENCE,
    Edge,
    EdgeKind,
    Evidence,
    Graph,
    Language,
    NodeKind,
    Problem,
    Span,
    Symbol,
    Unresolved,
)

_WORDS = (
    "get",
    "set",
    "make",
    "load",
    "save",
    "find",
    "user",
    "model",
    "field",
    "query",
    "view",
    "form",
    "node",
    "path",
)
_KINDS = (NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.VARIABLE, NodeKind.IMPORT, NodeKind.TEST, NodeKind.CLASS)
_EDGES = (EdgeKind.CALLS, EdgeKind.CALLS, EdgeKind.USES, EdgeKind.USES, EdgeKind.IMPORTS, EdgeKind.INHERITS)
_EVIDENCES = tuple(Evidence)


def make_symbol(path: str, nesting: str, kind: NodeKind = NodeKind.FUNCTION, line: int = 1, digest: str = "") -> Symbol:
    """Return a symbol of a Python file, nested in the module by dots: `make_symbol("a.py", "C.run")`."""
    module = path.removesuffix(".py").replace("/", ".")
    qualified = f"{module}.{nesting}" if nesting else module
    above = f"{path}::{nesting.rpartition('.')[0] or ''}".rstrip(":") if nesting else None
    parent = None if above is None else (above if "::" in above else f"{path}::")
    return Symbol(
        key=f"{path}::{nesting}",
        kind=kind,
        name=qualified.rsplit(".", 1)[-1],
        qualified_name=qualified,
        path=path,
        span=Span(line, 0, line + 9, 4),
        language=Language.PYTHON,
        parent=parent,
        signature=f"def {qualified.rsplit('.', 1)[-1]}(self, value: int, *, name: str = '') -> bool" if nesting else "",
        docstring=f"Do what {nesting} says, and return whether it was done." if line % 3 else "",
        content_hash=digest or f"{zlib.crc32(f'{path}::{nesting}'.encode()):016x}",
        decorators=("staticmethod",) if line % 11 == 0 else (),
    )


def make_edge(source: str, target: str, kind: EdgeKind = EdgeKind.CALLS, line: int = 1, **more: object) -> Edge:
    """Return an edge that stands in the source's file; `more` replaces fields."""
    evidence = Evidence.BINDING
    edge = Edge(source, target, kind, source.split("::", maxsplit=1)[0], line, 4, CONFIDENCE[evidence], evidence)
    return replace(edge, **more)  # type: ignore[arg-type]  # the caller names fields of Edge


def make_file(path: str, symbols: int, rng: random.Random) -> Graph:
    """Return one file: its module, some classes with methods, functions, and the edges between them."""
    graph = Graph([make_symbol(path, "", NodeKind.MODULE)], files={path: f"{rng.getrandbits(64):016x}"})
    scope = ""
    for number in range(symbols - 1):
        kind = NodeKind.CLASS if number % 12 == 0 else rng.choice(_KINDS[:-1])
        name = f"{rng.choice(_WORDS)}_{rng.choice(_WORDS)}_{number}"
        nesting = name if kind is NodeKind.CLASS or not scope else f"{scope}.{name}"
        scope = name if kind is NodeKind.CLASS else scope
        graph.symbols.append(make_symbol(path, nesting, kind, number * 10 + 3, f"{rng.getrandbits(64):016x}"))
    graph.edges += [
        make_edge(
            symbol.parent, symbol.key, EdgeKind.DEFINES, symbol.span.line, evidence=Evidence.SYNTAX, confidence=1.0
        )
        for symbol in graph.symbols
        if symbol.parent is not None
    ]
    return graph


def make_graph(files: int, per_file: int = 36, edges_each: float = 4.0, seed: int = 1) -> Graph:
    """Return a graph of `files` files. Targets follow a heavy tail, mostly in the same file."""
    rng = random.Random(seed)
    whole = Graph()
    for number in range(files):
        part = make_file(f"package{number % 40}/area{number % 7}/module{number}.py", per_file, rng)
        whole.symbols += part.symbols
        whole.edges += part.edges
        whole.files |= part.files
    whole.symbols += [
        Symbol(f"::lib.{word}{n}", NodeKind.EXTERNAL, f"{word}{n}", f"lib.{word}{n}", "", Span(0, 0, 0, 0))
        for word in _WORDS
        for n in range(max(1, files // 30))
    ]
    _connect(whole, round(len(whole.symbols) * edges_each), per_file, rng)
    return whole


def _connect(graph: Graph, edges: int, per_file: int, rng: random.Random) -> None:
    count = len(graph.symbols)
    inside = [symbol for symbol in graph.symbols if symbol.path]
    for _ in range(edges):
        at = rng.randrange(len(inside))
        source = inside[at]
        near = rng.random() < 0.6
        to = at + rng.randint(-per_file, per_file) if near else int(count * rng.paretovariate(0.6) / 3000)
        target = graph.symbols[min(max(to, 0), count - 1) if near else to % count]
        evidence = rng.choice(_EVIDENCES)
        place = source.span.line + rng.randrange(9)
        kind = rng.choice(_EDGES)
        graph.edges.append(
            Edge(source.key, target.key, kind, source.path, place, rng.randrange(80), CONFIDENCE[evidence], evidence)
        )
        if rng.random() < 0.15:
            name, candidate = rng.choice(_WORDS), rng.choice(inside).key
            graph.unresolved.append(Unresolved(source.key, name, kind, source.path, place, 1, (candidate,)))
    graph.problems += [
        Problem(path, "syntax error", "line 3") for path in list(graph.files)[:: len(graph.files) // 5 or 1]
    ]


def change_graph(graph: Graph, rng: random.Random) -> Graph:
    """Return a graph that differs in a few files as an edit would make it: nothing hangs in the air."""
    changed = Graph(
        list(graph.symbols), list(graph.edges), list(graph.unresolved), list(graph.problems), dict(graph.files)
    )
    rng.choice((_drop_file, _add_file, _drop_symbol, _touch_symbol, _rewire, _talk))(changed, rng)
    return closed(changed)


def _drop_file(graph: Graph, rng: random.Random) -> None:
    path = rng.choice(list(graph.files)) if graph.files else ""
    graph.files.pop(path, None)
    graph.symbols = [symbol for symbol in graph.symbols if symbol.path != path]
    graph.edges = [edge for edge in graph.edges if edge.path != path]
    graph.unresolved = [one for one in graph.unresolved if one.path != path]
    graph.problems = [problem for problem in graph.problems if problem.path != path]


def _add_file(graph: Graph, rng: random.Random) -> None:
    part = make_file(f"fresh/area{rng.randrange(3)}/new{rng.randrange(10**6)}.py", 8, rng)
    graph.symbols += part.symbols
    graph.edges += part.edges
    graph.files |= part.files
    _rewire(graph, rng)


def _drop_symbol(graph: Graph, rng: random.Random) -> None:
    if graph.symbols:
        graph.symbols.remove(rng.choice(graph.symbols))


def _touch_symbol(graph: Graph, rng: random.Random) -> None:
    place = rng.randrange(len(graph.symbols)) if graph.symbols else -1
    if place >= 0:
        symbol = graph.symbols[place]
        span = replace(symbol.span, line=symbol.span.line + 1)
        graph.symbols[place] = replace(symbol, span=span, docstring="changed", kind=rng.choice(_KINDS))
        if symbol.path in graph.files:
            graph.files[symbol.path] = f"{rng.getrandbits(64):016x}"


def _rewire(graph: Graph, rng: random.Random) -> None:
    inside = [symbol for symbol in graph.symbols if symbol.path]
    for _ in range(rng.randrange(1, 6) if inside else 0):
        source, target = rng.choice(inside), rng.choice(graph.symbols)
        edge = make_edge(source.key, target.key, rng.choice(_EDGES), rng.randrange(1, 300))
        graph.edges = [one for one in graph.edges if _identity(one) != _identity(edge)]
        graph.edges.append(replace(edge, confidence=rng.choice((0.25, 0.5, 1.0)), evidence=rng.choice(_EVIDENCES)))
    for _ in range(min(3, len(graph.edges))):
        graph.edges.pop(rng.randrange(len(graph.edges)))


def _talk(graph: Graph, rng: random.Random) -> None:
    inside = [symbol for symbol in graph.symbols if symbol.path]
    graph.problems = [problem for problem in graph.problems if rng.random() < 0.5]
    if graph.unresolved:
        graph.unresolved.pop(rng.randrange(len(graph.unresolved)))
    if inside:
        symbol = rng.choice(inside)
        graph.problems.append(Problem(symbol.path, "too deep", f"line {rng.randrange(99)}"))
        graph.unresolved.append(Unresolved(symbol.key, f"missing{rng.randrange(9)}", EdgeKind.CALLS, symbol.path, 9, 9))


def _identity(edge: Edge) -> tuple[object, ...]:
    return edge.source, edge.target, edge.kind, edge.path, edge.line, edge.column


def closed(graph: Graph) -> Graph:
    """Return the graph without what hangs in the air: a parent, an end, a source that is gone."""
    keys = {symbol.key for symbol in graph.symbols}
    graph.symbols = [symbol if symbol.parent in keys else replace(symbol, parent=None) for symbol in graph.symbols]
    graph.edges = [edge for edge in graph.edges if edge.source in keys and edge.target in keys]
    graph.unresolved = [one for one in graph.unresolved if one.source in keys]
    return graph


def contents(graph: Graph) -> dict[str, list[str]]:
    """Return everything a graph says in an order of its own, so that two graphs compare."""
    parts: dict[str, Sequence[object]] = {
        "symbols": graph.symbols,
        "edges": graph.edges,
        "unresolved": graph.unresolved,
        "problems": graph.problems,
    }
    return {name: sorted(map(repr, part)) for name, part in parts.items()} | {
        "files": sorted(f"{path} {digest}" for path, digest in graph.files.items())
    }
