"""Commits that were read are kept; git is asked for newer ones alone."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from yantra_bot.graphdb.history.host_git import HostGit
from yantra_bot.retrieval.past_cache import PastCache


class CountingGit:
    """Git, with what it was asked."""

    def __init__(self, repository: Path) -> None:
        self._git = HostGit(repository)
        self.asked: list[Sequence[str]] = []

    def __call__(self, arguments: Sequence[str]) -> Iterator[bytes]:
        self.asked.append(arguments)
        return self._git(arguments)


class Project:
    """A repository that grows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run("init", "-q", "-b", "main")
        self.git = CountingGit(folder)
        self.cache = PastCache(folder.parent / "kept", "project")

    def run(self, *words: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        done = subprocess.run(["git", *identity, *words], cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        (self.folder / "a.py").write_text(f"def work():\n    return {message!r}\n")
        self.run("add", ".")
        self.run("commit", "-q", "-m", message)
        return self.run("rev-parse", "HEAD")

    def messages(self, commit: str) -> list[str]:
        return [one.message for one in self.cache.read(self.git, commit, max_commits=100)]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "work").mkdir()
    return Project(tmp_path / "work")


def test_the_same_commit_is_not_asked_for_again(project: Project) -> None:
    """What was read once is there without git, function names included."""
    commit = project.commit("first")
    first = project.cache.read(project.git, commit, max_commits=100)
    assert project.cache.read(project.git, commit, max_commits=100) == first
    assert len(project.git.asked) == 1
    assert ("work/a.py" if "/" in first[0].touched[0][0] else "a.py", "") == first[0].touched[0]
    assert any(name == "work" for _, name in first[0].touched)


def test_only_newer_commits_are_asked_for(project: Project) -> None:
    """After one more commit git is asked for that one, and the others come from what is kept."""
    old = project.commit("first")
    project.messages(old)
    assert project.messages(project.commit("second")) == ["second", "first"]
    assert f"^{old}" in project.git.asked[-1]


def test_a_rewritten_past_is_read_anew(project: Project) -> None:
    """What does not lead to the commit any more is forgotten."""
    project.commit("first")
    project.messages(project.commit("second"))
    project.run("reset", "-q", "--hard", "HEAD~1")
    assert project.messages(project.commit("other")) == ["other", "first"]


def test_older_commit(project: Project) -> None:
    """A commit before the one that is kept has only its own past."""
    old = project.commit("first")
    project.messages(project.commit("second"))
    assert project.messages(old) == ["first"]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"version": 1, "to": "x"}', b'{"version": 0}', b"\xff\0"])
def test_damage(project: Project, damage: bytes) -> None:
    """A damaged file is read as none, and mended."""
    commit = project.commit("first")
    project.messages(commit)
    (kept,) = (project.folder.parent / "kept").iterdir()
    kept.write_bytes(damage)
    assert project.messages(commit) == ["first"]
    assert len(project.git.asked) == 2
    assert project.messages(commit) == ["first"]
    assert len(project.git.asked) == 2
