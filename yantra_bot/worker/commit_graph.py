"""The graph of one commit, built of sources laid out of a bare mirror, and of changes on top. The worker's side.

Files are laid out in a folder of the caller's own, as bytes out of git's objects: nothing is checked out, and nothing
of the repository runs. It knows no store, so that whoever needs none of one does not load the engine.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from yantra_bot.domain.graph import Problem
from yantra_bot.domain.paths import check_path
from yantra_bot.errors import UserError
from yantra_bot.graphdb.discovery import MAX_FILE_BYTES, MAX_FILES
from yantra_bot.graphdb.facts_cache import FactsCache
from yantra_bot.graphdb.indexer import Indexer, Progress
from yantra_bot.graphdb.languages import language_of
from yantra_bot.graphdb.overlay import diff
from yantra_bot.graphdb.view import GraphView
from yantra_bot.sandbox.mirror import Mirror, TreeEntry

_CONFIGURATION: Final = frozenset(
    {"package.json", "tsconfig.json", "jsconfig.json", "go.mod", "go.work", "Cargo.toml", "pyproject.toml"}
)
MAX_SOURCE_BYTES: Final = 1024**3
"""All sources of a commit together: a tree can name one object a hundred thousand times."""
_REGULAR: Final = ("100644", "100755")


class CommitGraph:
    """The graph of a commit."""

    def __init__(
        self,
        mirror: Mirror,
        commit: str,
        folder: Path,
        *,
        cache: FactsCache | None = None,
        processes: int | None = None,
        progress: Progress = lambda *_: None,
    ) -> None:
        """Lay the commit's sources out in `folder`, which is empty, and build their graph; `cache` spares parsing.

        `update` says which files were parsed. Raises Permanent when the mirror does not have the commit, UserError when
        it has too many files, or too much in them.
        """
        self._lost = write_sources(mirror, commit, folder)
        self.commit = commit
        self._folder = folder
        self._indexer = Indexer(folder, cache=cache, processes=processes)
        self.update = self._indexer.refresh(progress)
        progress("resolving", 0, 1)
        self._graph = self._indexer.resolve()
        self._graph.problems += self._lost
        self.view = GraphView.of(self._graph)

    def overlay(self, changes: Mapping[str, bytes | None]) -> GraphView:
        """Return the view of the commit with other contents of some files; None is a file that is removed.

        It is exactly the graph of those files. Only they are parsed; afterwards the folder is the commit's again.
        Raises UserError for a path that leads out of the folder.
        """
        wanted = {check_path(path): data for path, data in changes.items() if is_source(path)}
        before = {path: self._read(path) for path in wanted}
        # Facts of a change are none of the commit's: they must not get into its cache.
        indexer = Indexer(self._folder, processes=1)
        indexer.digests, indexer.facts = dict(self._indexer.digests), dict(self._indexer.facts)
        try:
            self._write(wanted)
            indexer.refresh()
            changed = indexer.resolve()
            changed.problems += [one for one in self._lost if one.path not in wanted]
            return self.view.with_changes(diff(self._graph, changed))
        finally:
            self._write(before)

    def _read(self, path: str) -> bytes | None:
        target = self._folder / path
        return target.read_bytes() if target.is_file() else None

    def _write(self, contents: Mapping[str, bytes | None]) -> None:
        gone = [path for path, data in contents.items() if data is None]
        for path in gone:
            (self._folder / path).unlink(missing_ok=True)
            self._remove_empty_folders(PurePosixPath(path).parent)
        for path, data in contents.items():
            if data is not None:
                write_source(self._folder, path, data)

    def _remove_empty_folders(self, path: PurePosixPath) -> None:
        """Remove folders that nothing is left in, so that a file may take a folder's name."""
        for above in (path, *path.parents):
            folder = self._folder / above
            if str(above) == "." or not folder.is_dir() or any(folder.iterdir()):
                return
            folder.rmdir()


def is_source(path: str) -> bool:
    """Tell whether a graph reads a file of that name."""
    return language_of(path) is not None or PurePosixPath(path).name in _CONFIGURATION


def write_sources(mirror: Mirror, commit: str, folder: Path, *, prefix: str = "") -> list[Problem]:
    """Write the files that a graph is made of, and Markdown pages; links, submodules and hostile paths are left out.

    With `prefix` (a folder with a slash at its end) only what is below it. Return what could not be written. Raises
    Permanent, UserError.
    """
    problems: list[Problem] = []
    entries = list(_wanted(mirror.list_tree(commit, max_entries=MAX_FILES * 2), prefix))
    total = sum(entry.size or 0 for _, entry in entries)
    if total > MAX_SOURCE_BYTES:
        raise UserError(
            f"The sources of {commit[:12]} have {total >> 20} MB, and a graph takes {MAX_SOURCE_BYTES >> 20} MB. Take "
            "what was made by machines out of the repository."
        )
    contents = mirror.read_objects(commit, [entry.object_id for _, entry in entries])
    for (path, _), found in zip(entries, contents, strict=True):
        if found is None:
            problems.append(Problem(path, "vanished", "the mirror does not have it"))
            continue
        data = b"".join(found[1])
        try:
            write_source(folder, path, data)
        except OSError as refused:  # a name that is too long, or a tree that names one thing twice
            problems.append(Problem(path, "unreadable", refused.strerror or ""))
    return problems


def write_source(folder: Path, path: str, data: bytes) -> None:
    """Write one file with the folders above it."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def _wanted(entries: tuple[TreeEntry, ...], prefix: str) -> Iterator[tuple[str, TreeEntry]]:
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
