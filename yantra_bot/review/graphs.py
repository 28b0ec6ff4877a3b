"""How the two versions of a review get their facts and their graphs: `open_versions`, and nothing else of a review.

The sources are laid out once, as the base has them and then as the head has them; what did not change is parsed once,
or never where its facts are kept. The base's graph is exact: it is resolved whole, unless the stored graph is of that
commit or the graph of the base reviewed against last is kept. The head's is an overlay of what the change touches
(`graphdb.partial`) where the program is large, and resolved whole where it is small or much of it changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import structlog

from yantra_bot.domain.graph import Graph, Problem
from yantra_bot.errors import YantraError
from yantra_bot.graphdb.columns_file import load_columns, save_columns
from yantra_bot.graphdb.discovery import Reader
from yantra_bot.graphdb.facts_cache import FACTS_VERSION, FactsCache
from yantra_bot.graphdb.indexer import Indexer, collector_off
from yantra_bot.graphdb.kuzu_store import GraphStore
from yantra_bot.graphdb.languages import language_of
from yantra_bot.graphdb.partial import Snapshot, resolve_change
from yantra_bot.graphdb.store_exchange import revision_of
from yantra_bot.graphdb.view import GraphView
from yantra_bot.review.sources import find_wanted, is_source, remove_source, write_source, write_sources
from yantra_bot.review.subject import Version
from yantra_bot.review.trees import Tree, Trees

_log = structlog.get_logger()

KEPT_FACTS = "review-facts.sqlite"
"""Beside a stored graph: the facts of the base that was reviewed against last."""
KEPT_GRAPH: Final = "review-graph.npz"
"""Beside them: its graph."""
SMALL: Final = 3_000
"""Symbols of a program that is resolved whole for every version: that takes a fraction of a second, and is exact."""


@dataclass(frozen=True, slots=True)
class Versions:
    """The two versions, and what the graph could not read of either, by path."""

    base: Version
    head: Version
    problems: Mapping[str, Problem]


def open_versions(
    trees: Trees,
    base: Tree,
    head: Tree,
    *,
    scratch: Path,
    store: Path | None = None,
    needs_graph: bool = True,
    exact: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Versions:
    """Return both versions with their graphs; empty graphs where none is needed. Raises UserError, Permanent.

    `scratch` is a private folder; `store` the folder of the repository's stored graph, where there is one. With
    `exact` the head's graph is resolved whole, however large it is.
    """
    if not needs_graph:
        nothing = GraphView.of(Graph())
        return Versions(Version(nothing, {}, base.read), Version(nothing, {}, head.read), {})
    folder = scratch / "tree"
    folder.mkdir()
    cache = None if store is None else FactsCache(store / KEPT_FACTS)
    try:
        tell("the base's graph")
        lost = write_sources(trees.mirror, base.id, folder)
        before = Indexer(folder, cache=cache)
        before.refresh()
    finally:
        if cache is not None:
            cache.close()
    old = _base_view(before, base, store, lost)
    tell("the head's graph")
    after = Indexer(folder, processes=1)
    after.digests, after.facts = dict(before.digests), dict(before.facts)
    lost = _lay_over(base, head, folder)
    after.refresh()
    new = _head_view(old, before, after, head, lost, is_whole=exact or _is_reconfigured(base, head))
    problems = {problem.path: problem for problem in new.problems}
    return Versions(
        Version(old, before.facts, base.read, base.entries.keys()),
        Version(new, after.facts, head.read, head.entries.keys()),
        problems,
    )


def _base_view(indexer: Indexer, base: Tree, store: Path | None, lost: list[Problem]) -> GraphView:
    """Return the graph of the base: the stored one, the one that was kept, or one that is made and kept."""
    if store is None:
        return _resolve(indexer, lost)
    stored = _load_stored(store, base.id)
    if stored is not None:
        return stored
    key = f"{base.id} {FACTS_VERSION} {version('yantra-bot')}"
    kept = load_columns(store / KEPT_GRAPH, key)
    if kept is not None:
        return GraphView(kept)
    view = _resolve(indexer, lost)
    save_columns(store / KEPT_GRAPH, key, view.columns)
    return view


def _load_stored(store: Path, commit: str) -> GraphView | None:
    """Return the repository's stored graph where it is of that commit; a damaged one is none."""
    try:
        return GraphStore.open(store).load() if revision_of(store) == commit else None
    except YantraError:
        return None


def _is_reconfigured(base: Tree, head: Tree) -> bool:
    """Tell whether what decides how imports find files is another."""
    paths = {
        path
        for path in base.entries.keys() | head.entries.keys()
        if is_source(path) and not language_of(path) and not path.endswith("pyproject.toml")  # Python's layout says it
    }
    return any(base.entries.get(path) != head.entries.get(path) for path in paths)


def _head_view(
    old: GraphView, before: Indexer, after: Indexer, head: Tree, lost: list[Problem], *, is_whole: bool
) -> GraphView:
    """Return the graph of the head: an overlay of the base's where that is worth while, else made whole."""
    if not is_whole and sum(len(facts.symbols) for facts in after.facts.values()) > SMALL:
        try:
            view = _lay_over_view(old, before, after, head, [*after.complete(Graph()).problems, *lost])
        except Exception:  # noqa: BLE001 (a bug in the shorter way must not cost the review its graph)
            _log.exception("review.overlay_failed")
            view = None
        if view is not None:
            return view
    return _resolve(after, lost)


def _lay_over_view(
    old: GraphView, before: Indexer, after: Indexer, head: Tree, problems: list[Problem]
) -> GraphView | None:
    with collector_off():
        return resolve_change(
            old,
            Snapshot(before.facts, before.digests),
            Snapshot(after.facts, after.digests),
            read=Reader(after.root),
            contents=head.read,
            problems=problems,
        )


def _resolve(indexer: Indexer, lost: list[Problem]) -> GraphView:
    graph = indexer.resolve()
    graph.problems += lost
    return GraphView.of(graph)


def _lay_over(base: Tree, head: Tree, folder: Path) -> list[Problem]:
    """Make a folder that holds the base's files hold the head's; return what could not be written."""
    differing = [path for path, entry in base.entries.items() if head.entries.get(path) != entry]
    for path, _ in find_wanted(base.entries[path] for path in differing):
        remove_source(folder, path)
    problems = []
    for path, _ in find_wanted(entry for path, entry in head.entries.items() if base.entries.get(path) != entry):
        data = head.read(path)
        try:
            if data is not None:
                write_source(folder, path, data)
        except OSError as refused:
            problems.append(Problem(path, "unreadable", refused.strerror or ""))
    return problems
