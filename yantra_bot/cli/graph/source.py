"""Where the graph of a folder comes from: the store, brought up to date, or a first build with a line of progress."""

import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from yantra_bot.app.home import Home
from yantra_bot.cli.console import count, make_console
from yantra_bot.cli.graph.packages import Packages
from yantra_bot.domain.graph import Graph, Symbol
from yantra_bot.errors import UserError
from yantra_bot.graphdb.declared import declare
from yantra_bot.graphdb.discovery import Reader, Source, discover, read_source
from yantra_bot.graphdb.docs.files import read_texts
from yantra_bot.graphdb.environment import Environment
from yantra_bot.graphdb.facts_cache import FactsCache
from yantra_bot.graphdb.history.keeping import git_of
from yantra_bot.graphdb.indexer import Indexer, Progress
from yantra_bot.graphdb.kuzu_store import GraphStore
from yantra_bot.graphdb.store_errors import StoreDamaged
from yantra_bot.graphdb.store_exchange import FACTS
from yantra_bot.graphdb.store_records import Records
from yantra_bot.graphdb.surroundings import Surroundings
from yantra_bot.graphdb.view import GraphView
from yantra_bot.settings import read_settings

LANGUAGES: Final = "Python, JavaScript, TypeScript, Go, Rust or Java"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of sources and the folder its graph is kept in."""

    root: Path
    store: Path

    @classmethod
    def of(cls, repo: Path, store: Path | None) -> "Place":
        """Return the place of a repository: kept in the state folder, by its resolved path, unless told otherwise."""
        root = repo.resolve()
        return cls(root, store.absolute() if store is not None else default_store(root))


def default_store(root: Path) -> Path:
    """Return where the graph of a resolved folder is kept by default."""
    key = hashlib.sha256(str(root).encode(errors="surrogateescape")).hexdigest()[:16]
    return Home(read_settings().home).graphs / key


def open_graph(place: Place, *, stale: bool = False) -> GraphView:
    """Return the graph, built where there is none and brought up to date where files have changed.

    With `stale` it is taken as it is in the store.
    """
    view = load_stored(place)
    if view is None or (not stale and not _is_fresh(place, view)):
        return build_graph(place)
    return view


def load_stored(place: Place) -> GraphView | None:
    """Return the stored graph; None where there is none, or where it is damaged, which is said."""
    try:
        return GraphStore.open(place.store).load()
    except StoreDamaged as damaged:
        _tell(f"{damaged} It is built anew.")
        return None


def is_fresh(root: Path, view: GraphView) -> bool:
    """Tell whether the files are those of the graph, by their content. Reads them all, parses none."""
    found = discover(root)
    left_out = {problem.path for problem in view.problems}
    if set(view.files) - found.stamps.keys() or found.stamps.keys() - view.files.keys() - left_out:
        return False
    for path, digest in view.files.items():
        source = read_source(root, path)
        if not isinstance(source, Source) or source.digest != digest:
            return False
    return True


def _is_fresh(place: Place, view: GraphView) -> bool:
    if not is_fresh(place.root, view):
        return False
    # A commit's graph that a server keeps is made without packages.
    return Packages(place.root, place.store).are_same() or bool(GraphStore.open(place.store).revision())


def build_graph(
    place: Place,
    *,
    anew: bool = False,
    force: bool = False,
    around: bool = False,
    environment: str | None = None,
) -> GraphView:
    """Index what has changed (with `anew`: everything), keep the graph, and say how long it took.

    `force` replaces the graph of a newer version. With `around` the past and the talk are brought up to date too.
    `environment` chooses the packages that are believed, from now on. Raises UserError where it has none.
    """
    packages = Packages(place.root, place.store, environment)
    began = time.monotonic()
    store = GraphStore.open(place.store, force=force)
    if store.revision() and not force:
        raise UserError(f"The graph in {place.store} is kept at a commit by the server. Ask it as it is, with --stale.")
    if not os.access(place.store, os.W_OK | os.X_OK):
        raise UserError(
            f"The graph of {place.root} has to be brought up to date, and {place.store} may not be written. Keep it in "
            "another folder with --store, or ask it as it is, with --stale."
        )
    if anew:
        with suppress(OSError):  # what cannot go is not wrong either: facts are known by the content of their file
            (place.store / FACTS).unlink()
    else:
        packages.recall()
    cache = FactsCache(place.store / FACTS)
    try:
        graph = index(place.root, cache, packages.environment)
    finally:
        cache.close()
    view = GraphView.of(graph)
    records = _read_around(place.root, view, () if anew else _kept(store)) if around else []
    view.generation = store.save(view, records)
    packages.keep()
    _tell(f"Graph of {place.root}: {sizes_of(view)} in {time.monotonic() - began:.1f} s.")
    if not view.files:
        rest = "yantra graph stats names what was left out" if view.problems else "notebooks are not read"
        _tell(f"No file of {LANGUAGES} was read in {place.root}; {rest}.")
    return view


def sizes_of(view: GraphView) -> str:
    """Return how large a graph is, for people."""
    return f"{count(len(view.files), 'file')}, {count(len(view), 'symbol')}, {count(view.edge_count, 'edge')}"


def _tell(message: str) -> None:
    make_console(stderr=True).print(message, markup=False, highlight=False, soft_wrap=True)


def open_around(place: Place, *, stale: bool = False) -> GraphView:
    """Return the graph as `open_graph` does, with the past and the talk beside it up to date too."""
    view = load_stored(place)
    if view is None or (not stale and not _is_fresh(place, view)):
        return build_graph(place, around=True)
    if not stale:
        store = GraphStore.open(place.store)
        records = _read_around(place.root, view, _kept(store))
        if records:
            view.generation = store.save_records(records)
    return view


def _kept(store: GraphStore) -> Sequence[Records]:
    try:
        return store.load_records()
    except StoreDamaged:
        return ()


def _read_around(root: Path, view: GraphView, kept: Sequence[Records]) -> list[Records]:
    with _progress(make_console(stderr=True)) as progress:
        return Surroundings(git_of(root), read_texts(root)).refresh(view, kept, progress)


def index(root: Path, cache: FactsCache | None = None, environment: Environment | None = None) -> Graph:
    """Return the graph of a folder's files, with a line of progress in a terminal."""
    with _progress(make_console(stderr=True)) as progress:
        return Indexer(root, cache=cache, environment=environment).build(progress)


def index_symbols(root: Path) -> list[Symbol]:
    """Return what a folder's files define, without who uses it."""
    with _progress(make_console(stderr=True)) as progress:
        indexer = Indexer(root)
        indexer.refresh(progress)
        return declare(indexer.facts.values(), Reader(root))


@contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    if not console.is_terminal:
        yield lambda *_: None
        return
    with console.status("Looking at the files") as status:
        yield lambda what, done, total: status.update(f"{what} {done} of {total}" if total > 1 else what)
