"""Exceptions: what a function throws goes to whoever called it, up to the handler around a call, or into a promise.

Only objects of the program are followed, and few of them: what is thrown anywhere can come out of everything above.
"""

from dataclasses import replace

from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Site, Value
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.javascript_methods import PROMISE, SCRIPTS
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.program import Unit
from yantra_bot.graphdb.resolve.state import Instance, Op, State

MAX_THROWN = 12
"""Objects that one function is seen to throw; more are not told to its callers."""
_FOLLOWED = frozenset({Kind.INSTANCE, Kind.OPEN, Kind.CONTAINER, Kind.FUNCTION, Kind.BOUND})
_SITE = -6
_CATCHING = frozenset({"catch", "then"})


class Exceptions:
    """Lets thrown objects flow from bodies to handlers. Does nothing in a program that catches nothing."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._handlers: dict[int, list[tuple[Site, Site, Value]]] = {}
        self._catches = any(
            (op[0] == Code.CATCH and op[1] >= 0) or (op[0] == Code.CALL_METHOD and op[3] in _CATCHING)
            for file in state.program.files.values()
            if file.facts.language in SCRIPTS
            for unit in file.units
            for op in unit.body.ops
        )

    def throw(self, instance: Instance, op: Op) -> None:
        """THROW: the value leaves the body."""
        if self._catches:
            self._give(instance.base + op[1], instance.throws)

    def pass_up(self, caller: Instance, op: Op, callee: Instance) -> None:
        """A body is called: what it throws is thrown at the call. An async function's is in its promise."""
        if not self._catches or callee.unit.file.facts.language not in SCRIPTS:
            return
        if not callee.unit.body.flags & BodyFlag.ASYNC:
            self._give(callee.throws, self._target(caller, op[_SITE]))

    def wait(self, waiting: Instance, site: Site, promise: int) -> None:
        """A promise is awaited: what it is rejected with is thrown there."""
        if self._catches:
            self._give(self.rejected(promise), self._target(waiting, site))

    def reject(self, source: int, promise: int) -> None:
        """Reject a promise with what a node holds."""
        if self._catches:
            self._give(source, self.rejected(promise))

    def rejected(self, promise: int) -> int:
        """Return the node of what a promise is rejected with; NOTHING where nobody could ask."""
        if not self._catches or promise < 0:
            return NOTHING
        return self._state.slot(self._state.objects.intern(Kind.CONTAINER, ("rejected", promise), PROMISE), None)

    def join(self, source: int, target: int) -> None:
        """Reject one promise with what another is rejected with."""
        if self._catches and target >= 0 and source != target:
            self._give(self.rejected(source), self.rejected(target))

    def detach(self, caller: Instance, promise: int) -> Instance:
        """Return a frame for calls whose exceptions reject a promise."""
        frame = self._state.absolute(caller)
        return replace(frame, throws=self.rejected(promise), detached=True) if self._catches else frame

    def _target(self, caller: Instance, site: Site) -> int:
        """Return the node of the innermost handler around a place of a body; else what the body itself throws."""
        if caller.detached:
            return caller.throws
        around = [one for one in self._handlers_of(caller.unit) if one[0] <= site <= one[1]]
        if not around:
            return caller.throws
        value = max(around)[2]
        return caller.own_base + value if value >= 0 else NOTHING

    def _handlers_of(self, unit: Unit) -> list[tuple[Site, Site, Value]]:
        found = self._handlers.get(id(unit))
        if found is None:
            found = [(op[2], op[3], op[1]) for op in unit.body.ops if op[0] == Code.CATCH]
            self._handlers[id(unit)] = found
        return found

    def _give(self, source: int, target: int) -> None:
        if source >= 0 and target >= 0 and source != target:
            self._state.engine.watch(source, self._on_thrown, target)

    def _on_thrown(self, target: int, item: int) -> None:
        state = self._state
        if state.objects.kinds[item] in _FOLLOWED and len(state.engine.objects(target)) < MAX_THROWN:
            state.engine.add_one(target, item)
