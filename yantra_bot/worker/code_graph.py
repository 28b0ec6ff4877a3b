"""The code graph of one commit, read out of a bare mirror, and of changes on top of it. The worker's side.

Files are laid out in a folder of the caller's own, as bytes out of git's objects: nothing is checked out, and nothing
of the repository runs. A change is an overlay in memory; the stored graph stays that of the commit.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

import structlog

from yantra_bot.domain.beside import NOTHING_BESIDE, Beside
from yantra_bot.domain.graph import Problem
from yantra_bot.domain.paths import check_path
from yantra_bot.errors import UserError
from yantra_bot.graphdb.discovery import MAX_FILE_BYTES, MAX_FILES
from yantra_bot.graphdb.docs.files import read_texts
from yantra_bot.graphdb.facts_cache import FactsCache
from yantra_bot.graphdb.history.gitlog import GitRunner
from yantra_bot.graphdb.history.keeping import ABSENT
from yantra_bot.graphdb.history.reading import HistoryLimits
from yantra_bot.graphdb.indexer import Indexer, Progress
from yantra_bot.graphdb.kuzu_store import GraphStore, Write
from yantra_bot.graphdb.languages import language_of
from yantra_bot.graphdb.overlay import diff
from yantra_bot.graphdb.readings import NOT_ASKED
from yantra_bot.graphdb.store_child import run_apart
from yantra_bot.graphdb.store_errors import StoreDamaged, StoreNewer
from yantra_bot.graphdb.store_exchange import FACTS
from yantra_bot.graphdb.store_records import Records
from yantra_bot.graphdb.surroundings import Surroundings
from yantra_bot.graphdb.view import GraphView
from yantra_bot.sandbox.mirror import Mirror, TreeEntry

_CONFIGURATION: Final = frozenset(
    {"package.json", "tsconfig.json", "jsconfig.json", "go.mod", "go.work", "Cargo.toml", "pyproject.toml"}
)
MAX_SOURCE_BYTES: Final = 1024**3
"""All sources of a commit together: a tree can name one object a hundred thousand times."""
NO_PAST: Final = f"{ABSENT}: nobody asked for it"
LIMITS: Final = HistoryLimits(commits=5_000, seconds=60.0, touches=60_000)
"""How much of the past is read; nobody waits for it, so that it may take longer than in a terminal."""
_REGULAR: Final = ("100644", "100755")


log = structlog.get_logger()


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


class BaseGraph:
    """The graph of a commit that changes are laid over, without a write to the store that it may come from.

    Where the store is of that commit its graph is loaded, and nothing is laid out or parsed until there is a change.
    """

    def __init__(self, mirror: Mirror, commit: str, folder: Path, store: Path) -> None:
        """Load the graph, or build it in `folder`, which is empty and the caller's own. Raises as CommitGraph does."""
        self._mirror, self._commit, self._folder, self._store = mirror, commit, folder, store
        self._built: CommitGraph | None = None
        stored = self._load()
        self.was_stored = stored is not None
        self.view = self._build().view if stored is None else stored

    def overlay(self, changes: Mapping[str, bytes | None]) -> GraphView:
        """Return the view with other contents of some files, exact; None is a file that is removed."""
        if not any(is_source(path) for path in changes):
            return self.view
        return self._build().overlay(changes)

    def _load(self) -> GraphView | None:
        if not (self._store / "head.json").exists():
            return None
        try:
            kept = GraphStore.open(self._store)
            return kept.load() if kept.revision() == self._commit else None
        except (StoreDamaged, StoreNewer) as unusable:
            log.warning("graph.built_anew", commit=self._commit, reason=str(unusable))
            return None

    def _build(self) -> CommitGraph:
        if self._built is None:
            facts = _KnownFacts(self._store / FACTS) if (self._store / FACTS).exists() else None
            try:
                self._built = CommitGraph(self._mirror, self._commit, self._folder, cache=facts, processes=1)
            finally:
                if facts is not None:
                    facts.close()
        return self._built


class _KnownFacts(FactsCache):
    """Facts that are read and stay as they are."""

    def save(self, changed: Iterable[tuple[str, str, bytes]], removed: Iterable[str]) -> None:
        return


def keep_commit(
    mirror: Mirror,
    commit: str,
    folder: Path,
    store: Path,
    *,
    git: GitRunner | None = None,
    beside: Beside = NOTHING_BESIDE,
    repository: str = "",
    processes: int | None = None,
    write: Write = run_apart,
) -> CommitGraph:
    """Bring the stored graph of a repository to a commit, with the past and the talk beside it; return the graph.

    `folder` is empty and the caller's own. Only files that differ from the commit before are parsed. `git` reads the
    past of the commit, `beside` has what the forge was asked for; `write` is `GraphStore.open`'s.
    Raises what `CommitGraph` does, StoreFull and StoreBusy; the graph in the store is then as it was.
    """
    kept = GraphStore.open(store, write=write)
    cache = FactsCache(store / FACTS)
    try:
        graph = CommitGraph(mirror, commit, folder, cache=cache, processes=processes)
    finally:
        cache.close()
    around = Surroundings(
        git,
        read_texts(folder),
        beside.threads,
        repository=repository,
        revision=commit,
        limits=LIMITS,
        no_past=beside.no_past or NO_PAST,
        no_threads=beside.no_threads or NOT_ASKED,
        reach=beside.reach,
    )
    records = around.refresh(graph.view, _records_of(kept))
    graph.view.generation = kept.save(graph.view, records, revision=commit)
    return graph


def _records_of(store: GraphStore) -> Sequence[Records]:
    try:
        return store.load_records()
    except StoreDamaged:
        return ()


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
