"""An index that is kept up to date equals one that is built from nothing, whatever happened to the files."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yantra_bot.domain.graph import EdgeKind, Graph
from yantra_bot.graphdb.facts_cache import FactsCache
from yantra_bot.graphdb.indexer import FEW_BYTES, Indexer
from yantra_bot.graphdb.live import LiveGraph

PACKAGE = Path(__file__).parents[3] / "yantra_bot"
# Enough that files lean on each other; each edit is built twice from all of them.
SOURCES = ("commands", "coverage", "events", "findings", "follow_up", "globs", "paths", "proof", "repository", "run")

EDITS = ("rename function", "add function", "delete line", "break syntax", "move file", "delete file", "new file")


def same(left: Graph, right: Graph) -> bool:
    return (
        sorted(left.symbols, key=lambda one: one.key) == sorted(right.symbols, key=lambda one: one.key)
        and left.edges == right.edges
        and left.unresolved == right.unresolved
        and left.problems == right.problems
        and left.files == right.files
    )


def lay_out(root: Path) -> None:
    root.mkdir()
    for name in SOURCES:
        shutil.copy(PACKAGE / "domain" / f"{name}.py", root)


def edit(root: Path, what: str, number: int) -> None:
    files = sorted(root.rglob("*.py"))
    if what == "new file" or not files:
        (root / f"new_{number}.py").write_text("from paths import *\n\ndef fresh():\n    return check_path('x')\n")
        return
    path = files[number % len(files)]
    lines = path.read_text().splitlines()
    if what == "rename function":
        path.write_text(path.read_text().replace("def ", f"def x{number}_", 1))
    elif what == "add function":
        path.write_text(path.read_text() + f"\n\ndef added_{number}(call):\n    return call({number})\n")
    elif what == "delete line" and lines:
        del lines[number % len(lines)]
        path.write_text("\n".join(lines) + "\n")
    elif what == "break syntax":
        path.write_text(path.read_text() + "\ndef broken(:\n  (\n")
    elif what == "move file":
        path.rename(path.with_name(f"moved_{number}.py"))
    elif what == "delete file":
        path.unlink()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 40)), min_size=1, max_size=6))
def test_an_update_equals_a_build_after_every_edit(tmp_path: Path, edits: list[tuple[str, int]]) -> None:
    """Rename, add, delete, break, move: the graph is that of the files as they are."""
    root = tmp_path / "tree"
    shutil.rmtree(root, ignore_errors=True)
    lay_out(root)
    kept = Indexer(root, processes=1)
    kept.refresh()
    for what, number in edits:
        edit(root, what, number)
        kept.refresh()
        assert same(kept.resolve(), Indexer(root, processes=1).build())


def test_an_unchanged_file_is_not_parsed(tmp_path: Path) -> None:
    """Not in the same index, and not by the next one that has the cache."""
    lay_out(tmp_path / "tree")
    cache = FactsCache(tmp_path / "facts.sqlite")
    first = Indexer(tmp_path / "tree", cache=cache)
    assert first.refresh().parsed
    assert first.refresh().is_empty
    second = Indexer(tmp_path / "tree", cache=cache)
    assert second.refresh().parsed == []
    assert same(first.resolve(), second.resolve())
    (tmp_path / "tree" / "run.py").write_text("x = 1\n")
    assert second.refresh().parsed == ["run.py"]
    cache.close()


def test_several_processes_find_what_one_finds(tmp_path: Path) -> None:
    """The first build is shared out among processes."""
    shutil.copytree(PACKAGE / "runs", tmp_path / "runs")
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.py")) > FEW_BYTES
    assert same(Indexer(tmp_path, processes=2).build(), Indexer(tmp_path, processes=1).build())


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "a.py").write_text("def f(x):\n    return x\n")
    (tmp_path / "b.py").write_text("from a import f\n\ndef g():\n    return f(1)\n")
    return tmp_path


def live(tree: Path) -> LiveGraph:
    indexer = Indexer(tree, processes=1)
    indexer.refresh()
    return LiveGraph(indexer)


def callees(graph: LiveGraph, key: str) -> set[str]:
    index = graph.view.index_of(key)
    assert index is not None
    return {edge.target for edge in graph.view.edges([EdgeKind.CALLS]) if edge.source == key}


def test_a_touched_file_is_in_the_view_at_once(tree: Path) -> None:
    """Its symbols and what leaves it are those of its new text."""
    graph = live(tree)
    (tree / "b.py").write_text("from a import f\n\ndef h():\n    return f(len('x'))\n")
    assert graph.touch("b.py")
    assert not graph.is_settled
    assert graph.view.index_of("b.py::g") is None
    assert callees(graph, "b.py::h") == {"a.py::f", "::<builtin>.len"}


def test_what_was_touched_settles_to_the_exact_graph(tree: Path) -> None:
    """Edges of other files that depend on the change follow."""
    graph = live(tree)
    (tree / "a.py").write_text("def f(x):\n    return x()\n\ndef extra():\n    return 1\n")
    (tree / "b.py").write_text("from a import f, extra\n\ndef g():\n    return f(extra)\n")
    graph.touch("a.py")
    graph.touch("b.py")
    graph.settle()
    assert graph.is_settled
    assert "a.py::extra" in callees(graph, "a.py::f")
    exact = Indexer(tree, processes=1).build()
    assert {str(edge) for edge in graph.view.edges()} == {str(edge) for edge in exact.edges}
    assert not graph.settle()


def test_files_that_come_and_go_settle_the_graph(tree: Path) -> None:
    """Which file an import means may have changed for every other."""
    graph = live(tree)
    assert not graph.touch("b.py")
    (tree / "c.py").write_text("from b import g\ng()\n")
    graph.touch("c.py")
    assert callees(graph, "c.py::") == {"b.py::g"}
    (tree / "b.py").unlink()
    graph.touch("b.py")
    assert graph.view.index_of("b.py::g") is None
