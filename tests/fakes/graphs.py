"""Made-up graphs of any size, of the shape real code has: many small files, a few symbols that everybody uses."""

import random
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
        content_hash=digest or f"{hash((path, nesting)) & 0xFFFFFFFFFFFFFFFF:016x}",
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
