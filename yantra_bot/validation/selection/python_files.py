"""Chooses tests for one changed Python file, unit by unit."""

from pathlib import PurePosixPath

from yantra_bot.domain.review import ChangedFile, FileStatus
from yantra_bot.graphdb.view import GraphView
from yantra_bot.validation.selection import chosen as scores
from yantra_bot.validation.selection.chosen import Chosen
from yantra_bot.validation.selection.likely import find_near
from yantra_bot.validation.selection.reach import Reach
from yantra_bot.validation.selection.seen import Seen
from yantra_bot.validation.selection.spread import Spread, is_outside
from yantra_bot.validation.selection.unit_changes import UnitChange, compare_units
from yantra_bot.validation.selection.units import MODULE, Unit, UnitKind, find_units
from yantra_bot.validation.selection.versions import Version


class PythonFiles:
    """Chooses for Python files. `reasons` call for the whole suite; `loose` is what nothing is known to reach."""

    def __init__(self, base: Version, head: Version, reach: Reach, seen: Seen, chosen: Chosen) -> None:
        self._base, self._head, self._reach, self._seen, self._chosen = base, head, reach, seen, chosen
        self._spread = Spread(head)
        self._lines: dict[tuple[bool, str], list[tuple[int, int, int]]] = {}
        self.reasons: list[str] = []
        self.loose: set[str] = set()

    def choose(self, file: ChangedFile) -> None:
        """Choose what a changed file calls for."""
        old = self._read_base(file.base_path) if file.status is not FileStatus.ADDED else {}
        new = self._read_head(file.path) if file.status is not FileStatus.REMOVED else {}
        if old is None or new is None:
            self._choose_importers(file.path, f"{file.path} does not parse")
            return
        if file.base_path != file.path or file.status is FileStatus.REMOVED:
            self._choose_importers(file.base_path, f"imported {file.base_path}, which is gone")
            self._choose_importers(file.path, f"imports {file.path}, which was {file.base_path}")
        changes = compare_units(old, new)
        self._choose_own(file, changes)
        outside = [change for change in changes if is_outside(change)]
        if file.status is FileStatus.MODIFIED or file.status is FileStatus.RENAMED:
            for change in outside:
                self._choose_felt(file.path, change)
        for change in [*(one for one in changes if not is_outside(one)), *_heads(changes, old, new)]:
            self._choose_function(file, change)
        if changes and PurePosixPath(file.path).name == "conftest.py":
            self._choose_below(file.path)

    def _read_base(self, path: str) -> dict[str, Unit] | None:
        data = self._base.read(path)
        tree = self._base.syntax.module(path)
        if data is None:
            return {}
        return None if tree is None else find_units(tree, data)

    def _read_head(self, path: str) -> dict[str, Unit] | None:
        return {} if self._head.read(path) is None else self._spread.parsed(path)

    def _choose_own(self, file: ChangedFile, changes: list[UnitChange]) -> None:
        """Choose the tests that are themselves changed; plug-ins of pytest call for everything."""
        names = {change.unit.name.partition("#")[0].replace(".", "::") for change in changes}
        is_module = MODULE in names and file.status is not FileStatus.ADDED
        for place, test in enumerate(self._chosen.tests):
            if test.path == file.path:
                own = test.id.partition("::")[2]
                if own in names or (file.status is FileStatus.ADDED):
                    self._chosen.add(1 << place, scores.CHANGED, "is itself changed")
                elif is_module:
                    self._chosen.add(1 << place, scores.FELT, f"stands in {file.path}, which is changed")
        hooks = sorted(name for name in names if name.startswith("pytest_"))
        if hooks and PurePosixPath(file.path).name != "conftest.py":
            self.reasons.append(f"{file.path} changes {hooks[0]}, a hook of pytest.")

    def _choose_function(self, file: ChangedFile, change: UnitChange) -> None:
        unit = change.unit
        name = f"{file.path}::{unit.name}"
        rows = self._rows(self._head.view, file.path, change.new)
        if change.old is None and rows and all(self._reach.is_orphan(row) and not self._is_marked(row) for row in rows):
            return  # it is new, and nobody calls it
        static = self._reach.of(rows)
        if change.new is None:
            static |= self._of_removed(file.base_path, change.old)
        seen = self._seen.of(file.base_path, change.old, change.touched) if change.old is not None else None
        near = find_near(self._head.view, rows, self._chosen.tests, unit.name, file.path)
        if seen is not None:
            self._chosen.add(seen, scores.SEEN, f"was seen to run {name}", near=near)
            is_early = self._seen.is_at_import(file.base_path, change.old, change.touched)
            static &= -1 if is_early else ~self._seen.known
        self._chosen.add(static, scores.REACHES, f"reaches {name}", near=near)
        if not static and not seen and seen != 0:
            self._choose_importers(file.path, f"imports {file.path}; no known path leads to {unit.name}")

    def _is_marked(self, row: int) -> bool:
        """Tell whether a decorator may have somebody call it."""
        return bool(self._head.view.symbol(row).decorators)

    def _rows(self, view: GraphView, path: str, unit: Unit | None) -> list[int]:
        """Return the symbols of a unit: its own and what is defined in its lines."""
        if unit is None:
            return []
        return [row for row, line, end in self._signed(view, path) if unit.line <= line and end <= unit.end_line]

    def _signed(self, view: GraphView, path: str) -> list[tuple[int, int, int]]:
        """Return the symbols of a file that have a signature, with their first and last lines; made once a file."""
        key = (view is self._head.view, path)
        if key not in self._lines:
            symbols = [(row, view.symbol(row)) for row in view.in_file(path)]
            self._lines[key] = [(row, one.span.line, one.span.end_line) for row, one in symbols if one.signature]
        return self._lines[key]

    def _of_removed(self, path: str, unit: Unit | None) -> int:
        """Return the tests that reach who reached a function that is gone."""
        view = self._base.view
        callers = {view.key(row) for removed in self._rows(view, path, unit) for row in self._users(view, removed)}
        return self._reach.of(row for key in callers if (row := self._head.view.index_of(key)) is not None)

    @staticmethod
    def _users(view: GraphView, row: int) -> list[int]:
        edges = view.edges_in(row)
        return [int(one) for one in view.sources(edges)]

    def _choose_felt(self, path: str, change: UnitChange) -> None:
        """Choose for what is changed outside of functions: in a class, among the tests that come to know the class."""
        row = self._head.view.index_of(f"{path}::{change.unit.name}") if change.unit.name != MODULE else None
        among = -1 if row is None else self._reach.of([row])
        felt = self._spread.follow(path, [change])
        for module, why in felt.modules.items():
            self._choose_importers(module, f"imports {module}: {why}")
        for (where, name), statements in felt.statements.items():
            unit = self._spread.units(where).get(name)
            rows = self._rows(self._head.view, where, unit)
            static, seen = self._reach.of(rows) & among, self._seen.of(where, unit, statements)
            why = f"reaches {where}::{name}, which speaks of what changed in {path}"
            if seen is not None:
                self._chosen.add(seen & among, scores.SEEN - 0.1, why)
                static &= -1 if self._seen.is_at_import(where, unit, statements) else ~self._seen.known
            self._chosen.add(static, scores.FELT, why)

    def _choose_importers(self, path: str, why: str) -> None:
        bits = self._reach.imports.get(path, 0)
        if not bits and self._head.read(path) is not None:
            self.loose.add(path)
        self._chosen.add(bits, scores.IMPORTS, why)

    def _choose_below(self, conftest: str) -> None:
        folder = PurePosixPath(conftest).parent
        for place, test in enumerate(self._chosen.tests):
            if folder in PurePosixPath(test.path).parents:
                self._chosen.add(1 << place, scores.FELT, f"lies below {conftest}, which is changed")


def _heads(changes: list[UnitChange], old: dict[str, Unit], new: dict[str, Unit]) -> list[UnitChange]:
    """Return the functions of which the head alone is another: their parameters, defaults, decorators."""
    names = {
        f"{change.unit.name}.{statement.function}".lstrip(".")
        for change in changes
        for statement in change.changed
        if statement.function
    }
    same = [name for name in sorted(names) if name in old and name in new and old[name].is_same(new[name])]
    return [UnitChange(old[name], new[name]) for name in same if new[name].kind is UnitKind.FUNCTION]
