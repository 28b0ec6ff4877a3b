"""Batches from the data set on disk: random samples of one part with the neighbours of their symbols."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.scores import BugClass
from yantra_bot.graphdb.arrays import NONE
from yantra_bot.scoring.batch import FEATURES, Batch, Floats, Ints, SymbolGraph
from yantra_bot.scoring.held_back import hold_back
from yantra_bot.scoring.neighbours import Called, Neighbours, Places
from yantra_bot.training.corpora import Part
from yantra_bot.training.samples.dataset import IMPORTS, read_manifest
from yantra_bot.training.samples.stored import Stored, read_project, starts_of
from yantra_bot.training.samples.taking import BUGS


@dataclass(frozen=True, slots=True)
class Labelled:
    """A batch of s samples with what is true of them."""

    batch: Batch
    bugs: Ints
    """[s] place in BugClass, -1 for a sound one."""
    faults: tuple[Ints, ...]
    """For each sample the inner nodes at the fault; none for a sound one."""
    imports: Floats
    """[s, 50] 1 where the function uses a module."""
    outcomes: Ints
    """[s] 1 the tests pass, 0 they do not, -1 unknown."""
    lines: Ints
    """[s]"""
    projects: Ints
    """[s] number of the project among those of the part."""
    files: Ints
    """[s] number of the file among those of its project."""
    symbols: Ints
    """[s] number of the symbol among those of its project."""


class Samples:
    """The samples of one part. Sound and faulty versions of a function stand next to each other (2k, 2k + 1)."""

    def __init__(self, folder: Path, part: Part, without: frozenset[BugClass] = frozenset()) -> None:
        """Raises UserError where there is no data set, or one of another version.

        `without`: classes whose pairs are left out, the sound version with the faulty one.
        """
        manifest: dict[str, Any] = read_manifest(folder)
        blocks = manifest["projects"]
        self.projects = [one["name"] for one in blocks if one["part"] == part]
        self._stored = [read_project(folder / name) for name in self.projects]
        self._imports = [_import_places(one, manifest["imports"]) for one in self._stored]
        self._starts = starts_of([one.arrays["paths"] for one in self._stored])
        """Number of the first symbol of each project, where all of them are counted one behind the other."""
        self._neighbours = self._join()
        known = _digests_elsewhere(folder, blocks, part)
        kept = [
            (project, sample)
            for project, stored in enumerate(self._stored)
            for sample in range(len(stored))
            if stored.about["digests"][sample] not in known and not _is_of(stored, sample, without)
        ]
        self.index = np.array(kept, np.int32).reshape(-1, 2)
        """[n, 2] project and sample within it."""

    def __len__(self) -> int:
        """Return how many samples there are."""
        return len(self.index)

    def batches(self, size: int, seed: int, *, pairs: bool = False) -> Iterator[Labelled]:
        """Give every sample once, in an order that the seed decides.

        `pairs`: the sound and the faulty version of a function come one behind the other, in the same batch.
        """
        chance = np.random.default_rng(seed)
        order = chance.permutation(len(self))
        if pairs:
            size = max(2, size - size % 2)
            order = (2 * chance.permutation(len(self) // 2)[:, None] + np.arange(2)).ravel()
        for start in range(0, len(order), size):
            yield self.take(order[start : start + size], seed)

    def take(self, which: npt.NDArray[np.integer[Any]], seed: int = 0) -> Labelled:
        """Return some samples, in their order, with neighbours that the seed decides."""
        pairs = [(int(project), int(sample)) for project, sample in self.index[which]]
        stored = [self._stored[project] for project, _ in pairs]
        return Labelled(
            Batch(self._symbols(pairs, seed), tuple(one.inner(at) for one, (_, at) in zip(stored, pairs, strict=True))),
            bugs=self._column("bugs", pairs),
            faults=tuple(one.group("faults", at) for one, (_, at) in zip(stored, pairs, strict=True)),
            imports=self._expected(pairs),
            outcomes=self._column("outcomes", pairs),
            lines=self._column("lines", pairs),
            projects=np.array([project for project, _ in pairs], np.int32),
            files=self._column("files", pairs),
            symbols=self._column("symbols", pairs),
        )

    def _column(self, name: str, pairs: list[tuple[int, int]]) -> Ints:
        return np.array([self._stored[project].arrays[name][sample] for project, sample in pairs], np.int32)

    def _expected(self, pairs: list[tuple[int, int]]) -> Floats:
        found = np.zeros((len(pairs), IMPORTS), np.float32)
        for row, (project, sample) in enumerate(pairs):
            places = self._imports[project][self._stored[project].group("imports", sample)]
            found[row, places[places >= 0]] = 1
        return found

    def _join(self) -> Neighbours:
        """Return the neighbours of all projects at once: drawing is a few large steps, however mixed a batch is."""
        pairs, paths, spans = [np.zeros((2, 0), np.int64)], [np.zeros(0, np.int32)], [np.zeros((2, 0), np.int64)]
        files = 0
        for one, start in zip(self._stored, self._starts.tolist(), strict=False):
            own = np.asarray(one.arrays["paths"])
            pairs.append(one.arrays["edges"] + np.int64(start))
            paths.append(np.where(own == NONE, NONE, own + files).astype(np.int32))
            spans.append(one.arrays["spans"])
            files += int(own.max(initial=NONE)) + 1
        places = Places(np.concatenate(paths), np.concatenate(spans, axis=1))
        return Neighbours(np.concatenate(pairs, axis=1), places)

    def _called(self, pairs: list[tuple[int, int]]) -> Called:
        """Return what each sample points at as it is written, sound or faulty."""
        found = [
            self._stored[project].group("calls", sample).astype(np.int64) + self._starts[project]
            for project, sample in pairs
        ]
        return Called(np.concatenate([np.zeros(0, np.int64), *found]), starts_of(found).astype(np.int64))

    def _symbols(self, pairs: list[tuple[int, int]], seed: int) -> SymbolGraph:
        """Return the neighbourhoods; each scored symbol has the features of its own sample."""
        symbols = self._column("symbols", pairs) + self._starts[[project for project, _ in pairs]]
        around = self._neighbours.around(symbols, seed=seed, called=self._called(pairs))
        features = np.empty((len(around.rows), FEATURES), np.float32)
        projects = np.searchsorted(self._starts, around.rows, side="right") - 1
        for project in np.unique(projects).tolist():
            places = np.flatnonzero(projects == project)
            rows = around.rows[places] - self._starts[project]
            features[places] = self._stored[project].arrays["features"][rows]
        for place, (project, sample) in zip(around.scored.tolist(), pairs, strict=True):
            features[place] = self._stored[project].arrays["own"][sample]
        return SymbolGraph(hold_back(features, around), around.edges, around.scored)


def _is_of(stored: Stored, sample: int, classes: frozenset[BugClass]) -> bool:
    """Tell whether a sample, or the one beside it that is the same function, has a fault of some classes."""
    return BUGS[int(stored.arrays["bugs"][sample | 1])] in classes


def _import_places(stored: Stored, names: list[str]) -> Ints:
    """Return for each name of a project its place among those that are learned, -1 for others."""
    places = {name: at for at, name in enumerate(names)}
    return np.array([places.get(name, -1) for name in stored.about["names"]], np.int32)


def _digests_elsewhere(folder: Path, blocks: list[dict[str, Any]], part: Part) -> set[str]:
    """Return the functions that a later part has too: training leaves them out, and validation those of the test."""
    order = list(Part)
    later = order[order.index(part) + 1 :]
    found: set[str] = set()
    for one in blocks:
        if Part(one["part"]) in later:
            found.update(read_project(folder / one["name"]).about["digests"])
    return found
