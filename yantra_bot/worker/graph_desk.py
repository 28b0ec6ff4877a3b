"""What a worker does for a stored graph: brings the copy in its folder to a commit. The child's side.

It reads the mirror and writes into its own folder; control takes from there what is to be kept. The engine works in
this process, which may die of it: a full disk makes it abort, and control then keeps the graph that it has.
"""

import shutil
from pathlib import Path
from typing import Final

from yantra_bot.domain.graph import KeptGraph
from yantra_bot.errors import UserError
from yantra_bot.graphdb.columns_file import COLUMNS, key_of, save_columns
from yantra_bot.graphdb.history.gitlog import GitRunner
from yantra_bot.graphdb.history.host_git import HostGit
from yantra_bot.graphdb.store_child import run_here
from yantra_bot.graphdb.store_errors import StoreFull
from yantra_bot.sandbox.mirror import Mirror
from yantra_bot.worker.code_graph import keep_commit
from yantra_bot.worker.protocol import GRAPH_FOLDER, PAST_FOLDER
from yantra_bot.worker.tasks import Keep

LEAST_FREE: Final = 64 * 1024**2
"""Bytes of the disk below which nothing is begun: the engine would end this process, with no word."""
PAST_SECONDS: Final = 120.0
"""How long one command of git may take over the past."""


def keep(mirror: Mirror, folder: Path, order: Keep, past: Mirror | None = None) -> KeptGraph:
    """Bring the graph in `folder` to a commit, with what led to it. `past` has its scratch in a folder to be made.

    Raises what `keep_commit` does; StoreFull before the disk is full.
    """
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        raise StoreFull(f"{free >> 20} MB are free on the disk of the workers, too few for a graph. Free some space.")
    tree = folder / "sources"
    tree.mkdir()
    try:
        graph = keep_commit(
            mirror,
            order.commit,
            tree,
            folder / GRAPH_FOLDER,
            git=None if past is None else git_of(past, order.commit, folder / PAST_FOLDER),
            beside=order.beside,
            repository=order.repository,
            processes=order.processes,
            write=run_here,
        )
    except MemoryError as much:
        raise UserError(
            "The graph needs more memory than a worker may have. Take what was made by machines out of the repository."
        ) from much
    finally:
        shutil.rmtree(tree, ignore_errors=True)
    save_columns(folder / GRAPH_FOLDER / COLUMNS, key_of(order.commit), graph.view.columns)
    counts = graph.view.stats()
    return KeptGraph(
        order.commit,
        parsed=sum(path in graph.view.files for path in graph.update.parsed),
        removed=len(graph.update.removed),
        files=counts.files,
        symbols=len(graph.view),
        edges=graph.view.edge_count,
        unresolved=sum(counts.unresolved.values()),
        problems=sum(counts.problems.values()),
    )


def git_of(past: Mirror, commit: str, scratch: Path) -> GitRunner:
    """Return what runs git, for reading, on what led to a commit; `scratch` is a folder to be made."""
    scratch.mkdir()
    place, environment = past.place_of_past(commit)
    return HostGit(place, seconds=PAST_SECONDS, environment=environment, name="the repository")
