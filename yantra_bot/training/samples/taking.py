"""The samples of one project as they are made: functions, sound and faulty, read as the product reads a repository."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.graph import NodeKind
from yantra_bot.domain.scores import BugClass
from yantra_bot.graphdb.arrays import NONE
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.batch import FEATURES, Floats, InnerGraph
from yantra_bot.scoring.features import SymbolFeatures
from yantra_bot.scoring.known_view import KnownView
from yantra_bot.scoring.neighbours import FAN, Places, joined_pairs
from yantra_bot.training.faults import read_module
from yantra_bot.training.faults.module import Edit
from yantra_bot.training.samples.drawing import Pair
from yantra_bot.training.samples.rewriting import Rewritten
from yantra_bot.training.samples.stored import SOUND, starts_of

BUGS: Final = tuple(BugClass)
_FUNCTIONS: Final = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.TEST})
Read = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class World:
    """A project with one version of each function that was drawn, read as the product reads a repository."""

    known: KnownView
    written: dict[str, Rewritten]
    """The files that were edited."""


class Sources:
    """A project's own files, laid out in a folder to be indexed: as they are, and with faults."""

    def __init__(self, files: dict[str, bytes], tree: Path) -> None:
        """`files`: without the project's tests and what it carries of others."""
        self.files, self._tree = files, tree
        self.modules = {path: module for path, source in files.items() if (module := read_module(source)) is not None}
        self._indexer = Indexer(tree, processes=1)
        self._write(files)
        self.view = GraphView.of(self._indexer.build())

    def world(self, pairs: Iterable[tuple[str, Pair, bool]]) -> World:
        """Return the project with each of these functions, told with its file, faulty or sound."""
        edits: defaultdict[str, list[Edit]] = defaultdict(list)
        for path, pair, is_faulty in pairs:
            edits[path] += pair.edits(is_faulty=is_faulty)
        written = {path: Rewritten(self.modules[path], of_file) for path, of_file in edits.items()}
        sources = self.files | {path: one.source for path, one in written.items()}
        self._write(sources)
        return World(KnownView(GraphView.of(self._indexer.build()), sources.get), written)

    def _write(self, files: dict[str, bytes]) -> None:
        for path, source in files.items():
            place = self._tree / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(source)


