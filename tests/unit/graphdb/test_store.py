"""The store around the engine: locks, the head, damage, newer schemas, full disks, and what a query may say."""

import importlib.util
import json
import multiprocessing
import resource
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fakes.graphs import closed, contents, make_graph, make_symbol
from yantra_bot.domain.graph import Graph
from yantra_bot.errors import UserError
from yantra_bot.graphdb import kuzu_engine
from yantra_bot.graphdb.cypher_guard import check_reading
from yantra_bot.graphdb.kuzu_store import GraphStore
from yantra_bot.graphdb.overlay import diff
from yantra_bot.graphdb.schema import SCHEMA_VERSION
from yantra_bot.graphdb.store_errors import PoolFull, StoreBusy, StoreDamaged, StoreFull, StoreNewer
from yantra_bot.graphdb.store_lock import hold
from yantra_bot.graphdb.view import GraphView

SMALL = closed(Graph([make_symbol("a.py", "f")], files={"a.py": "1"}))
OTHER = closed(Graph([make_symbol("b.py", "g")], files={"b.py": "2"}))


@pytest.fixture(scope="session")
def first_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `folder` is a copy of: a build starts a process."""
    folder = tmp_path_factory.mktemp("first") / "graph"
    GraphStore.open(folder).save(SMALL)
    return folder


@pytest.fixture
def folder(tmp_path: Path, first_build: Path) -> Path:
    return Path(shutil.copytree(first_build, tmp_path / "graph"))


def read(folder: Path) -> dict[str, list[str]]:
    view = GraphStore.open(folder).load()
    assert view is not None
    return contents(view.to_graph())


def test_two_writers_one_waits_and_then_says_so(folder: Path) -> None:
    """A second writer waits its time, then refuses in a sentence; nothing is lost."""
    with hold(folder / "lock", exclusive=True, patience=0):
        store = GraphStore.open(folder, patience=0.1)
        for attempt in (lambda: store.save(OTHER), lambda: store.apply(diff(SMALL, OTHER)), store.load):
            with pytest.raises(StoreBusy, match="Another process is"):
                attempt()
        with pytest.raises(StoreBusy):
            store.query("MATCH (a) RETURN a")
    assert store.save(OTHER) == 2


def test_a_waiting_writer_goes_on_when_the_first_is_done(folder: Path) -> None:
    """Patience is rewarded."""
    taken, done = threading.Event(), threading.Event()

    def first() -> None:
        with hold(folder / "lock", exclusive=True, patience=0):
            taken.set()
            done.wait(10)

    other = threading.Thread(target=first)
    other.start()
    taken.wait(10)
    threading.Timer(0.05, done.set).start()
    assert GraphStore.open(folder, patience=10).save(OTHER) == 2
    other.join()


def test_readers_do_not_wait_for_each_other(folder: Path) -> None:
    """Any number may read at once."""
    with hold(folder / "lock", exclusive=False, patience=0):
        assert read(folder) == contents(SMALL)


def test_processes_write_and_read_at_once(folder: Path) -> None:
    """Each write is whole, and each read sees one of them."""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.map(_write_and_read, [str(folder)] * 4, chunksize=1)
    assert found == [True] * 4
    assert GraphStore.open(folder).generation() == 5


def _write_and_read(folder: str) -> bool:
    GraphStore.open(Path(folder)).save(OTHER)
    return read(Path(folder)) in (contents(SMALL), contents(OTHER))


@pytest.mark.parametrize("damage", [b"", b"hello world" * 999, b"\0" * 8192, None])
def test_a_damaged_file_is_told_and_replaced(folder: Path, damage: bytes | None) -> None:
    """Whatever became of the engine's file, loading says so and saving mends it."""
    file = folder / "graph-1.db"
    if damage is None:
        file.unlink()
    else:
        file.write_bytes(damage)
    store = GraphStore.open(folder)
    for attempt in (store.load, lambda: store.query("MATCH (a) RETURN a"), lambda: store.apply(diff(SMALL, OTHER))):
        with pytest.raises(StoreDamaged):
            attempt()
    assert store.save(OTHER) == 2
    assert read(folder) == contents(OTHER)


