"""How the two versions of a review get their facts and their graphs: `open_versions`, and nothing else of a review.

Both graphs are exact. The sources are laid out once, as the base has them and then as the head has them; what did not
change is parsed once, or never where its facts are kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from yantra_bot.domain.graph import Graph, Problem
from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.graphdb.facts_cache import FactsCache
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.review.sources import find_wanted, remove_source, write_source, write_sources
from yantra_bot.review.subject import Version
from yantra_bot.review.trees import Tree, Trees

KEPT_FACTS = "review-facts.sqlite"
"""Beside a stored graph: the facts of the base that was reviewed against last."""


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
    tell: Callable[[str], None] = lambda _: None,
) -> Versions:
    """Return both versions with their graphs; empty graphs where none is needed. Raises UserError, Permanent.

    `scratch` is a private folder; `store` the folder of the repository's stored graph, where there is one.
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
    old, facts = _resolve(before, lost)
    tell("the head's graph")
    after = Indexer(folder, processes=1)
    after.digests, after.facts = dict(before.digests), dict(before.facts)
    lost = _lay_over(base, head, folder)
    after.refresh()
    new, new_facts = _resolve(after, lost)
    problems = {problem.path: problem for problem in new.problems}
    return Versions(Version(old, facts, base.read), Version(new, new_facts, head.read), problems)


def _resolve(indexer: Indexer, lost: list[Problem]) -> tuple[GraphView, dict[str, FileFacts]]:
    graph = indexer.resolve()
    graph.problems += lost
    return GraphView.of(graph), indexer.facts


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
