"""Which files of a folder the graph reads, and their bytes. It follows no symbolic link and runs nothing."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from yantra_bot.domain.graph import Problem
from yantra_bot.graphdb.languages import language_of

MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_LINE_BYTES = 256 * 1024
"""A longer line was written by a machine; the grammar would need seconds for it."""
MINIFIED_LINE_BYTES = 400
"""On average; what people write has 30 to 40."""
MAX_FILES = 200_000
MAX_DEPTH = 100

# Folders of other people's code, of built things, and of tools. `build` and `dist` may hold sources, so they are read.
_SKIPPED = frozenset(
    {
        *(".git", ".hg", ".svn", ".bzr", ".tox", ".nox", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache"),
        *(".idea", ".vscode", ".gradle", ".cargo", ".yarn", ".pnpm-store", ".next", ".eggs"),
        *("node_modules", "bower_components", "__pycache__", "site-packages", "__pypackages__"),
    }
)
_HIDDEN_SOURCES = frozenset({".github", ".storybook"})
"""Hidden folders that hold a project's own code."""
_LOOKED_AT = 500
"""Entries of a hidden folder that are looked at for code."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read."""

    path: str
    data: bytes

    @property
    def digest(self) -> str:
        """The hash of its bytes, 32 hexadecimal digits."""
        return blake2b(self.data, digest_size=16).hexdigest()


@dataclass(slots=True)
class Found:
    """What a walk through a folder gives: paths with size and time, and what was left out."""

    stamps: dict[str, tuple[int, int]] = field(default_factory=dict)
    """(size in bytes, modification time in ns) by path."""
    problems: list[Problem] = field(default_factory=list)


def _is_hidden(found: Found, root: Path, path: str) -> bool:
    """Say whether a folder is left out for being hidden; one with code in it is named: tools keep copies there."""
    name = path.rpartition("/")[2]
    if not name.startswith(".") or name in _HIDDEN_SOURCES:
        return False
    entries = (entry for _, folders, files in os.walk(root / path) for entry in (*folders, *files))
    if any(language_of(entry) is not None for entry in islice(entries, _LOOKED_AT)):
        found.problems.append(Problem(_printable(path), "hidden folder", "it has code and is left out"))
    return True


def discover(root: Path) -> Found:
    """Return the files under a folder that have a language; unreadable folders are named, never raised."""
    found = Found()
    waiting = [("", 0)]
    while waiting:
        folder, depth = waiting.pop()
        try:
            entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
        except OSError as error:
            found.problems.append(Problem(_printable(folder or "."), "unreadable folder", error.strerror or ""))
            continue
        for entry in entries:
            path = f"{folder}{entry.name}"
            if entry.is_symlink():
                _note_link(found, path)
            elif entry.is_dir(follow_symlinks=False):
                if entry.name in _SKIPPED or _is_environment(entry) or _is_hidden(found, root, path):
                    continue
                if depth < MAX_DEPTH:
                    waiting.append((f"{path}/", depth + 1))
                else:
                    found.problems.append(Problem(_printable(path), "folder too deep", f"below {MAX_DEPTH} others"))
            elif language_of(path) is not None and not _keep(found, entry, path):
                return found
    return found


def _note_link(found: Found, path: str) -> None:
    if language_of(path) is not None:
        found.problems.append(Problem(_printable(path), "symbolic link", "not followed"))


def _is_environment(entry: os.DirEntry[str]) -> bool:
    """A virtual environment, whatever its name."""
    return os.path.isfile(os.path.join(entry.path, "pyvenv.cfg"))  # noqa: PTH113, PTH118 (no object for each folder)


def _printable(path: str) -> str:
    return path.encode("utf-8", "replace").decode()


def _keep(found: Found, entry: os.DirEntry[str], path: str) -> bool:
    """Note a file; False when there are too many."""
    try:
        status = entry.stat(follow_symlinks=False)
        path.encode()
    except OSError:
        found.problems.append(Problem(path, "vanished"))
        return True
    except UnicodeEncodeError:
        found.problems.append(Problem(_printable(path), "name is no text"))
        return True
    if not stat.S_ISREG(status.st_mode):
        return True
    if status.st_size > MAX_FILE_BYTES:
        found.problems.append(Problem(path, "too long", f"{status.st_size} bytes, the limit is {MAX_FILE_BYTES}"))
        return True
    if len(found.stamps) >= MAX_FILES:
        found.problems.append(Problem(path, "too many files", f"only the first {MAX_FILES} are read"))
        return False
    found.stamps[path] = (status.st_size, status.st_mtime_ns)
    return True


def read_source(root: Path, path: str) -> Source | Problem:
    """Return a file's bytes, or why it is left out. A link in its place is not followed."""
    try:
        descriptor = os.open(root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return Problem(path, "vanished")
    except OSError as error:
        return Problem(path, "unreadable", error.strerror or "")
    return check_source(path, data)


def check_source(path: str, data: bytes) -> Source | Problem:
    """Return bytes as a source, or why the graph does not read them."""
    if len(data) > MAX_FILE_BYTES:
        return Problem(path, "too long", f"over {MAX_FILE_BYTES} bytes")
    if b"\0" in data:
        return Problem(path, "not text", "it holds zero bytes")
    if len(data) > MAX_LINE_BYTES and max(map(len, data.split(b"\n"))) > MAX_LINE_BYTES:
        return Problem(path, "too long", f"a line of over {MAX_LINE_BYTES} bytes")
    if is_minified(path, data):
        return Problem(path, "minified", "made from another file by a machine")
    return Source(path, data)


def is_minified(path: str, data: bytes) -> bool:
    """Say whether a script was squeezed by a machine: by its name, or by lines that nobody writes."""
    if not path.endswith((".js", ".mjs", ".cjs")):
        return False
    return ".min." in path or (len(data) > 20_000 and len(data) / (data.count(b"\n") + 1) > MINIFIED_LINE_BYTES)


def configuration(root: Path) -> "Reader":
    """Return the reader of configuration files that linkers ask for."""
    return Reader(root)


class Reader:
    """Reads small files of a repository by path, never outside of it, never through a link."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __call__(self, path: str) -> bytes | None:
        """Return the bytes of a file, at most MAX_FILE_BYTES; None where there is none."""
        if path.startswith("/") or ".." in path.split("/"):
            return None
        found = read_source(self._root, path)
        return found.data if isinstance(found, Source) else None


def chunks(paths: list[str], stamps: dict[str, tuple[int, int]], count: int) -> Iterator[list[str]]:
    """Split paths into `count` parts of about the same number of bytes, the big files spread."""
    parts: list[list[str]] = [[] for _ in range(count)]
    sizes = [0] * count
    for path in sorted(paths, key=lambda one: (-stamps.get(one, (0, 0))[0], one)):
        smallest = sizes.index(min(sizes))
        parts[smallest].append(path)
        sizes[smallest] += stamps.get(path, (0, 0))[0] + 500
    return (part for part in parts if part)
