"""What is read for one score is bounded, whatever files a repository has: counted by what is read, not by time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.unit.scoring.score_files import write_model
from tests.unit.scoring.scores import FakeScorer
from yantra_bot.domain.graph import NodeKind
from yantra_bot.domain.review import SymbolChange, SymbolChangeKind
from yantra_bot.domain.scores import SymbolScore
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.budget import MAX_FILE, MAX_TOTAL, ReadBudget
from yantra_bot.scoring.model import read_scorer
from yantra_bot.scoring.scorer import SECONDS, UNREAD, score_change

FUNCTION = b"def f(a):\n    return a + 1\n"
HUGE = FUNCTION + b"# data\n" * 800_000
"""More than 5 MB."""


@dataclass
class Hungry(FakeScorer):
    """Reads a thousand files for each symbol, as many callers might have it do."""

    got: list[int] = field(default_factory=list)

    def score(
        self, view: GraphView, read: Callable[[str], bytes | None], rows: Sequence[int]
    ) -> Sequence[SymbolScore | None]:
        self.got += [len(read(f"{number}.py") or b"") for number in range(1_000)]
        return super().score(view, read, rows)


def graph_of(folder: Path, names: Sequence[str]) -> tuple[GraphView, list[SymbolChange]]:
    """Return the graph of files that hold one function each, and these functions as changed."""
    folder.mkdir()
    for name in names:
        folder.joinpath(name).write_bytes(FUNCTION)
    view = GraphView.of(Indexer(folder, processes=1).build())
    functions = [view.symbol(row) for row in range(view.row_count)]
    changes = [
        SymbolChange(SymbolChangeKind.BODY, one.kind, one.name, one.path, 1, 2, key=one.key, added=1)
        for one in functions
        if one.kind is NodeKind.FUNCTION
    ]
    return view, changes


def test_a_file_of_five_megabytes_is_not_read_and_the_rest_is_scored(tmp_path: Path) -> None:
    """Its function is left out; where it is the only one, it is said why there is no score."""
    view, changes = graph_of(tmp_path / "tree", ["a.py", "huge.py"])
    scorer = read_scorer(write_model(tmp_path / "model.safetensors"))
    files = {"a.py": FUNCTION, "huge.py": HUGE}
    found = score_change(scorer, view, files.get, changes, ())
    assert ([one.path for one in found.symbols], found.left_out) == (["a.py"], 1)
    alone = score_change(scorer, view, files.get, [one for one in changes if one.path == "huge.py"], ())
    assert (alone.symbols, alone.left_out, alone.problem) == ((), 1, UNREAD)
    budget = ReadBudget(files.get, lambda: 0.0, seconds=1)
    assert (budget("huge.py"), budget.bytes_given, budget.is_spent) == (None, 0, False)


def test_a_hundred_thousand_lines_of_one_function_are_not_read(tmp_path: Path) -> None:
    """Neither where it was changed, nor where it calls what was."""
    view, changes = graph_of(tmp_path / "tree", ["a.py", "long.py"])
    body = b"def g(a):\n" + b"    a = f(a)\n" * 100_000
    asked: list[str] = []

    def read(path: str) -> bytes:
        asked.append(path)
        return body if path == "long.py" else FUNCTION

    budget = ReadBudget(read, lambda: 0.0, seconds=1)
    assert (len(body) > MAX_FILE, budget("long.py"), budget.bytes_given) == (True, None, 0)
    scorer = FakeScorer()
    long = [SymbolChange(one.kind, one.symbol_kind, "g", one.path, 1, 100_001, key=one.key) for one in changes]
    assert score_change(scorer, view, read, long, ()).problem
    assert (scorer.asked, asked) == ([], ["long.py"])


def test_all_that_is_read_for_one_score_stays_within_a_sum(tmp_path: Path) -> None:
    """However many files the neighbours of the changed functions lie in; what was given once is given again."""
    view, changes = graph_of(tmp_path / "tree", ["a.py"])
    scorer = Hungry()
    found = score_change(scorer, view, lambda _: b"#" * MAX_FILE, changes, ())
    assert sum(scorer.got) == MAX_TOTAL
    assert len(found.symbols) == 1
    budget = ReadBudget(lambda _: b"#" * MAX_FILE, lambda: 0.0, seconds=1)
    assert sum(len(budget("same.py") or b"") for _ in range(100)) == 100 * MAX_FILE
    assert budget.bytes_given == MAX_FILE


def test_no_file_is_read_after_the_end_of_the_time(tmp_path: Path) -> None:
    """The clock is looked at before each file, not only between symbols: here each file takes a second."""
    view, changes = graph_of(tmp_path / "tree", ["a.py"])
    clock = [0.0]

    def read(_: str) -> bytes:
        clock[0] += 1
        return FUNCTION

    scorer = Hungry()
    score_change(scorer, view, read, changes, (), now=lambda: clock[0])
    assert sum(1 for size in scorer.got if size) == SECONDS
