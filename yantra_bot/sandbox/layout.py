"""Lays a commit out as files, bytes exactly as they are stored, with no work tree code of git.

No line ends, filters, identities, large-file pointers or submodules are resolved. What cannot be laid out safely is
left out and named, never guessed. The folder has to be new, and nothing else may write to it meanwhile.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from yantra_bot.domain.paths import check_path
from yantra_bot.errors import Transient, UserError
from yantra_bot.sandbox.mirror import Mirror, TreeEntry
from yantra_bot.sandbox.room import NO_ROOM, is_disk_full

SYMLINK = "120000"
_EXECUTABLE = "100755"
_SUBMODULE = "160000"
_FILES = {"100644": "100644", "100664": "100644", _EXECUTABLE: _EXECUTABLE}
_MAX_LINK = 4095


@dataclass(frozen=True, slots=True)
class CheckoutLimits:
    """What a checkout and a change to it may cost. Sizes are in bytes."""

    max_files: int = 100_000
    """Files of the commit."""
    max_bytes: int = 2 * 1024**3
    """All files of the commit together."""
    max_file_bytes: int = 10 * 1024**2
    """One file that is part of a change."""
    max_change_bytes: int = 64 * 1024**2
    """All files of a change together."""
    max_names: int = 500_000
    """What may lie in the folder in the end, with all that commands left there."""


@dataclass(frozen=True, slots=True)
class BaseFile:
    """A path as the base commit has it. `mode` is one of git's two file modes or SYMLINK; `size` is in bytes."""

    mode: str
    object_id: str
    size: int


@dataclass(frozen=True, slots=True)
class Omitted:
    """What is in the commit and not in the folder. `shown` is its path, escaped."""

    shown: str
    reason: str


@dataclass(frozen=True, slots=True)
class Layout:
    """What was laid out, by path, and what was not."""

    files: dict[str, BaseFile]
    omitted: tuple[Omitted, ...]

    @property
    def bytes(self) -> int:
        return sum(file.size for file in self.files.values())


def lay_out(mirror: Mirror, commit: str, root: Path, limits: CheckoutLimits) -> Layout:
    """Write `commit` into the new, empty folder `root`.

    Raises UserError, with the numbers, when it is over a limit, Permanent when the mirror does not have it, Transient
    when the disk is full.
    """
    plan = _Plan(root)
    for entry in mirror.list_tree(commit, max_entries=limits.max_files):
        plan.add(entry)
    total = sum(file.size for file in plan.files.values())
    if total > limits.max_bytes:
        raise UserError(
            f"The repository has {total // 10**6} MB of files, and the limit for a checkout is "
            f"{limits.max_bytes // 10**6} MB. Ask the operator to raise it."
        )
    # Links come last: until then every folder on the way is one that we made.
    links = [path for path, file in plan.files.items() if file.mode == SYMLINK]
    files = [path for path, file in plan.files.items() if file.mode != SYMLINK]
    plan.make_folders((*files, *links))
    for order in (files, links):
        wanted = [plan.files[path].object_id for path in order]
        for path, found in zip(order, mirror.read_objects(commit, wanted), strict=True):
            plan.write(path, found)
    return Layout(plan.files, tuple(plan.omitted))


class _Plan:
    """What is to be written, and what has turned out not to be possible."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: dict[str, BaseFile] = {}
        self.omitted: list[Omitted] = []
        self._blocked: set[str] = set()

    def add(self, entry: TreeEntry) -> None:
        try:
            path = entry.path.decode()
            is_exact = check_path(path) == path
        except (UserError, UnicodeDecodeError):
            is_exact = False
        shown = ascii(entry.path[:200])[2:-1]
        if not is_exact:
            self.omitted.append(Omitted(shown, "its name is not one that can be used safely"))
        elif entry.mode == _SUBMODULE:
            self.omitted.append(Omitted(shown, "it is a submodule, which stays an empty folder"))
            self.make_folders([f"{path}/."])
        elif entry.mode not in _FILES and entry.mode != SYMLINK:
            self.omitted.append(Omitted(shown, f"git's mode {entry.mode} is not known"))
        elif entry.size is None:
            self.omitted.append(Omitted(shown, "it is larger than what is fetched"))
        elif path in self.files:
            self.omitted.append(Omitted(shown, "the commit names it twice"))
        else:
            self.files[path] = BaseFile(_FILES.get(entry.mode, SYMLINK), entry.object_id, entry.size)

    def make_folders(self, paths: Iterable[str]) -> None:
        for folder in sorted({path.rpartition("/")[0] for path in paths} - {""}):
            try:
                (self.root / folder).mkdir(mode=0o755, parents=True, exist_ok=True)
            except OSError:
                self._blocked.add(folder)

    def write(self, path: str, found: tuple[int, Iterator[bytes]] | None) -> None:
        try:
            if found is None:
                raise FileNotFoundError
            write = self._write_link if self.files[path].mode == SYMLINK else self._write_file
            write(path, found[1])
        except (OSError, ValueError) as error:
            if is_disk_full(error):
                raise Transient(NO_ROOM) from error
            self._drain(found)
            reason = "it is missing in the mirror" if found is None else f"it could not be written: {_explain(error)}"
            del self.files[path]
            self.omitted.append(Omitted(ascii(path[:200])[1:-1], reason))

    def _write_file(self, path: str, parts: Iterable[bytes]) -> None:
        mode = 0o755 if self.files[path].mode == _EXECUTABLE else 0o644
        target = os.open(self.root / path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(target, "wb") as file:  # noqa: PTH123 (a descriptor, not a path)
            os.fchmod(target, mode)
            file.writelines(parts)

    def _write_link(self, path: str, parts: Iterable[bytes]) -> None:
        target = b"".join(parts) if self.files[path].size <= _MAX_LINK else b""
        if path.rpartition("/")[0] in self._blocked:
            raise FileExistsError
        os.symlink(target, os.fsencode(self.root / path))  # noqa: PTH211 (the target is bytes)

    @staticmethod
    def _drain(found: tuple[int, Iterator[bytes]] | None) -> None:
        for _ in found[1] if found else ():
            pass


def _explain(error: Exception) -> str:
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "its content is not usable"
