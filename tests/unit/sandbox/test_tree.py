"""Files of a tree, reached without following a link."""

import os
import stat
from pathlib import Path

import pytest

from yantra_bot.errors import UserError
from yantra_bot.sandbox import walk
from yantra_bot.sandbox.tree import EntryKind, Tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    root = tmp_path / "tree"
    root.mkdir()
    return Tree(root)


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_what_is_written_is_read_and_keeps_its_mode(tree: Tree) -> None:
    """A replaced file stays executable unless told otherwise, and nothing else is left in the folder."""
    tree.write_bytes("a/b/run.sh", b"one", is_executable=True)
    tree.write_bytes("a/b/run.sh", b"two")
    assert tree.read_bytes("a/b/run.sh") == b"two"
    assert tree.is_executable("a/b/run.sh")
    tree.write_bytes("a/b/run.sh", b"two", is_executable=False)
    assert not tree.is_executable("a/b/run.sh")
    assert names(tree.root / "a/b") == ["run.sh"]


def test_a_new_file_is_not_executable(tree: Tree) -> None:
    """The mode of a new file does not hang on the process's umask."""
    before = os.umask(0o077)
    try:
        tree.write_bytes("a", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tree.root / "a").stat().st_mode) == 0o644


def test_kinds_are_told_apart(tree: Tree) -> None:
    """A link is a link, whatever it points to; below a file or a link there is nothing."""
    tree.write_bytes("d/f", b"")
    (tree.root / "l").symlink_to("d")
    os.mkfifo(tree.root / "p")
    kinds = {path: tree.kind(path) for path in ("d", "d/f", "l", "l/f", "p", "d/f/x", "none", "none/x")}
    assert kinds == {
        "d": EntryKind.FOLDER,
        "d/f": EntryKind.FILE,
        "l": EntryKind.SYMLINK,
        "p": EntryKind.OTHER,
        **dict.fromkeys(["l/f", "d/f/x", "none", "none/x"]),
    }
    assert tree.exists("d/f")
    assert not tree.exists("d")


def test_a_file_over_the_limit_is_refused(tree: Tree) -> None:
    """The limit is in bytes and holds exactly."""
    tree.write_bytes("a", b"12345")
    assert tree.read_bytes("a", limit=5) == b"12345"
    with pytest.raises(UserError, match="larger than 4 bytes"):
        tree.read_bytes("a", limit=4)


def test_removing_a_file_removes_the_folders_it_leaves_empty(tree: Tree) -> None:
    """As git does: folders that hold something else stay."""
    tree.write_bytes("a/b/c/one", b"")
    tree.write_bytes("a/two", b"")
    tree.delete("a/b/c/one")
    assert tree.kind("a/b") is None
    assert tree.exists("a/two")


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda tree: tree.read_bytes("none"), "There is no file none"),
        (lambda tree: tree.read_bytes("folder"), "is a folder"),
        (lambda tree: tree.write_bytes("folder", b""), "is a folder"),
        (lambda tree: tree.delete("folder"), "is a folder"),
        (lambda tree: tree.delete("none"), "There is no file"),
        (lambda tree: tree.read_bytes("pipe"), "no regular file"),
        (lambda tree: tree.write_bytes("pipe", b""), "no regular file"),
        (lambda tree: tree.write_bytes("folder/file/below", b""), "no folder"),
        (lambda tree: tree.is_executable("none"), "There is no file"),
        (lambda tree: tree.walk("none"), "There is no file"),
        (lambda tree: tree.walk("folder/file"), "no folder"),
    ],
)
def test_every_failure_says_what_to_do(tree: Tree, action: object, message: str) -> None:
    """No error of the system comes out as it is."""
    tree.write_bytes("folder/file", b"")
    os.mkfifo(tree.root / "pipe")
    with pytest.raises(UserError, match=message):
        action(tree)  # type: ignore[operator]


def test_a_write_that_fails_leaves_nothing_behind(tree: Tree) -> None:
    """The old content stays and no half-written file is left."""
    tree.write_bytes("a", b"old")
    with pytest.raises(TypeError):
        tree.write_bytes("a", "no bytes")  # type: ignore[arg-type]
    assert tree.read_bytes("a") == b"old"
    assert names(tree.root) == ["a"]


def test_a_walk_lists_files_and_links_and_leaves_out_the_rest(tree: Tree) -> None:
    """Sorted; git's folder, environments and caches are left out at any depth; odd names are counted."""
    for path in ("b.py", "a/c.py", "a/node_modules/x", ".venv/y", "a/__pycache__/z"):
        tree.write_bytes(path, b"12")
    (tree.root / "a/.GIT").mkdir()
    (tree.root / "a/.GIT/config").write_text("")
    (tree.root / "link").symlink_to("/etc")
    (tree.root / os.fsdecode(b"bad\xff")).write_text("")
    found = tree.walk()
    assert [(entry.path, entry.kind) for entry in found.entries] == [
        ("a/c.py", EntryKind.FILE),
        ("b.py", EntryKind.FILE),
        ("link", EntryKind.SYMLINK),
    ]
    assert found.skipped == 1
    assert found.files == ("a/c.py", "b.py")
    assert tree.walk("a").files == ("a/c.py",)
    assert tree.walk(skip=frozenset({"a"})).files == (".venv/y", "b.py")


def test_a_walk_ends_where_folders_are_too_deep(tree: Tree) -> None:
    """What is deeper than the limit is counted, not listed."""
    deep = "/".join(["d"] * (walk.MAX_DEPTH + 2))
    tree.write_bytes(f"{deep}/x", b"")
    found = tree.walk()
    assert found.entries == ()
    assert found.skipped == 1


def test_twins_are_found_folder_by_folder(tree: Tree) -> None:
    """Another spelling of a folder on the way counts too; the path itself does not."""
    tree.write_bytes("Src/e\u0301.py".replace("e\u0301", "\u00e9"), b"")
    assert tree.find_twin("src/new.py") == "Src"
    assert tree.find_twin("Src/\u00c9.py") == "Src/\u00e9.py"
    assert tree.find_twin("Src/\u00e9.py") is None
    assert tree.find_twin("Src/other.py") is None
    assert tree.find_twin("Src/\u00e9.py/below") is None


def test_a_folder_can_be_opened_by_others(tree: Tree) -> None:
    """The descriptor is of the folder itself; a link is refused."""
    tree.write_bytes("a/b", b"")
    with tree.open_folder("a") as fd:
        assert os.stat("b", dir_fd=fd).st_size == 0
    with tree.open_folder("") as fd:
        assert stat.S_ISDIR(os.stat("a", dir_fd=fd).st_mode)
    (tree.root / "l").symlink_to("a")
    with pytest.raises(UserError, match="symbolic link"), tree.open_folder("l"):
        pass
