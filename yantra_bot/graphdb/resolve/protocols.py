"""Waiting, entering a context, reaching the next class: statements that call methods by name."""

from collections.abc import Callable
from typing import Any

from yantra_bot.domain.graph import Evidence, Language
from yantra_bot.graphdb.facts import NOTHING
from yantra_bot.graphdb.resolve.arguments import make_call
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.javascript_methods import PROMISE
from yantra_bot.graphdb.resolve.members import Members
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

ITERATION = {
    Language.JAVA: (("iterator/0",), ("next/0", "hasNext/0")),
    Language.RUST: ((), ("next",)),
    Language.GO: (("All",), ("Next",)),
}
"""What begins an iteration and what goes on with it, by language; Python's are other."""


class Protocols:
    """Interprets AWAIT, ENTER, NARROW and SUPER. `hold` delays what asks a class until all classes are known."""

    def __init__(self, state: State, calls: Calls, members: Members, hold: Callable[..., Any]) -> None:
        self._state, self._calls, self._members, self._hold = state, calls, members, hold

    def wait(self, instance: Instance, op: Op) -> None:
        """AWAIT: what a coroutine returns; any other value as it is."""
        if op[2] >= 0:
            self._state.engine.watch(instance.base + op[2], self._on_await, instance, op)

    def _on_await(self, instance: Instance, op: Op, item: int) -> None:
        objects, engine = self._state.objects, self._state.engine
        kind = objects.kinds[item]
        if kind == Kind.GENERATOR:
            if op[1] >= 0:
                engine.flow(objects.firsts[item].result, instance.base + op[1])
            return
        if kind == Kind.CONTAINER and objects.seconds[item] == PROMISE:
            if op[1] >= 0:
                engine.flow(self._state.slot(item, None), instance.base + op[1])
            self._calls.exceptions.wait(instance, op[3], item)
            return
        if op[1] >= 0:
            engine.add_one(instance.base + op[1], item)
            if kind == Kind.BAG:
                engine.flow(self._state.slot(item, None), instance.base + op[1])
        if kind in (Kind.INSTANCE, Kind.OPEN):
            self._hold(item, self._calls.call_attribute, instance, make_call(op[3], ()), item, "__await__")
        elif kind == Kind.DECLARED:
            self._calls.call_attribute(instance, make_call(op[3], (), dst=op[1]), item, "__await__")

    def enter(self, instance: Instance, op: Op) -> None:
        """ENTER: a with statement enters and leaves a context manager."""
        if op[2] >= 0:
            self._state.engine.watch(instance.base + op[2], self._on_enter, instance, op)

    def _on_enter(self, instance: Instance, op: Op, item: int) -> None:
        if self._state.objects.kinds[item] == Kind.OUTSIDE and op[1] >= 0:
            self._state.engine.add_one(instance.base + op[1], item)
        if self._state.objects.kinds[item] not in (Kind.INSTANCE, Kind.OPEN, Kind.DECLARED):
            return
        for name, dst in (("__enter__", op[1]), ("__aenter__", op[1]), ("__exit__", NOTHING), ("__aexit__", NOTHING)):
            call = make_call(op[3], (NOTHING,) * (3 if "exit" in name else 0), dst=dst)
            self._hold(item, self._calls.call_attribute, instance, call, item, name)

    def narrow(self, instance: Instance, op: Op) -> None:
        """NARROW: objects that are of a class or may be; one that is declared to be of a wider class is of this one."""
        self._state.engine.watch(instance.base + op[2], self._on_tested, instance, op)

    def _on_tested(self, instance: Instance, op: Op, item: int) -> None:
        if self._state.objects.kinds[item] in (Kind.INSTANCE, Kind.OPEN):
            dst, expected = instance.base + op[1], instance.base + op[3]
            self._hold(item, self._state.engine.watch, expected, self._on_expected, dst, item)
        else:
            self._state.engine.add_one(instance.base + op[1], item)

    def _on_expected(self, target: int, item: int, expected: int) -> None:
        objects, order = self._state.objects, self._members.order
        owner = objects.firsts[item]
        is_known = objects.kinds[owner] == objects.kinds[expected] == Kind.CLASS
        if not is_known or expected in order(owner):
            self._state.engine.add_one(target, item)
        elif objects.kinds[item] == Kind.OPEN and owner in order(expected):
            self._state.engine.add_one(target, objects.intern(Kind.OPEN, expected))

    def find_super(self, instance: Instance, op: Op) -> None:
        """SUPER: a class together with the receiver in whose order the next class is found."""
        if instance.unit.file.facts.language == Language.PYTHON and not instance.unit.file.library:
            self._state.record.call(instance.owner, op[4], "<builtin>.super", Evidence.BINDING)
        if op[2] >= 0 and op[3] >= 0:
            self._state.engine.watch(instance.base + op[2], self._on_super_class, instance, op)

    def _on_super_class(self, instance: Instance, op: Op, owner: int) -> None:
        if self._state.objects.kinds[owner] == Kind.CLASS:
            self._state.engine.watch(instance.base + op[3], self._on_super_receiver, instance, op, owner)

    def _on_super_receiver(self, instance: Instance, op: Op, owner: int, receiver: int) -> None:
        objects = self._state.objects
        if objects.kinds[receiver] in (Kind.INSTANCE, Kind.OPEN, Kind.CLASS):
            self._state.engine.add_one(instance.base + op[1], objects.intern(Kind.SUPER, owner, receiver))
