"""The graph after a change: an overlay of the graph before it where that is worth while, else made whole.

It knows no store, so that whoever needs none of one does not load the engine.
"""

from collections.abc import Callable
from typing import Final

import structlog

from yantra_bot.domain.graph import Graph, Problem
from yantra_bot.graphdb.discovery import Reader
from yantra_bot.graphdb.indexer import Indexer, collector_off
from yantra_bot.graphdb.languages import language_of
from yantra_bot.graphdb.partial import Snapshot, resolve_change
from yantra_bot.graphdb.view import GraphView
from yantra_bot.review.sources import is_source

_log = structlog.get_logger()

SMALL: Final = 3_000
"""Symbols of a program that is resolved whole for every version: that takes a fraction of a second, and is exact."""


def decides_imports(path: str) -> bool:
    """Tell whether a file of that name decides how imports find files; in Python the layout does."""
    return is_source(path) and not language_of(path) and not path.endswith("pyproject.toml")


def view_after(
    old: GraphView,
    before: Indexer,
    after: Indexer,
    contents: Callable[[str], bytes | None],
    lost: list[Problem],
    *,
    is_whole: bool,
) -> GraphView:
    """Return the graph after a change: an overlay of the one before where that is worth while, else made whole.

    `contents` reads any file as it is after the change; `lost` is what could not be written of it.
    """
    if not is_whole and sum(len(facts.symbols) for facts in after.facts.values()) > SMALL:
        try:
            view = _lay_over_view(old, before, after, contents, [*after.complete(Graph()).problems, *lost])
        except Exception:  # noqa: BLE001 (a bug in the shorter way must not cost the review its graph)
            _log.exception("review.overlay_failed")
            view = None
        if view is not None:
            return view
    return resolve_whole(after, lost)


def _lay_over_view(
    old: GraphView,
    before: Indexer,
    after: Indexer,
    contents: Callable[[str], bytes | None],
    problems: list[Problem],
) -> GraphView | None:
    with collector_off():
        return resolve_change(
            old,
            Snapshot(before.facts, before.digests),
            Snapshot(after.facts, after.digests),
            read=Reader(after.root),
            contents=contents,
            problems=problems,
        )


def resolve_whole(indexer: Indexer, lost: list[Problem]) -> GraphView:
    """Return the graph of all that was read; `lost` is what could not be."""
    graph = indexer.resolve()
    graph.problems += lost
    return GraphView.of(graph)
