"""How the two versions of a review get their facts and their graphs: `open_versions`, and nothing else of a review.

The sources are laid out once, as the base has them and then as the head has them; what did not change is parsed once,
or never where its facts are kept. The base's graph is exact: it is resolved whole, unless the stored graph is of that
commit or the graph of the base reviewed against last is kept. The head's is an overlay of what the change touches
(`graphdb.partial`) where the program is large, and resolved whole where it is small or much of it changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yantra_bot.domain.graph import Graph, Problem
from yantra_bot.errors import YantraError
from yantra_bot.graphdb.columns_file import key_of, load_columns, save_columns
from yantra_bot.graphdb.facts_cache import FactsCache
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.kuzu_store import GraphStore
from yantra_bot.graphdb.store_exchange import revision_of
from yantra_bot.graphdb.view import GraphView
from yantra_bot.review.overlays import decides_imports, resolve_whole, view_after
from yantra_bot.review.sources import find_wanted, remove_source, write_source, write_sources
from yantra_bot.review.subject import Version
from yantra_bot.review.trees import Tree, Trees

KEPT_FACTS = "review-facts.sqlite"
"""Beside a stored graph: the facts of the base that was reviewed against last."""
KEPT_GRAPH: Final = "review-graph.npz"
"""Beside them: its graph."""


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
    is_whole = exact or _is_reconfigured(base, head)
    new = view_after(old, before, after, head.read, lost, is_whole=is_whole)
    problems = {problem.path: problem for problem in new.problems}
    return Versions(
        Version(old, before.facts, base.read, base.entries.keys()),
        Version(new, after.facts, head.read, head.entries.keys()),
        problems,
    )


def open_whole(trees: Trees, tree: Tree, *, scratch: Path, store: Path | None = None) -> Version:
    """Return one version with its whole graph: the stored one where it is of that commit. Raises UserError, Permanent.

    `scratch` and `store` are as for `open_versions`.
    """
    folder = scratch / "whole"
    folder.mkdir()
    cache = None if store is None else FactsCache(store / KEPT_FACTS)
    try:
        lost = write_sources(trees.mirror, tree.id, folder)
        indexer = Indexer(folder, cache=cache)
        indexer.refresh()
    finally:
        if cache is not None:
            cache.close()
    return Version(_base_view(indexer, tree, store, lost), indexer.facts, tree.read, tree.entries.keys())


def _base_view(indexer: Indexer, base: Tree, store: Path | None, lost: list[Problem]) -> GraphView:
    """Return the graph of the base: the stored one, the one that was kept, or one that is made and kept."""
    if store is None:
        return resolve_whole(indexer, lost)
    stored = _load_stored(store, base.id)
    if stored is not None:
        return stored
    key = key_of(base.id)
    kept = load_columns(store / KEPT_GRAPH, key)
    if kept is not None:
        return GraphView(kept)
    view = resolve_whole(indexer, lost)
    save_columns(store / KEPT_GRAPH, key, view.columns)
    return view


def _load_stored(store: Path, commit: str) -> GraphView | None:
    """Return the repository's stored graph where it is of that commit; a damaged one is none."""
    try:
        return GraphStore.open(store).load() if revision_of(store) == commit else None
    except YantraError:
        return None


def _is_reconfigured(base: Tree, head: Tree) -> bool:
    paths = {path for path in base.entries.keys() | head.entries.keys() if decides_imports(path)}
    return any(base.entries.get(path) != head.entries.get(path) for path in paths)


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