class ProjectSamples:
    """The samples of one project as they are made: the functions of two worlds, in the surroundings of the project."""

    def __init__(self, view: GraphView, read: Read) -> None:
        self.view = view
        self._features = SymbolFeatures(view, read)
        self.pairs: list[tuple[str, Pair]] = []
        """Each with its file; two samples of each, the sound one first."""
        self.rows: list[int] = []
        """Of the view, for each sample."""
        self.found: list[tuple[World, int]] = []
        """Where each sample stands: its world, and its row there."""
        self.bugs: list[int] = []
        self.lines: list[int] = []
        self.inner: list[InnerGraph] = []
        self.faults: list[list[int]] = []
        self.imports: list[list[int]] = []
        self.digests: list[str] = []
        self.outcomes: list[int] = []
        self.names: dict[str, int] = {}

    def rows_of(self, path: str) -> dict[int, int]:
        """Return the rows of a file's functions by the line they begin on, decorators included."""
        symbols = ((row, self.view.symbol(row)) for row in self.view.in_file(path))
        return {symbol.span.line: row for row, symbol in symbols if symbol.kind in _FUNCTIONS}

    def add(self, path: str, row: int, pair: Pair, *, sound: World, faulty: World, outcomes: tuple[int, int]) -> None:
        """Take a function, sound and faulty; neither where one of them is too long or has no node at its fault."""
        made = [_read(world, self.view.key(row)) for world in (sound, faulty)]
        read = [one for one in made if one is not None]
        if len(read) < 2:
            return
        at_fault = _nodes_at(read[1][2], faulty.written[path].place(pair.site))
        if not at_fault:
            return
        self.pairs.append((path, pair))
        used = [self.names.setdefault(name, len(self.names)) for name in pair.imports]
        labels = ((SOUND, sound, list[int]()), (BUGS.index(pair.site.bug), faulty, at_fault))
        for (at, lines, graph), (bug, world, nodes) in zip(read, labels, strict=True):
            self.rows.append(row)
            self.found.append((world, at))
            self.bugs.append(bug)
            self.lines.append(lines)
            self.inner.append(graph)
            self.faults.append(nodes)
            self.imports.append(used)
            self.digests.append(pair.digest)
        self.outcomes += outcomes

    def finish(self) -> dict[str, npt.NDArray[Any]]:
        """Return all arrays."""
        nodes = starts_of([one.kinds for one in self.inner])
        words = [np.diff(one.word_starts) for one in self.inner]
        counts = np.concatenate([np.zeros(0, np.int32), *words])
        pairs, places = joined_pairs(self.view), Places.of(self.view)
        calls = self._calls()
        kept = _around(pairs, places.paths != NONE, self.rows, [one for some in calls for one in some])
        pairs = pairs[:, np.isin(pairs, kept).all(axis=0)]
        return {
            "features": self._features.of(kept.tolist()).astype(np.float16),
            "edges": np.unique(np.searchsorted(kept, pairs), axis=1).astype(np.int32),
            "paths": places.paths[kept].astype(np.int32),
            "spans": places.spans[:, kept],
            "rows": kept.astype(np.int32),
            "symbols": np.searchsorted(kept, self.rows).astype(np.int32),
            "files": places.paths[np.array(self.rows, np.int64)].astype(np.int32),
            "own": self._own().astype(np.float16),
            "calls": np.searchsorted(kept, _joined([np.array(one, np.int32) for one in calls])).astype(np.int32),
            "call_starts": starts_of(calls),
            "bugs": np.array(self.bugs, np.int8),
            "outcomes": np.array(self.outcomes, np.int8),
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

    def _own(self) -> Floats:
        """Return [s, 978], the features of each sample in its world."""
        found = np.zeros((len(self.found), FEATURES), np.float32)
        for world in {id(one): one for one, _ in self.found}.values():
            places = [place for place, (one, _) in enumerate(self.found) if one is world]
            found[places] = world.known.features.of([self.found[place][1] for place in places])
        return found

    def _calls(self) -> list[list[int]]:
        """Return what each sample points at in its world, as rows of the view."""
        found = []
        for world, at in self.found:
            keys = (world.known.view.key(row) for row in world.known.neighbours.called([at]).targets.tolist())
            rows = (self.view.index_of(key) for key in keys)
            found.append(sorted({row for row in rows if row is not None}))
        return found


def _read(world: World, key: str) -> tuple[int, int, InnerGraph] | None:
    """Return a function's row, its lines and its inside; None where it is not there, or is not read."""
    known = world.known
    row = known.view.index_of(key)
    node = None if row is None else known.function(known.view.symbol(row))
    graph = None if row is None or node is None or node.has_error else known.inner(row)
    if row is None or node is None or graph is None:
        return None
    return row, node.end_point.row - node.start_point.row + 1, graph


def _joined(parts: Sequence[npt.NDArray[np.int32]]) -> npt.NDArray[np.int32]:
    return np.concatenate([np.zeros(0, np.int32), *parts])


def _around(
    pairs: npt.NDArray[np.int64], is_inside: npt.NDArray[np.bool_], rows: Sequence[int], called: Sequence[int]
) -> npt.NDArray[np.int64]:
    """Return all rows that can be drawn around some, which point at others too: themselves included."""
    known = np.unique(np.array(rows, np.int64))
    for ring in range(len(FAN)):
        starts = known[is_inside[known]]
        ends = [far[np.isin(near, starts)] for near, far in (pairs, pairs[::-1])]
        more = np.array(called if ring == 0 else [], np.int64)
        known = np.unique(np.concatenate((known, more, *ends)))
    return known


def _nodes_at(graph: InnerGraph, place: tuple[int, int]) -> list[int]:
    """Return the nodes that begin at a place; where none does, the last that begins before it."""
    line, column = place
    found = np.flatnonzero((graph.places[:, 0] == line) & (graph.places[:, 1] == column)).tolist()
    if found:
        return [int(one) for one in found]
    before = [at for at, one in enumerate(graph.places.tolist()) if tuple(one) <= place]
    return before[-1:]
