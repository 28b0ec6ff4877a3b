"""What the operator named and workers have to read: what they cannot get to stops the start, not every run.

Where this is root, workers run as accounts of their own; what lies in somebody's closed home is out of their reach.
"""

import os
import stat
from pathlib import Path

from yantra_bot.errors import SettingsError
from yantra_bot.settings import Settings
from yantra_bot.worker.slots import find_closed

READ, ENTER = stat.S_IROTH, stat.S_IXOTH


def readable(path: Path, *, named_by: str) -> Path:
    """Return an absolute path of a file, or of a folder and the files in it, that every worker can read.

    `named_by` is what the operator named it with. Raises SettingsError with the cure.
    """
    place = path.expanduser().absolute()
    try:
        found = place.resolve(strict=True)
        closed = find_unreadable(found) if os.geteuid() == 0 else None
    except OSError as problem:
        raise SettingsError(
            f"{named_by} names {place}, which cannot be read: {problem.strerror}. Cure: correct or remove it."
        ) from problem
    if closed is not None:
        raise SettingsError(
            f"{named_by} names {place}, which workers cannot read: they run as accounts of their own, to which "
            f"{closed[0]} is closed. Cure: {closed[1]} {closed[0]}, or name a copy in a folder that is open to all, "
            "such as one in /srv."
        )
    return place


def own_cache(settings: Settings) -> Path | None:
    """Return the folder of installed environments that the operator named, made if need be; None: none was named.

    Raises SettingsError where workers' accounts cannot get there.
    """
    if settings.cache_folder is None:
        return None
    place = settings.cache_folder.expanduser().absolute()
    try:
        if not place.exists():
            place.mkdir(parents=True)
            place.chmod(0o711)
        closed = find_closed(place.resolve()) if os.geteuid() == 0 else None
    except OSError as problem:
        raise SettingsError(
            f"YANTRA_CACHE_FOLDER {place} cannot be used: {problem.strerror}. Cure: name a folder that this user may "
            "write to."
        ) from problem
    if closed is not None:
        raise SettingsError(
            f"Workers cannot reach YANTRA_CACHE_FOLDER {place}: they run as accounts of their own, to which {closed} "
            f"is closed. Cure: chmod o+x {closed}, or name a folder such as /var/cache/yantra."
        )
    return place


def find_unreadable(path: Path) -> tuple[Path, str] | None:
    """Return what keeps other accounts from reading a file, or a folder and its files, and what opens it."""
    above = find_closed(path.parent)
    if above is not None:
        return above, "chmod o+x"
    if not path.is_dir():
        return None if path.stat().st_mode & READ else (path, "chmod o+r")
    if path.stat().st_mode & (READ | ENTER) != READ | ENTER:
        return path, "chmod o+rx"
    files = (file for file in sorted(path.iterdir()) if file.is_file())
    return next(((file, "chmod o+r") for file in files if not file.stat().st_mode & READ), None)
