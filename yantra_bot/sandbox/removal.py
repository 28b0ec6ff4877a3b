"""Removes what untrusted code has made, however deep, wide, linked or locked it is.

No process of the run may be left when this is called. It never follows a link and never leaves the folder it was given.
"""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove_folder(folder: Path) -> None:
    """Remove `folder` with all that is in it; no error when there is none. Raises OSError when something stays."""
    with suppress(FileNotFoundError):
        above = os.open(folder.parent, _FLAGS)
        try:
            remove_entry(folder.name, above=above)
        finally:
            os.close(above)


def remove_entry(name: str, *, above: int) -> None:
    """Remove `name`, whatever it is, from the folder with the descriptor `above`; FileNotFoundError without it."""
    if not stat.S_ISDIR(os.lstat(name, dir_fd=above).st_mode):
        os.unlink(name, dir_fd=above)
        return
    _unlock(name, above)
    top = os.open(name, _FLAGS, dir_fd=above)
    try:
        _empty(top)
    finally:
        os.close(top)
    os.rmdir(name, dir_fd=above)


def _empty(top: int) -> None:
    # A chain of thousands of folders is walked neither by recursion nor by path: each is lifted to the top first.
    prefix, number = secrets.token_hex(16), 0
    waiting = _clear(top)
    while waiting:
        name = waiting.pop()
        _unlock(name, top)
        folder = os.open(name, _FLAGS, dir_fd=top)
        try:
            for below in _clear(folder):
                _unlock(below, folder)
                number += 1
                lifted = f"{prefix}{number}"
                os.rename(below, lifted, src_dir_fd=folder, dst_dir_fd=top)
                waiting.append(lifted)
        finally:
            os.close(folder)
        os.rmdir(name, dir_fd=top)


def _clear(folder: int) -> list[str]:
    """Remove all but the folders in `folder`, and return those."""
    below = []
    for name in os.listdir(folder):
        if stat.S_ISDIR(os.lstat(name, dir_fd=folder).st_mode):
            below.append(name)
        else:
            os.unlink(name, dir_fd=folder)
    return below


def _unlock(name: str, folder: int) -> None:
    with suppress(PermissionError):
        os.chmod(name, 0o700, dir_fd=folder)
