"""What `isinstance` lets pass: objects of the types it asked for, or all others."""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet

from yantra_bot.domain.graph import Language
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
        self.hints: dict[int, list[int]] = {}
        """The nodes of the types that parameters of Python are declared to have, by the parameter's node."""

    def note_hint(self, instance: Instance, op: Op) -> None:
        """INSTANCE: the declared type of a parameter."""
        body = instance.unit.body
        if instance.unit.file.facts.language == Language.PYTHON and any(op[1] == param[2] for param in body.params):
            self.hints.setdefault(instance.base + op[1], []).append(instance.base + op[2])

    def believe(self, node: int, items: AbstractSet[int]) -> AbstractSet[int]:
        """Return the objects of a parameter; for one that may be of many classes, those that the parameter declares.

        A visitor hands any node to the method that is declared to take one kind of it.
        """
        kinds = self._state.objects.kinds
        if all(kinds[item] != Kind.OPEN for item in items):
            return items
        types = [one for hint in self.hints[node] for one in self._state.engine.objects(hint)]
        if not types or not all(self._is_plain(one) for one in types):
            return items
        return {one for item in items for one in (self._believed(item, types) if kinds[item] == Kind.OPEN else [item])}

    def _believed(self, item: int, types: list[int]) -> list[int]:
        if any(self._inherits(item, one) for one in types):
            return [item]
        below = set(self._hierarchy.below(self._state.objects.firsts[item]))
        return [self._state.objects.intern(Kind.OPEN, one) for one in types if one in below] or [item]

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
        elif len(op) > 5:
            is_below = kinds[item] == Kind.CLASS and any(one in self._hierarchy.order(item) for one in types)
            is_known = kinds[item] == Kind.CLASS and all(self._is_plain(one) for one in types)
            passing = [item] if is_below == op[4] or not is_known else []
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
            is_other = kind in _NEVER or (kind == Kind.CLASS and not any(self._is_metaclass(one) for one in types))
            return [] if is_other and all(self._is_plain(one) for one in types) else [item]
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

    def _is_metaclass(self, owner: int) -> bool:
        outside = self._hierarchy.outside(owner)
        return any(self._state.objects.firsts[base] == "<builtin>.type" for base in outside)

    def _is_plain(self, owner: int) -> bool:
        """Say whether all instances of a type are known to be of it: a class of this program, and no protocol."""
        objects = self._state.objects
        unit = self._state.unit_of(owner)
        if objects.kinds[owner] != Kind.CLASS or unit is None or unit.file.library:
            return False
        return not any(objects.firsts[base] in _STRUCTURAL for base in self._hierarchy.outside(owner))
