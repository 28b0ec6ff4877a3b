"""Where the environments of each repository are kept between its runs, out of reach of others' runs. Control's side.

Every run has an account of its own, so what one run installs belongs to an account that a run of another repository
may have tomorrow. Hence a group for each repository: its folder is closed to everybody else. Nothing is installed here.
"""

import hashlib
import os
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from yantra_bot.errors import Permanent
from yantra_bot.sandbox.environment_cache import Cache

MAX_GROUPS = 5_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """A repository's folder of environments, and the groups that a worker needs for it."""

    folder: Path
    groups: tuple[int, ...]


class Shelves:
    """All of them, below `cache_folder`. Group numbers from `first_group` on are given out where we are root."""

    def __init__(self, cache_folder: Path, *, first_group: int) -> None:
        self._folder = cache_folder / "repositories"
        self._numbers = cache_folder / "groups"
        self._first_group = first_group
        self._has_groups = os.geteuid() == 0

    def find(self, mirror: Path) -> Shelf:
        """Return the shelf of the repository with this mirror, made if need be."""
        name = hashlib.sha256(os.fsencode(mirror)).hexdigest()[:32]
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o711)
        folder = self._folder / name
        if not self._has_groups:
            folder.mkdir(mode=0o700, exist_ok=True)
            return Shelf(folder, ())
        group = self._find_group(name)
        folder.mkdir(mode=0o700, exist_ok=True)
        os.chown(folder, 0, group)
        folder.chmod(0o770)
        return Shelf(folder, (group,))

    def sweep(self) -> None:
        """Remove old environments, whichever run they belonged to."""
        for folder in self._folder.glob("*"):
            Cache(folder).sweep()

    def _find_group(self, name: str) -> int:
        """Return the repository's number; it is remembered as a link, which is made whole or not at all."""
        self._numbers.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number in count():
            if number >= MAX_GROUPS:
                raise Permanent(f"The group numbers of {MAX_GROUPS} repositories are used up. Remove {self._numbers}.")
            link = self._numbers / str(number)
            try:
                link.symlink_to(name)
            except FileExistsError:
                if link.readlink() != Path(name):
                    continue
            return self._first_group + number
        raise AssertionError("the numbers have no end")
