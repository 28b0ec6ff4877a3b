"""Which methods of classes below can run for `self` in a method, and which classes have no objects of their own."""

from typing import Any

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import BodyFlag
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.arguments import SITE
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.program import Unit
from yantra_bot.graphdb.resolve.state import Instance, Op, State


class Overriding:
    """Answers for Python alone."""

    def __init__(self, state: State, lookup: Lookup, calls: Calls) -> None:
        self._state, self._lookup, self._members, self._calls = state, lookup, lookup.members, calls
        self._declared: dict[int, tuple[str, ...]] = {}
        calls.on_receiver, calls.make_object = self.call, self.make

    def call(self, caller: Instance, op: Op, receiver: int) -> None:
        """Call a method of an object that is known now."""
        if not self._is_own(caller, op, receiver):
            self._calls.call_attribute(caller, op, receiver, op[3])
            return
        node = self._lookup.attribute(receiver, op[3])
        if op[3] in self._state.program.property_names:
            self._calls.read(caller, node, op[SITE])
        self._state.engine.watch(node, self._on_own, caller, op)

    def _on_own(self, caller: Instance, op: Op, callee: int) -> None:
        if self._may_run(caller, callee):
            self._calls.on_callee(caller, op, callee)

    def make(self, owner: int, place: Any) -> int:
        """Return the object that a call of a class at a place makes."""
        objects = self._state.objects
        if self._is_abstract(owner):
            return objects.intern(Kind.OPEN, owner)
        made = objects.intern(Kind.INSTANCE, owner, place)
        self._state.made.setdefault(owner, {})[made] = None
        return made

    def _is_own(self, caller: Instance, op: Op, receiver: int) -> bool:
        """Say whether a method calls one of its own object, of which only a class above is known."""
        if caller.method_of < 0 or self._state.objects.kinds[receiver] != Kind.OPEN:
            return False
        file = caller.unit.file
        if file.facts.language != Language.PYTHON or file.library or caller.unit.body.flags & BodyFlag.STATIC:
            return False
        positional = self._state.signature(caller.unit).positional
        return bool(positional) and op[2] == positional[0] and caller.base == caller.own_base

    def _may_run(self, caller: Instance, callee: int) -> bool:
        """Say whether a method can be that of the caller's own object: not where its class has another for the caller.

        It can all the same where that other one hands on to what it overrides.
        """
        objects, symbols = self._state.objects, caller.unit.file.facts.symbols
        receiver = objects.seconds[callee] if objects.kinds[callee] == Kind.BOUND else -1
        if receiver < 0 or objects.kinds[receiver] != Kind.OPEN or objects.firsts[receiver] == caller.method_of:
            return True
        name, order = symbols[caller.unit.body.owner].name, self._members.order(objects.firsts[receiver])
        if caller.method_of not in order:
            return True
        below = order[: order.index(caller.method_of)]
        other = next((one for one in below if self._members.owns(one, name)), None)
        return other is None or self._hands_on(other, name)

    def _hands_on(self, owner: int, name: str) -> bool:
        body = self._state.class_bodies.get(owner)
        if body is None:
            return True
        units = [one for one in body.unit.file.units if one.body.parent == body.unit.index]
        symbols = body.unit.file.facts.symbols
        named = [one for one in units if symbols[one.body.owner].name == name]
        return not named or any(op[0] in (Code.ATTR, Code.CALL_METHOD) and op[3] == name for op in _ops_of(named))

    def _is_abstract(self, owner: int) -> bool:
        """Say whether a class only declares a method, so that an object of it is one of a class below."""
        unit = self._state.unit_of(owner)
        if unit is None or unit.file.facts.language != Language.PYTHON or unit.file.library:
            return False
        for above in (order := self._members.order(owner)):
            for name in self._declared_by(above):
                first = next((one for one in order if self._members.owns(one, name)), None)
                if first == above and self._members.only_declares(above, name):
                    return True
        return False

    def _declared_by(self, owner: int) -> tuple[str, ...]:
        found = self._declared.get(owner)
        if found is None:
            unit = self._state.unit_of(owner)
            found = self._declared[owner] = () if unit is None else _abstract_in(unit)
        return found


def _abstract_in(unit: Unit) -> tuple[str, ...]:
    symbols = unit.file.facts.symbols
    return tuple(
        symbols[one.body.owner].name
        for one in unit.file.units
        if one.body.flags & BodyFlag.ABSTRACT and one.body.parent == unit.index
    )


def _ops_of(units: list[Unit]) -> list[Op]:
    return [op for unit in units for op in unit.body.ops]