def test_one_flipped_bit_is_noticed(folder: Path) -> None:
    """The check sum finds damage that the engine would not."""
    file = folder / "graph-1.db"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(StoreDamaged, match="changed or damaged"):
        GraphStore.open(folder).load()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"schema": "x"}', '{"schema": null}', "\0", '{"schema": 1, "file": 3}']
)
def test_a_foreign_head_is_told_and_replaced(folder: Path, text: str) -> None:
    """What is no head is damage; the next build replaces it with a generation that nobody has seen."""
    (folder / "head.json").write_text(text)
    store = GraphStore.open(folder)
    assert store.generation() == 0
    with pytest.raises(StoreDamaged):
        store.load()
    assert store.save(OTHER) > 10**9
    assert read(folder) == contents(OTHER)


@pytest.mark.parametrize(
    "change", [{"file": "../../etc/passwd"}, {"generation": "1"}, {"engine": "neo4j"}, {"schema": SCHEMA_VERSION - 1}]
)
def test_a_head_that_leads_elsewhere_is_damage(folder: Path, change: dict[str, object]) -> None:
    """No path out of the folder, no other engine, no older schema is followed."""
    head = json.loads((folder / "head.json").read_text())
    (folder / "head.json").write_text(json.dumps(head | change))
    with pytest.raises(StoreDamaged):
        GraphStore.open(folder).load()
    GraphStore.open(folder).save(OTHER)
    assert read(folder) == contents(OTHER)


def test_a_newer_store_is_refused_and_replaced_by_force(folder: Path) -> None:
    """An older Yantra does not touch what a newer one wrote, unless it is told to."""
    head = json.loads((folder / "head.json").read_text())
    (folder / "head.json").write_text(json.dumps(head | {"schema": SCHEMA_VERSION + 1, "more": 1}))
    with pytest.raises(StoreNewer, match=r"newer Yantra .* --force"):
        GraphStore.open(folder)
    store = GraphStore.open(folder, force=True)
    with pytest.raises(StoreDamaged):
        store.load()
    store.save(OTHER)
    assert read(folder) == contents(OTHER)


def test_records_of_a_damaged_graph_are_lost_with_a_word(folder: Path) -> None:
    """A rebuild over a damaged file goes on without what others kept there."""
    (folder / "graph-1.db").write_bytes(b"x" * 5000)
    store = GraphStore.open(folder)
    store.save(SMALL)
    assert store.load_records() == []


