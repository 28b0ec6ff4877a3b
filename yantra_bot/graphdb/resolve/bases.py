"""Bases of classes, as values reach the places where they are written."""

from yantra_bot.graphdb.resolve.hierarchy import Hierarchy
from yantra_bot.graphdb.resolve.modules import outside_name
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.record import Target
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_AFTER_WRITTEN = 1 << 40


class Bases:
    """Tells the hierarchy what a class inherits from, and records it."""

    def __init__(self, state: State, hierarchy: Hierarchy) -> None:
        self._state = state
        self._hierarchy = hierarchy

    def link(self, instance: Instance, op: Op, owner: int) -> None:
        """CLASS: watch the bases that are written at the class."""
        self._hierarchy.info(owner)
        for position, (value, site, _text) in enumerate(op[3]):
            if value >= 0:
                self._state.engine.watch(instance.base + value, self._on_base, owner, position, site, True)

    def add(self, instance: Instance, op: Op) -> None:
        """ADD_BASE: a base that is written elsewhere comes behind those."""
        if op[1] >= 0 and op[2] >= 0:
            self._state.engine.watch(instance.base + op[1], self._on_class, instance, op)

    def _on_class(self, instance: Instance, op: Op, owner: int) -> None:
        if self._state.objects.kinds[owner] == Kind.CLASS:
            position, subtype = _AFTER_WRITTEN + op[3], bool(op[5])
            self._state.engine.watch(instance.base + op[2], self._on_base, owner, position, op[3], subtype)

    def _on_base(self, owner: int, position: int, site: int, subtype: bool, base: int) -> None:
        objects = self._state.objects
        target = self._target(base)
        if target is None:
            return
        unit = self._state.unit_of(base)
        if unit is not None and unit.file.library and objects.kinds[base] == Kind.FUNCTION:
            base = objects.intern(Kind.EXTERNAL, target, unit.file.facts.language)
        self._hierarchy.add_base(owner, position, base, subtype=subtype)
        derived = self._state.unit_of(owner)
        if derived is not None and not derived.file.library and subtype and site >= 0:
            self._state.record.files[derived.file].bases.add((derived.body.owner, site, target))

    def _target(self, base: int) -> Target | None:
        objects = self._state.objects
        if objects.kinds[base] == Kind.EXTERNAL:
            name: str = objects.firsts[base]
            return name
        unit = self._state.unit_of(base)
        if unit is None:
            return None
        if unit.file.library:
            return f"{outside_name(unit.file)}.{unit.file.names[unit.body.owner].rpartition('.')[2]}"
        return unit.file, unit.body.owner
