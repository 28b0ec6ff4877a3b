"""What a score has to beat is counted of the code of a change, or of functions that nobody changed yet."""

from pathlib import Path

from tests.unit.scoring.scores import FakeScorer
from yantra_bot.domain.graph import NodeKind
from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, SymbolChange, SymbolChangeKind
from yantra_bot.domain.scores import ChangeSize
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.scorer import score_places
from yantra_bot.scoring.size import measure_change


def test_lines_and_files_of_a_change_are_those_of_code() -> None:
    """Tests, documents and what nobody looked into are left out; of the symbols their whole length counts."""
    files = [
        ChangedFile("a.py", FileStatus.MODIFIED, FileKind.SOURCE, added=3, removed=1),
        ChangedFile("b.py", FileStatus.REMOVED, FileKind.SOURCE, removed=7),
        ChangedFile("tests/test_a.py", FileStatus.ADDED, FileKind.TEST, added=100),
        ChangedFile("README.md", FileStatus.ADDED, FileKind.DOCUMENT, added=100),
        ChangedFile("big.py", FileStatus.ADDED, FileKind.SOURCE, added=100, skipped="too large"),
    ]
    changes = [SymbolChange(SymbolChangeKind.BODY, NodeKind.FUNCTION, "f", "a.py", 4, 9)]
    assert measure_change(files, changes) == ChangeSize(added=3, removed=8, files=2, symbols=1, lines=6)


def test_of_what_a_task_points_at_no_line_is_changed_yet(tmp_path: Path) -> None:
    """All functions in its places count, those beyond the limit of what is scored as well."""
    for name in ("a.py", "b.py"):
        tmp_path.joinpath(name).write_text("".join(f"def f{one}(a):\n    return a\n\n\n" for one in range(6)))
    view = GraphView.of(Indexer(tmp_path, processes=1).build())
    found = score_places(FakeScorer(), view, lambda _: b"", [("a.py", 1, 99), ("b.py", 1, 99), ("b.py", 1, 2)])
    assert found.size == ChangeSize(files=2, symbols=12, lines=24)
    assert (len(found.symbols), found.left_out) == (8, 4)
