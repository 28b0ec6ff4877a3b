"""The graph after a change out of the graph before it: what the change touches is resolved anew among all other files.

All modules are linked, but of the functions only those are analysed that the change may have made mean something else,
that pass values to changed ones, or that any of these call. The others keep the edges they have. So what may be missing
or left over, against a resolution of everything, are edges that rest on values that came through several unchanged
functions.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from yantra_bot.domain.graph import Edge, EdgeKind, Graph, Language, NodeKind, Problem
from yantra_bot.graphdb.facts import FileFacts, Op
from yantra_bot.graphdb.keeping import Kept, find_kept, imported_names, names_that_changed, words_of
from yantra_bot.graphdb.languages import Read
from yantra_bot.graphdb.overlay import Diff, diff
from yantra_bot.graphdb.resolve.edges import make_part
from yantra_bot.graphdb.resolve.program import File, Program
from yantra_bot.graphdb.resolve.solver import Solver
from yantra_bot.graphdb.resolve.writer import find_names
from yantra_bot.graphdb.view import GraphView

MAX_SHARE = 0.33
"""Where more of all files changed than this, everything is resolved."""
MAX_SOURCES = 3_000
"""Unchanged functions that are analysed beside the changed ones."""
MAX_CALLERS = 8
"""So many users of a function that only does something else are analysed, for the values that they hand to it."""
_FUNCTIONS = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.TEST})
_WRITTEN = frozenset({EdgeKind.DEFINES, EdgeKind.IMPORTS, EdgeKind.REQUESTS})
"""What is always written anew."""
_IMPORTS = frozenset({Op.IMPORT, Op.IMPORT_FROM, Op.IMPORT_STAR})
_WEB = frozenset({Op.ROUTE, Op.REQUEST})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All files of one version: their facts, and the hashes of their contents, by path."""

    facts: Mapping[str, FileFacts]
    digests: Mapping[str, str]


@dataclass(slots=True)
class _Touched:
    """What a change touches."""

    gone: set[str]
    edited: set[str]
    new: set[str]
    words: set[bytes] = field(default_factory=set)
    """Names that are new, gone, or mean something else; also those of functions that do something else."""
    faces: set[bytes] = field(default_factory=set)
    """Those of them for which other files may have other edges."""

    @property
    def all(self) -> set[str]:
        """Every changed path."""
        return self.gone | self.edited | self.new


def resolve_change(
    view: GraphView,
    before: Snapshot,
    after: Snapshot,
    *,
    read: Read,
    contents: Callable[[str], bytes | None],
    problems: Iterable[Problem] = (),
) -> GraphView | None:
    """Return the view of the version after a change as an overlay; None where all has to be resolved.

    `view` is the graph before it, `read` gives configuration files and `contents` the bytes of files after it;
    `problems` are those that were met while the files after it were read.
    """
    touched = _compare(before, after)
    count = len(touched.all)
    if count == 0:
        return view
    if count > max(4, MAX_SHARE * len(after.facts)) or not _is_suited(before, after, touched.all):
        return None
    work = _Work(view, Program(after.facts.values(), read), touched)
    work.find_kept(Program([before.facts[path] for path in sorted(touched.edited)], read), before, contents)
    if not work.choose_functions():
        return None
    return view.with_changes(work.resolve(after, list(problems)))


def _compare(before: Snapshot, after: Snapshot) -> _Touched:
    old, new = before.facts.keys(), after.facts.keys()
    differing = {path for path in old & new if before.digests.get(path) != after.digests.get(path)}
    return _Touched(set(old - new), differing, set(new - old))


def _is_suited(before: Snapshot, after: Snapshot, paths: Iterable[str]) -> bool:
    """Tell whether the changed files are ones for which an overlay is known to be close.

    They are Python's, and none answers or sends requests: whom those meet is decided over all files at once.
    """
    facts = [one for path in paths for one in (before.facts.get(path), after.facts.get(path)) if one is not None]
    ops = (op for one in facts for body in one.bodies for op in body.ops)
    return all(one.language is Language.PYTHON for one in facts) and not any(op[0] in _WEB for op in ops)


