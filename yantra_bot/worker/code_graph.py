"""The code graph of a commit that is kept in a store, and of changes on top of it. The worker's side.

A change is an overlay in memory; the stored graph stays that of the commit.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import structlog

from yantra_bot.domain.beside import NOTHING_BESIDE, Beside
from yantra_bot.graphdb.docs.files import read_texts
from yantra_bot.graphdb.facts_cache import FactsCache
from yantra_bot.graphdb.history.gitlog import GitRunner
from yantra_bot.graphdb.history.keeping import ABSENT
from yantra_bot.graphdb.history.reading import HistoryLimits
from yantra_bot.graphdb.kuzu_store import GraphStore, Write
from yantra_bot.graphdb.readings import NOT_ASKED
from yantra_bot.graphdb.store_child import run_apart
from yantra_bot.graphdb.store_errors import StoreDamaged, StoreNewer
from yantra_bot.graphdb.store_exchange import FACTS
from yantra_bot.graphdb.store_records import Records
from yantra_bot.graphdb.surroundings import Surroundings
from yantra_bot.graphdb.view import GraphView
from yantra_bot.sandbox.mirror import Mirror
from yantra_bot.worker.commit_graph import CommitGraph, is_source, write_source, write_sources

__all__ = ["BaseGraph", "CommitGraph", "is_source", "keep_commit", "write_source", "write_sources"]

NO_PAST: Final = f"{ABSENT}: nobody asked for it"
LIMITS: Final = HistoryLimits(commits=5_000, seconds=60.0, touches=60_000)
"""How much of the past is read; nobody waits for it, so that it may take longer than in a terminal."""

log = structlog.get_logger()


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
