"""The features of symbols: what they say, that they are finite for whatever is given, and the same every time."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.feature_project import FILES, FUNCTIONS, PYTHON, row_of, write_project
from tests.fakes.rough_sources import damaged
from yantra_bot.domain.graph import Language
from yantra_bot.domain.history import Author, Commit, History, Touch, TouchEvidence
from yantra_bot.graphdb.complexity import find_functions, measure_function
from yantra_bot.graphdb.syntax import Syntax
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.batch import Floats
from yantra_bot.scoring.features import SymbolFeatures, features_of, reading
from yantra_bot.scoring.features.kept import KeptTexts
from yantra_bot.scoring.features.texts import read_texts
from yantra_bot.scoring.layout import BY_NAME, GRAPH, HISTORY, STRUCTURE, mask

WAYS = "branches, inner functions left out (cyclomatic complexity less one)"


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> GraphView:
    """Return the graph of the small project."""
    return write_project(tmp_path_factory.mktemp("project"))


def of(view: GraphView, key: str, history: History | None = None) -> Floats:
    """Return the features of one symbol of the small project."""
    one: Floats = features_of(view, FILES.get, [row_of(view, key)], history)[0]
    return one


def structure(features: Floats, name: str) -> float:
    """Return a count of the structure as it was before it was dampened."""
    return float(np.expm1(4 * features[BY_NAME["structure"].start + STRUCTURE.index(name)]))


def share(features: Floats, name: str) -> float:
    """Return a share or a yes of the structure."""
    return float(features[BY_NAME["structure"].start + STRUCTURE.index(name)])


@pytest.mark.parametrize(("key", "parameters"), FUNCTIONS.items())
def test_a_function_of_each_language_is_measured(view: GraphView, key: str, parameters: int) -> None:
    """Its ways through, parameters and lines are those that the source has, in all six languages."""
    found = of(view, key)
    symbol = view.symbol(row_of(view, key))
    tree = Syntax(FILES.get).tree(symbol.path)
    assert tree is not None
    inside = (one for one in find_functions(tree.root_node) if one.start_point[0] + 1 >= symbol.span.line)
    function = min(inside, key=lambda one: one.start_byte)
    assert structure(found, WAYS) == pytest.approx(measure_function(function) - 1, abs=1e-3)
    assert structure(found, "parameters") == pytest.approx(parameters, abs=1e-3)
    assert structure(found, "lines") == pytest.approx(symbol.span.end_line - symbol.span.line + 1, abs=1e-3)
    assert found[BY_NAME["names"].columns].any()


def test_the_shape_of_a_function_is_told(view: GraphView) -> None:
    """What stands in `total` is counted as what it is."""
    found = of(view, "sums.py::total")
    assert structure(found, "parameters with a default") == pytest.approx(1, abs=1e-3)
    assert structure(found, "loops") == pytest.approx(1, abs=1e-3)
    assert structure(found, "calls") == pytest.approx(2, abs=1e-3)
    assert structure(found, "decorators") == pytest.approx(2, abs=1e-3)
    assert share(found, "whether the result has a type") == 1
    assert share(found, "whether the last statement returns or throws") == 1
    assert share(found, "parameters with a type, as a share") == 0.5
    pick = of(view, "sums.py::Basket.pick")
    assert share(pick, "whether it is asynchronous") == 1
    assert structure(pick, "awaits, inner functions left out") == pytest.approx(1, abs=1e-3)
    assert structure(pick, "handlers of exceptions") == pytest.approx(1, abs=1e-3)


def test_the_place_in_the_graph_is_told(view: GraphView) -> None:
    """Callers, callees and the way to a test are those of the graph."""
    start = BY_NAME["graph"].start
    total, helped = of(view, "sums.py::total"), of(view, "other.py::helped")
    callers = start + GRAPH.index("different callers")
    assert np.expm1(4 * total[callers]) == pytest.approx(1, abs=1e-3)
    assert np.expm1(4 * helped[start + GRAPH.index("callers in other files")]) == pytest.approx(1, abs=1e-3)
    assert np.expm1(4 * total[start + GRAPH.index("callees outside of the repository")]) == pytest.approx(1, abs=1e-3)
    assert total[start + GRAPH.index("whether anything but its parent needs it")] == 1


def test_languages_differ_in_four_features(view: GraphView) -> None:
    """Each of the six lights another two of the four; what has no language lights none."""
    codes = {tuple(of(view, key)[-4:].tolist()) for key in FUNCTIONS}
    assert len(codes) == len(Language) == 6
    assert all(sum(code) == 2 for code in codes)
    assert not of(view, "::json.loads")[-4:].any()


def test_an_unknown_past_says_so(view: GraphView) -> None:
    """Without a history all but the flag is 0; with one, a symbol that no commit touched is unknown too."""
    columns = BY_NAME["history"].columns
    assert of(view, "sums.py::total")[columns].tolist() == [1, *([0] * (len(HISTORY) - 1))]
    commits = (
        Commit("b" * 40, "Ann", 86_400 * 101, "Fix the sum of nothing"),
        Commit("a" * 40, "Bob", 86_400, "Add sums"),
    )
    touches = tuple(Touch(one.sha, "sums.py", "sums.py::total", 3, 1, 0.95, TouchEvidence.LINES) for one in commits)
    history = History(commits, (Author("Ann", "Ann"), Author("Bob", "Bob")), touches)
    found = of(view, "sums.py::total", history)[columns]
    told = dict(zip(HISTORY, found.tolist(), strict=True))
    assert told["whether its past is unknown: then the others are 0"] == 0
    assert np.expm1(4 * told["commits that touched it"]) == pytest.approx(2, abs=1e-3)
    assert np.expm1(4 * told["authors"]) == pytest.approx(2, abs=1e-3)
    assert told["fixes, as a share of its commits"] == 0.5
    assert np.expm1(8 * found[5]) == pytest.approx(100, abs=0.1)
    assert of(view, "other.py::helped", history)[columns].tolist() == [1, *([0] * (len(HISTORY) - 1))]


def test_the_order_of_rows_changes_nothing(view: GraphView) -> None:
    """Asked all at once, backwards, or one by one, a symbol has the same features; so it has asked twice."""
    rows = np.flatnonzero(view.alive)
    whole = features_of(view, FILES.get, rows)
    reader = SymbolFeatures(view, FILES.get)
    assert np.array_equal(whole, reader.of(rows[::-1])[::-1])
    assert np.array_equal(whole, np.concatenate([reader.of([row]) for row in rows.tolist()]))
    assert whole.dtype == np.float32


def test_only_changed_files_are_read_anew(view: GraphView, tmp_path: Path) -> None:
    """What is kept of a file is used in the next view too, gives the same features, and has an end."""
    texts = KeptTexts(most=8_000)
    rows = np.flatnonzero(view.alive)
    whole = SymbolFeatures(view, FILES.get, texts=KeptTexts(most=0)).of(rows)
    assert np.array_equal(SymbolFeatures(view, FILES.get, texts=texts).of(rows), whole)
    assert 0 < len(texts) < len(rows)
    assert np.array_equal(SymbolFeatures(view, FILES.get, texts=texts).of(rows), whole)
    texts = KeptTexts()
    SymbolFeatures(view, FILES.get, texts=texts).of(rows)
    before = len(texts)
    files = {**FILES, "other.py": FILES["other.py"] + b"\n# One more line.\n"}
    changed = write_project(tmp_path, files)
    found = SymbolFeatures(changed, files.get, texts=texts).of([row_of(changed, "other.py::helped")])
    assert len(texts) == before + 1
    assert np.array_equal(
        found, SymbolFeatures(changed, files.get, texts=KeptTexts(most=0)).of([row_of(changed, "other.py::helped")])
    )


def test_a_file_that_is_asked_for_again_is_read_whole(view: GraphView) -> None:
    """So that no file is read more than twice."""
    texts, reads = KeptTexts(), SymbolFeatures(view, FILES.get, texts=KeptTexts(most=0))
    rows = view.in_file("sums.py")
    for asked, kept in ((rows[:1], 1), (rows[:1], 1), (rows[1:2], len(rows)), (rows, len(rows))):
        found = SymbolFeatures(view, FILES.get, texts=texts).of(asked)
        assert np.array_equal(found, reads.of(asked))
        assert len(texts) == kept


def test_more_rows_than_are_kept_are_right(view: GraphView, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever room there is, the features are those that a reader without any room gives."""
    rows = np.flatnonzero(view.alive)
    whole = features_of(view, FILES.get, rows)
    for room in (3, 10, len(rows)):
        monkeypatch.setattr(reading, "MOST_KEPT", room)
        reader = SymbolFeatures(view, FILES.get)
        parts = [reader.of(rows[start : start + 4]) for start in range(0, len(rows), 2)]
        assert all(
            np.array_equal(part, whole[start : start + 4])
            for start, part in zip(range(0, len(rows), 2), parts, strict=True)
        )


