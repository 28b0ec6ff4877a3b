"""A run's tree as host code may touch it: by relative path, one component at a time, never through a symbolic link.

Untrusted code has written here and may be writing while we look. So nothing is checked first and used later: every
folder is opened with O_NOFOLLOW relative to the one above it, and what was opened is what is read, written or removed.
This module never runs anything and never resolves a path of the tree by its name alone.
"""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from yantra_bot.domain.paths import check_path, find_twin
from yantra_bot.errors import UserError
from yantra_bot.sandbox.walk import SKIPPED_FOLDERS, Entry, EntryKind, Listing, kind_of, walk_tree

__all__ = ["Entry", "EntryKind", "Listing", "Tree"]

DEFAULT_LIMIT = 10 * 1024 * 1024

_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Non-blocking, so that a pipe planted under a file's name cannot make us wait.
_READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_WRITE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MODES = 0o777


class Tree:
    """Confined access to the folder `root`. Every method takes repository paths and raises UserError, nothing else."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def kind(self, path: str) -> EntryKind | None:
        """Return what `path` is, None when there is nothing by that name."""
        path = check_path(path)
        folder, _, name = path.rpartition("/")
        try:
            with self._folder(folder) as fd:
                return kind_of(os.lstat(name, dir_fd=fd).st_mode)
        except FileNotFoundError:
            return None
        except OSError as error:
            # Below a file or a link there is nothing that we would open.
            if error.errno in {errno.ENOTDIR, errno.ELOOP}:
                return None
            raise _explain(path, error) from error

    def exists(self, path: str) -> bool:
        """Tell whether `path` is a regular file."""
        return self.kind(path) is EntryKind.FILE

    def read_bytes(self, path: str, *, limit: int = DEFAULT_LIMIT) -> bytes:
        """Return a file's content; UserError when it is no regular file or has more than `limit` bytes."""
        path = check_path(path)
        try:
            with self._open_file(path) as fd:
                return _read(fd, path, limit)
        except OSError as error:
            raise _explain(path, error) from error

    def is_executable(self, path: str) -> bool:
        """Tell whether a regular file may be executed by its owner."""
        path = check_path(path)
        try:
            with self._open_file(path) as fd:
                return bool(os.fstat(fd).st_mode & stat.S_IXUSR)
        except OSError as error:
            raise _explain(path, error) from error

    def write_bytes(self, path: str, data: bytes, *, is_executable: bool | None = None) -> None:
        """Put `data` in the place of a file, or make it, with the folders above it.

        It appears whole or not at all. The mode stays as it was unless `is_executable` says otherwise.
        """
        path = check_path(path)
        folder, _, name = path.rpartition("/")
        try:
            with self._folder(folder, make=True) as fd:
                _replace(fd, name, data, _next_mode(fd, name, path, is_executable))
        except OSError as error:
            raise _explain(path, error) from error

    def delete(self, path: str) -> None:
        """Remove a regular file, and the folders above it that are empty then, as git does."""
        path = check_path(path)
        folder, _, name = path.rpartition("/")
        try:
            with self._folder(folder) as fd:
                _refuse_unless_file(os.lstat(name, dir_fd=fd).st_mode, path)
                os.unlink(name, dir_fd=fd)
        except OSError as error:
            raise _explain(path, error) from error
        self._remove_empty_folders(folder)

    def find_twin(self, path: str) -> str | None:
        """Return what is there already under another spelling of `path` (letter case, composition), None if nothing."""
        above = ""
        for name in check_path(path).split("/"):
            try:
                with self._folder(above) as fd:
                    names = _names(fd)
            except OSError:
                return None
            if name not in names:
                twin = find_twin(name, names)
                return f"{above}/{twin}".lstrip("/") if twin else None
            above = f"{above}/{name}".lstrip("/")
        return None

    def walk(self, start: str = "", *, skip: frozenset[str] = SKIPPED_FOLDERS) -> Listing:
        """Return every file, link and oddity below the folder `start` (the root by default).

        Git's folder and those named in `skip` are left out at any depth.
        """
        start = check_path(start) if start else ""
        try:
            with self._folder(start):
                pass
        except OSError as error:
            raise _explain(start, error) from error
        return walk_tree(self._folder, start, skip)

    @contextmanager
    def open_folder(self, path: str) -> Iterator[int]:
        """Yield a descriptor of the folder `path` (empty: the root), opened without following a link."""
        path = check_path(path) if path else ""
        try:
            with self._folder(path) as fd:
                yield fd
        except OSError as error:
            raise _explain(path, error) from error

    @contextmanager
    def _folder(self, path: str, *, make: bool = False) -> Iterator[int]:
        fd = os.open(self.root, _FOLDER_FLAGS)
        try:
            for name in path.split("/") if path else ():
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(name, mode=0o755, dir_fd=fd)
                below = os.open(name, _FOLDER_FLAGS, dir_fd=fd)
                os.close(fd)
                fd = below
            yield fd
        finally:
            os.close(fd)

    @contextmanager
    def _open_file(self, path: str) -> Iterator[int]:
        folder, _, name = path.rpartition("/")
        with self._folder(folder) as above:
            fd = os.open(name, _READ_FLAGS, dir_fd=above)
        try:
            _refuse_unless_file(os.fstat(fd).st_mode, path)
            yield fd
        finally:
            os.close(fd)

    def _remove_empty_folders(self, folder: str) -> None:
        while folder:
            above, _, name = folder.rpartition("/")
            try:
                with self._folder(above) as fd:
                    os.rmdir(name, dir_fd=fd)
            except OSError:
                return
            folder = above


