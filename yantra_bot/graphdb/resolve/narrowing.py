"""What `isinstance` lets pass: objects of the types it asked for, or all others."""

from collections.abc import Callable, Iterable

from yantra_bot.graphdb.resolve.hierarchy import Hierarchy
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_OBJECTS = frozenset({Kind.INSTANCE, Kind.OPEN})
_NEVER = frozenset({Kind.FUNCTION, Kind.BOUND, Kind.CONTAINER, Kind.CONST, Kind.TEXT, Kind.GENERATOR, Kind.MODULE})
"""What is no instance of a class of this program."""
_STRUCTURAL = frozenset({"typing.Protocol", "typing_extensions.Protocol"})


class Narrowing:
    """Copies objects that have the type. Asked only when all classes know their bases."""

    def __init__(self, state: State, hierarchy: Hierarchy) -> None:
        self._state, self._hierarchy = state, hierarchy

    def copy_all(self, hold: Callable[..., None], instance: Instance, op: Op, items: Iterable[int]) -> None:
        """Let objects pass as soon as they can be asked."""
        for item in items:
            hold(item, self.copy, instance, op, item)

    def copy(self, instance: Instance, op: Op, item: int) -> None:
        """COPY with types: let an object pass or not; of one that stands for many classes, those that have the type."""
        types = [one for value in op[3] for one in self._state.engine.objects(instance.base + value)]
        kinds = self._state.objects.kinds
        if not types or any(not self._state.engine.objects(instance.base + value) for value in op[3]):
            passing = [item]
        elif op[4]:
            passing = self._those_of(item, types)
        else:
            is_one = kinds[item] in _OBJECTS and any(self._inherits(item, one) for one in types)
            passing = [] if is_one else [item]
        for one in passing:
            self._state.engine.add_one(instance.base + op[1], one)

    def _inherits(self, item: int, owner: int) -> bool:
        return owner in self._hierarchy.order(self._state.objects.firsts[item])

    def _those_of(self, item: int, types: list[int]) -> list[int]:
        objects = self._state.objects
        kind = objects.kinds[item]
        if kind not in _OBJECTS:
            return [] if kind in _NEVER and all(self._is_plain(one) for one in types) else [item]
        owner = objects.firsts[item]
        if objects.kinds[owner] != Kind.CLASS or any(self._may_be(item, one) for one in types):
            return [item]
        below = set(self._hierarchy.below(owner)) if kind == Kind.OPEN else set()
        return [objects.intern(Kind.OPEN, one) for one in types if one in below]

    def _may_be(self, item: int, owner: int) -> bool:
        """Say whether an object of a class of this program may be of a type."""
        if self._is_plain(owner):
            return self._inherits(item, owner)
        unit = self._state.unit_of(owner)
        is_builtin = unit is not None and unit.file.library and unit.file.module_name == "builtins"
        return not is_builtin or bool(self._hierarchy.outside(self._state.objects.firsts[item]))

    def _is_plain(self, owner: int) -> bool:
        """Say whether all instances of a type are known to be of it: a class of this program, and no protocol."""
        objects = self._state.objects
        unit = self._state.unit_of(owner)
        if objects.kinds[owner] != Kind.CLASS or unit is None or unit.file.library:
            return False
        return not any(objects.firsts[base] in _STRUCTURAL for base in self._hierarchy.outside(owner))