def test_another_file_leaves_a_function_alone(view: GraphView, tmp_path: Path) -> None:
    """A change in another file that changes no symbol and no edge changes no feature of a function."""
    other = FILES["other.py"] + b"    # More words, and a longer file.\n"
    files = {**FILES, "other.py": other.replace(b"a if b is None else b", b"a if not b else (b or 3)")}
    changed = write_project(tmp_path, files)
    key = "sums.py::total"
    after = features_of(changed, files.get, [row_of(changed, key)])[0]
    assert np.array_equal(of(view, key), after)
    helped = "other.py::helped"
    assert not np.array_equal(of(view, helped), features_of(changed, files.get, [row_of(changed, helped)])[0])


def test_a_fault_put_into_a_function_is_seen(view: GraphView, tmp_path: Path) -> None:
    """Another operator gives other features, in the source's groups alone."""
    files = {**FILES, "sums.py": PYTHON.replace(b"value > 3", b"value < 3")}
    changed = write_project(tmp_path, files)
    faulty = features_of(changed, files.get, [row_of(changed, "sums.py::total")])[0]
    differing = np.flatnonzero(faulty != of(view, "sums.py::total"))
    assert len(differing)
    assert mask("operators", "types of nodes", "pairs of nodes", "structure")[differing].all()


