"""From a project's sources to its samples: the product's own graph and features, sound and faulty functions."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
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
from yantra_bot.scoring.batch import Floats, InnerGraph
from yantra_bot.scoring.callees import ResolvedCalls
from yantra_bot.scoring.features import Piece
from yantra_bot.scoring.inner import function_in, graph_of
from yantra_bot.scoring.neighbours import FAN, joined_pairs
from yantra_bot.training.corpora import Project, source_files
from yantra_bot.training.faults import Module, read_module
from yantra_bot.training.samples.cutting import Cut, cut_out
from yantra_bot.training.samples.drawing import Drawer, Pair, begin_of, has_size
from yantra_bot.training.samples.stored import LAYOUT, SOUND, UNKNOWN, is_current, starts_of, write_project

MOST: Final = 500
"""Functions that are drawn from a project: none outweighs the others, and the corpus can be trained on."""
BUGS: Final = tuple(BugClass)
_FUNCTIONS: Final = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.TEST})
Read = Callable[[str], bytes | None]


class Features(Protocol):
    """What gives the features of symbols: `scoring.features.SymbolFeatures`."""

    def of(self, rows: Sequence[int]) -> Floats:
        """Return [len(rows), 978]."""

    def of_changed(self, rows: Sequence[int], pieces: Sequence[Piece]) -> Floats:
        """Return [len(rows), 978] of symbols as if each were written like its piece."""


MakeFeatures = Callable[[GraphView, Read], Features]


def built_from(project: Project, seed: int, feature_version: int) -> str:
    """Return a hash of all that a project's samples depend on, the code that makes them included."""
    here = Path(__file__).parent
    scoring = here.parents[1] / "scoring"
    code = [*here.glob("*.py"), *here.parent.joinpath("faults").glob("*.py"), *scoring.joinpath("inner").glob("*.py")]
    code = sorted([*code, scoring / "neighbours.py", scoring / "callees.py"])
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
    samples = _Samples(view, features)
    drawer = Drawer(f"{seed} {project.name}")
    for path, rows in _chosen(samples, files, f"{seed} {project.name}").items():
        module = read_module(files[path])
        if module is not None:
            for pair in drawer.draw(module, rows):
                samples.add(rows[pair.begins], pair, module)
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


def _chosen(samples: "_Samples", files: dict[str, bytes], seed: str) -> dict[str, dict[int, int]]:
    """Return, by path and the line they begin on, the rows of at most `MOST` functions that could be samples."""
    found = []
    for path, source in files.items():
        module, rows = read_module(source), samples.rows_of(path)
        begins = [begin_of(node) for node in module.functions if has_size(node)] if module is not None else []
        found += [(path, line, rows[line]) for line in begins if line in rows]
    if len(found) > MOST:
        places = Random(seed).sample(range(len(found)), MOST)  # noqa: S311  (a choice of samples, no secret)
        found = [found[place] for place in sorted(places)]
    chosen: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for path, line, row in found:
        chosen[path][line] = row
    return chosen


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

    def __init__(self, view: GraphView, features: Features) -> None:
        self._view = view
        self._features = features
        self._calls = ResolvedCalls(view)
        self._parser = Parser(frontend_of("a.py").grammar(".py"))
        self.rows: list[int] = []
        """Of the view, for each sample."""
        self.pieces: list[Piece] = []
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

    def add(self, row: int, pair: Pair, module: Module) -> None:
        """Take a function, sound and faulty; neither where one of them is too long or has no node at its fault."""
        span, callees = self._view.symbol(row).span, self._calls.of(row)
        made = [(one, cut_out(module, one, span, callees)) for one in (pair.sound, pair.faulty)]
        inner = [(*both, graph) for both in made if (graph := self._inner(both[1])) is not None]
        if len(inner) < 2:
            return
        at_fault = [_nodes_at(graph, variant.place) for variant, _, graph in inner]
        if not at_fault[1]:
            return
        used = [self.names.setdefault(name, len(self.names)) for name in pair.imports]
        for (variant, cut, graph), nodes in zip(inner, at_fault, strict=True):
            self.rows.append(row)
            self.pieces.append(cut.piece)
            self.bugs.append(SOUND if variant.site is None else BUGS.index(variant.site.bug))
            self.lines.append(variant.source.count(b"\n", variant.start, variant.end) + 1)
            self.inner.append(graph)
            self.faults.append(nodes)
            self.imports.append(used)
            self.digests.append(pair.digest)

    def _inner(self, cut: Cut) -> InnerGraph | None:
        """Read a function alone, and put it at its place."""
        root = self._parser.parse(cut.piece.source).root_node
        node = None if root.has_error else function_in(root)
        graph = None if node is None else graph_of(node, cut.callees)
        if graph is not None:
            graph.places[:, 0] += cut.before
        return graph

    def finish(self) -> dict[str, npt.NDArray[Any]]:
        """Return all arrays."""
        nodes = starts_of([one.kinds for one in self.inner])
        words = [np.diff(one.word_starts) for one in self.inner]
        counts = np.concatenate([np.zeros(0, np.int32), *words])
        pairs, is_inside = joined_pairs(self._view), self._view.paths != NONE
        kept = _around(pairs, is_inside, self.rows)
        pairs = pairs[:, np.isin(pairs, kept).all(axis=0)]
        return {
            "features": self._features.of(kept.tolist()).astype(np.float16),
            "edges": np.unique(np.searchsorted(kept, pairs), axis=1).astype(np.int32),
            "inside": is_inside[kept],
            "rows": kept.astype(np.int32),
            "symbols": np.searchsorted(kept, self.rows).astype(np.int32),
            "files": self._view.paths[np.array(self.rows, np.int64)].astype(np.int32),
            "own": self._features.of_changed(self.rows, self.pieces).astype(np.float16),
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


def _joined(parts: Sequence[npt.NDArray[np.int32]]) -> npt.NDArray[np.int32]:
    return np.concatenate([np.zeros(0, np.int32), *parts])


def _around(
    pairs: npt.NDArray[np.int64], is_inside: npt.NDArray[np.bool_], rows: Sequence[int]
) -> npt.NDArray[np.int64]:
    """Return all rows that can be drawn around some, themselves included."""
    known = np.unique(np.array(rows, np.int64))
    for _ in FAN:
        starts = known[is_inside[known]]
        ends = [far[np.isin(near, starts)] for near, far in (pairs, pairs[::-1])]
        known = np.unique(np.concatenate((known, *ends)))
    return known


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
