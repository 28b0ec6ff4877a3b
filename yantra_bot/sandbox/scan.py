"""Looks at every name of a tree at once, so that what has changed is known without reading it. Follows no link."""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from yantra_bot.errors import UserError


class Signature(NamedTuple):
    """What is equal only while nobody has touched a file: unlike the other times, `changed` cannot be set back."""

    mode: int
    inode: int
    size: int
    modified: int
    changed: int

    @property
    def is_file(self) -> bool:
        return stat.S_ISREG(self.mode)

    @property
    def is_link(self) -> bool:
        return stat.S_ISLNK(self.mode)

    @property
    def is_executable(self) -> bool:
        return bool(self.mode & stat.S_IXUSR)


@dataclass(frozen=True, slots=True)
class Scan:
    """Names by path relative to the root: everything that is no folder, and the folders."""

    names: dict[str, Signature]
    folders: frozenset[str]


def scan_folder(root: Path, *, max_names: int) -> Scan:
    """Return what is below `root`; raise UserError when it is more than `max_names`.

    Names that are no UTF-8 are kept with surrogates. What was locked against its own owner is opened again.
    """
    names: dict[str, Signature] = {}
    folders: set[str] = set()
    waiting = [""]
    while waiting:
        above = waiting.pop()
        for entry in _list_folder(f"{root}/{above}"):
            path = f"{above}/{entry.name}" if above else entry.name
            if entry.is_dir(follow_symlinks=False):
                folders.add(path)
                waiting.append(path)
            else:
                with suppress(OSError):
                    names[path] = sign(entry.stat(follow_symlinks=False))
        if len(names) + len(folders) > max_names:
            raise UserError(
                f"What was run has left more than {max_names} files in the tree. Run something that leaves fewer."
            )
    return Scan(names, frozenset(folders))


def _list_folder(path: str) -> list["os.DirEntry[str]"]:
    with suppress(PermissionError):
        return _read_folder(path)
    with suppress(OSError):
        os.chmod(path, 0o700)  # noqa: PTH101 (a plain string, for speed)
        return _read_folder(path)
    return []


def _read_folder(path: str) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(path) as entries:
            return list(entries)
    except PermissionError:
        raise
    except OSError:
        # Gone meanwhile, or deeper than a path can say: nothing that a commit could hold.
        return []


def sign(status: os.stat_result) -> Signature:
    """Return the signature of a file, which was looked at without following a link."""
    return Signature(status.st_mode, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
