"""The code graph of a commit, brought into a store. The worker's side."""

from collections.abc import Sequence
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
from yantra_bot.graphdb.store_errors import StoreDamaged
from yantra_bot.graphdb.store_exchange import FACTS
from yantra_bot.graphdb.store_records import Records
from yantra_bot.graphdb.surroundings import Surroundings
from yantra_bot.sandbox.mirror import Mirror
from yantra_bot.worker.commit_graph import CommitGraph, is_source, write_source, write_sources

__all__ = ["CommitGraph", "is_source", "keep_commit", "write_source", "write_sources"]

NO_PAST: Final = f"{ABSENT}: nobody asked for it"
LIMITS: Final = HistoryLimits(commits=5_000, seconds=60.0, touches=60_000)
"""How much of the past is read; nobody waits for it, so that it may take longer than in a terminal."""

log = structlog.get_logger()


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