class _Work:
    """One resolution of a part."""

    def __init__(self, view: GraphView, program: Program, touched: _Touched) -> None:
        self._view = view
        self._program = program
        self._touched = touched
        self._kept: dict[str, Kept] = {}
        self._again: defaultdict[str, set[str]] = defaultdict(set)
        """Keys of functions and modules of unchanged files that may have other edges now, by path."""

    def find_kept(self, old: Program, before: Snapshot, contents: Callable[[str], bytes | None]) -> None:
        """Find which functions of the edited files are as they were, and the names that are not."""
        touched = self._touched
        for path in touched.edited:
            was, now = old.files[path], self._program.files[path]
            touched.words |= names_that_changed(was, now)
            touched.faces |= names_that_changed(was, now, faces=True) | (imported_names(was) ^ imported_names(now))
        for facts in [before.facts[path] for path in touched.gone] + [
            self._program.files[p].facts for p in touched.new
        ]:
            touched.faces |= {word for symbol in facts.symbols for word in words_of(symbol.name)}
        touched.words |= touched.faces
        for path in touched.edited:
            data = contents(path) or b""
            kept = find_kept(old.files[path], self._program.files[path], data)
            kept = _without(kept, self._program.files[path], data, touched.words)
            self._kept[path] = kept
            self._program.files[path].idle = kept.idle

    def choose_functions(self) -> bool:
        """Choose the functions of unchanged files that are analysed; False where they are too many."""
        sources = self._sources()
        if len(sources) > MAX_SOURCES:
            return False
        for path, file in self._program.files.items():
            if path in self._touched.edited or path in self._touched.new or file.library:
                continue
            rows = dict(zip(file.keys, range(len(file.keys)), strict=True))
            awake = {row for key in sources.get(path, ()) if key in rows for row in _around(file, rows[key])}
            file.idle = _functions(file) - awake - _fixtures(file)
        return True

    def _sources(self) -> dict[str, set[str]]:
        """Return, by path, what of unchanged files needs something of the changed ones, or names what is new."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for path in sorted(self._touched.edited | self._touched.gone):
            for row in self._view.in_file(path):
                self._take_users(row, found)
        faces = self._touched.faces
        for path, key in [*self._meaning(faces, [*found]), *self._unresolved(faces)]:
            found[path].add(key)
            self._again[path].add(key)
        return found

    def _take_users(self, row: int, found: defaultdict[str, set[str]]) -> None:
        """Take what of unchanged files needs a symbol, where that may mean or do something else now."""
        view, touched = self._view, self._touched
        symbol = view.symbol(row)
        words = words_of(symbol.name)
        is_face = symbol.kind is NodeKind.MODULE or not touched.faces.isdisjoint(words)
        if not is_face and touched.words.isdisjoint(words):
            return
        users = sorted(set(view.sources(view.edges_in(row)).tolist()))
        for source in users if is_face else users[:MAX_CALLERS]:
            user = view.symbol(source)
            if user.path and user.path not in touched.all:
                found[user.path].add(user.key)
                if is_face:
                    self._again[user.path].add(user.key)

    def _unresolved(self, words: set[bytes]) -> Iterator[tuple[str, str]]:
        for word in sorted(words):
            for reference in self._view.unresolved_named(word.decode("utf-8", "replace"), limit=200):
                if reference.path not in self._touched.all:
                    yield reference.path, reference.source

    def _meaning(self, words: set[bytes], paths: list[str]) -> Iterator[tuple[str, str]]:
        """Yield what means something of these names in files that need a changed one: it may mean another now."""
        view = self._view
        numbers = [number for path in paths if (number := view.path_number(path)) is not None]
        edges = view.edges_at(numbers)
        targets = view.targets(edges)
        named = [row for row in set(targets.tolist()) if not words.isdisjoint(words_of(view.name(row)))]
        for edge in edges[np.isin(targets, named)].tolist():
            found = view.edge(edge)
            yield found.path, found.source

    def resolve(self, after: Snapshot, problems: list[Problem]) -> Diff:
        """Return what the change makes of the view."""
        solver = Solver(self._program)
        solver.solve()
        state = solver.state
        instances = (*state.modules.values(), *state.class_bodies.values(), *state.instances.values())
        paths = sorted({*self._touched.edited, *self._touched.new, *(self._again.keys() & self._program.files.keys())})
        names = find_names(self._program.files.values())
        part = make_part(state, [self._program.files[path] for path in paths], instances, names)
        state.engine.end()
        vars(state).clear()
        was = self._view.part([*paths, *sorted(self._touched.gone)])
        now = self._carry(was, part)
        now.files = {path: after.digests[path] for path in paths if path in after.digests}
        now.problems += [problem for problem in problems if problem.path in now.files]
        now.symbols = [one for one in now.symbols if one.path or self._view.index_of(one.key) is None]
        return diff(was, now)

    def _carry(self, was: Graph, part: Graph) -> Graph:
        """Give what was left as it was its edges back: moved with the lines, or in place."""
        moved = {key: by for kept in self._kept.values() for key, by in kept.moved.items()}
        for path, keys in self._again.items():
            file = self._program.files.get(path)
            moved.update((key, 0) for key in (file.keys if file is not None else ()) if key not in keys)
        again = {key for keys in self._again.values() for key in keys}
        now = Kept(moved, frozenset()).carry(was, part)
        now.edges += self._left(was, now, again)
        return now

    def _left(self, was: Graph, now: Graph, again: set[str]) -> Iterator[Edge]:
        """Yield the edges of unchanged functions that were looked at again, where nothing surer took their place."""
        places = {(edge.source, edge.kind, edge.line, edge.column) for edge in now.edges}
        alive = {symbol.key for symbol in now.symbols}
        changed = self._touched.edited | self._touched.gone
        dead = {symbol.key for symbol in was.symbols if symbol.key not in alive and symbol.path in changed}
        for edge in was.edges:
            at = (edge.source, edge.kind, edge.line, edge.column)
            is_import = edge.kind is EdgeKind.IMPORTS and edge.path not in changed  # one in a function that sleeps
            is_left = is_import or (edge.source in again and edge.kind not in _WRITTEN)
            if is_left and at not in places and edge.target not in dead:
                yield edge


def _functions(file: File) -> frozenset[int]:
    return frozenset(row for row, one in enumerate(file.facts.symbols) if one.kind in _FUNCTIONS)


def _fixtures(file: File) -> set[int]:
    """Return the functions that a test runner calls to make what tests are given."""
    symbols = enumerate(file.facts.symbols)
    return {row for row, one in symbols if any("fixture" in decorator for decorator in one.decorators)}


def _importing(file: File) -> set[int]:
    """Return the symbols whose code imports, with those they are nested in: their imports are written anew."""
    owners = {body.owner for body in file.facts.bodies for op in body.ops if op[0] in _IMPORTS}
    return {row for owner in owners for row in _around(file, owner)}


def _around(file: File, row: int) -> Iterator[int]:
    """Yield a symbol and those it is nested in."""
    while row > 0:
        yield row
        row = file.facts.symbols[row].parent


def _without(kept: Kept, file: File, data: bytes, words: set[bytes]) -> Kept:
    """Leave out the functions that name something of another file that changed."""
    lines = data.splitlines(keepends=True)
    moved, dropped = dict(kept.moved), set()
    for index, key in enumerate(file.keys):
        symbol = file.facts.symbols[index]
        if key in moved and symbol.kind in _FUNCTIONS:
            text = b"".join(lines[symbol.line - 1 : symbol.end_line])
            if not words.isdisjoint(words_of(text)):
                del moved[key]
                dropped.add(index)
    return Kept(moved, kept.idle - dropped - _importing(file) - _fixtures(file))
