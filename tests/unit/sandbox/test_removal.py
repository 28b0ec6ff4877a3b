"""Whatever untrusted code has piled up goes, and nothing else does."""

import os
from pathlib import Path

import pytest

from yantra_bot.sandbox.removal import remove_entry, remove_folder


def test_a_chain_of_folders_deeper_than_a_path_is_removed(tmp_path: Path) -> None:
    """Three thousand folders in each other, beyond every path limit and recursion limit, are no obstacle."""
    top = tmp_path / "top"
    top.mkdir()
    fd = os.open(top, os.O_RDONLY)
    for _ in range(3_000):
        os.mkdir("d", dir_fd=fd)
        below = os.open("d", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    os.close(fd)
    remove_folder(top)
    assert list(tmp_path.iterdir()) == []


def test_links_are_removed_not_followed(tmp_path: Path) -> None:
    """What a link points to stays, whether it is a file, a folder or the parent."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    top = tmp_path / "top"
    (top / "a").mkdir(parents=True)
    (top / "link").symlink_to(kept)
    (top / "a" / "up").symlink_to("../..")
    (top / "a" / "file").symlink_to(kept / "file")
    remove_folder(top)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (kept / "file").read_text() == "x"
    (tmp_path / "link").symlink_to(kept)
    remove_folder(tmp_path / "link")
    assert (kept / "file").exists()


def test_locked_folders_and_odd_files_are_removed(tmp_path: Path) -> None:
    """Folders without rights, pipes, and names that are no text go too."""
    top = tmp_path / "top"
    (top / "locked" / "in").mkdir(parents=True)
    os.mkfifo(top / "locked" / "in" / "pipe")
    Path(os.fsdecode(bytes(top) + b"/\xff\n")).write_bytes(b"")
    (top / "locked" / "in").chmod(0)
    (top / "locked").chmod(0)
    remove_folder(top)
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_remove_is_no_error(tmp_path: Path) -> None:
    """A folder that is gone is gone; a single entry that is not there is told."""
    remove_folder(tmp_path / "nowhere")
    fd = os.open(tmp_path, os.O_RDONLY)
    with pytest.raises(FileNotFoundError):
        remove_entry("nothing", above=fd)
    os.close(fd)