def _names(fd: int) -> list[str]:
    with os.scandir(fd) as entries:
        return [entry.name for entry in entries]


def _refuse_unless_file(mode: int, path: str) -> None:
    kind = kind_of(mode)
    if kind is EntryKind.SYMLINK:
        raise UserError(f"{path} is a symbolic link, and links are not followed. Name the file that it points to.")
    if kind is EntryKind.FOLDER:
        raise UserError(f"{path} is a folder. Name a file in it.")
    if kind is EntryKind.OTHER:
        raise UserError(f"{path} is no regular file. Name another one.")


def _read(fd: int, path: str, limit: int) -> bytes:
    # The size is only a hint: a file may grow while it is read.
    parts, left = [], limit + 1
    while left > 0 and (part := os.read(fd, min(left, 1024 * 1024))):
        parts.append(part)
        left -= len(part)
    if left <= 0:
        raise UserError(f"{path} is larger than {limit} bytes. Name a smaller file.")
    return b"".join(parts)


def _next_mode(fd: int, name: str, path: str, is_executable: bool | None) -> int:
    mode = 0o644
    with suppress(FileNotFoundError):
        status = os.lstat(name, dir_fd=fd)
        _refuse_unless_file(status.st_mode, path)
        mode = status.st_mode & _MODES
    if is_executable is None:
        return mode
    return mode | 0o111 if is_executable else mode & ~0o111


def _replace(fd: int, name: str, data: bytes, mode: int) -> None:
    temporary = f".yantra-{secrets.token_hex(8)}"
    target = os.open(temporary, _WRITE_FLAGS, 0o600, dir_fd=fd)
    try:
        with open(target, "wb") as file:  # noqa: PTH123 (a descriptor, not a path)
            file.write(data)
            os.fchmod(file.fileno(), mode)
        # A link that was put here meanwhile is replaced, never followed.
        os.rename(temporary, name, src_dir_fd=fd, dst_dir_fd=fd)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=fd)
        raise


def _explain(path: str, error: OSError) -> UserError:
    shown = path or "the root of the repository"
    if error.errno == errno.ENOENT:
        return UserError(f"There is no file {shown}. Look it up with list_files or search.")
    if error.errno in {errno.ELOOP, errno.ENOTDIR}:
        return UserError(
            f"{shown} leads through something that is no folder, or through a symbolic link. "
            "Links are not followed; name the file by its own path."
        )
    if error.errno == errno.ENOTEMPTY or isinstance(error, IsADirectoryError):
        return UserError(f"{shown} is a folder. Name a file in it.")
    return UserError(f"{shown} cannot be used: {os.strerror(error.errno or 0)}. Name another file.")
