"""Where built environments are kept: complete ones under their key, shared, never changed. Builds nothing itself.

A folder appears under its key by one rename, when it is complete: a killed build leaves a draft, swept later.
"""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from yantra_bot.sandbox.removal import remove_folder

_DRAFT = "draft-"
_PARTIAL = "partial-"
_DAY = 86_400.0
_KEEP_DRAFTS = 1 * _DAY
_KEEP_COMPLETE = 30 * _DAY


class Cache:
    """One folder of environments. Users that share it have to trust each other's worker, not each other's code."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)

    @contextmanager
    def lock(self, key: str) -> Iterator[None]:
        """Hold the build of `key` for this process alone; waits."""
        path = self._folder / f"{key}.lock"
        try:
            file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            file = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        finally:
            os.close(file)

    def find(self, key: str) -> Path | None:
        """Return the complete environment of `key`, and note that it was used."""
        path = self._folder / key
        if path.is_symlink() or not path.is_dir():
            return None
        with suppress(PermissionError):
            os.utime(path)
        return path

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """Yield a new folder below the cache; what was not kept out of it is removed."""
        path = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=self._folder))
        path.chmod(0o755)
        try:
            yield path
        finally:
            remove_folder(path)

    def keep(self, kept: Path, key: str, *, is_complete: bool) -> Path:
        """Move a folder of a draft to its place: under its key, or, when it is not complete, for its own run only."""
        name = key if is_complete else f"{_PARTIAL}{kept.parent.name.removeprefix(_DRAFT)}"
        return kept.rename(self._folder / name)

    def sweep(self) -> None:
        """Remove what killed builds left, and what nobody has used for a month. What others own stays."""
        now = time.time()
        for path in self._folder.iterdir():
            is_passing = path.name.startswith((_DRAFT, _PARTIAL))
            with suppress(OSError):
                age = now - path.lstat().st_mtime
                if path.is_dir() and age > (_KEEP_DRAFTS if is_passing else _KEEP_COMPLETE):
                    remove_folder(path)
