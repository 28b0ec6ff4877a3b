"""From a project's sources to its samples: sound and faulty functions, read as the product reads a repository.

The faults are written into the project's files, all at once, and these are indexed: what a sample is trained on is what
the product would read of it. What is around it comes from the project as it is, which changes alone are put into.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
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
from yantra_bot.training.corpora import Part, Project, source_files
from yantra_bot.training.faults import Module, read_module, span_of
from yantra_bot.training.faults.module import Edit
from yantra_bot.training.faults.neutral import local_names
from yantra_bot.training.samples.drawing import Drawer, Pair, begin_of, has_size
from yantra_bot.training.samples.rewriting import Rewritten
from yantra_bot.training.samples.stored import LAYOUT, SOUND, UNKNOWN, is_current, starts_of, write_project
from yantra_bot.training.samples.tried import Outcome, TriedPair, as_line, tried_pairs

MOST: Final = {Part.TRAIN: 1_200, Part.VALIDATION: 500, Part.TEST: 500}
"""Functions that are drawn from a project, beside those of which tests told: few projects outweigh the others, and the
corpus can be trained on. More of those that are learned from: each is seen less often, and less of it by heart."""
BUGS: Final = tuple(BugClass)
_FUNCTIONS: Final = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.TEST})
Read = Callable[[str], bytes | None]


def built_from(project: Project, seed: int, feature_version: int, outcomes: Sequence[Outcome] = ()) -> str:
    """Return a hash of all that a project's samples depend on, the code that makes them included."""
    here = Path(__file__).parent
    scoring = here.parents[1] / "scoring"
    folders = (here, here.parent / "faults", scoring / "inner", scoring / "features")
    alone = [scoring / f"{name}.py" for name in ("neighbours", "callees", "known_view", "layout", "vocabulary")]
    code = sorted([path for folder in folders for path in folder.glob("*.py")] + [*alone, here.parent / "corpora.py"])
    digest = hashlib.sha256(f"{LAYOUT} {project.sha256} {seed} {feature_version}".encode())
    for path in code:
        digest.update(path.read_bytes())
    digest.update("".join(map(as_line, outcomes)).encode())
    return digest.hexdigest()[:16]


def build_project(
    project: Project, sources: Path, folder: Path, *, seed: int, mark: str, outcomes: Sequence[Outcome] = ()
) -> int:
    """Write a project's samples, unless they are there; return how many. `mark` is what `built_from` says.

    A function of which tests told comes as it was tried, and is not drawn a second time.
    """
    if is_current(folder, mark):
        return -1
    files = dict(source_files(sources))
    tried = tried_pairs([one for one in outcomes if one.version == project.version], files)
    samples = samples_of(project.name, files, folder / "tree", seed, tried, most=MOST[project.part])
    about = {
        "name": project.name,
        "version": project.version,
        "part": project.part.value,
        "built_from": mark,
        "digests": samples.digests,
        "names": list(samples.names),
        "tried": len(tried),
        "not_tried": len({one.function for one in outcomes}) - len(tried),
    }
    write_project(folder, about, samples.finish())
    return len(samples.bugs)


def samples_of(
    name: str, files: dict[str, bytes], tree: Path, seed: int, tried: Sequence[TriedPair] = (), *, most: int
) -> "ProjectSamples":
    """Draw and take the samples of a project, whose files are written into the folder `tree` to be indexed.

    `tried`: pairs of which it is known what tests say. `most` functions are drawn beside them.
    """
    indexer = Indexer(tree, processes=1)
    _write(tree, files)
    samples = ProjectSamples(GraphView.of(indexer.build()), files.get)
    modules = {path: module for path, source in files.items() if (module := read_module(source)) is not None}
    drawer = Drawer(f"{seed} {name}", local_names(list(modules.values())))
    chosen = _chosen(samples, modules, f"{seed} {name}", tried, most)
    pairs = [(path, rows[one.begins], one) for path, rows in chosen.items() for one in drawer.draw(modules[path], rows)]
    drawn = len(pairs)
    told = [(one.path, samples.rows_of(one.path).get(one.pair.begins), one) for one in tried]
    pairs += [(path, row, one.pair) for path, row, one in told if row is not None]
    outcomes = [(UNKNOWN, UNKNOWN)] * drawn + [one.outcomes for _, row, one in told if row is not None]
    # Half of the functions are faulty in either world, so that what surrounds a sample does not tell which one it is.
    chance = Random(f"{seed} {name} worlds")  # noqa: S311  (a choice of samples, no secret)
    faulty_in = [chance.randrange(2) for _ in pairs]
    worlds = []
    for number in range(2):
        edits: defaultdict[str, list[Edit]] = defaultdict(list)
        for (path, _, pair), faulty in zip(pairs, faulty_in, strict=True):
            edits[path] += pair.edits(is_faulty=faulty == number)
        written = {path: Rewritten(modules[path], of_file) for path, of_file in edits.items()}
        sources = files | {path: one.source for path, one in written.items()}
        _write(tree, sources)
        worlds.append(World(KnownView(GraphView.of(indexer.build()), sources.get), written))
    for (path, row, pair), faulty, outcome in zip(pairs, faulty_in, outcomes, strict=True):
        samples.add(path, row, pair, sound=worlds[1 - faulty], faulty=worlds[faulty], outcomes=outcome)
    return samples


def _chosen(
    samples: "ProjectSamples", modules: dict[str, Module], seed: str, tried: Sequence[TriedPair], most: int
) -> dict[str, dict[int, int]]:
    """Return, by path and the line they begin on, the rows of at most `most` functions that could be samples.

    Those that were tried are left out, and what they are inside of or have inside.
    """
    found = []
    for path, module in modules.items():
        rows = samples.rows_of(path)
        known = [one.span for one in tried if one.path == path]
        begins = [begin_of(one) for one in module.functions if has_size(one) and _is_apart(span_of(module, one), known)]
        found += [(path, line, rows[line]) for line in begins if line in rows]
    if len(found) > most:
        places = Random(seed).sample(range(len(found)), most)  # noqa: S311  (a choice of samples, no secret)
        found = [found[place] for place in sorted(places)]
    chosen: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for path, line, row in found:
        chosen[path][line] = row
    return chosen


def _is_apart(span: tuple[int, int], known: Sequence[tuple[int, int]]) -> bool:
    return all(span[1] <= start or end <= span[0] for start, end in known)


def _write(tree: Path, files: dict[str, bytes]) -> None:
    """Lay a project's own files out, without its tests and what it carries of others, to be indexed."""
    for path, source in files.items():
        place = tree / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(source)


@dataclass(frozen=True, slots=True)
class World:
    """A project with one version of each function that was drawn, read as the product reads a repository."""

    known: KnownView
    written: dict[str, Rewritten]
    """The files that were edited."""


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
