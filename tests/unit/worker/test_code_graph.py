"""The graph of a commit out of a bare mirror, and of changes on top of it that touch neither store nor mirror."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.fakes.graphs import contents
from tests.fakes.mirror import MirrorMaker
from yantra_bot.domain.graph import EdgeKind
from yantra_bot.errors import Permanent, UserError
from yantra_bot.graphdb.facts_cache import FactsCache
from yantra_bot.graphdb.history.host_git import HostGit
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.kuzu_store import GraphStore
from yantra_bot.graphdb.store_exchange import FACTS
from yantra_bot.graphdb.view import GraphView
from yantra_bot.sandbox.mirror import Mirror
from yantra_bot.worker.code_graph import CommitGraph, keep_commit
from yantra_bot.worker.commit_graph import KnownFacts

FILES = {
    "bank/account.py": b"def pay(amount):\n    return amount\n",
    "bank/desk.py": b"from bank.account import pay\n\n\ndef serve():\n    return pay(1)\n",
    "web/client.js": b"export function load() { return fetch('/x'); }\n",
    "README.md": b"# Bank\n",
    "logo.png": b"\x89PNG\0",
}

Build = Callable[..., CommitGraph]


@pytest.fixture
def maker(tmp_path: Path) -> MirrorMaker:
    return MirrorMaker(tmp_path / "mirror.git")


@pytest.fixture
def build(maker: MirrorMaker, tmp_path: Path) -> Iterator[Build]:
    """Build the graph of a commit in a new folder."""
    (tmp_path / "scratch").mkdir()
    descriptor = maker.open()

    def make(commit: str, name: str = "tree", cache: FactsCache | None = None) -> CommitGraph:
        (tmp_path / name).mkdir()
        return CommitGraph(Mirror(descriptor, tmp_path / "scratch"), commit, tmp_path / name, cache=cache, processes=1)

    yield make
    os.close(descriptor)


def exact(tmp_path: Path, files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Return what a build of these files gives."""
    folder = tmp_path / f"exact{len(list(tmp_path.iterdir()))}"
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return shown(GraphView.of(Indexer(folder, processes=1).build()))


def shown(view: GraphView) -> dict[str, list[str]]:
    return contents(view.to_graph())


def test_a_commit_has_the_graph_of_its_files(maker: MirrorMaker, build: Build, tmp_path: Path) -> None:
    """Only what a graph reads is laid out."""
    graph = build(maker.commit(FILES))
    assert shown(graph.view) == exact(tmp_path, FILES)
    assert sorted(graph.view.files) == ["bank/account.py", "bank/desk.py", "web/client.js"]
    assert not (tmp_path / "tree" / "logo.png").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"bank/account.py": b"def pay(amount, tip=0):\n    return round(amount)\n"},
        {"bank/account.py": None},
        {"bank/account.py": None, "bank/desk.py": None, "bank": None, "bank.py": b"def pay(): pass\n"},
        {"bank/new.py": b"from bank.desk import serve\nserve()\n", "README.md": b"other"},
        {"bank/account.py": None, "bank/account.py/inner.py": b"x = 1\n"},
        {"bank/desk.py": b"def broken(:\n"},
        {},
    ],
)
def test_an_overlay_is_the_graph_of_the_changed_files(
    maker: MirrorMaker, build: Build, tmp_path: Path, changes: dict[str, bytes | None]
) -> None:
    """Changed, removed, added, moved: as if it had been committed; and the commit's own graph stays as it was."""
    graph = build(maker.commit(FILES))
    before = shown(graph.view)
    files = {path: data for path, data in {**FILES, **changes}.items() if data is not None}
    assert shown(graph.overlay(changes)) == exact(tmp_path, files)
    assert shown(graph.view) == before
    assert shown(graph.overlay({})) == before
    laid_out = {path: (tmp_path / "tree" / path).read_bytes() for path in graph.view.files}
    assert laid_out == {path: FILES[path] for path in laid_out}


def test_a_cache_spares_what_is_known_and_takes_no_change_in(maker: MirrorMaker, build: Build, tmp_path: Path) -> None:
    """The next commit parses only its own files."""
    cache = FactsCache(tmp_path / "facts.sqlite")
    first = build(maker.commit(FILES), cache=cache)
    known = cache.digests()
    first.overlay({"bank/desk.py": b"x = 1\n"})
    assert cache.digests() == known
    changed = {**FILES, "bank/desk.py": b"from bank.account import pay\n\n\ndef other():\n    return pay(2)\n"}
    second = build(maker.commit(changed), "second", cache)
    assert [path for path, digest in cache.digests().items() if known[path] != digest] == ["bank/desk.py"]
    assert {edge.source for edge in second.view.edges([EdgeKind.CALLS])} >= {"bank/desk.py::other"}
    cache.close()


