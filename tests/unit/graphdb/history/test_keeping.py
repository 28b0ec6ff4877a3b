"""The past beside the graph: stored, asked, and brought up to date by what is newer alone."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from yantra_bot.graphdb.history.asking import tell_file, tell_symbols
from yantra_bot.graphdb.history.gitlog import GitRunner
from yantra_bot.graphdb.history.host_git import HostGit
from yantra_bot.graphdb.history.keeping import ABSENT, NO_COMMITS, NO_GIT, SHALLOW, Past, git_of, refresh_past
from yantra_bot.graphdb.history.reading import HistoryLimits
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.kuzu_store import GraphStore
from yantra_bot.graphdb.readings import PAST, READING, find_readings, reading_records
from yantra_bot.graphdb.view import GraphView

FIRST = "def f():\n    return 1\n\n\ndef g():\n    return 2\n"


class Spy:
    """A git that remembers what it was asked."""

    def __init__(self, git: GitRunner) -> None:
        self.asked: list[str] = []
        self._git = git

    def __call__(self, arguments: Sequence[str]) -> Iterator[bytes]:
        self.asked.append(" ".join(arguments).partition("--no-pager ")[2])
        yield from self._git(arguments)

    @property
    def logs(self) -> list[str]:
        return [one for one in self.asked if one.startswith("log")]


class World:
    """A repository, its graph, and the past that is kept with it."""

    def __init__(self, repository: Any, folder: Path) -> None:
        self.repository = repository
        self.store = GraphStore.open(folder)
        self.git = Spy(HostGit(repository.folder))

    def refresh(self, limits: HistoryLimits = HistoryLimits()) -> Past | None:  # noqa: B008  # it is immutable
        """Build the graph and bring its past up to date; return what was read."""
        self.git.asked.clear()
        view = GraphView.of(Indexer(self.repository.folder, processes=1).build())
        kept = self.store.load_records()
        past = refresh_past(self.git, view.symbols(), find_readings(kept).get(PAST), kept, limits=limits)
        self.store.save(view, [] if past is None else [*past.records, reading_records([past.reading])])
        return past

    def ask(self, cypher: str, values: Mapping[str, object] | None = None) -> list[list[Any]]:
        return self.store.query(cypher, values or {}).rows

    def told(self, *keys: str) -> list[tuple[str, int, int]]:
        changes = tell_symbols(self.ask, keys).changes
        return [(change.commit.subject, change.added, change.removed) for change in changes]

    def everything(self) -> dict[str, list[str]]:
        """Return all tables of the past, in an order of their own."""
        records = [one for one in self.store.load_records() if one.table != READING]
        return {one.table.name: sorted(map(str, one.rows.to_pylist())) for one in records}


@pytest.fixture
def world(repository: Any, tmp_path: Path) -> World:
    repository.write("a.py", FIRST)
    repository.write("notes.txt", "x\n")
    repository.commit("Begin")
    repository.write("a.py", FIRST.replace("return 1", "return 10"))
    repository.commit("Change f", name="Grace Hopper", mail="grace@example.org")
    return World(repository, tmp_path / "graph")


def test_the_past_is_asked_in_cypher(world: World) -> None:
    """Who wrote what, what each commit touched, who owns it, and how often it changed."""
    world.refresh()
    asked = (
        "MATCH (w:Author)-[:WROTE]->(c:Commit)-[t:TOUCHES]->(s:Symbol {name: 'f'}) RETURN w.name, c.subject, t.added"
    )
    assert sorted(world.ask(asked)) == [["Ada Lovelace", "Begin", 2], ["Grace Hopper", "Change f", 1]]
    assert world.ask("MATCH (h:Churn)-[:CHURN_OF]->(s:Symbol {name: 'f'}) RETURN h.commits, h.authors") == [[2, 2]]
    owners = world.ask("MATCH (w:Author)-[o:OWNS]->(s:Symbol {name: 'g'}) RETURN w.name, o.share")
    assert owners == [["Ada Lovelace", 1.0]]
    assert world.ask("MATCH (f:ChangedFile {path: 'notes.txt'}) RETURN f.commits, f.added") == [[1, 1]]


def test_no_address_and_no_hash_of_one_is_stored(world: World) -> None:
    """An author is a name."""
    past = world.refresh()
    assert past is not None
    assert "example.org" not in str(world.everything())
    assert world.store.load_records("Author")[0].rows.column_names == ["name", "is_bot"]


def test_a_known_past_is_not_read_again(world: World) -> None:
    """Git is asked for the newest commit, and for nothing else."""
    assert world.refresh() is not None
    assert world.refresh() is None
    assert world.git.logs == []
    assert world.told("a.py::f")


def test_the_first_commit_of_a_shallow_repository_has_not_made_everything(world: World, tmp_path: Path) -> None:
    """It is left out, which is told; the next commit is still read alone. One commit deep there is no past."""
    origin = world.repository
    origin.write("a.py", FIRST.replace("return 1", "return 11"))
    origin.commit("Change f again", name="Grace Hopper")
    cloned = tmp_path / "cloned"
    origin.git("clone", "-q", "--depth=2", f"file://{origin.folder}", str(cloned))
    world.repository.folder, world.git = cloned, Spy(HostGit(cloned))
    past = world.refresh()
    assert past is not None
    assert past.reading.problems == (SHALLOW,)
    assert world.ask("MATCH (c:Commit) RETURN c.subject") == [["Change f again"]]
    assert world.told("a.py::g") == []
    world.repository.write("a.py", FIRST)
    newest = world.repository.commit("Change f back")
    past = world.refresh()
    assert past is not None
    assert (past.reading.counts["commits"], past.reading.problems) == (2, (SHALLOW,))
    assert len(world.git.logs) == 1
    assert past.reading.mark == newest
    deep = tmp_path / "one"
    origin.git("clone", "-q", "--depth=1", f"file://{cloned}", str(deep))
    alone = refresh_past(HostGit(deep), (), None, ())
    assert alone is not None
    assert alone.reading.absence == f"{ABSENT}: the repository is one commit deep"


def test_only_newer_commits_are_read_and_the_result_is_that_of_reading_all(world: World, tmp_path: Path) -> None:
    """Touches, churn, ownership and co-change are the same."""
    world.refresh()
    known = world.repository.git("rev-parse", "HEAD")
    world.repository.write("b.py", "def h():\n    return 3\n")
    world.repository.write(
        "a.py", "import b\n" + FIRST.replace("return 1", "return 10").replace("return 2", "return 20")
    )
    world.repository.commit("Change g, add h")
    past = world.refresh()
    assert past is not None
    assert past.reading.counts["commits"] == 3
    assert len(world.git.logs) == 1
    assert f"^{known}" in world.git.logs[0]
    assert world.told("a.py::g") == [("Change g, add h", 1, 1), ("Begin", 2, 0)]
    fresh = World(world.repository, tmp_path / "other")
    fresh.refresh()
    assert world.everything() == fresh.everything()


def test_a_moved_file_keeps_its_past(world: World) -> None:
    """Its symbols have other keys now, so that everything is read anew."""
    world.refresh()
    world.repository.git("mv", "a.py", "c.py")
    world.repository.commit("Move")
    world.refresh()
    assert [subject for subject, *_ in world.told("c.py::f")] == ["Change f", "Begin"]
    assert tell_file(world.ask, "c.py").changes[0].commit.subject == "Move"


def test_a_rewritten_past_is_read_anew(world: World) -> None:
    """What is no longer there is forgotten."""
    world.refresh()
    world.repository.git("reset", "-q", "--hard", "HEAD~1")
    world.repository.write("a.py", FIRST.replace("return 1", "return 11"))
    world.repository.commit("Another change of f")
    world.refresh()
    assert [subject for subject, *_ in world.told("a.py::f")] == ["Another change of f", "Begin"]
    assert world.ask("MATCH (c:Commit) RETURN count(c)") == [[2]]


def test_a_rebuild_carries_the_past_over(world: World) -> None:
    """Whoever saves a graph without a look at git loses nothing but what symbols that are gone were tied to."""
    world.refresh()
    (world.repository.folder / "a.py").write_text("def f():\n    return 1\n")
    world.store.save(Indexer(world.repository.folder, processes=1).build())
    assert len(world.told("a.py::f")) == 2
    assert world.told("a.py::g") == []
    assert len(tell_file(world.ask, "a.py").changes) == 2


def test_what_changes_together_is_told(world: World) -> None:
    """For files and for symbols; a class or a file is told as a whole."""
    for number in range(4):
        world.repository.write("a.py", FIRST.replace("return 1", f"return 3{number}"))
        world.repository.write("b.py", f"def h():\n    return {number}\n")
        world.repository.commit(f"Both {number}")
    world.refresh()
    story = tell_symbols(world.ask, ["b.py::h"])
    assert [(one.key, one.support) for one in story.companions] == [("a.py::f", 4)]
    assert [one.key for one in tell_file(world.ask, "a.py").companions] == ["b.py"]
    both = tell_symbols(world.ask, ["a.py::f", "a.py::g"])
    assert [change.added for change in both.changes if change.commit.subject == "Begin"] == [4]
    assert {one.author for one in both.owners} == {"Ada Lovelace", "Grace Hopper"}


def test_absence_has_a_reason(world: World, tmp_path: Path) -> None:
    """No repository, no commit; and a limit that was met is told."""
    empty = tmp_path / "empty"
    empty.mkdir()
    assert git_of(empty) is None
    assert git_of(world.repository.folder) is not None
    none = refresh_past(None, [], None, [])
    assert none is not None
    assert none.reading.absence == NO_GIT
    assert refresh_past(None, [], none.reading, []) is None
    world.repository.git("checkout", "-q", "--orphan", "fresh")
    nothing = world.refresh()
    assert nothing is not None
    assert nothing.reading.absence == NO_COMMITS
    assert refresh_past(git_of(world.repository.folder), [], nothing.reading, []) is None
    world.repository.git("checkout", "-q", "-f", "main")
    silent = refresh_past(git_of(world.repository.folder, searched=str(tmp_path)), [], None, [])
    assert silent is not None
    assert silent.reading.absence.startswith(f"{ABSENT}: There is no git in {tmp_path}. Install it")
    (empty / ".git").write_text("gitdir: /nowhere\n")
    lost = refresh_past(git_of(empty), [], None, [])
    assert lost is not None
    assert "not a git repository" in lost.reading.absence
    cut = world.refresh(HistoryLimits(commits=1))
    assert cut is not None
    assert cut.reading.problems == ("history cut: only the newest 1 commits were read",)
    assert cut.reading.counts == {"commits": 1, "authors": 1, "touches": 1}
