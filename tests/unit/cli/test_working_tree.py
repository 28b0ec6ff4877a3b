"""What is in a folder now, as a tree: real repositories, of which nothing is written and nothing runs."""

from pathlib import Path

import pytest

from tests.fakes.git_project import Project
from tests.fakes.mirror import run_git
from yantra_bot.cli.working_tree import Checkout, WorkingTree, write_working_tree


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.commit("first", {"a.py": "a = 1\n", "b.py": "b = 1\n", "lib/c.py": "c = 1\n", ".gitignore": "*.log\n"})
    return made


def take(project: Project, scratch: Path) -> tuple[WorkingTree, dict[str, str]]:
    """Return the tree, and what is in it."""
    scratch.mkdir()
    git = project.folder / ".git"
    written = write_working_tree(Checkout(project.folder, git, git), scratch)
    listed = {}
    for line in _git(project, written, "ls-tree", "-r", "-z", written.tree).split("\0")[:-1]:
        head, _, path = line.partition("\t")
        mode, kind, one = head.split()
        listed[path] = f"{mode} {_git(project, written, 'cat-file', kind, one) if kind == 'blob' else one}"
    return written, listed


def _git(project: Project, written: WorkingTree, *words: str) -> str:
    return project.run("--git-dir", str(_objects(project, written)), *words)


def _objects(project: Project, written: WorkingTree) -> Path:
    """Make a repository that sees the objects of both."""
    folder = written.objects.parent / "reading"
    if not folder.exists():
        folder.mkdir()
        run_git(folder, "init", "-q", "--bare", ".")
        places = f"{written.objects}\n{project.folder / '.git' / 'objects'}\n"
        (folder / "objects" / "info" / "alternates").write_text(places)
    return folder


def test_changes_are_in_it_whether_git_knows_of_them_or_not(project: Project, tmp_path: Path) -> None:
    """Edited, staged, new, removed and moved files are as they lie in the folder; ignored ones are not in it."""
    project.write("a.py", "a = 2\n")
    project.write("b.py", "b = 2\n")
    project.run("add", "b.py")
    project.write("b.py", "b = 3\n")
    project.write("new/d.py", "d = 1\n")
    project.write("noise.log", "x\n")
    (project.folder / "lib" / "c.py").unlink()
    _, listed = take(project, tmp_path / "scratch")
    expected = {"a.py": "a = 2", "b.py": "b = 3", "new/d.py": "d = 1", ".gitignore": "*.log"}
    assert listed == {path: f"100644 {text}" for path, text in expected.items()}


def test_nothing_is_written_into_the_repository(project: Project, tmp_path: Path) -> None:
    """Its index, objects and references are byte for byte as they were."""
    project.write("a.py", "a = 2\n")
    before = {path: path.read_bytes() for path in (project.folder / ".git").rglob("*") if path.is_file()}
    take(project, tmp_path / "scratch")
    after = {path: path.read_bytes() for path in (project.folder / ".git").rglob("*") if path.is_file()}
    assert after == before


def test_modes_and_links_are_kept_and_no_link_is_followed(project: Project, tmp_path: Path) -> None:
    """A program stays one, and a link is what it says, not what it leads to."""
    (project.folder / "a.py").chmod(0o755)
    (project.folder / "link").symlink_to("/etc/passwd")
    (project.folder / "b.py").unlink()
    (project.folder / "b.py").symlink_to("../outside")
    _, listed = take(project, tmp_path / "scratch")
    assert listed["a.py"] == "100755 a = 1"
    assert listed["link"] == "120000 /etc/passwd"
    assert listed["b.py"] == "120000 ../outside"


def test_an_unfinished_merge_is_taken_as_the_files_lie_there(project: Project, tmp_path: Path) -> None:
    """Conflicts in the index are no reason to give up."""
    project.run("switch", "--quiet", "--create", "other")
    project.commit("theirs", {"a.py": "a = 7\n"})
    project.run("switch", "--quiet", "main")
    project.commit("ours", {"a.py": "a = 8\n"})
    with pytest.raises(Exception, match="merge"):
        project.run("merge", "other")
    project.write("a.py", "a = 9\n")
    _, listed = take(project, tmp_path / "scratch")
    assert listed["a.py"] == "100644 a = 9"


def test_ends_of_lines_that_git_itself_would_write_are_no_change(project: Project, tmp_path: Path) -> None:
    """A checkout with other ends of lines is the same text."""
    (project.folder / "a.py").write_bytes(b"a = 1\r\n")
    _, listed = take(project, tmp_path / "scratch")
    assert listed["a.py"] == "100644 a = 1"


def test_repositories_inside_of_it_are_named_and_not_entered(project: Project, tmp_path: Path) -> None:
    """A nested repository is none of its files."""
    inner = Project(project.folder / "inner")
    inner.commit("x", {"x.py": "x = 1\n"})
    written, listed = take(project, tmp_path / "scratch")
    assert written.inner == ("inner/",)
    assert not [path for path in listed if path.startswith("inner")]


def test_what_cannot_be_read_is_left_out_and_named(project: Project, tmp_path: Path) -> None:
    """A pipe in a file's place blocks nothing."""
    import os

    (project.folder / "a.py").unlink()
    os.mkfifo(project.folder / "a.py")
    written, listed = take(project, tmp_path / "scratch")
    assert written.left_out == ("a.py",)
    assert listed["a.py"] == "100644 a = 1"


def test_a_submodule_stays_at_its_commit(project: Project, tmp_path: Path) -> None:
    """What is edited inside of a submodule is not looked at, and no git runs in it."""
    inner = Project(tmp_path / "inner")
    commit = inner.commit("x", {"x.py": "x = 1\n"})
    project.run("submodule", "add", "--quiet", str(inner.folder), "sub")
    project.commit("with a submodule")
    (project.folder / "sub" / "x.py").write_text("x = 2\n")
    _, listed = take(project, tmp_path / "scratch")
    assert listed["sub"] == f"160000 {commit}"


def test_a_repository_with_nothing_in_it_gives_an_empty_tree(tmp_path: Path) -> None:
    """There need not be an index."""
    project = Project(tmp_path / "project")
    _, listed = take(project, tmp_path / "scratch")
    assert listed == {}
