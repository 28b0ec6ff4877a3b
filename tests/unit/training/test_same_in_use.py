"""What a network is trained on is what it is asked of in use: the same node, the same features, the same neighbours."""

import sysconfig
from pathlib import Path

import numpy as np
import pytest

from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.features import SymbolFeatures
from yantra_bot.scoring.inner import graph_of
from yantra_bot.scoring.model import _Known
from yantra_bot.scoring.neighbours import Neighbours, ego_graphs
from yantra_bot.training.faults import read_module
from yantra_bot.training.samples.building import _Samples
from yantra_bot.training.samples.drawing import Drawer, Pair

LIBRARY = Path(sysconfig.get_path("stdlib"))
FILES = ("functools.py", "contextlib.py", "queue.py", "shlex.py")


class Both:
    """Some files of the standard library, as training takes them and as the product sees them."""

    def __init__(self, folder: Path) -> None:
        for name in FILES:
            folder.joinpath(name).write_bytes(self.read(name))
        self.view = GraphView.of(Indexer(folder, processes=1).build())
        self.features = SymbolFeatures(self.view, self.read)
        self.used = _Known(self.view, self.read)
        self.samples = _Samples(self.view, self.features)
        self.taken: list[tuple[int, Pair]] = []
        """Each with its row in the view, in the order of the samples."""
        for name in FILES:
            module, rows = read_module(self.read(name)), self.samples.rows_of(name)
            assert module is not None
            for pair in Drawer(name).draw(module, rows):
                before = len(self.samples.bugs)
                self.samples.add(rows[pair.begins], pair, module)
                if len(self.samples.bugs) > before and pair.sound.source == module.source:
                    self.taken.append((before, pair))

    @staticmethod
    def read(path: str) -> bytes:
        """Return a file."""
        return LIBRARY.joinpath(path).read_bytes()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    return Both(tmp_path_factory.mktemp("library"))


def test_decorated_nested_and_methods_are_among_what_is_trained_on(both: Both) -> None:
    """No kind of function is left out for how it is written."""
    kept = [both.view.symbol(row) for row in both.samples.rows]
    assert any(one.decorators for one in kept)
    assert any("." in one.qualified_name and one.kind.value == "method" for one in kept)
    assert any("." in one.qualified_name and one.kind.value == "function" for one in kept)


def test_the_inside_of_a_function_is_read_alike(both: Both) -> None:
    """Cut out for training or where it stands in its file: the same nodes, words, edges and places."""
    assert len(both.taken) > 40
    for place, _ in both.taken:
        row = both.samples.rows[place]
        symbol = both.view.symbol(row)
        node = both.used.function(symbol)
        assert node is not None
        used, trained = graph_of(node, both.used.calls.of(row)), both.samples.inner[place]
        assert used is not None
        for name in ("kinds", "words", "word_starts", "places", "edges"):
            assert np.array_equal(getattr(used, name), getattr(trained, name)), (symbol.key, name)


def test_a_function_has_the_same_features(both: Both) -> None:
    """As training computes them for a changed file, and as the product does for a file as it is."""
    rows = [both.samples.rows[place] for place, _ in both.taken]
    used = both.features.of(rows)
    own = both.features.of_changed(both.samples.rows, both.samples.pieces)
    for row, (place, _), found in zip(rows, both.taken, used, strict=True):
        differing = np.flatnonzero(found != own[place])
        assert not len(differing), (both.view.symbol(row).key, differing)


def test_a_function_has_the_same_neighbours(both: Both) -> None:
    """The arrays that are stored have all around a sample that the product may draw from its view, and no more."""
    arrays = both.samples.finish()
    assert 0 < len(arrays["features"]) < both.view.row_count
    assert np.array_equal(arrays["features"], both.features.of(arrays["rows"]).astype(np.float16))
    stored, fan = Neighbours(arrays["edges"], arrays["inside"]), (1000, 1000)
    for place, _ in both.taken:
        row, symbol = both.samples.rows[place], int(arrays["symbols"][place])
        one, other = stored.around([symbol], fan=fan), ego_graphs(both.view, [row], fan)
        assert np.array_equal(arrays["rows"][one.rows], other.rows)
        assert {frozenset(pair) for pair in one.edges.T.tolist()} == {
            frozenset(pair) for pair in other.edges.T.tolist()
        }
        assert one.scored == other.scored
