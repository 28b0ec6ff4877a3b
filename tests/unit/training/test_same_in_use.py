"""What training learns from is what the product reads in use: a faulty file in a tree is read as its sample was."""

import sysconfig
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.unit.scoring.score_files import write_model
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.batch import Batch
from yantra_bot.scoring.layout import IMPORTS, MASKED, OF_TEXT, THROUGH_GRAPH, mask
from yantra_bot.scoring.model import ModelScorer, read_scorer
from yantra_bot.scoring.neighbours import Neighbours
from yantra_bot.training.corpora import Part, Project
from yantra_bot.training.faults import read_module
from yantra_bot.training.samples import Samples
from yantra_bot.training.samples.building import Amount, samples_of
from yantra_bot.training.samples.dataset import _write_manifest
from yantra_bot.training.samples.rewriting import Rewritten
from yantra_bot.training.samples.stored import write_project
from yantra_bot.training.samples.taking import ProjectSamples

LIBRARY = Path(sysconfig.get_path("stdlib"))
NAMES = ("functools.py", "contextlib.py", "queue.py", "shlex.py")
FILES = {name: LIBRARY.joinpath(name).read_bytes() for name in NAMES}
GRAPH = mask("graph")
ALL = (1000, 1000)
"""A fan that draws every neighbour: which few are drawn depends on the numbers of the rows."""


class Both:
    """Some files of the standard library, as training takes them and as the product sees them."""

    def __init__(self, folder: Path) -> None:
        self.made: ProjectSamples = samples_of("library", FILES, folder / "tree", 0, amount=Amount(500))
        project = Project("library", "1", "0" * 64, "PSF-2.0", "library", Part.TEST)
        about = {"name": "library", "part": "test", "built_from": "", "digests": self.made.digests}
        about["names"] = list(self.made.names)
        write_project(folder / "data" / "library", about, self.made.finish())
        _write_manifest(folder / "data", [project], {"library": len(self.made.bugs)}, 0)
        self.samples = Samples(folder / "data", Part.TEST)
        self.scorer: ModelScorer = read_scorer(write_model(folder / "model.safetensors"))
        self.tree = folder / "used"
        self.tree.mkdir()
        for path, source in FILES.items():
            self.tree.joinpath(path).write_bytes(source)
        self.indexer = Indexer(self.tree, processes=1)
        """One that stays, as a server's does."""

    def used(self, sample: int) -> Batch | None:
        """Return what the product reads of a sample's version in its file, all other functions being as they are."""
        path, pair = self.made.pairs[sample // 2]
        module = read_module(FILES[path])
        assert module is not None
        edits = pair.edits(is_faulty=sample % 2 == 1)
        self.tree.joinpath(path).write_bytes(Rewritten(module, edits).source)
        view = GraphView.of(self.indexer.build())
        row = view.index_of(self.made.view.key(self.made.rows[sample]))
        assert row is not None
        known = self.scorer._know(view, lambda one: self.tree.joinpath(one).read_bytes())
        read, batch = self.scorer._read(known, [row])
        self.tree.joinpath(path).write_bytes(FILES[path])
        return batch if read else None

    def trained(self, sample: int) -> Batch:
        """Return what is stored of it."""
        return self.samples.take(np.array([sample])).batch


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    return Both(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def read(both: Both) -> Iterator[list[tuple[int, Batch, Batch]]]:
    """Every third pair, as it is used and as it is trained on, with all that may be drawn around it."""
    patch = pytest.MonkeyPatch()
    patch.setitem(Neighbours.around.__kwdefaults__, "fan", ALL)
    found = []
    for sample in (one for pair in range(0, len(both.made.pairs), 3) for one in (2 * pair, 2 * pair + 1)):
        used = both.used(sample)
        assert used is not None
        found.append((sample, used, both.trained(sample)))
    yield found
    patch.undo()


def test_a_faulty_file_in_use_is_read_as_the_sample_was(both: Both, read: list[tuple[int, Batch, Batch]]) -> None:
    """The inside, the features, the neighbours and their edges, in every number but the neighbours' place in the graph.

    Where the graph itself sees more or less, by the types that functions beside it return in their faulty versions,
    there are neighbours more or less: of few.
    """
    other = []
    for sample, used, trained in read:
        for name in ("kinds", "words", "word_starts", "edges"):
            one, two = (getattr(batch.inner[0], name) for batch in (used, trained))
            assert np.array_equal(one, two), (both.made.pairs[sample // 2], name)
        if used.symbols.features.shape != trained.symbols.features.shape:
            other.append(sample)
            continue
        assert np.array_equal(used.symbols.edges, trained.symbols.edges)
        assert used.symbols.scored == trained.symbols.scored
        assert np.array_equal(used.symbols.features[:, ~GRAPH], trained.symbols.features[:, ~GRAPH])
        own = used.symbols.scored[0]
        assert np.array_equal(used.symbols.features[own], trained.symbols.features[own])
    assert len(read) > 50
    assert len(other) <= len(read) / 20, [both.made.pairs[one // 2] for one in other]


def test_a_fault_moves_the_place_of_few_neighbours_in_the_graph(read: list[tuple[int, Batch, Batch]]) -> None:
    """A call less is one caller less of what was called; training has these counts as they were before the fault."""
    rows = [
        (one.symbols.features[:, GRAPH] != two.symbols.features[:, GRAPH]).any(axis=1)
        for _, one, two in read
        if one.symbols.features.shape == two.symbols.features.shape
    ]
    assert np.concatenate(rows).mean() < 0.15


def test_what_tells_the_answer_is_held_back_from_both(read: list[tuple[int, Batch, Batch]]) -> None:
    """The past and tests of all, what is counted in the text around, and the graph and imports of the scored one."""
    for _, used, trained in read:
        for symbols in (used.symbols, trained.symbols):
            assert not symbols.features[:, MASKED].any()
            assert not symbols.features[symbols.scored][:, THROUGH_GRAPH | IMPORTS].any()
            assert symbols.features[symbols.scored][:, OF_TEXT].any()


def test_decorated_nested_and_methods_are_among_what_is_trained_on(both: Both) -> None:
    """No kind of function is left out for how it is written."""
    kept = [both.made.view.symbol(row) for row in both.made.rows]
    assert any(one.decorators for one in kept)
    assert any("." in one.qualified_name and one.kind.value == "method" for one in kept)
    assert any("." in one.qualified_name and one.kind.value == "function" for one in kept)
