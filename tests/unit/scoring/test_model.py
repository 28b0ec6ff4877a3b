"""A score file scores real functions of a real graph: the same each time, whatever is asked beside."""

import base64
from pathlib import Path

import numpy as np
import pytest

from tests.unit.scoring.score_files import write_model
from tests.unit.worker.test_guide import SHOP
from yantra_bot.domain.graph import Language, NodeKind
from yantra_bot.errors import UserError
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.scoring.model import read_scorer
from yantra_bot.scoring.numbers import read_numbers
from yantra_bot.scoring.score_file import ScoreFile
from yantra_bot.scoring.scorer import is_number


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    for path, data in {**SHOP, "web/a.js": b"export function f(a) {\n  return a + 1;\n}\n"}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@pytest.fixture
def view(tree: Path) -> GraphView:
    return GraphView.of(Indexer(tree, processes=1).build())


def row(view: GraphView, name: str) -> int:
    return next(
        row
        for row in range(view.row_count)
        if view.symbol(row).name == name and view.symbol(row).kind is NodeKind.FUNCTION
    )


def test_a_function_is_scored_with_its_class_of_fault_and_its_places(
    tmp_path: Path, tree: Path, view: GraphView
) -> None:
    """Every number is a probability, and the places lie within the function."""
    scorer = read_scorer(write_model(tmp_path / "model.safetensors"))
    (found,) = scorer.score(view, lambda path: (tree / path).read_bytes(), [row(view, "add_tax")])
    assert found is not None
    assert is_number(found)
    assert (found.name, found.path, found.language) == ("add_tax", "shop/tax.py", Language.PYTHON)
    assert 0 < found.faulty < 1
    assert all(found.line <= one.line <= found.end_line for one in found.places)
    assert found.places
    assert sum(one.probability for one in found.bugs) <= found.faulty + 1e-6
    assert found.passing is None


def test_a_score_does_not_depend_on_what_is_asked_beside_it(tmp_path: Path, tree: Path, view: GraphView) -> None:
    """Beyond the rounding of sums. Asked the same, it says the same."""
    file = write_model(tmp_path / "model.safetensors")
    rows = [row(view, name) for name in ("add_tax", "show")]

    def read(path: str) -> bytes:
        return (tree / path).read_bytes()

    together = read_scorer(file).score(view, read, rows)
    assert together == read_scorer(file).score(view, read, rows)
    for place, one in enumerate(rows):
        alone = read_scorer(file).score(view, read, [one])[0]
        beside = together[place]
        assert alone is not None
        assert beside is not None
        assert alone.faulty == pytest.approx(beside.faulty, rel=1e-4)
        assert alone.imports == beside.imports
        assert [one.bug for one in alone.bugs] == [one.bug for one in beside.bugs]


def test_files_are_read_anew_for_each_reader_of_a_view(tmp_path: Path, tree: Path, view: GraphView) -> None:
    """What concerns the graph alone stays."""
    file, place = write_model(tmp_path / "model.safetensors"), row(view, "add_tax")
    scorer = read_scorer(file)

    def other(path: str) -> bytes:
        return (tree / path).read_bytes().replace(b"return", b"yield ")

    def read(path: str) -> bytes:
        return (tree / path).read_bytes()

    first, second, third = (scorer.score(view, one, [place]) for one in (read, other, read))
    assert first == third == read_scorer(file).score(view, read, [place])
    assert second == read_scorer(file).score(view, other, [place])
    assert second != first


def test_a_language_that_it_has_not_seen_is_not_scored(tmp_path: Path, tree: Path, view: GraphView) -> None:
    """The file says of which it knows something."""
    scorer = read_scorer(write_model(tmp_path / "model.safetensors"))
    assert scorer.score(view, lambda path: (tree / path).read_bytes(), [row(view, "f")]) == [None]


def test_a_graph_of_one_node_is_scored(tmp_path: Path) -> None:
    """A function that nothing calls, alone in its file."""
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a.py").write_text("def alone(a):\n    return a\n")
    view = GraphView.of(Indexer(tmp_path / "one", processes=1).build())
    scorer = read_scorer(write_model(tmp_path / "model.safetensors"))
    (found,) = scorer.score(view, lambda path: (tmp_path / "one" / path).read_bytes(), [row(view, "alone")])
    assert found is not None
    assert is_number(found)


def test_weights_that_overflow_give_no_probability(tmp_path: Path, tree: Path, view: GraphView) -> None:
    """What comes of them is no number, which whoever asks leaves out."""
    scorer = read_scorer(write_model(tmp_path / "model.safetensors", scale=60_000.0))
    (found,) = scorer.score(view, lambda path: (tree / path).read_bytes(), [row(view, "add_tax")])
    assert found is not None
    assert not is_number(found) or 0 <= found.faulty <= 1


def test_a_file_for_other_features_or_cut_off_is_refused_with_the_cure(tmp_path: Path) -> None:
    """Nothing is guessed."""
    file = write_model(tmp_path / "model.safetensors", features=FEATURE_VERSION + 1)
    with pytest.raises(UserError, match=rf"version {FEATURE_VERSION + 1} of the features.*Cure: "):
        read_scorer(file)
    write_model(file)
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(UserError, match="Cure: "):
        read_scorer(file)


def test_a_lesson_holds_what_one_symbol_was_scored_by(tmp_path: Path, tree: Path, view: GraphView) -> None:
    """The same numbers score it the same; without anybody to name its steps there is none."""
    file = write_model(tmp_path / "model.safetensors")
    scorer, place = read_scorer(file), row(view, "add_tax")

    def read(path: str) -> bytes:
        return (tree / path).read_bytes()

    assert scorer.lesson(view, read, place) is None
    lesson = scorer.teaching(lambda node, language: (node.type, language.value)).lesson(view, read, place)
    assert lesson is not None
    assert (lesson.language, lesson.complexity) == (Language.PYTHON, 1)
    assert lesson.steps == ("function_definition", "python")
    batch, embedding = read_numbers(base64.b64decode(lesson.numbers))
    said = ScoreFile.read(file, features=FEATURE_VERSION).network.score(batch)
    assert np.allclose(said.embedding[0], embedding, atol=1e-6)
    (told,) = scorer.score(view, read, [place])
    assert told is not None
    assert 1 / (1 + np.exp(-said.faulty[0])) == pytest.approx(told.faulty, abs=1e-5)
