"""The files that a graph is made of, laid out of a commit's objects as bytes, in a folder of the caller's own.

Nothing is checked out, and nothing of the repository runs. Links, submodules and hostile names are left out.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from yantra_bot.domain.graph import Problem
from yantra_bot.errors import UserError
from yantra_bot.graphdb.discovery import MAX_FILE_BYTES, MAX_FILES
from yantra_bot.graphdb.languages import language_of
from yantra_bot.sandbox.mirror import Mirror, TreeEntry

_CONFIGURATION: Final = frozenset(
    {"package.json", "tsconfig.json", "jsconfig.json", "go.mod", "go.work", "Cargo.toml", "pyproject.toml"}
)
MAX_SOURCE_BYTES: Final = 1024**3
"""All sources of a commit together: a tree can name one object a hundred thousand times."""
_REGULAR: Final = ("100644", "100755")


def is_source(path: str) -> bool:
    """Tell whether a graph reads a file of that name."""
    return language_of(path) is not None or PurePosixPath(path).name in _CONFIGURATION


def write_sources(mirror: Mirror, commit: str, folder: Path, *, prefix: str = "") -> list[Problem]:
    """Write the files that a graph is made of, and Markdown pages; links, submodules and hostile paths are left out.

    With `prefix` (a folder with a slash at its end) only what is below it. Return what could not be written. Raises
    Permanent, UserError.
    """
    problems: list[Problem] = []
    entries = list(find_wanted(mirror.list_tree(commit, max_entries=MAX_FILES * 2), prefix))
    total = sum(entry.size or 0 for _, entry in entries)
    if total > MAX_SOURCE_BYTES:
        raise UserError(
            f"The sources of {commit[:12]} have {total >> 20} MB, and a graph takes {MAX_SOURCE_BYTES >> 20} MB. Take "
            "what was made by machines out of the repository."
        )
    contents = mirror.read_objects(commit, [entry.object_id for _, entry in entries])
    folders: set[str] = set()
    for (path, _), found in zip(entries, contents, strict=True):
        if found is None:
            problems.append(Problem(path, "vanished", "the mirror does not have it"))
            continue
        data = b"".join(found[1])
        try:
            if (above := path.rpartition("/")[0]) not in folders:
                (folder / above).mkdir(parents=True, exist_ok=True)
                folders.add(above)
            (folder / path).write_bytes(data)
        except OSError as refused:  # a name that is too long, or a tree that names one thing twice
            problems.append(Problem(path, "unreadable", refused.strerror or ""))
    return problems


def write_source(folder: Path, path: str, data: bytes) -> None:
    """Write one file with the folders above it."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def remove_source(folder: Path, path: str) -> None:
    """Remove a file, and folders that nothing is left in, so that a file may take a folder's name."""
    (folder / path).unlink(missing_ok=True)
    for above in PurePosixPath(path).parents:
        place = folder / above
        if str(above) == "." or not place.is_dir() or any(place.iterdir()):
            return
        place.rmdir()


def find_wanted(entries: Iterable[TreeEntry], prefix: str = "") -> Iterator[tuple[str, TreeEntry]]:
    """Yield the files of a listing that are laid out, by their path below `prefix`."""
    for entry in entries:
        if entry.mode not in _REGULAR or (entry.size or 0) > MAX_FILE_BYTES:
            continue
        try:
            path = entry.path.decode()
        except UnicodeDecodeError:
            continue
        is_read = is_source(path) or path.lower().endswith(".md")
        if path.startswith(prefix) and is_read and _is_inside(path.removeprefix(prefix)):
            yield path.removeprefix(prefix), entry


def _is_inside(path: str) -> bool:
    return not path.startswith("/") and not {"", ".", ".."} & set(path.split("/")) and "\0" not in path
