"""Commits that were read are kept; git is asked for newer ones alone, and what is kept is never trusted blindly."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.fakes.git_project import Project
from yantra_bot.errors import Transient
from yantra_bot.graphdb.history.gitlog import log_arguments
from yantra_bot.retrieval.past_cache import PastCache


class Counted:
    """Git that counts how often it was asked, and for what."""

    def __init__(self, project: Project) -> None:
        self._git = project.git
        self.asked: list[Sequence[str]] = []

    def __call__(self, arguments: Sequence[str]) -> Iterator[bytes]:
        self.asked.append(arguments)
        return self._git(arguments)


def messages(cache: PastCache, git: Counted, commit: str, most: int = 9) -> list[str]:
    """Return what the cache gives for a commit."""
    return [one.message for one in cache.read(git, commit, max_commits=most)]


def test_only_newer_commits_are_asked_of_git(project: Project, tmp_path: Path) -> None:
    """The same commit again asks nothing, the next one asks for what came since; all is as if read at once."""
    git, folder = Counted(project), tmp_path / "kept"
    first = project.commit("First", {"a.py": "def one(): return 1\n"})
    assert messages(PastCache(folder, "r"), git, first) == ["First"]
    assert messages(PastCache(folder, "r"), git, first) == ["First"]
    assert len(git.asked) == 1
    second = project.commit("Second", {"a.py": "def one(): return 2\n"})
    assert messages(PastCache(folder, "r"), git, second) == ["Second", "First"]
    assert f"^{first}" in git.asked[-1]
    fresh = PastCache(tmp_path / "fresh", "r").read(git, second, max_commits=9)
    assert PastCache(folder, "r").read(git, second, max_commits=9) == fresh
    assert messages(PastCache(folder, "r"), git, second, most=1) == ["Second"]


def test_an_older_commit_never_sees_newer_ones(project: Project, tmp_path: Path) -> None:
    """Though they are kept; nor does one that lies beside."""
    git, cache = Counted(project), PastCache(tmp_path / "kept", "r")
    first = project.commit("First", {"a.py": "x = 1\n"})
    second = project.commit("Second", {"a.py": "x = 2\n"})
    assert messages(cache, git, second) == ["Second", "First"]
    assert messages(cache, git, first) == ["First"]
    project.run("checkout", "--quiet", "-b", "beside", first)
    beside = project.commit("Beside", {"b.py": "x = 1\n"})
    assert messages(cache, git, second) == ["Second", "First"]
    assert messages(cache, git, beside) == ["Beside", "First"]


def test_a_rewritten_past_is_read_anew(project: Project, tmp_path: Path) -> None:
    """What was kept of a commit that is no more lends nothing."""
    git, cache = Counted(project), PastCache(tmp_path / "kept", "r")
    old = project.commit("Old", {"a.py": "x = 1\n"})
    assert messages(cache, git, old) == ["Old"]
    project.run("checkout", "--quiet", "--orphan", "other")
    new = project.commit("New", {"a.py": "x = 2\n"})
    assert messages(cache, git, new) == ["New"]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b'{"version": 99}',
        b'{"version": 1, "to": "x"}',
        b'{"version": 1, "to": "x", "commits": [1]}',
        b"\xff",
    ],
)
def test_a_damaged_file_is_none(project: Project, tmp_path: Path, damage: bytes) -> None:
    """The past is read again and kept again."""
    git, folder = Counted(project), tmp_path / "kept"
    commit = project.commit("First", {"a.py": "x = 1\n"})
    assert messages(PastCache(folder, "r"), git, commit) == ["First"]
    (kept,) = folder.iterdir()
    kept.write_bytes(damage)
    assert messages(PastCache(folder, "r"), git, commit) == ["First"]
    assert len(git.asked) == 2
    assert messages(PastCache(folder, "r"), git, commit) == ["First"]
    assert len(git.asked) == 2


def test_where_nothing_can_be_kept_the_past_is_read_each_time(project: Project, tmp_path: Path) -> None:
    """A file in the place of the folder ends nothing; two repositories never share."""
    git = Counted(project)
    commit = project.commit("First", {"a.py": "x = 1\n"})
    (tmp_path / "taken").write_text("")
    for _ in range(2):
        assert messages(PastCache(tmp_path / "taken" / "kept", "r"), git, commit) == ["First"]
    for name in ("r", "s"):
        assert messages(PastCache(tmp_path / "both", name), git, commit) == ["First"]
    assert len(git.asked) == 4
    assert len(list((tmp_path / "both").iterdir())) == 2


def test_a_past_that_was_cut_off_is_not_kept(project: Project, tmp_path: Path) -> None:
    """Where git is ended half-way, what came is used once, and all of it is asked for the next time."""
    git, cache = Counted(project), PastCache(tmp_path / "kept", "r")
    project.commit("First", {"a.py": "x = 1\n"})
    second = project.commit("Second", {"a.py": "x = 2\n"})
    third = project.commit("Third", {"a.py": "x = 3\n"})
    whole = b"".join(git(log_arguments(third, max_commits=9)))

    def ended(arguments: Sequence[str]) -> Iterator[bytes]:
        yield whole[: whole.index(second.encode(), whole.index(b"Third"))]
        raise Transient("git was ended")

    assert [one.message for one in cache.read(ended, third, max_commits=9)] in (["Third"], [])
    assert messages(cache, git, third) == ["Third", "Second", "First"]
