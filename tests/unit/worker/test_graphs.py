"""Stored graphs kept by real, confined workers: what is parsed, what is taken back, and what a worker's end leaves."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from tests.fakes.mirror import MirrorMaker, run_git
from tests.fakes.worker_bench import DictBlobs
from yantra_bot.domain.beside import Beside
from yantra_bot.domain.graph import KeptGraph
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.talk import Message, SourceKind, Thread
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.graphdb.columns_file import COLUMNS
from yantra_bot.graphdb.history.keeping import SHALLOW
from yantra_bot.graphdb.kuzu_store import GraphStore
from yantra_bot.graphdb.readings import PAST, Reading, find_readings
from yantra_bot.graphdb.store_exchange import FACTS, hand_out
from yantra_bot.ports import TestCommand
from yantra_bot.worker import protocol
from yantra_bot.worker.client import Work, WorkerFactory
from yantra_bot.worker.config import Patience, WorkerConfig
from yantra_bot.worker.employed import Employed, WorkerBug
from yantra_bot.worker.graphs import GraphWorkers, check_kept
from yantra_bot.worker.protocol import Closed, ProtocolError
from yantra_bot.worker.tasks import Keep

CALC = Repository(7, "octo", "calc")
FILES = {
    "bank/account.py": b"def pay(amount):\n    return amount\n",
    "bank/desk.py": b"from bank.account import pay\n\n\ndef serve():\n    return pay(1)\n",
    "web/client.ts": b"export function load(): Promise<any> { return fetch('/x'); }\n",
    "main.go": b"package main\n\nfunc main() { run() }\nfunc run() {}\n",
    "lib.rs": b"fn outer() { inner(); }\nfn inner() {}\n",
    "Main.java": b"class Main { void a() { b(); } void b() {} }\n",
    "README.md": b"# Bank\n\n`pay` pays through Redis.\n",
}


@pytest.fixture
async def keeper(config: WorkerConfig, tmp_path: Path) -> AsyncIterator[GraphWorkers]:
    """A keeper whose graphs lie in a folder that is closed to the workers' accounts."""
    closed = tmp_path / "control"
    closed.mkdir(mode=0o700)
    yield GraphWorkers(WorkerFactory(config, DictBlobs()), closed / "graphs")
    left = [path.name for path in config.work_folder.iterdir() if path.name != "locks"]
    assert left == [], "a worker left its folder behind"


def callers(store: Path, name: str) -> list[str]:
    """Return who calls a function, as the stored graph tells it."""
    asked = f"MATCH (a:Symbol)-[:CALLS]->(b:Symbol) WHERE b.name = '{name}' RETURN a.key ORDER BY a.key"
    return [row[0] for row in GraphStore.open(store).query(asked).rows]


async def test_a_push_is_followed_by_parsing_what_it_changed(keeper: GraphWorkers, maker: MirrorMaker) -> None:
    """The first commit is read whole, the next one only where it differs; a commit forced back is as good as any."""
    first = maker.commit(FILES)
    kept = await keeper.keep(CALC, first, maker.folder)
    assert (kept.commit, kept.parsed, kept.removed, kept.files) == (first, 6, 0, 6)
    store = keeper.store_of(CALC)
    assert callers(store, "pay") == ["bank/desk.py::serve"]
    assert keeper.kept(CALC) == GraphStore.open(store).revision() == first
    assert store.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in store.iterdir()} == {"lock", "head.json", "graph-1.db", FACTS, COLUMNS}
    second = maker.commit({**FILES, "bank/desk.py": b"from bank.account import pay\n\n\ndef other():\n    pay(2)\n"})
    kept = await keeper.keep(CALC, second, maker.folder)
    assert (kept.commit, kept.parsed) == (second, 1)
    assert callers(store, "pay") == ["bank/desk.py::other"]
    kept = await keeper.keep(CALC, first, maker.folder)
    assert (kept.parsed, keeper.kept(CALC)) == (1, first)
    assert callers(store, "pay") == ["bank/desk.py::serve"]
    assert GraphStore.open(store).generation() == 3


def beside(store: Path) -> dict[str, Reading]:
    return find_readings(GraphStore.open(store).load_records())