def test_hostile_trees_write_nothing_outside(maker: MirrorMaker, build: Build, tmp_path: Path) -> None:
    """Links, submodules, `..`, and one name for a file and a folder; what is lost is told."""
    code = maker.blob(b"x = 1\n")
    inner = maker.tree(("100644", b"evil.py", code))
    tree = maker.tree(
        ("100644", b"a.py", code),
        ("120000", b"link.py", maker.blob(b"/etc/passwd")),
        ("40000", b"..", inner),
        ("100644", b"n" * 300 + b".py", code),
        ("100644", b"\xff.py", code),
        ("160000", b"module.py", "1" * 40),
    )
    graph = build(maker.commit_tree(tree))
    assert list(graph.view.files) == ["a.py"]
    assert not (tmp_path / "evil.py").exists()
    assert [problem.kind for problem in graph.view.problems] == ["unreadable"]
    with pytest.raises(UserError, match=r"\.\."):
        graph.overlay({"../evil.py": b"x"})


def test_the_stored_graph_follows_the_commits(maker: MirrorMaker, tmp_path: Path) -> None:
    """With past and pages; what is known is neither parsed nor read again, and a damaged store is built anew."""
    for name in ("scratch", "first", "second", "third"):
        (tmp_path / name).mkdir()
    descriptor, store = maker.open(), tmp_path / "store"
    mirror, git = Mirror(descriptor, tmp_path / "scratch"), HostGit(maker.folder)
    commit = maker.commit({**FILES, "README.md": b"# Bank\n\n`pay` is for Redis.\n"})
    keep_commit(mirror, commit, tmp_path / "first", store, git=git, repository="o/r", processes=1)
    kept = GraphStore.open(store)
    assert kept.query("MATCH (c:Commit) RETURN c.sha").rows == [[commit]]
    asked = "MATCH (e:Entity)-[m:MENTIONS]->(s:Symbol) RETURN DISTINCT e.name, s.name, m.evidence"
    assert ["README.md", "pay", ["README.md:3"]] in kept.query(asked).rows
    other = maker.commit({**FILES, "bank/desk.py": b"def other():\n    return 2\n"})
    graph = keep_commit(mirror, other, tmp_path / "second", store, git=git, processes=1)
    view = kept.load()
    assert view is not None
    assert shown(view) == shown(graph.view)
    assert view.generation == graph.view.generation == kept.generation()
    assert kept.query("MATCH (c:Commit) RETURN c.sha").rows == [[other]]
    for file in store.glob("graph-*.db"):
        file.write_bytes(b"nonsense")
    keep_commit(mirror, commit, tmp_path / "third", store, processes=1)
    assert kept.load() is not None
    os.close(descriptor)


def test_a_kept_graph_spares_a_commit_its_own(maker: MirrorMaker, tmp_path: Path) -> None:
    """What is edited on top is exact, and what was parsed for the store is read and stays as it was."""
    for name in ("scratch", "kept", "same"):
        (tmp_path / name).mkdir()
    descriptor, store = maker.open(), tmp_path / "store"
    mirror = Mirror(descriptor, tmp_path / "scratch")
    commit = maker.commit(FILES)
    stored = keep_commit(mirror, commit, tmp_path / "kept", store, processes=1)
    before = {path.name: path.read_bytes() for path in store.iterdir() if "-" not in path.suffix}

    facts = KnownFacts(store / FACTS)
    graph = CommitGraph(mirror, commit, tmp_path / "same", cache=facts, kept=stored.view, processes=1)
    facts.close()
    assert not graph.update.parsed
    assert graph.view is stored.view
    change: dict[str, bytes | None] = {"bank/desk.py": None, "bank/new.py": b"from bank.account import pay\npay(3)\n"}
    files = {path: data for path, data in {**FILES, **change}.items() if data is not None}
    with graph.edited(change) as edited:
        assert shown(edited.view) == exact(tmp_path, files)
        assert set(edited.facts) == {path for path in files if path.endswith((".py", ".js"))}
    assert shown(graph.overlay(change)) == exact(tmp_path, files)
    with graph.edited({}) as same:
        assert shown(same.view) == exact(tmp_path, FILES)
    assert {path.name: path.read_bytes() for path in store.iterdir() if path.name in before} == before
    os.close(descriptor)


def test_a_commit_that_is_not_there_is_said(maker: MirrorMaker, build: Build) -> None:
    """As the mirror says it."""
    with pytest.raises(Permanent):
        build("1" * 40)
