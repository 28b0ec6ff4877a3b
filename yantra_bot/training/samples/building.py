"""From a project's sources to its samples: the product's own graph and features, sound and faulty functions."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
from tree_sitter import Parser

from yantra_bot.domain.graph import NodeKind
from yantra_bot.domain.scores import BugClass
from yantra_bot.graphdb.arrays import NONE
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.languages import frontend_of
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.batch import FEATURES, Floats, InnerGraph
from yantra_bot.scoring.inner import function_in, graph_of
from yantra_bot.scoring.neighbours import joined_pairs
from yantra_bot.training.corpora import Project, source_files
from yantra_bot.training.faults import read_module
from yantra_bot.training.samples.drawing import Drawer, Pair, Variant
from yantra_bot.training.samples.stored import LAYOUT, SOUND, UNKNOWN, is_current, starts_of, write_project

BUGS: Final = tuple(BugClass)
_FUNCTIONS: Final = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.TEST})
Read = Callable[[str], bytes | None]


class Features(Protocol):
    """What gives the features of symbols: `scoring.features.SymbolFeatures`."""

    def of(self, rows: Sequence[int]) -> Floats:
        """Return [len(rows), 978]."""

    def of_changed(self, row: int, source: bytes, start: int, end: int) -> Floats:
        """Return [978] of a symbol as if its file had this content, with it from byte `start` up to `end`."""


MakeFeatures = Callable[[GraphView, Read], Features]


def built_from(project: Project, seed: int, feature_version: int) -> str:
    """Return a hash of all that a project's samples depend on, the code that makes them included."""
    here = Path(__file__).parent
    scoring = here.parents[1] / "scoring"
    code = [*here.glob("*.py"), *here.parent.joinpath("faults").glob("*.py"), *scoring.joinpath("inner").glob("*.py")]
    code = sorted([*code, scoring / "neighbours.py"])
    digest = hashlib.sha256(f"{LAYOUT} {project.sha256} {seed} {feature_version}".encode())
    for path in code:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def build_project(
    project: Project, sources: Path, folder: Path, *, make_features: MakeFeatures, seed: int, mark: str
) -> int:
    """Write a project's samples, unless they are there; return how many. `mark` is what `built_from` says."""
    if is_current(folder, mark):
        return -1
    files = dict(source_files(sources))
    tree = _own_tree(folder, files)
    view = GraphView.of(Indexer(tree, processes=1).build())
    features = make_features(view, files.get)
    samples = _Samples(view, features, files.get)
    drawer = Drawer(f"{seed} {project.name}")
    for path, source in files.items():
        module = read_module(source)
        rows = samples.rows_of(path)
        for pair in drawer.draw(module) if module is not None and rows else ():
            if pair.begins in rows:
                samples.add(rows[pair.begins], pair)
    about = {
        "name": project.name,
        "version": project.version,
        "part": project.part.value,
        "built_from": mark,
        "digests": samples.digests,
        "names": list(samples.names),
    }
    write_project(folder, about, samples.finish())
    return len(samples.bugs)


def _own_tree(folder: Path, files: dict[str, bytes]) -> Path:
    """Lay the project's own files out, without its tests and what it carries of others, to be indexed."""
    tree = folder / "tree"
    for path, source in files.items():
        place = tree / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(source)
    return tree


