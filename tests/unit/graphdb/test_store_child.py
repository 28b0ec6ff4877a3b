"""The child that writes: each job done here in this process, and what becomes of a child that dies."""

import io
import json
import os
import pickle
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.graphs import change_graph, contents, make_graph
from yantra_bot.domain.graph import Graph
from yantra_bot.graphdb import store_child, store_files
from yantra_bot.graphdb.arrow_in import read_graph
from yantra_bot.graphdb.compact import compact
from yantra_bot.graphdb.kuzu_engine import EngineName, open_session
from yantra_bot.graphdb.overlay import diff
from yantra_bot.graphdb.schema import NodeTable, RelationTable
from yantra_bot.graphdb.store_changes import size_of, statements_of
from yantra_bot.graphdb.store_child import Build, Change, main, run_apart
from yantra_bot.graphdb.store_errors import EngineConfined, PoolFull, StoreDamaged, StoreFull
from yantra_bot.graphdb.store_records import Records, read_records
from yantra_bot.graphdb.view import GraphView

LADYBUG = EngineName.LADYBUG
COMMIT = NodeTable("Commit", {"sha": "STRING"})
TOUCHES = RelationTable("TOUCHES", "Commit", "Symbol", {})


def whole(seed: int = 1) -> Graph:
    return GraphView.of(make_graph(3, 8, seed=seed)).to_graph()


def stored(path: Path) -> Graph:
    with open_session(path, LADYBUG, read_only=True) as session:
        return GraphView(read_graph(session.arrow)).to_graph()


def test_a_build_and_a_change_are_done(tmp_path: Path) -> None:
    """A graph is written, a copy of it changed, and both files hold what they should."""
    old, new = whole(1), whole(2)
    first, second = tmp_path / "graph-1.db", tmp_path / "graph-2.db"
    commits = Records.of(COMMIT, [{"sha": "c1"}])
    touches = Records.of(TOUCHES, [{"from": "c1", "to": new.symbols[0].key}, {"from": "c1", "to": "gone"}])
    Build(first, LADYBUG, compact(old), [commits]).do()
    change = diff(old, new)
    statements = list(statements_of(change))
    assert size_of(change) <= len(statements)
    Change(second, LADYBUG, first, statements, [touches, commits]).do()
    assert contents(stored(first)) == contents(old)
    assert contents(stored(second)) == contents(new)
    with open_session(second, LADYBUG, read_only=True) as session:
        found = {one.table.name: one.rows.num_rows for one in read_records(session)}
    assert found == {"Commit": 1, "TOUCHES": 1}


def test_a_pool_that_is_too_small_is_made_larger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine's memory is a guess; a build begins again with more, and gives up in a sentence."""
    monkeypatch.setattr(store_files, "_POOL_BASE", 16 << 20)
    path = tmp_path / "graph-1.db"
    Build(path, LADYBUG, compact(whole()), []).do()
    assert contents(stored(path)) == contents(whole())
    monkeypatch.setattr(store_files, "_POOL_BASE", 1 << 20)
    monkeypatch.setattr(store_files, "_GROWTHS", 1)
    with pytest.raises(Exception, match="too large for the engine"):
        Build(tmp_path / "graph-2.db", LADYBUG, compact(make_graph(60)), []).do()
    assert [one.name for one in tmp_path.iterdir()] == ["graph-1.db"]


def test_the_child_reads_its_job_and_says_what_went_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Expected failures come back by kind and message; a system error is one of space."""
    for job, kind in (
        (Change(tmp_path / "graph-2.db", LADYBUG, tmp_path / "missing.db"), "StoreFull"),
        (Change(tmp_path / "graph-2.db", LADYBUG, Path(__file__)), "StoreDamaged"),
    ):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(pickle.dumps(job))))
        with pytest.raises(SystemExit):
            main()
        assert json.loads(capsys.readouterr().out)["kind"] == kind


def test_a_failure_of_the_child_is_raised_here(tmp_path: Path) -> None:
    """Who lets a child write sees its failure as if it had written itself."""
    with pytest.raises(StoreFull, match="No such file"), Path(os.devnull).open() as lock:
        run_apart(Change(tmp_path / "graph-2.db", LADYBUG, tmp_path / "missing.db"), lock.fileno())


@pytest.mark.parametrize(
    ("cried", "kind"),
    [
        (b"terminate called after throwing\n  what():  IO exception: Cannot write to file. No space left\n", StoreFull),
        (b"terminate called\n  what():  Buffer manager exception: Unable to allocate memory!\n", PoolFull),
        (b"terminate called\n  what():  Buffer manager exception: Mmap for size 268435456 failed.\n", EngineConfined),
        (b"Traceback\nMemoryError\n", EngineConfined),
        (b"", StoreDamaged),
    ],
)
def test_the_last_words_of_a_child_that_aborted_are_understood(cried: bytes, kind: type[Exception]) -> None:
    """The engine ends its process with a reason on standard error, or with none."""
    assert isinstance(store_child.failure_of(b"", cried, -6), kind)


def test_a_child_that_was_killed_is_told_with_the_likely_cause() -> None:
    """The kernel's want of memory says nothing by itself."""
    assert "ended by SIGKILL, perhaps for want of memory" in str(store_child.failure_of(b"", b"", -9))
    assert "ended with 3." in str(store_child.failure_of(b"", b"", 3))


def test_a_reader_that_may_not_have_the_address_space_says_so(tmp_path: Path) -> None:
    """No damage is made up where a limit is in the way: nothing is built anew for it."""
    Build(tmp_path / "graph-1.db", LADYBUG, compact(whole()), []).do()
    script = (
        "import resource, sys; from pathlib import Path; from yantra_bot.graphdb.kuzu_engine import *; import ladybug\n"
        "used = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + (64 << 20), used + (64 << 20)))\n"
        "with open_session(Path(sys.argv[1]), EngineName.LADYBUG, read_only=True): pass"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "graph-1.db")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "EngineConfined: The graph's engine gets less memory than it needs" in done.stderr


def test_an_engine_that_left_its_log_did_not_complete(tmp_path: Path) -> None:
    """A file whose log still stands beside it is none that the store takes."""
    Build(tmp_path / "graph-1.db", LADYBUG, compact(whole()), []).do()
    (tmp_path / "graph-1.db.wal").write_bytes(b"x")
    with pytest.raises(StoreDamaged, match="did not complete"):
        store_files.sync(tmp_path / "graph-1.db")


def test_a_change_is_a_list_of_single_statements() -> None:
    """Each edit becomes statements that name one key each, removals first."""
    graph, rng = whole(), random.Random(1)
    for _ in range(10):
        changed = change_graph(graph, rng)
        texts = [cypher for cypher, _ in statements_of(diff(graph, changed))]
        deletes = [number for number, text in enumerate(texts) if "DELETE" in text and "(p:Problem)" not in text]
        assert all("$" in text for text in texts)
        assert deletes == sorted(deletes)
        graph = changed
