"""The graph of one commit, built of sources laid out of a bare mirror, and of changes on top. The worker's side.

Files are laid out in a folder of the caller's own, as bytes out of git's objects: nothing is checked out, and nothing
of the repository runs. It knows no store, so that whoever needs none of one does not load the engine.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from yantra_bot.domain.graph import Graph
from yantra_bot.domain.paths import check_path
from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.graphdb.facts_cache import FactsCache
from yantra_bot.graphdb.indexer import Indexer, Progress
from yantra_bot.graphdb.overlay import diff
from yantra_bot.graphdb.view import GraphView
from yantra_bot.review.overlays import decides_imports, view_after
from yantra_bot.review.sources import is_source, remove_source, write_source, write_sources
from yantra_bot.sandbox.mirror import Mirror

__all__ = ["CommitGraph", "is_source", "write_source", "write_sources"]


@dataclass(frozen=True, slots=True)
class Edited:
    """A commit with changed files: its graph and what was read in each source file, by path."""

    view: GraphView
    facts: Mapping[str, FileFacts]


class KnownFacts(FactsCache):
    """Facts that are read and stay as they are."""

    def save(self, changed: Iterable[tuple[str, str, bytes]], removed: Iterable[str]) -> None:
        return


class CommitGraph:
    """The graph of a commit."""

    def __init__(
        self,
        mirror: Mirror,
        commit: str,
        folder: Path,
        *,
        cache: FactsCache | None = None,
        kept: GraphView | None = None,
        processes: int | None = None,
        progress: Progress = lambda *_: None,
    ) -> None:
        """Lay the commit's sources out in `folder`, which is empty, and build their graph; `cache` spares parsing.

        `kept` is that graph where somebody has it: then it is not built. `update` says which files were parsed. Raises
        Permanent when the mirror does not have the commit, UserError when it has too many files, or too much in them.
        """
        self._lost = write_sources(mirror, commit, folder)
        self.commit = commit
        self._folder = folder
        self._indexer = Indexer(folder, cache=cache, processes=processes)
        self.update = self._indexer.refresh(progress)
        self._graph: Graph | None = None
        if kept is None:
            progress("resolving", 0, 1)
        self.view = GraphView.of(self._whole) if kept is None else kept

    @property
    def _whole(self) -> Graph:
        if self._graph is None:
            self._graph = self._indexer.resolve()
            self._graph.problems += self._lost
        return self._graph

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
            return self.view.with_changes(diff(self._whole, changed))
        finally:
            self._write(before)

    @property
    def facts(self) -> Mapping[str, FileFacts]:
        """What was read in each source file of the commit, by path."""
        return self._indexer.facts

    @contextmanager
    def edited(self, changes: Mapping[str, bytes | None]) -> Iterator[Edited]:
        """Lay changed files over the commit's for as long as the context lasts; yield their facts and their graph.

        Unlike an overlay this resolves, in a large program, only what the change reaches.
        """
        wanted = {check_path(path): data for path, data in changes.items() if is_source(path)}
        before = {path: self._read(path) for path in wanted}
        after = Indexer(self._folder, processes=1)
        after.digests, after.facts = dict(self._indexer.digests), dict(self._indexer.facts)
        lost = [one for one in self._lost if one.path not in wanted]
        is_whole = any(decides_imports(path) for path in wanted)
        try:
            self._write(wanted)
            after.refresh()
            view = view_after(self.view, self._indexer, after, self._read, lost, is_whole=is_whole)
            yield Edited(view, after.facts)
        finally:
            self._write(before)

    def _read(self, path: str) -> bytes | None:
        target = self._folder / path
        return target.read_bytes() if target.is_file() else None

    def _write(self, contents: Mapping[str, bytes | None]) -> None:
        for path, data in contents.items():
            if data is None:
                remove_source(self._folder, path)
        for path, data in contents.items():
            if data is not None:
                write_source(self._folder, path, data)