async def test_the_past_is_read_as_far_as_it_is_there(keeper: GraphWorkers, maker: MirrorMaker, tmp_path: Path) -> None:
    """Of a shallow repository, without its first commit; where there is none the reason that control gives is kept."""
    commits = [maker.commit({**FILES, "late.py": b"def f():\n    return %d\n" % number}) for number in range(4)]
    chained = [commits[0]]
    for number, commit in enumerate(commits[1:], 1):
        chained.append(maker.child(commit, chained[-1], f"Change {number}"))
    run_git(maker.folder, "update-ref", "refs/heads/main", chained[-1])
    past = tmp_path / "past.git"
    run_git(tmp_path, "clone", "-q", "--bare", "--depth=3", "-b", "main", f"file://{maker.folder}", str(past))
    await keeper.keep(CALC, chained[-1], maker.folder, past=past)
    store = keeper.store_of(CALC)
    told = GraphStore.open(store).query("MATCH (c:Commit) RETURN c.subject ORDER BY c.subject").rows
    assert told == [["Change 2"], ["Change 3"]]
    assert beside(store)[PAST].problems == (SHALLOW,)
    touched = "MATCH (c:Commit)-[:TOUCHES]->(s:Symbol {name: 'f'}) RETURN c.subject ORDER BY c.subject"
    assert GraphStore.open(store).query(touched).rows == told
    await keeper.keep(CALC, chained[0], maker.folder, beside=Beside(no_past="no git history: too large"))
    assert beside(store)[PAST].absence == "no git history: too large"
    assert GraphStore.open(store).query("MATCH (c:Commit) RETURN c.sha").rows == []
    await keeper.keep(CALC, chained[1], maker.folder, past=tmp_path / "past.git")
    assert beside(store)[PAST].absence.startswith("no git history: "), "a commit that is not in it"
    with pytest.raises(Permanent, match="cannot be opened"):
        await keeper.keep(CALC, chained[2], maker.folder, past=tmp_path / "nowhere")


class WatchedFactory(WorkerFactory):
    """Tells of each worker that it starts."""

    def __init__(self, config: WorkerConfig) -> None:
        super().__init__(config, DictBlobs())
        self.hired: asyncio.Queue[Employed] = asyncio.Queue()

    async def employ(self, work: Work) -> Employed:
        worker = await super().employ(work)
        self.hired.put_nowait(worker)
        return worker


async def test_such_a_worker_is_confined_like_any(config: WorkerConfig, maker: MirrorMaker) -> None:
    """It has its own folder and no group of any repository, and loads nothing once it has begun, however many parse."""

    def furnish(folder: Path, account: int | None) -> None:
        hand_out(folder / "nothing", folder / "graph", account)

    factory = WatchedFactory(config)
    worker = await factory.employ(
        Work("graph-7", maker.folder, TestCommand(), furnish, past=maker.folder, keeps_graph=True, has_shelf=False)
    )
    try:
        assert worker.has_left_network
        status = Path(f"/proc/{worker.process_id}/status").read_text()
        assert "NoNewPrivs:\t1" in status
        assert os.geteuid() != 0 or "Groups:\t \n" in status
        commit = maker.commit({**FILES, "large.py": b"x = 1  # aaaaaaaaa\n" * 40_000})
        said = Message("`pay` fails, see bank/account.py:1 and #2. Redis depends on it.", "ann", 1e9, "https://x/1")
        talk = Beside((Thread(SourceKind.ISSUE, "1", "Fails", (said,), "octo/calc"),))
        order = Keep(commit, "octo/calc", 2, talk)
        kept = await worker.order(order, TypeAdapter(KeptGraph), patience=60)
        assert kept.parsed == 7
        closed = await worker.order(protocol.Close(), TypeAdapter(Closed), patience=60)
        assert closed.late_imports == ()
    finally:
        await worker.end()


async def test_a_run_worker_keeps_no_graph(config: WorkerConfig, maker: MirrorMaker) -> None:
    """Who has a run's tree was not started for it: the order is refused, and nothing is loaded."""
    worker = await WatchedFactory(config).employ(Work("run-1", maker.folder, TestCommand()))
    try:
        with pytest.raises(WorkerBug, match="not started for a graph"):
            await worker.order(Keep("1" * 40, "o/r", 1), TypeAdapter(KeptGraph), patience=60)
    finally:
        await worker.end()


async def test_a_worker_that_is_killed_half_way_leaves_the_graph(
    config: WorkerConfig, maker: MirrorMaker, tmp_path: Path
) -> None:
    """The graph of before can be read meanwhile and afterwards, and the next try brings the new one."""
    factory = WatchedFactory(config)
    keeper = GraphWorkers(factory, tmp_path / "graphs")
    first = maker.commit(FILES)
    await keeper.keep(CALC, first, maker.folder)
    factory.hired.get_nowait()
    many = {f"part{number}.py": b"def f(x):\n    return x\n" * 1_000 for number in range(60)}
    second = maker.commit({**FILES, **many})
    keeping = asyncio.create_task(keeper.keep(CALC, second, maker.folder))
    worker = await factory.hired.get()
    sources = worker.folder / "sources"
    async with asyncio.timeout(30):
        while not sources.exists() and not keeping.done():
            await asyncio.sleep(0.002)
    os.kill(worker.process_id, signal.SIGKILL)
    with pytest.raises(Transient, match="signal 9"):
        await keeping
    assert not worker.folder.exists()
    assert keeper.kept(CALC) == first
    assert callers(keeper.store_of(CALC), "pay") == ["bank/desk.py::serve"]
    kept = await keeper.keep(CALC, second, maker.folder)
    assert (keeper.kept(CALC), kept.parsed) == (second, 60)


