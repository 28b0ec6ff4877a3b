"""Decides when two trees may share an environment: a hash of what decides what would be installed. Installs nothing."""

import hashlib
import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from yantra_bot.sandbox.interpreter import Interpreter
from yantra_bot.sandbox.package_index import PackageIndex

FORMAT = 2
"""Raised when environments are built in another way."""
_NAMES = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "tox.ini"})
_PATTERN = re.compile(r"(?:.*requirements.*|constraints.*)\.(?:txt|in)")
_INCLUDE = re.compile(rb"^[ \t]*(?:-r|-c|--requirement|--constraint)[ \t=]*([^\s#]+)", re.MULTILINE)
_BACKEND_PATH = re.compile(rb"^\s*backend-path\s*=\s*\[([^\]]*)\]", re.MULTILINE)
_STRING = re.compile(rb"""["']([^"'\n]*)["']""")
_FILE_BYTES = 1 << 20
_MAX_FILES = 200
_MAX_ENTRIES = 50_000
_MAX_DEPTH = 3


def compute_key(tree: Path, *, interpreter: Interpreter, index: PackageIndex, scope: str) -> str:
    """Return the key, 64 hexadecimal digits.

    `scope` keeps apart what must not share code: an installation runs code of the tree, which the key does not cover.
    """
    parts = [str(FORMAT), interpreter.version, interpreter.prefix, scope, index.url or ""]
    parts += [str(path) for path in (*index.find_links, *index.file_indexes)]
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape"))
    for name, data in sorted(read_declarations(tree).items()):
        for piece in (os.fsencode(name), data):
            digest.update(len(piece).to_bytes(8, "big") + piece)
    return digest.hexdigest()


def read_declarations(tree: Path) -> dict[str, bytes]:
    """Return the files that declare dependencies, by path, and those they include. Links are not followed."""
    found = _read_backend(tree)
    pending = [name for name in walk_files(tree, _MAX_DEPTH) if _declares(PurePosixPath(name))]
    while pending and len(found) < 2 * _MAX_FILES:
        name = pending.pop(0)
        if name in found:
            continue
        data = read_inside(tree, name)
        if data is not None:
            found[name] = data
            folder = os.path.dirname(name)  # noqa: PTH120 (text of the repository, not a path of ours)
            pending += [os.path.normpath(os.path.join(folder, os.fsdecode(path))) for path in _INCLUDE.findall(data)]  # noqa: PTH118 (same)
    return found


def _read_backend(tree: Path) -> dict[str, bytes]:
    """Return the code of a build backend that the tree brings itself: what it does decides what is installed."""
    found: dict[str, bytes] = {}
    for match in _BACKEND_PATH.findall(read_inside(tree, "pyproject.toml") or b""):
        for folder in map(os.fsdecode, _STRING.findall(match)):
            place = os.path.normpath(folder)
            # The root is looked at without its folders: they hold the project's own code.
            names = walk_files(tree, 1 if place == "." else _MAX_DEPTH, start="" if place == "." else place)
            for name in itertools.islice((name for name in names if name.endswith(".py")), _MAX_FILES):
                found[name] = read_inside(tree, name) or b""
    return found


def is_python(tree: Path) -> bool:
    """Say whether there is Python code or a declaration of its dependencies."""
    return any(name.endswith(".py") or _declares(PurePosixPath(name)) for name in walk_files(tree, 100))


def read_inside(root: Path, name: str) -> bytes | None:
    """Return the first megabyte of a regular file below `root`; None when a link, or no such file, is on the way."""
    parts = PurePosixPath(name).parts
    if not parts or ".." in parts or PurePosixPath(name).is_absolute():
        return None
    opened = [os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)]
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        for part in parts[:-1]:
            opened.append(os.open(part, flags | os.O_DIRECTORY, dir_fd=opened[-1]))
        opened.append(os.open(parts[-1], flags, dir_fd=opened[-1]))
        return os.read(opened[-1], _FILE_BYTES)
    except (OSError, ValueError):
        return None
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _declares(path: PurePosixPath) -> bool:
    is_at_root = len(path.parts) == 1
    return (
        (is_at_root and path.name in _NAMES)
        or _PATTERN.fullmatch(path.name) is not None
        or "requirements" in path.parts[:-1]
    )


def walk_files(tree: Path, depth: int, *, start: str = "") -> Iterator[str]:
    """Yield files below `tree`, breadth first, following no link and looking at a bounded number of entries."""
    if ".." in start or start.startswith("/") or (tree / start).is_symlink():
        return
    pending, left = [(start, 0)], _MAX_ENTRIES
    while pending:
        folder, level = pending.pop(0)
        try:
            with os.scandir(tree / folder) as entries:
                for entry in entries:
                    left -= 1
                    if left < 0:
                        return
                    name = f"{folder}/{entry.name}" if folder else entry.name
                    if entry.is_dir(follow_symlinks=False):
                        if level + 1 < depth and not entry.name.startswith("."):
                            pending.append((name, level + 1))
                    elif entry.is_file(follow_symlinks=False):
                        yield name
        except (OSError, ValueError):
            continue
