"""What a call gives back: what the body returns, a generator, a promise, or what was given to it itself.

Of the functions and classes that a decorator is given, each call gets its own back: without that, all that one
decorator is put on would be each other's (`@override_settings(...)` on a hundred classes).
"""

from collections.abc import Callable

from yantra_bot.graphdb.facts import BodyFlag, CallFlag
from yantra_bot.graphdb.resolve.arguments import ARGS, FLAGS, Arguments
from yantra_bot.graphdb.resolve.javascript_methods import SCRIPTS
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State


class Results:
    """Lets results of bodies reach their calls."""

    def __init__(self, state: State, arguments: Arguments) -> None:
        self._state, self._arguments = state, arguments
        self.promise_of: Callable[[Instance], int]
        """Return the promise that an async body of JavaScript gives; set by who knows promises."""

    def give(self, caller: Instance, op: Op, callee: Instance, receiver: int) -> None:
        """Let a call hold what a body that it calls on a receiver gives back."""
        if op[1] < 0:
            return
        state, flags, target = self._state, callee.unit.body.flags, caller.node(op[1])
        if flags & BodyFlag.GENERATOR:
            state.engine.add_one(target, state.objects.intern(Kind.GENERATOR, callee))
            return
        if flags & BodyFlag.ASYNC and callee.unit.file.facts.language in SCRIPTS:
            state.engine.add_one(target, self.promise_of(callee))
            return
        shift = self._arguments.shift(callee, receiver)
        if not (op[FLAGS] & CallFlag.DECORATOR and self._join(caller, op, callee, shift)):
            state.engine.flow(callee.result, target)
        for index in state.signature(callee.unit).returned:
            self._arguments.give_back(caller, op, callee, receiver, index, target)

    def _join(self, caller: Instance, op: Op, callee: Instance, shift: int) -> bool:
        """Join what comes out of a decorator with what this place has put in; whether it takes one argument."""
        positional = self._state.signature(callee.unit).positional
        if len(positional) <= shift or len(op[ARGS]) != 1 or op[ARGS][0] < 0:
            return False
        engine, target, given = self._state.engine, caller.node(op[1]), caller.node(op[ARGS][0])
        engine.watch(callee.result, self._on_result, callee.base + positional[shift], given, target)
        engine.watch(given, self._on_given, callee.result, target)
        return True

    def _on_result(self, parameter: int, given: int, target: int, item: int) -> None:
        engine = self._state.engine
        if item not in engine.objects(parameter) or item in engine.objects(given):
            engine.add_one(target, item)

    def _on_given(self, result: int, target: int, item: int) -> None:
        if item in self._state.engine.objects(result):
            self._state.engine.add_one(target, item)
