"""Group D, files: paths and links that lead out of the workspace, for host code and for the tools."""

import ctypes
import os
import threading
from pathlib import Path

import pytest

from yantra_bot.domain.paths import check_path
from yantra_bot.errors import UserError
from yantra_bot.sandbox.tree import Tree

SECRET = "canary-7f3a"
AT_FDCWD = -100
RENAME_EXCHANGE = 2


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    (tmp_path / "secret").write_text(SECRET)
    root = tmp_path / "tree"
    root.mkdir()
    return Tree(root)


@pytest.mark.case("D01")
def test_a_link_to_a_file_outside_is_never_followed(tree: Tree, tmp_path: Path) -> None:
    """Reading, writing, listing and removing a committed link all leave its target alone."""
    (tree.root / "a").symlink_to(tmp_path / "secret")
    for attempt in (
        lambda: tree.read_bytes("a"),
        lambda: tree.write_bytes("a", b"x"),
        lambda: tree.delete("a"),
        lambda: tree.is_executable("a"),
    ):
        with pytest.raises(UserError, match="link"):
            attempt()
    assert (tmp_path / "secret").read_text() == SECRET
    assert (tree.root / "a").is_symlink()


@pytest.mark.case("D02")
def test_a_link_to_a_folder_outside_is_never_passed(tree: Tree, tmp_path: Path) -> None:
    """A path through a linked folder is refused, at whatever depth the link is."""
    (tree.root / "x").mkdir()
    (tree.root / "x/d").symlink_to("../..")
    for attempt in (
        lambda: tree.read_bytes("x/d/secret"),
        lambda: tree.write_bytes("x/d/secret", b"x"),
        lambda: tree.write_bytes("x/d/new/file", b"x"),
        lambda: tree.delete("x/d/secret"),
        lambda: tree.walk("x/d"),
    ):
        with pytest.raises(UserError, match="link"):
            attempt()
    assert tree.kind("x/d/secret") is None
    assert tree.walk().files == ()
    assert (tmp_path / "secret").read_text() == SECRET
    assert not (tmp_path / "new").exists()


@pytest.mark.case("D02")
def test_a_folder_swapped_for_a_link_while_we_look_gives_nothing_away(tree: Tree, tmp_path: Path) -> None:
    """Whoever wins the race, what is read and written is inside, or refused."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "f").write_text(SECRET)
    inside, link = tree.root / "d", tree.root / "link"
    inside.mkdir()
    (inside / "f").write_text("inside")
    link.symlink_to(outside)
    exchange = ctypes.CDLL(None, use_errno=True).renameat2
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            exchange(AT_FDCWD, os.fsencode(inside), AT_FDCWD, os.fsencode(link), RENAME_EXCHANGE)

    thread = threading.Thread(target=swap)
    thread.start()
    seen = set()
    try:
        for _ in range(2_000):
            try:
                seen.add(tree.read_bytes("d/f"))
                tree.write_bytes("d/f", b"inside")
            except UserError:
                seen.add(b"refused")
    finally:
        stop.set()
        thread.join()
    assert seen <= {b"inside", b"refused"}
    assert (outside / "f").read_text() == SECRET
    assert [path.name for path in outside.iterdir()] == ["f"]


@pytest.mark.case("D03")
@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "/etc/x",
        "a/../../x",
        "a/..",
        "C:\\x",
        "C:/x",
        "c:x",
        "\\\\host\\share",
        "a\0b",
        "a\x1b[31m",
        ".git/config",
        ".GIT/config",
        ".Git/config",
        "git~1",
        "GIT~1/config",
        "git~12/x",
        ".git\u200c/config",
        ".g\u200bit/config",
        ".git\ufeff/x",
        ".git./config",
        ".git /config",
        ".git . ./config",
        ".git::$INDEX_ALLOCATION/x",
        "sub/.git/hooks/post-checkout",
        "．git/config",
        "x" * 5000,
        "a/" * 2500 + "x",
        "a.",
        "a ",
        "dir./x",
        "dir /x",
        "\ud800",
        "a\u202egpj.exe",
        "a\u2028b",
        "~/.netrc",
        "~root/x",
        "",
        "/",
        ".",
    ],
)
def test_a_hostile_path_is_refused(path: str) -> None:
    """Every known way to name what is not the repository's own is an error with its reason."""
    with pytest.raises(UserError, match=r"\."):
        check_path(path)


@pytest.mark.case("D03")
def test_twins_of_names_are_told(tree: Tree) -> None:
    """What another system would take for the same file is found before a second one is made."""
    tree.write_bytes("Read\u00e9.md", b"")
    assert check_path("Reade\u0301.md") == "Read\u00e9.md"
    assert tree.find_twin("READ\u00c9.md") == "Read\u00e9.md"


@pytest.mark.case("D02")
def test_a_pipe_or_a_device_cannot_make_us_wait(tree: Tree) -> None:
    """A planted pipe is refused at once: opening it would wait for a writer for ever."""
    os.mkfifo(tree.root / "p")
    with pytest.raises(UserError, match="no regular file"):
        tree.read_bytes("p")
