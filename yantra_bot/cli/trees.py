"""A folder, or a revision of its repository, opened for reading, with its code graph. Nothing is checked out."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from yantra_bot.cli.graph.source import Place, index, open_graph
from yantra_bot.cli.searching import Repository, open_repository
from yantra_bot.errors import UserError, YantraError
from yantra_bot.graphdb.discovery import MAX_FILE_BYTES, Reader
from yantra_bot.graphdb.view import GraphView
from yantra_bot.retrieval.context.parts import Read
from yantra_bot.sandbox.mirror import Mirror, open_mirror
from yantra_bot.worker.code_graph import write_sources

MAX_ENTRIES = 500_000
_REGULAR = frozenset({"100644", "100755"})


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree to read from. `notes` say why there is no graph, where there is none."""

    read: Read
    view: GraphView | None
    notes: tuple[str, ...] = ()


@contextmanager
def open_tree(path: Path, revision: str | None = None) -> Iterator[Tree]:
    """Give the files as they are, or with a revision (in a bare repository: without one, HEAD) those of a commit."""
    repository = open_repository(path)
    if repository is None or (revision is None and repository.has_tree):
        view, notes = _graph_of(path)
        yield Tree(Reader(path.resolve()), view, notes)
        return
    with tempfile.TemporaryDirectory(prefix="yantra-context-") as scratch:
        descriptor = open_mirror(repository.objects)
        try:
            yield _tree_of(repository, repository.commit(revision or "HEAD"), descriptor, Path(scratch))
        finally:
            os.close(descriptor)


def _graph_of(path: Path) -> tuple[GraphView | None, tuple[str, ...]]:
    try:
        return open_graph(Place.of(path, None)), ()
    except YantraError as failed:
        return None, (f"The code graph could not be asked: {failed}",)


def _tree_of(repository: Repository, commit: str, descriptor: int, scratch: Path) -> Tree:
    for name in ("git", "tree"):
        (scratch / name).mkdir()
    mirror = Mirror(descriptor, scratch / "git")
    prefix = repository.prefix.encode()
    objects = {
        entry.path.removeprefix(prefix): entry.object_id
        for entry in mirror.list_tree(commit, max_entries=MAX_ENTRIES)
        if entry.mode in _REGULAR and entry.path.startswith(prefix) and (entry.size or 0) <= MAX_FILE_BYTES
    }

    def read(path: str) -> bytes | None:
        found = objects.get(path.encode("utf-8", "surrogateescape"))
        return None if found is None else mirror.read_blob(commit, found)

    try:
        write_sources(mirror, commit, scratch / "tree", prefix=repository.prefix)
        return Tree(read, GraphView.of(index(scratch / "tree")))
    except UserError as failed:
        return Tree(read, None, (f"The code graph could not be made: {failed}",))
