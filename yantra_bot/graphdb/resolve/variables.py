"""Variables behind names: a module's through imports, a class's fields through what it inherits from.

A variable is no value, so that no flow leads to it: it is found by name, in what is known to stand before the name.
"""

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.facts import Value
from yantra_bot.graphdb.languages import Paths
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.program import File, Unit
from yantra_bot.graphdb.resolve.state import State

MAX_IMPORTS = 6
"""Modules that hand one name on to each other."""
_BY_CLASS = frozenset({Kind.INSTANCE, Kind.OPEN, Kind.CLASS})
Origin = tuple[str, str]
"""The specifier of a module and a name in it."""


class Variables:
    """Finds the symbols of variables."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._members: dict[str, dict[tuple[int, str], int]] = {}
        self._origins: dict[int, dict[Value, Origin]] = {}
        self._outer: dict[int, dict[Value, tuple[int, Value]]] = {}

    def behind(self, unit: Unit, value: Value) -> tuple[File, int] | None:
        """Return the variable of another module that a value of a body was imported as."""
        origin = self._origins_of(unit).get(value)
        if origin is None:
            body, cell = self._outer_of(unit).get(value, (-1, value))
            origin = self._origins_of(unit.file.units[body]).get(cell) if body >= 0 else None
        return None if origin is None else self._find(unit.file, origin, MAX_IMPORTS)

    def member(self, item: int, name: str) -> tuple[File, int] | None:
        """Return the variable that an object has under a name: of a module, or a field of a class."""
        objects = self._state.objects
        kind = objects.kinds[item]
        if kind == Kind.MODULE:
            return self._of_module(objects.firsts[item], name, MAX_IMPORTS)
        if kind not in _BY_CLASS:
            return None
        for owner in self._state.order(item if kind == Kind.CLASS else objects.firsts[item]):
            unit = self._state.unit_of(owner)
            if unit is not None and not unit.file.library:
                index = self._members_of(unit.file).get((unit.body.owner, name))
                if index is not None:
                    return unit.file, index
        return None

    def _of_module(self, paths: Paths, name: str, left: int) -> tuple[File, int] | None:
        files = [self._state.program.files[path] for path in paths if path in self._state.program.files]
        for file in files:
            index = None if file.library else self._members_of(file).get((0, name))
            if index is not None and file.facts.symbols[index].kind == NodeKind.VARIABLE:
                return file, index
            cell = file.units[0].body.names.get(name) if file.units else None
            origins = [self._origins_of(file.units[0]).get(cell)] if cell is not None else []
            if index is None and cell is None:
                origins = [(specifier, name) for specifier in reversed(file.stars)]
            for origin in origins:
                found = self._find(file, origin, left - 1) if origin is not None and left else None
                if found is not None:
                    return found
        return None

    def _find(self, file: File, origin: Origin, left: int) -> tuple[File, int] | None:
        paths = self._state.program.locate(file, origin[0])
        return None if isinstance(paths, str) else self._of_module(paths, origin[1], left)

    def _members_of(self, file: File) -> dict[tuple[int, str], int]:
        found = self._members.get(file.path)
        if found is None:
            found = self._members[file.path] = {}
            for index, symbol in enumerate(file.facts.symbols):
                if symbol.kind == NodeKind.VARIABLE:
                    found.setdefault((symbol.parent, symbol.name), index)
        return found

    def _origins_of(self, unit: Unit) -> dict[Value, Origin]:
        """Return what each value of a body that an import gives comes from."""
        found = self._origins.get(id(unit))
        if found is None:
            found = self._origins[id(unit)] = {}
            for op in unit.body.ops:
                if op[0] == Code.IMPORT_FROM:
                    found[op[1]] = (op[2], op[3])
                elif op[0] == Code.COPY and op[2] in found:
                    found[op[1]] = found[op[2]]
        return found

    def _outer_of(self, unit: Unit) -> dict[Value, tuple[int, Value]]:
        found = self._outer.get(id(unit))
        if found is None:
            found = self._outer[id(unit)] = {op[1]: (op[2], op[3]) for op in unit.body.ops if op[0] == Code.OUTER}
        return found
