"""Trees are read out of git's objects, whatever stands in them; what could not be read is named."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fakes.git_project import Project
from yantra_bot.errors import Permanent, UserError
from yantra_bot.retrieval.git_trees import GitTrees, open_scratch, scratch_of
from yantra_bot.sandbox.mirror import Mirror, open_mirror


@contextmanager
def trees(project: Project) -> Iterator[GitTrees]:
    """Give the trees of a repository."""
    with open_scratch() as scratch:
        descriptor = open_mirror(project.folder / ".git")
        try:
            yield GitTrees(Mirror(descriptor, scratch_of(scratch)), project.git)
        finally:
            os.close(descriptor)


def test_the_tree_of_a_commit_is_read_not_the_files(project: Project) -> None:
    """What was changed since, or is not committed, is not there."""
    first = project.commit("First", {"a.py": "def old(): ...\n", "doc/b.md": "# Title\n"})
    second = project.commit("Second", {"a.py": "def new(): ...\n"})
    project.write("a.py", "def unsaved(): ...\n")
    with trees(project) as read:
        assert set(read.corpus(first).files) == {"a.py", "doc/b.md"}
        assert [chunk.name for chunk in read.corpus(first).groups.code.chunks] == ["old"]
        assert [chunk.name for chunk in read.corpus(second).groups.code.chunks] == ["new"]
        # What is the same in both is read once.
        assert read.corpus(first).files["doc/b.md"] is read.corpus(second).files["doc/b.md"]
        assert len(read.past(second)) == 2
        assert read.notes == []


def test_a_folder_of_a_tree_is_read_alone(project: Project) -> None:
    """Its paths begin in it; a folder that only begins with the same letters is another."""
    commit = project.commit("First", {"app/a.py": "x = 1\n", "apple/b.py": "x = 1\n", "c.py": "x = 1\n"})
    with trees(project) as read:
        assert set(read.corpus(commit, prefix="app/").files) == {"a.py"}


def test_links_submodules_and_odd_names_are_passed_over(project: Project) -> None:
    """Only regular files whose names are safe are read, the executable ones too."""
    project.write("run.py", "def run(): ...\n")
    (project.folder / "run.py").chmod(0o755)
    (project.folder / "link.py").symlink_to("/etc/passwd")
    (project.folder / os.fsdecode(b"latin\xe9.py")).write_text("x = 1\n")
    (project.folder / "esc\x1b[31m.py").write_text("x = 1\n")
    (project.folder / "back\\slash.py").write_text("x = 1\n")
    (project.folder / "größe.py").write_text("def messen(): ...\n")
    commit = project.commit("First")
    project.run("update-index", "--add", "--cacheinfo", f"160000,{commit},module.py")
    project.run("commit", "--quiet", "--message", "Submodule")
    with trees(project) as read:
        assert set(read.corpus(project.run("rev-parse", "HEAD")).files) == {"run.py", "größe.py"}


def test_large_and_binary_files_have_no_chunks(project: Project) -> None:
    """They are no text that anybody reads."""
    files = {"large.py": "x = 1\n" * 200_000, "zero.py": "x = '\0'\n", "fine.py": "x = 1\n", "image.png": "x"}
    commit = project.commit("First", files)
    with trees(project) as read:
        assert {chunk.path for chunk in read.corpus(commit).groups.code.chunks} == {"fine.py"}


def test_content_that_is_missing_is_named(project: Project) -> None:
    """A clone without all contents is searched as far as it goes, and says how many files are not."""
    commit = project.commit("First", {"a.py": "def here(): ...\n", "b.py": "def lost(): ...\n"})
    lost = project.run("rev-parse", "HEAD:b.py")
    (project.folder / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    with trees(project) as read:
        assert set(read.corpus(commit).files) == {"a.py"}
        assert read.notes == ["1 files are not searched: the repository does not have their content."]


def test_a_commit_that_is_not_there_is_refused(project: Project) -> None:
    """With a sentence, as is what is no commit's id."""
    project.commit("First", {"a.py": "x = 1\n"})
    with trees(project) as read:
        with pytest.raises(Permanent):
            read.corpus("0" * 40)
        with pytest.raises(UserError):
            read.corpus("HEAD")


def test_a_folder_without_a_repository_is_refused(tmp_path: Path) -> None:
    """There is nothing to open."""
    with pytest.raises(Permanent):
        open_mirror(tmp_path / "nowhere")