@pytest.mark.parametrize(
    "around", [b"if x:\n    ", b"class A:\n    ", b"class A:\n    y = 1\n    ", b"\n\nz = 1\nif x:\n    "]
)
def test_what_is_around_a_function_is_not_in_it(around: bytes) -> None:
    """Also where it is the first or only thing in a block, which begins, and may end, where it does."""
    text = b"def f(a):\n        return a"
    plain = b"if y:\n    pass\n    "
    found = [
        read_texts("a.py", head + text, np.array([len(head)]), np.array([len(head) + len(text)]), np.array([True]))
        for head in (plain, around)
    ]
    assert np.array_equal(*found)


def test_a_file_that_is_gone_counts_as_empty(view: GraphView) -> None:
    """Only what the graph says is left."""
    row = row_of(view, "sums.py::total")
    found = features_of(view, lambda path: None, [row])[0]
    assert not found[BY_NAME["categories"].columns].any()
    assert found[BY_NAME["graph"].columns].any()


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(FILES)).flatmap(lambda path: st.tuples(st.just(path), damaged([FILES[path]]))), st.data())
def test_damaged_sources_give_finite_features(rough: tuple[str, bytes], data: st.DataObject) -> None:
    """Whatever the source and wherever its pieces are said to be, each feature is a number from 0 to 8."""
    path, source = rough
    places = st.lists(st.integers(0, len(source) + 50), min_size=1, max_size=4)
    starts = np.array(data.draw(places))
    ends = starts + np.array(data.draw(st.lists(st.integers(-5, 400), min_size=len(starts), max_size=len(starts))))
    found = read_texts(path, source, starts, ends, np.ones(len(starts), np.bool_))
    assert np.isfinite(found).all()
    assert found.min() >= 0
    assert found.max() <= 8


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(FILES)).flatmap(lambda path: st.tuples(st.just(path), damaged([FILES[path]]))), st.data())
def test_a_piece_is_read_alone_as_among_others(rough: tuple[str, bytes], data: st.DataObject) -> None:
    """No more of a file is walked than its pieces need, which changes no number."""
    path, source = rough
    starts = np.array(data.draw(st.lists(st.integers(0, len(source)), min_size=1, max_size=4)))
    ends = starts + np.array(data.draw(st.lists(st.integers(-5, 400), min_size=len(starts), max_size=len(starts))))
    is_function = np.ones(len(starts) + 1, np.bool_)
    whole = read_texts(path, source, np.append(starts, 0), np.append(ends, len(source)), is_function)
    some = read_texts(path, source, starts, ends, is_function[:-1])
    assert np.array_equal(some, whole[:-1])
    alone = [read_texts(path, source, starts[[at]], ends[[at]], is_function[:1]) for at in range(len(starts))]
    assert np.array_equal(np.concatenate(alone), some)


@pytest.mark.parametrize("source", [b"", b"\n", b"\xff\xfe\x00", b"(" * 5000, b"x = 1\n" * 3, b"# only words"])
def test_odd_files_give_finite_features(source: bytes) -> None:
    """An empty file, rubbish, and deep nesting are read as what they are."""
    found = read_texts("a.py", source, np.array([0]), np.array([len(source)]), np.array([True]))
    assert np.isfinite(found).all()


def test_two_processes_agree(view: GraphView, tmp_path: Path) -> None:
    """Processes whose hashes of texts differ give the same bits."""
    script = (
        "import hashlib, sys, numpy as np, pathlib\n"
        "from tests.fakes.feature_project import FILES, write_project\n"
        "from yantra_bot.scoring.features import features_of\n"
        "view = write_project(pathlib.Path(sys.argv[1]))\n"
        "keys = sorted(symbol.key for symbol in view.symbols())\n"
        "found = features_of(view, FILES.get, [view.index_of(key) for key in keys])\n"
        "print(hashlib.sha256(found.tobytes()).hexdigest())\n"
    )
    digests = set()
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", script, str(folder)],
            capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3],
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        digests.add(done.stdout.strip())
    keys = sorted(symbol.key for symbol in view.symbols())
    here = features_of(view, FILES.get, [row_of(view, key) for key in keys])
    assert digests == {hashlib.sha256(here.tobytes()).hexdigest()}