class _Samples:
    """The samples of one project as they are made."""

    def __init__(self, view: GraphView, features: Features, read: Read) -> None:
        self._view, self._read = view, read
        self._features = features
        self._parser = Parser(frontend_of("a.py").grammar(".py"))
        kept = np.flatnonzero(view.alive).tolist()
        self._kept = np.array(kept, np.int64)
        self._place = {row: at for at, row in enumerate(kept)}
        self.symbols: list[int] = []
        self.own: list[Floats] = []
        self.bugs: list[int] = []
        self.lines: list[int] = []
        self.inner: list[InnerGraph] = []
        self.faults: list[list[int]] = []
        self.imports: list[list[int]] = []
        self.digests: list[str] = []
        self.names: dict[str, int] = {}

    def rows_of(self, path: str) -> dict[int, int]:
        """Return the rows of a file's functions by the line they begin on, decorators included."""
        symbols = ((row, self._view.symbol(row)) for row in self._view.in_file(path))
        return {_def_line(self._view, row): row for row, symbol in symbols if symbol.kind in _FUNCTIONS}

    def add(self, row: int, pair: Pair) -> None:
        """Take a function, sound and faulty; neither where one of them is too long or has no node at its fault."""
        made = [(variant, self._inner(variant)) for variant in (pair.sound, pair.faulty)]
        inner = [(variant, graph) for variant, graph in made if graph is not None]
        if len(inner) < 2 or row not in self._place:
            return
        at_fault = [_nodes_at(graph, variant.place) for variant, graph in inner]
        if not at_fault[1]:
            return
        used = [self.names.setdefault(name, len(self.names)) for name in pair.imports]
        for (variant, graph), nodes in zip(inner, at_fault, strict=True):
            self.symbols.append(self._place[row])
            self.own.append(self._features.of_changed(row, variant.source, *self._bounds(row, variant)))
            self.bugs.append(SOUND if variant.site is None else BUGS.index(variant.site.bug))
            self.lines.append(variant.source.count(b"\n", variant.start, variant.end) + 1)
            self.inner.append(graph)
            self.faults.append(nodes)
            self.imports.append(used)
            self.digests.append(pair.digest)

    def _bounds(self, row: int, variant: Variant) -> tuple[int, int]:
        """Return the bytes of a symbol as the graph has it: with decorators, and comments behind its last statement.

        Nothing was changed before it and behind it.
        """
        symbol = self._view.symbol(row)
        sound = self._read(symbol.path) or b""
        end = _offset(sound, symbol.span.end_line, symbol.span.end_column)
        return _offset(sound, symbol.span.line, symbol.span.column), len(variant.source) - len(sound) + end

    def _inner(self, variant: Variant) -> InnerGraph | None:
        """Read the function alone, under a line that makes its indent a right one, and put it at its place."""
        begin = variant.source.rfind(b"\n", 0, variant.start) + 1
        indent = variant.source[begin : variant.start]
        head = b"class _:\n" if indent else b""
        root = self._parser.parse(head + variant.source[begin : variant.end] + b"\n").root_node
        node = None if root.has_error else function_in(root)
        graph = None if node is None else graph_of(node)
        if graph is not None:
            graph.places[:, 0] += variant.line - (2 if indent else 1)
        return graph

    def finish(self) -> dict[str, npt.NDArray[Any]]:
        """Return all arrays."""
        nodes = starts_of([one.kinds for one in self.inner])
        words = [np.diff(one.word_starts) for one in self.inner]
        counts = np.concatenate([np.zeros(0, np.int32), *words])
        return {
            "features": self._features.of(self._kept.tolist()).astype(np.float16),
            "edges": self._edges(),
            "inside": self._view.paths[self._kept] != NONE,
            "symbols": np.array(self.symbols, np.int32),
            "files": self._view.paths[self._kept[np.array(self.symbols, np.int32)]].astype(np.int32),
            "own": np.array(self.own, np.float16).reshape(-1, FEATURES),
            "bugs": np.array(self.bugs, np.int8),
            "outcomes": np.full(len(self.bugs), UNKNOWN, np.int8),
            "lines": np.array(self.lines, np.int32),
            "kinds": _joined([one.kinds for one in self.inner]),
            "node_starts": nodes,
            "words": _joined([one.words for one in self.inner]),
            "word_starts": np.concatenate(([0], np.cumsum(counts))).astype(np.int32),
            "places": np.concatenate([np.zeros((0, 2), np.int32), *(one.places for one in self.inner)]),
            "inner_edges": np.concatenate([np.zeros((3, 0), np.int32), *(one.edges for one in self.inner)], axis=1),
            "edge_starts": starts_of([one.edges[0] for one in self.inner]),
            "faults": _joined([np.array(one, np.int32) for one in self.faults]),
            "fault_starts": starts_of(self.faults),
            "imports": _joined([np.array(one, np.int32) for one in self.imports]),
            "import_starts": starts_of(self.imports),
        }

    def _edges(self) -> npt.NDArray[np.int32]:
        return np.unique(np.searchsorted(self._kept, joined_pairs(self._view)), axis=1).astype(np.int32)


def _joined(parts: Sequence[npt.NDArray[np.int32]]) -> npt.NDArray[np.int32]:
    return np.concatenate([np.zeros(0, np.int32), *parts])


def _offset(source: bytes, line: int, column: int) -> int:
    return sum(map(len, source.split(b"\n")[: line - 1])) + line - 1 + column


def _def_line(view: GraphView, row: int) -> int:
    return int(view.spans(np.array([row]))[0][0])


def _nodes_at(graph: InnerGraph, place: tuple[int, int] | None) -> list[int]:
    """Return the nodes that begin at a place; where none does, the last that begins before it."""
    if place is None:
        return []
    line, column = place
    found = np.flatnonzero((graph.places[:, 0] == line) & (graph.places[:, 1] == column)).tolist()
    if found:
        return [int(one) for one in found]
    before = [at for at, one in enumerate(graph.places.tolist()) if tuple(one) <= place]
    return before[-1:]
