"""Iterates JavaScript's objects that have an iterator of their own, written by hand or as a generator."""

from collections.abc import Callable

from yantra_bot.graphdb.resolve.arguments import make_call
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.javascript_methods import ASYNC_ITERATOR, ITERATOR, PROMISE, SCRIPTS
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, State

_OBJECTS = frozenset({Kind.INSTANCE, Kind.OPEN})


class ScriptIteration:
    """Calls `[Symbol.iterator]`, or its asynchronous kin, and `next` of what that gives."""

    def __init__(
        self, state: State, lookup: Lookup, calls: Calls, each: Callable[[Instance, int, int, int], None]
    ) -> None:
        """`each` iterates everything else: (instance, object, node that receives, site)."""
        self._state, self._lookup, self._calls, self._each = state, lookup, calls, each

    def is_meant(self, item: int) -> bool:
        """Say whether an object is one of JavaScript that may have an iterator of its own."""
        objects = self._state.objects
        kind = objects.kinds[item]
        if kind == Kind.CONTAINER:
            return bool(objects.seconds[item] == "object")
        unit = self._state.unit_of(objects.firsts[item]) if kind in _OBJECTS else None
        return unit is not None and unit.file.facts.language in SCRIPTS

    def has_own(self, item: int, name: str) -> bool:
        """Say whether an object, or its class, is known to have a method."""
        return (item, name) in self._state.slots or self._lookup.members.owns_any(item, name)

    def iterate(self, instance: Instance, item: int, target: int, site: int, waits: bool = False) -> None:
        """Let a node hold what iterating over an object gives; `waits`: as `for await` does."""
        frame, made = self._state.absolute(instance), self._state.engine.allocate(1)
        names: tuple[str, ...] = (ITERATOR,)
        if waits:
            names = (ASYNC_ITERATOR,) if self.has_own(item, ASYNC_ITERATOR) else (ASYNC_ITERATOR, ITERATOR)
        for name in names:
            self._calls.call_attribute(frame, make_call(site, (), dst=made), item, name)
        self._state.engine.watch(made, self._on_iterator, frame, target, site)

    def _on_iterator(self, frame: Instance, target: int, site: int, iterator: int) -> None:
        if not self.is_meant(iterator):
            self._each(frame, iterator, target, site)
            return
        step = self._state.engine.allocate(1)
        self._calls.call_attribute(frame, make_call(site, (), dst=step), iterator, "next")
        self._state.engine.watch(step, self._on_step, target)

    def _on_step(self, target: int, step: int) -> None:
        """`next` gives an object that has the value, or a promise of one."""
        objects = self._state.objects
        if objects.kinds[step] == Kind.CONTAINER and objects.seconds[step] == PROMISE:
            self._state.engine.watch(self._state.slot(step, None), self._on_step, target)
        elif objects.kinds[step] in (Kind.CONTAINER, *_OBJECTS):
            self._state.engine.flow(self._lookup.attribute(step, "value"), target)
