"""From a folder of files to its graph: finds what changed, has it lowered in several processes, resolves.

An unchanged file is not parsed again. What is left out is named among the graph's problems.
"""

import gc
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from yantra_bot.domain.graph import Graph, Problem
from yantra_bot.graphdb.discovery import Reader, Source, chunks, discover, read_source
from yantra_bot.graphdb.environment import Catalogue, Environment
from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.graphdb.facts_cache import FactsCache, pack, unpack
from yantra_bot.graphdb.lowering import Lowered, lower_beside, lower_files
from yantra_bot.graphdb.requests import Joins, join
from yantra_bot.graphdb.resolve.solver import resolve

FEW_BYTES = 400_000
"""Less than this is lowered in this process: starting others takes longer."""

MANY_OBJECTS = 1_500_000
"""So many that large pieces of work have left are looked through before the next one."""

Progress = Callable[[str, int, int], None]
"""Called as (what is done, so many, of so many)."""


@dataclass(slots=True)
class Update:
    """What an indexing found out about files."""

    parsed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    environment: bool = False
    """Whether the installed packages say something else."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing has changed."""
        return not self.parsed and not self.removed and not self.environment


class Indexer:
    """The files of one folder, with their facts, kept up to date."""

    def __init__(
        self,
        root: Path,
        *,
        cache: FactsCache | None = None,
        processes: int | None = None,
        environment: Environment | None = None,
    ) -> None:
        """`processes`: how many lower files at once; by default as many as there are processors.

        `environment`: the packages that are installed for the folder; without one nothing is known of them.
        """
        self.root = root
        self._environment = environment
        self._catalogue: Catalogue | None = None
        self._cache = cache
        self._processes = processes or os.cpu_count() or 1
        self._stamps: dict[str, tuple[int, int]] = {}
        self._problems: dict[str, Problem] = {}
        self._walk_problems: list[Problem] = []
        self.digests: dict[str, str] = {}
        self.facts: dict[str, FileFacts] = {}
        if cache is not None:
            self.digests = cache.digests()

    def refresh(self, progress: Progress = lambda *_: None) -> Update:
        """Look at every file's size and time, read those that differ, parse those whose content is another."""
        found = discover(self.root)
        self._walk_problems = found.problems
        suspects = [path for path, stamp in found.stamps.items() if self._stamps.get(path) != stamp]
        update = Update(removed=[path for path in (*self.digests, *self._problems) if path not in found.stamps])
        update.environment = self._environment is not None and self._environment.is_changed()
        changed = self._find_changed(suspects)
        self._stamps = found.stamps
        self._forget(update.removed)
        update.parsed = self._lower(changed, progress)
        return update

    def _find_changed(self, suspects: list[str]) -> list[str]:
        """Return the files whose content is not the known one; facts of the others come from the cache."""
        changed: list[str] = []
        known: list[str] = []
        for path in suspects:
            if path in self.digests:
                source = read_source(self.root, path)
                same = isinstance(source, Source) and source.digest == self.digests[path]
                (known if same else changed).append(path)
            else:
                changed.append(path)
        missing = [path for path in known if path not in self.facts]
        if self._cache is not None and missing:
            self.facts |= self._cache.load(missing)
        return changed + [path for path in missing if path not in self.facts]

    def _forget(self, paths: Iterable[str]) -> None:
        for path in paths:
            self.digests.pop(path, None)
            self.facts.pop(path, None)
            self._problems.pop(path, None)
        if self._cache is not None:
            self._cache.save((), paths)

    def _lower(self, paths: list[str], progress: Progress) -> list[str]:
        total = sum(self._stamps.get(path, (0, 0))[0] for path in paths)
        if total < FEW_BYTES or self._processes == 1:
            with collector_off():
                parts = [lower_files(self.root, paths)]
        else:
            parts = self._lower_beside(paths, progress)
        parsed, rows = [], []
        for part in parts:
            for path, digest, data in part:
                self._take(path, digest, data)
                parsed.append(path)
                if digest:
                    rows.append((path, digest, data))
        if self._cache is not None:
            self._cache.save(rows, [path for path in paths if path not in self.digests])
        progress("parsed", len(parsed), len(paths))
        return sorted(parsed)

    def _lower_beside(self, paths: list[str], progress: Progress) -> list[Lowered]:
        parts = list(chunks(paths, self._stamps, self._processes * 4))
        done, files = [], 0
        with closing(lower_beside(self.root, parts, self._processes)) as lowered:
            for part in lowered:
                done.append(part)
                files += len(part)
                progress("parsed", files, len(paths))
        return done

    def _take(self, path: str, digest: str, data: bytes) -> None:
        self.facts.pop(path, None)
        self.digests.pop(path, None)
        self._problems.pop(path, None)
        if digest:
            self.digests[path] = digest
            self.facts[path] = unpack(data)
        else:
            kind, _, detail = data.decode().partition("\0")
            self._problems[path] = Problem(path, kind, detail)

    def take(self, source: Source, facts: FileFacts) -> None:
        """Take the facts of a file that was read and lowered elsewhere."""
        self._problems.pop(source.path, None)
        self.digests[source.path], self.facts[source.path] = source.digest, facts
        self._stamps.pop(source.path, None)
        if self._cache is not None:
            self._cache.save([(source.path, source.digest, pack(facts))], ())

    def resolve(self) -> Graph:
        """Return the graph of all files as they were when they were last looked at."""
        with collector_off():
            return self.complete(resolve(self.facts.values(), Reader(self.root), self.open_catalogue()))

    def open_catalogue(self) -> Catalogue | None:
        """Return what the installed packages declare now, for one resolution; None without an environment."""
        self._catalogue = self._environment.open() if self._environment is not None else None
        return self._catalogue

    def complete(self, graph: Graph) -> Graph:
        """Return a resolved graph with its requests joined to its routes, its files, and the problems that were met."""
        graph = join(graph, Joins.of(graph))
        graph.files = dict(sorted(self.digests.items()))
        graph.problems += [*self._walk_problems, *self._problems.values()]
        graph.problems += self._catalogue.problems if self._catalogue is not None else []
        graph.problems.sort(key=lambda problem: (problem.path, problem.kind))
        return graph

    def build(self, progress: Progress = lambda *_: None) -> Graph:
        """Look at all files and return their graph."""
        self.refresh(progress)
        progress("resolving", 0, 1)
        return self.resolve()


@contextmanager
def collector_off() -> Iterator[None]:
    """Keep the garbage collector from walking again and again over millions of objects that all stay."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def collector_passing_by() -> Iterator[None]:
    """Keep the collector off, and off all that was made: for the one large piece of work of a process that then ends.

    What is left after it, no collection walks over, until many objects are left: a further piece lets go of them.
    """
    if gc.get_freeze_count() > MANY_OBJECTS:
        gc.unfreeze()
        gc.collect()
    with collector_off():
        yield
        gc.freeze()
