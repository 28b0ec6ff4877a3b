"""The files of a folder: what git would track, or a careful walk; nothing outside of it is ever read."""

import os
from pathlib import Path

from tests.fakes.git_project import Project
from yantra_bot.graphdb.history.host_git import HostGit
from yantra_bot.retrieval.folders import read_folder

TEXT = "def f(): ...\n"


def test_what_git_ignores_is_left_out(project: Project) -> None:
    """Files that are not committed yet are there, with their newest content; deleted ones are not."""
    project.commit("First", {".gitignore": "made/\n*.tmp.py\n", "a.py": TEXT, "gone.py": TEXT})
    for path in ("made/b.py", "c.tmp.py", "new.py"):
        project.write(path, TEXT)
    project.write("a.py", "def newest(): ...\n")
    (project.folder / "gone.py").unlink()
    corpus, notes = read_folder(project.folder, project.git)
    assert set(corpus.files) == {"a.py", "new.py"}
    assert {chunk.name for chunk in corpus.groups.code.chunks} == {"newest", "f"}
    assert notes == []


def test_a_folder_in_a_repository_is_read_alone(project: Project) -> None:
    """Paths begin in it."""
    project.commit("First", {"app/a.py": TEXT, "b.py": TEXT})
    inner = project.folder / "app"
    assert set(read_folder(inner, HostGit(inner))[0].files) == {"a.py"}


def test_symbolic_links_are_not_followed(project: Project, tmp_path: Path) -> None:
    """Neither to files nor to folders, whether git knows them or not."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text(TEXT)
    (project.folder / "file.py").symlink_to(outside / "secret.py")
    (project.folder / "folder").symlink_to(outside)
    project.commit("First", {"a.py": TEXT})
    assert set(read_folder(project.folder, project.git)[0].files) == {"a.py"}
    assert set(read_folder(project.folder, None)[0].files) == {"a.py"}


def test_a_folder_without_git_is_walked(tmp_path: Path) -> None:
    """Hidden folders, other people's packages and built things are left out; a pipe does not hold the walk up."""
    for path in ("a.py", "sub/b.js", ".hidden/c.py", "node_modules/d.js", "build/e.py", "notes.txt", "x\x1b.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(TEXT if path.endswith(".py") else "function g() {}\n")
    os.mkfifo(tmp_path / "pipe.py")
    corpus, _ = read_folder(tmp_path, None)
    assert {chunk.path for chunk in corpus.groups.code.chunks} == {"a.py", "sub/b.js"}


def test_where_git_fails_the_folder_is_walked(tmp_path: Path) -> None:
    """No repository is no reason to find nothing."""
    (tmp_path / "a.py").write_text(TEXT)
    (tmp_path / ".git").write_text("gitdir: nowhere\n")
    assert set(read_folder(tmp_path, HostGit(tmp_path))[0].files) == {"a.py"}


def test_an_empty_folder_is_an_empty_corpus(tmp_path: Path) -> None:
    """Nothing to read, nothing to say."""
    corpus, notes = read_folder(tmp_path, None)
    assert (corpus.files, notes, len(corpus.groups.code)) == ({}, [], 0)
