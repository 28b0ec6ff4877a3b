"""What classes have, by facts and stores alone."""

from collections.abc import Collection

from yantra_bot.domain.graph import Language, NodeKind
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, ParamKind, Value
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.hierarchy import Hierarchy
from yantra_bot.graphdb.resolve.library.classes import has_member, is_known, says_member
from yantra_bot.graphdb.resolve.modules import outside_name
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.program import Unit
from yantra_bot.graphdb.resolve.state import Op, State

_FEW_OPS = 16


class Members:
    """Answers whether a class or an instance has a member."""

    def __init__(self, state: State, hierarchy: Hierarchy) -> None:
        self._state, self._hierarchy = state, hierarchy
        self._assigned: dict[int, frozenset[str]] = {}
        self._raising: dict[int, bool] = {}
        self._fields: dict[str, dict[int, set[str]]] = {}

    def class_of(self, receiver: int) -> int | None:
        """Return the class of an instance, or a class itself; None for what has none."""
        objects = self._state.objects
        if objects.kinds[receiver] in (Kind.INSTANCE, Kind.OPEN):
            owner: int = objects.firsts[receiver]
            return owner
        return receiver if objects.kinds[receiver] == Kind.CLASS else None

    def order(self, owner: int) -> tuple[int, ...]:
        """Return a class and what it inherits from, in order."""
        return self._hierarchy.order(owner)

    def directly_below(self, owner: int) -> list[int]:
        """Return the classes that have a class among their own bases."""
        return list(self._hierarchy.info(owner).below)

    def only_declares(self, owner: int, name: str) -> bool:
        """Say whether a class only declares a method, for others to write."""
        units, declares = self._units_of(owner, name), BodyFlag.OVERLOAD | BodyFlag.ABSTRACT
        return bool(units) and all(one.body.flags & declares or self._only_raises(one) for one in units)

    def _only_raises(self, unit: Unit) -> bool:
        found = self._raising.get(id(unit))
        if found is None:
            found = self._raising[id(unit)] = _only_raises(unit)
        return found

    def is_bound(self, owner: int, name: str) -> bool:
        """Say whether what a class has under a name are methods that need an object."""
        units = self._units_of(owner, name)
        return bool(units) and not any(one.body.flags & BodyFlag.STATIC for one in units)

    def _units_of(self, owner: int, name: str) -> list[Unit]:
        """Return the functions that a class itself has under a name."""
        body = self._state.class_bodies.get(owner)
        value = body.unit.body.names.get(name) if body else None
        if body is None or value is None:
            return []
        sources = _sources_of(body.unit.body.ops, value)
        return [body.unit.file.units[op[2]] for op in body.unit.body.ops if op[0] == Code.FUNC and op[1] in sources]

    def owns_any(self, item: int, name: str) -> bool:
        """Say whether a class of an instance, or a class or one above it, has a name in this program."""
        owner = self.class_of(item)
        return owner is not None and any(self.owns(one, name) for one in self._hierarchy.order(owner))

    def has(self, item: int, name: str) -> bool:
        """Say whether an instance has an attribute, as far as its classes are known; true where one is outside."""
        owner = self.class_of(item)
        if owner is None or self._finds(item, owner, name):
            return owner is not None
        return any(says_member(self._known(base), name) is not False for base in self._hierarchy.outside(owner))

    def of_model(self, owner: int, name: str) -> str:
        """Return the dotted name of what a class of a library's model has beside what the model says; or nothing."""
        unit = self._state.unit_of(owner)
        if unit is None or not unit.file.library or (name[:1] == "_" and name[:2] != "__"):
            return ""
        dotted = f"{outside_name(unit.file)}.{_last(unit.file.names[unit.body.owner])}"
        return "" if has_member(dotted, name) is False else f"{dotted}.{name}"

    def outside_with(self, owner: int, name: str) -> list[int]:
        """Return which of a class's own bases outside may have a member: all that are not known to lack it.

        Of bases with the same name only those are asked that are known, if any: the others are where Python had them.
        """
        bases = {base: self._known(base) for base in self._hierarchy.info(owner).outside}
        if not any(bases.values()):
            return list(bases)
        known = {_last(dotted) for dotted in bases.values() if dotted}
        return [
            base
            for base, dotted in bases.items()
            if (
                has_member(dotted, name) is not False
                if dotted
                else _last(self._state.objects.firsts[base]) not in known
            )
        ]

    def _known(self, base: int) -> str:
        """Return the dotted name of a base outside whose members are known; empty for any other."""
        objects = self._state.objects
        dotted: str = objects.firsts[base]
        return dotted if objects.seconds[base] == Language.PYTHON and is_known(dotted) else ""

    def is_own(self, item: int) -> bool:
        """Say whether all classes of an instance are of this program, so that what they lack is nowhere."""
        owner = self.class_of(item)
        units = () if owner is None else [self._state.unit_of(one) for one in self._hierarchy.order(owner)]
        return all(unit is not None and not unit.file.library for unit in units)

    def defines(self, item: int, name: str) -> bool:
        """Say whether an instance has an attribute by a class of this program."""
        owner = self.class_of(item)
        return owner is not None and self._finds(item, owner, name)

    def overload(self, item: int, name: str) -> str | None:
        """Return the name that an object has a method of Java under; None where no class of it has the method.

        Asked for is `name/2(int,String)` or `name/2`; there may be `name/2` alone, or `name/*` for any number.
        """
        objects = self._state.objects
        at = objects.seconds[item] if objects.kinds[item] == Kind.SUPER else item
        owner = self.class_of(at)
        if owner is None:
            return None
        plain = name.partition("(")[0]
        for one in (name, plain, f"{plain.partition('/')[0]}/*"):
            if self._finds(item, owner, one):
                return one
        return plain if self._hierarchy.outside(owner) else None

    def outside_names(self, item: int) -> list[str]:
        """Return the names of the classes outside that an instance's class inherits from."""
        owner = self.class_of(item)
        objects = self._state.objects
        return [] if owner is None else [objects.firsts[base] for base in self._hierarchy.outside(owner)]

    def _finds(self, item: int, owner: int, name: str) -> bool:
        kind = self._state.objects.kinds[item]
        order = self._hierarchy.order(owner)
        if kind == Kind.SUPER:
            start = self._state.objects.firsts[item]
            order = order[order.index(start) + 1 :] if start in order else self._hierarchy.order(start)[1:]
        if any(self.owns(one, name) for one in order):
            return True
        return kind == Kind.OPEN and any(self.owns(one, name) for one in self._hierarchy.below(owner))

    def assigns(self, order: tuple[int, ...], name: str) -> bool:
        """Say whether a method of one of some classes assigns an attribute to the object itself."""
        return any(name in self._assigned_in(owner) for owner in order)

    def _assigned_in(self, owner: int) -> frozenset[str]:
        found = self._assigned.get(owner)
        if found is None:
            unit = self._state.unit_of(owner)
            units = () if unit is None else (unit, *(one for one in unit.file.units if one.body.parent == unit.index))
            found = self._assigned[owner] = frozenset(
                op[2] for one in units for op in one.body.ops if op[0] == Code.SET_ATTR and op[1] == _receiver_of(one)
            ) | (self._fields_of(unit) if unit is not None else frozenset())
        return found

    def _fields_of(self, unit: Unit) -> frozenset[str]:
        """Return the fields that a class of Java declares."""
        if unit.file.facts.language != Language.JAVA:
            return frozenset()
        fields = self._fields.get(unit.file.path)
        if fields is None:
            fields = self._fields[unit.file.path] = {}
            for symbol in unit.file.facts.symbols:
                if symbol.kind == NodeKind.VARIABLE:
                    fields.setdefault(symbol.parent, set()).add(symbol.name)
        return frozenset(fields.get(unit.body.owner, ()))

    def owners_among(self, classes: Collection[int], name: str) -> list[int]:
        """Return those of some classes that have a name themselves."""
        owners = self._state.writers.get(name, ())
        return [one for one in classes if one in owners]

    def owns(self, owner: int, name: str) -> bool:
        """Say whether a class itself has a name, written or stored."""
        return owner in self._state.writers.get(name, ())


def _only_raises(unit: Unit) -> bool:
    """Say whether a function does nothing but say that it is not implemented."""
    ops = unit.body.ops
    if len(ops) > _FEW_OPS:
        return False
    said = {op[1] for op in ops if op[0] == Code.FREE and op[2] == "NotImplementedError"}
    made = {op[1] for op in ops if op[0] == Code.CALL and op[2] in said}
    plain = (Code.FREE, Code.CALL, Code.THROW, Code.CONST, Code.INSTANCE, Code.RETURN_TYPE)
    return bool(said) and all(op[0] in plain and (op[0] != Code.CALL or op[1] in made) for op in ops)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _receiver_of(unit: Unit) -> Value:
    """Return the value of the object that a method works on."""
    params = unit.body.params
    named = next((value for _, kind, value in params if kind == ParamKind.RECEIVER), None)
    if named is not None:
        return named
    is_method = unit.body.flags & BodyFlag.METHOD and not unit.body.flags & BodyFlag.STATIC
    return params[0][2] if params and is_method else NOTHING


def _sources_of(ops: list[Op], value: Value) -> set[Value]:
    return {value, *(op[2] for op in ops if op[0] == Code.COPY and op[1] == value)}