async def test_a_cancelled_keeper_leaves_nothing(config: WorkerConfig, maker: MirrorMaker, tmp_path: Path) -> None:
    """Control ends while a worker is at work: it is gone, with its folder, before the cancellation is heard."""
    factory = WatchedFactory(config)
    keeper = GraphWorkers(factory, tmp_path / "graphs")
    keeping = asyncio.create_task(keeper.keep(CALC, maker.commit(FILES), maker.folder))
    worker = await factory.hired.get()
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert not worker.folder.exists()
    assert not Path(f"/proc/{worker.process_id}").exists()
    assert keeper.kept(CALC) == ""


async def test_what_a_worker_cannot_do_is_told_and_changes_nothing(
    keeper: GraphWorkers, maker: MirrorMaker, config: WorkerConfig, tmp_path: Path
) -> None:
    """A commit that is not there, more files than a graph takes, more bytes than a graph takes, too little time."""
    first = maker.commit(FILES)
    await keeper.keep(CALC, first, maker.folder)
    small, large = maker.blob(b"x = 1\n"), maker.blob(b"y = 2222\n" * 450_000)
    many = maker.tree(*(("100644", b"f%06d.py" % number, small) for number in range(400_001)))
    bomb = maker.tree(*(("100644", b"f%03d.py" % number, large) for number in range(300)))
    with pytest.raises(Permanent, match="cannot be read from the mirror"):
        await keeper.keep(CALC, "1" * 40, maker.folder)
    with pytest.raises(UserError, match="more than 400000 files"):
        await keeper.keep(CALC, maker.commit_tree(many), maker.folder)
    with pytest.raises(UserError, match="have 1158 MB"):
        await keeper.keep(CALC, maker.commit_tree(bomb), maker.folder)
    hasty = replace(config, patience=Patience(keep=0.01))
    with pytest.raises(Transient, match="did not answer"):
        await GraphWorkers(WorkerFactory(hasty, DictBlobs()), tmp_path / "other").keep(CALC, first, maker.folder)
    assert keeper.kept(CALC) == first
    assert callers(keeper.store_of(CALC), "pay") == ["bank/desk.py::serve"]


async def test_hostile_trees_are_graphs_like_any(
    keeper: GraphWorkers, maker: MirrorMaker, config: WorkerConfig
) -> None:
    """Links, `..`, odd bytes, a name that is too long: nothing is written elsewhere, and what is lost is counted."""
    code = maker.blob(b"def safe(): pass\n")
    tree = maker.tree(
        ("100644", b"a.py", code),
        ("120000", b"link.py", maker.blob(b"/etc/passwd")),
        ("40000", b"..", maker.tree(("100644", b"head.json", code), ("100644", b"evil.py", code))),
        ("40000", b"graph", maker.tree(("100644", b"facts.sqlite", code), ("100644", b"graph-9.py", code))),
        ("100644", b"n" * 300 + b".py", code),
        ("100644", b"\xff.py", code),
        ("160000", b"module.py", "1" * 40),
    )
    kept = await keeper.keep(CALC, maker.commit_tree(tree), maker.folder)
    assert (kept.files, kept.problems) == (2, 1)
    assert [row[0] for row in GraphStore.open(keeper.store_of(CALC)).query("MATCH (f:File) RETURN f.path").rows] == [
        "a.py",
        "graph/graph-9.py",
    ]
    assert not list(config.work_folder.rglob("evil.py"))


async def test_a_damaged_or_newer_graph_is_made_anew(keeper: GraphWorkers, maker: MirrorMaker) -> None:
    """Whatever lies in its place, the next commit replaces it."""
    first = maker.commit(FILES)
    await keeper.keep(CALC, first, maker.folder)
    store = keeper.store_of(CALC)
    (store / "graph-1.db").write_bytes(b"nonsense")
    (store / FACTS).write_bytes(b"nonsense")
    assert (await keeper.keep(CALC, first, maker.folder)).parsed == 6
    assert callers(store, "pay") == ["bank/desk.py::serve"]
    head = store / "head.json"
    head.write_text(head.read_text().replace('"schema": ', '"schema": 9'))
    assert keeper.kept(CALC) == ""
    assert (await keeper.keep(CALC, first, maker.folder)).parsed == 0
    assert keeper.kept(CALC) == first
    assert GraphStore.open(store).generation() == 3


@pytest.mark.parametrize("wrong", [{"commit": "2" * 40}, {"files": -1}, {"edges": 2**50}])
async def test_what_a_worker_says_is_checked(wrong: dict[str, object]) -> None:
    """Another commit than the one that was asked for, and numbers that cannot be."""
    kept = KeptGraph("1" * 40, 1, 0, 1, 1, 1, 0, 0)
    check_kept(kept, "1" * 40)
    with pytest.raises(ProtocolError):
        check_kept(replace(kept, **wrong), "1" * 40)  # type: ignore[arg-type]
