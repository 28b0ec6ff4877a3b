"""Lists a tree that untrusted code wrote to: what each name is, itself, with no link followed. It opens no file."""

import os
import stat
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum

from yantra_bot.domain.paths import MAX_PATH_BYTES, is_git_folder

SKIPPED_FOLDERS = frozenset({".venv", "node_modules", "__pycache__"})
MAX_DEPTH = 64
MAX_ENTRIES = 200_000


class EntryKind(StrEnum):
    """What a name in the tree is."""

    FILE = "file"
    FOLDER = "folder"
    SYMLINK = "symlink"
    OTHER = "other"
    """A socket, a pipe, a device: nothing that git knows."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One name that was found. `size` is in bytes."""

    path: str
    kind: EntryKind
    size: int
    is_executable: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """What was found, sorted by path. Folders are not listed, their content is."""

    entries: tuple[Entry, ...]
    skipped: int
    """Names left out: not UTF-8, too deep, too many, or not readable."""

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(entry.path for entry in self.entries if entry.kind is EntryKind.FILE)


OpenFolder = Callable[[str], AbstractContextManager[int]]


def kind_of(mode: int) -> EntryKind:
    """Return what a file's `st_mode` says it is."""
    if stat.S_ISREG(mode):
        return EntryKind.FILE
    if stat.S_ISDIR(mode):
        return EntryKind.FOLDER
    return EntryKind.SYMLINK if stat.S_ISLNK(mode) else EntryKind.OTHER


def walk_tree(open_folder: OpenFolder, start: str, skip: frozenset[str]) -> Listing:
    """Return everything below `start`; `open_folder` gives a descriptor of a folder, or raises OSError."""
    walk = _Walk(open_folder, skip)
    waiting = [start]
    while waiting:
        waiting.extend(walk.read(waiting.pop()))
    return Listing(entries=tuple(sorted(walk.found, key=lambda entry: entry.path)), skipped=walk.skipped)


class _Walk:
    """What one walk has found so far, and what it left out."""

    def __init__(self, open_folder: OpenFolder, skip: frozenset[str]) -> None:
        self.open_folder = open_folder
        self.skip = skip
        self.found: list[Entry] = []
        self.skipped = 0

    def read(self, folder: str) -> list[str]:
        """Take note of what is in `folder`; return the folders below it."""
        below = []
        try:
            with self.open_folder(folder) as fd, os.scandir(fd) as names:
                for name in names:
                    entry = self._look(name, f"{folder}/{name.name}" if folder else name.name)
                    if entry is None:
                        continue
                    if entry.kind is EntryKind.FOLDER:
                        below.append(entry.path)
                    else:
                        self.found.append(entry)
        except OSError:
            self.skipped += 1
        return below

    def _look(self, name: "os.DirEntry[str]", path: str) -> Entry | None:
        if name.name in self.skip or is_git_folder(name.name):
            return None
        if not _is_listable(path) or len(self.found) >= MAX_ENTRIES:
            self.skipped += 1
            return None
        try:
            status = name.stat(follow_symlinks=False)
        except OSError:
            self.skipped += 1
            return None
        return Entry(path, kind_of(status.st_mode), status.st_size, bool(status.st_mode & stat.S_IXUSR))


def _is_listable(path: str) -> bool:
    try:
        return len(path.encode()) <= MAX_PATH_BYTES and path.count("/") < MAX_DEPTH
    except UnicodeEncodeError:
        return False