@contextmanager
def _largest_file(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_keeps_the_old_graph(folder: Path) -> None:
    """A build that finds no space says so in a sentence, leaves nothing behind, and the old graph is still read."""
    store = GraphStore.open(folder)
    with _largest_file(300_000), pytest.raises(StoreFull):
        store.save(make_graph(60))
    assert read(folder) == contents(SMALL)
    assert sorted(path.name for path in folder.iterdir()) == ["graph-1.db", "head.json", "lock"]


@pytest.mark.parametrize("size", [0, 4096, 100_000, 2_000_000, 4_000_000])
def test_a_full_disk_while_changing_keeps_the_old_graph(folder: Path, size: int) -> None:
    """A difference that finds no space for its copy, for the log or for the pages leaves the graph as it was."""
    store, large = GraphStore.open(folder), GraphView.of(make_graph(20, 12)).to_graph()
    with _largest_file(size), pytest.raises(StoreFull, match=r"cannot be written|No space"):
        store.apply(diff(SMALL, large))
    assert read(folder) == contents(SMALL)
    store.apply(diff(SMALL, large))
    assert read(folder) == contents(large)


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    """A file in the way is told, not raised."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="No graph can be kept"):
        GraphStore.open(tmp_path / "file" / "graph")
    with pytest.raises(UserError, match="cannot be locked"), hold(tmp_path / "no" / "lock", exclusive=True, patience=0):
        pass


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("IO exception: No space left on device", StoreFull),
        ("Transaction committed successfully, but the post-commit checkpoint failed. IO exception", StoreFull),
        ("Buffer manager exception: Unable to allocate memory! The buffer pool is full", PoolFull),
        ("Interrupted.", TimeoutError),
        ("Parser exception: Invalid input", UserError),
        ("Runtime exception: whatever", StoreDamaged),
        ("", StoreDamaged),
    ],
)
def test_failures_of_the_engine_have_their_meaning(message: str, kind: type[Exception]) -> None:
    """The engine raises one class; its words tell what the caller can do."""
    assert type(kuzu_engine.named(RuntimeError(message))) is kind


@pytest.mark.skipif(importlib.util.find_spec("kuzu") is not None, reason="kuzu is installed here")
def test_an_answer_takes_no_more_room_than_its_rows(folder: Path) -> None:
    """Many small answers are kept at once, as where what others keep is carried over in a confined worker."""

    def taken() -> int:
        status = Path("/proc/self/status").read_text()
        return int(status.partition("VmData:")[2].split()[0]) // 1024

    with kuzu_engine.open_session(folder / "graph-1.db", kuzu_engine.EngineName.LADYBUG, read_only=True) as session:
        session.arrow("MATCH (s:Symbol) RETURN s.key")
        before = taken()
        kept = [session.arrow("MATCH (s:Symbol) RETURN s.key, s.name") for _ in range(30)]
        assert taken() - before < 500, "MB"
        empty = session.arrow("MATCH (s:Symbol {key: 'x'}) RETURN s.key")
    assert {len(one) for one in kept} == {1}
    assert len(empty) == 0


def test_an_engine_that_is_not_installed_is_named(tmp_path: Path) -> None:
    """The extra is told."""
    with pytest.raises(UserError, match=r"yantra-bot\[kuzu\]"):
        GraphStore.open(tmp_path / "g", kuzu_engine.EngineName.KUZU).save(SMALL)


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (a:Symbol)-[e:CALLS]->(b) WHERE a.name = 'COPY; DROP' RETURN a.set, b.`create`, $load",
        "match (n:Create) return n limit 3;",
        "UNWIND [1, 2] AS x RETURN x",
        "CALL show_tables() RETURN *",
        "EXPLAIN MATCH (n) RETURN n",
        'RETURN "it\\"s; LOAD"',
        "MATCH (n) RETURN n.url = 'http://x'",
        " RETURN 1 ; ; ",
    ],
)
def test_reading_is_allowed(cypher: str) -> None:
    """Words of writing are harmless in texts, names, properties, labels and parameters."""
    assert check_reading(cypher) == cypher.strip().rstrip("; ").strip()


@pytest.mark.parametrize(
    "cypher",
    [
        "",
        " ; ",
        "CREATE (n)",
        "MATCH (n) DELETE n",
        "MATCH (n)\nDETACH\nDELETE n",
        "match (n) set n.x = 1",
        "COPY (RETURN 1) TO 'x'",
        "EXPLAIN COPY (RETURN 1) TO 'x'",
        "PROFILE EXPORT DATABASE 'x'",
        "LOAD FROM 'x' RETURN *",
        "MATCH (a) CALL threads=1",
        "CALL clear_warnings() RETURN *",
        "CALL",
        "RETURN 1; RETURN 2",
        "RETURN 'a' COPY",
        "/* */ RETURN 1",
        "RETURN 1 // x\rCOPY",
        "RETURN 'unclosed COPY",
        "USE x",
        "BEGIN TRANSACTION",
        "INSTALL json",
    ],
)
def test_all_else_is_refused(cypher: str) -> None:
    """Whatever writes, reads files, loads programs, or hides behind a comment does not reach the engine."""
    with pytest.raises(UserError):
        check_reading(cypher)
