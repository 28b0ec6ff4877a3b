"""What is called similar to a changed function is nearest to it among all, or nothing is."""

from pathlib import Path

import pytest

from tests.unit.scoring.score_files import write_model
from yantra_bot.domain.graph import NodeKind
from yantra_bot.domain.scores import ChangeScore
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.model import ModelScorer, read_scorer
from yantra_bot.scoring.similar import ALIKE, NEAREST, SECONDS, add_similar

TWINS = "def {name}(items):\n    total = 0\n    for item in items:\n        total += item\n    return total\n"


class World:
    """A repository of two functions that are written alike and one that is not, and one of another language."""

    def __init__(self, folder: Path) -> None:
        self.tree = folder / "tree"
        self.tree.mkdir()
        self.tree.joinpath("a.py").write_text(TWINS.format(name="sum_up"))
        self.tree.joinpath("b.py").write_text(TWINS.format(name="sum_all"))
        self.tree.joinpath("c.py").write_text(
            "class Shop:\n    def open(self, path, mode='r'):\n        with open(path, mode) as file:\n"
            "            return [line.split(',') for line in file if line and not line.startswith('#')]\n"
        )
        self.tree.joinpath("d.js").write_text("export function f(a) {\n  return a + 1;\n}\n")
        self.view = GraphView.of(Indexer(self.tree, processes=1).build())
        self.scorer: ModelScorer = read_scorer(write_model(folder / "model.safetensors"))

    def read(self, path: str) -> bytes:
        """Return a file."""
        return self.tree.joinpath(path).read_bytes()

    def score(self, name: str) -> ChangeScore:
        """Return the score of a function."""
        rows = range(self.view.row_count)
        kinds = (NodeKind.FUNCTION, NodeKind.METHOD)
        named = [row for row in rows if self.view.symbol(row).name == name and self.view.symbol(row).kind in kinds]
        (one,) = self.scorer.score(self.view, self.read, named)
        assert one is not None
        return ChangeScore(self.scorer.model, (one,))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_the_nearest_comes_first_and_the_function_itself_never(world: World) -> None:
    """Code that is written alike is nearer than other code, whatever the weights."""
    (one,) = add_similar(world.scorer, world.view, world.read, world.score("sum_up")).symbols
    assert one.similar
    assert (one.similar[0].name, one.similar[0].path, one.similar[0].line) == ("sum_all", "b.py", 1)
    assert all(ALIKE <= near.likeness <= 1 for near in one.similar)
    assert "sum_up" not in [near.name for near in one.similar]
    assert len(one.similar) <= NEAREST


def test_nothing_is_similar_where_there_was_no_time_for_all(world: World) -> None:
    """The score stands as it was."""
    score = world.score("sum_up")
    late = iter([0.0])
    assert add_similar(world.scorer, world.view, world.read, score, now=lambda: next(late, SECONDS)) == score


def test_a_failure_leaves_the_score_as_it_is(world: World) -> None:
    """Files that are gone meanwhile, say."""
    score = world.score("sum_up")

    def gone(_: str) -> bytes:
        raise OSError("gone")

    fresh = read_scorer(world.tree.parent / "model.safetensors")
    assert add_similar(fresh, world.view, gone, score) == score
    assert add_similar(fresh, world.view, gone, ChangeScore(problem="none")) == ChangeScore(problem="none")
