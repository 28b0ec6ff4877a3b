"""A graph that is kept fresh while files change: a first view at once, and the exact graph after `settle`.

`touch` looks at one changed file among all others as they were. Its symbols are right at once. Functions that the edit
has left as they were keep their edges; those of the others are right as far as they do not rest on what other files
hand to them, so some are missing until `settle` resolves everything anew from the facts that are kept. Nothing but
changed files is parsed.
"""

from yantra_bot.domain.graph import Graph, Problem
from yantra_bot.graphdb.discovery import Reader, Source, read_source
from yantra_bot.graphdb.indexer import Indexer, collector_off
from yantra_bot.graphdb.keeping import find_kept
from yantra_bot.graphdb.lowering import lower
from yantra_bot.graphdb.overlay import Diff, diff
from yantra_bot.graphdb.requests import Joins, join, merged, rejoined
from yantra_bot.graphdb.resolve.edges import make_graph, make_part
from yantra_bot.graphdb.resolve.program import Program
from yantra_bot.graphdb.resolve.solver import Solver
from yantra_bot.graphdb.resolve.writer import find_names
from yantra_bot.graphdb.view import GraphView

MAX_TOUCHES = 200
"""Touched states pile up in the resolution; after so many it is made anew."""


class LiveGraph:
    """The graph of a folder, held with its resolution. It takes about ten times the memory of the view alone."""

    def __init__(self, indexer: Indexer) -> None:
        """The indexer must have looked at its files (`refresh`)."""
        self._indexer = indexer
        self._touches = 0
        self._solver = self._solve()
        self.view = GraphView.of(self._whole())
        self.is_settled = True
        """Whether the view is the graph that a build from nothing gives."""

    def _solve(self) -> Solver:
        with collector_off():
            catalogue = self._indexer.open_catalogue()
            solver = Solver(Program(self._indexer.facts.values(), Reader(self._indexer.root), catalogue))
            solver.solve()
        self._names = find_names(solver.state.program.files.values())
        return solver

    def _whole(self) -> Graph:
        graph = make_graph(self._solver.state)
        self._joins = Joins.of(graph)
        return self._indexer.complete(graph)

    def touch(self, path: str) -> Diff:
        """Take a changed file in; return what that changes in the view. A file that came or went settles the graph."""
        source = read_source(self._indexer.root, path)
        known = path in self._indexer.facts
        if not known or isinstance(source, Problem) or self._touches >= MAX_TOUCHES:
            return self.settle()
        if source.digest == self._indexer.digests[path]:
            return Diff()
        return self._touch(source)

    def _touch(self, source: Source) -> Diff:
        self._touches += 1
        self.is_settled = False
        facts, state = lower(source), self._solver.state
        self._indexer.take(source, facts)
        known = state.program.files[source.path]
        file = state.program.replace(facts)
        kept = find_kept(known, file, source.data)
        file.idle = kept.idle
        instances = self._solver.solve_again(file)
        part = make_part(state, [file], instances, self._names)
        was = self.view.part([source.path])
        part = kept.carry(was, part)
        part.files = {source.path: source.digest}
        part.symbols = [symbol for symbol in part.symbols if symbol.path or self.view.index_of(symbol.key) is None]
        before, after = self._join(source.path, was, part)
        changes = diff(before, after)
        self.view = self.view.with_changes(changes)
        return changes

    def _join(self, path: str, was: Graph, part: Graph) -> tuple[Graph, Graph]:
        """Join a file's new state; return what was and what is of it, and of files whose requests meet other routes."""
        is_rerouted = self._joins.reroutes(path, part)
        old = self._joins.parts() if is_rerouted else {}
        self._joins.replace(path, part)
        part = join(part, self._joins, [path])
        if not is_rerouted:
            return was, part
        new = self._joins.parts()
        others = [other for other in new if other != path and new[other] != old.get(other)]
        known = self.view.part(others)
        after = rejoined(known, [new[other] for other in others])
        return merged(was, known), merged(part, after)

    def settle(self) -> Diff:
        """Look at all files, resolve everything anew, and return what that changes in the view."""
        update = self._indexer.refresh()
        if self.is_settled and update.is_empty:
            return Diff()
        before = self.view.to_graph()
        self._solver = self._solve()
        self._touches = 0
        after = self._whole()
        self.view = GraphView.of(after, generation=self.view.generation)
        self.is_settled = True
        return diff(before, after)
