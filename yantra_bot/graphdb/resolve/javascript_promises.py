"""JavaScript's promises: containers of what they are resolved with. A promise in a promise is the promise itself."""

from typing import Any

from yantra_bot.graphdb.facts import NOTHING
from yantra_bot.graphdb.resolve.arguments import ARGS, SITE, make_call
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.javascript_methods import PROMISE
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

CALLABLE = frozenset({Kind.FUNCTION, Kind.BOUND, Kind.PARTIAL, Kind.CLASS, Kind.NATIVE})
_KEEPS = frozenset({Kind.CONTAINER, Kind.BAG})


class Promises:
    """Makes promises, resolves them and calls what waits for them."""

    def __init__(self, state: State, calls: Calls) -> None:
        self._state, self._calls, self._exceptions = state, calls, calls.exceptions
        calls.results.promise_of = self.promise_of

    def made(self, caller: Instance, op: Op, what: str = "") -> int:
        """Return the promise that a call makes."""
        return self._state.objects.intern(Kind.CONTAINER, (caller.number, self._state.identity(op), what), PROMISE)

    def inside(self, promise: int) -> int:
        """Return the node of what a promise is resolved with."""
        return self._state.slot(promise, None)

    def resolve(self, source: int, promise: int) -> None:
        """Resolve a promise with what a node holds; with another promise's value where it holds one."""
        if source >= 0:
            self._state.engine.watch(source, self._on_resolved, self.inside(promise), promise)

    def _on_resolved(self, target: int, promise: int, item: int) -> None:
        """Put what settled into a node; the promise is rejected with what a promise is rejected with."""
        objects = self._state.objects
        if objects.kinds[item] == Kind.CONTAINER and objects.seconds[item] == PROMISE:
            self._state.engine.flow(self.inside(item), target)
            self._exceptions.join(item, promise)
        else:
            self._state.engine.add_one(target, item)

    def promise_of(self, callee: Instance) -> int:
        """Return the promise that an async function gives."""
        known = ("async", callee.number)
        promise = self._state.objects.intern(Kind.CONTAINER, known, PROMISE)
        if (promise, None) not in self._state.slots:
            self.resolve(callee.result, promise)
            self._exceptions.reject(callee.throws, promise)
            for index in self._state.signature(callee.unit).returned:
                self.resolve(callee.base + callee.unit.body.params[index][2], promise)
        return promise

    # What is called on promises

    def call(self, caller: Instance, op: Op, name: str, owner: int) -> None:
        """Call a method of a promise, or of a bag that may be one."""
        args = [caller.node(value) for value in op[ARGS]]
        if name in ("resolve", "reject"):
            if args:
                (self.resolve if name == "resolve" else self._exceptions.reject)(args[0], owner)
            return
        value, result = self.inside(owner), self._state.engine.allocate(1)
        made, rejected = self.made(caller, op), self._exceptions.rejected(owner)
        given = {"then": [value, rejected], "catch": [rejected]}.get(name, [NOTHING])
        frame = self._exceptions.detach(caller, made)
        for node, argument in zip(args, given, strict=False):
            if node >= 0:
                call = make_call(op[SITE], (argument,), dst=NOTHING if name == "finally" else result)
                self._state.engine.watch(node, self._on_function, frame, call)
        if op[1] >= 0:
            if name != "catch" and len(args) < len(given):
                self._exceptions.join(owner, made)
            self._state.engine.add_one(caller.node(op[1]), made)
            self.resolve(result, made)
            if name != "then" or not args or args[0] < 0:
                self.resolve(value, made)

    def _on_function(self, frame: Instance, call: Op, item: int) -> None:
        if self._state.objects.kinds[item] in CALLABLE:
            self._calls.on_callee(frame, call, item)

    def construct(self, caller: Instance, op: Op) -> None:
        """`new Promise(f)`: f is given what resolves it."""
        promise = self.made(caller, op)
        ways = (self._state.objects.intern(Kind.NATIVE, name, promise) for name in ("resolve", "reject"))
        if op[ARGS] and op[ARGS][0] >= 0:
            call = make_call(op[SITE], tuple(self._state.constant(way) for way in ways))
            frame = self._exceptions.detach(caller, promise)
            self._state.engine.watch(caller.node(op[ARGS][0]), self._on_function, frame, call)
        if op[1] >= 0:
            self._state.engine.add_one(caller.node(op[1]), promise)

    def call_static(self, caller: Instance, op: Op, name: str) -> None:
        """`Promise.resolve`, `Promise.all` and their kin."""
        promise = self.made(caller, op)
        if op[1] >= 0:
            self._state.engine.add_one(caller.node(op[1]), promise)
        if not op[ARGS] or op[ARGS][0] < 0:
            return
        given = caller.node(op[ARGS][0])
        if name == "resolve":
            self.resolve(given, promise)
        elif name == "reject":
            self._exceptions.reject(given, promise)
        elif name in ("all", "allSettled"):
            every = self._state.objects.intern(
                Kind.CONTAINER, (caller.number, self._state.identity(op), "all"), "array"
            )
            self._state.engine.add_one(self.inside(promise), every)
            self._state.engine.watch(given, self._on_all, every, promise, name == "allSettled")
        elif name in ("race", "any"):
            self._state.engine.watch(given, self._on_race, promise)
        elif name == "try":
            call = make_call(op[SITE], (), dst=self.inside(promise))
            self._state.engine.watch(given, self._on_function, self._exceptions.detach(caller, promise), call)

    def _on_all(self, every: int, promise: int, settled: bool, item: int) -> None:
        if self._state.objects.kinds[item] in _KEEPS:
            self._state.on_keys(item, self._wait_element, every, promise, settled)

    def _wait_element(self, every: int, promise: int, settled: bool, key: Any, node: int) -> None:
        """Put what an element is resolved with at its place; of all that settle, an object that holds it."""
        place = self._state.slot(every, key)
        if settled:
            outcome = self._state.objects.intern(Kind.CONTAINER, ("settled", every), "object")
            self._state.engine.add_one(place, outcome)
            place = self._state.slot(outcome, "value")
        self._state.engine.watch(node, self._on_resolved, place, NOTHING if settled else promise)

    def _on_race(self, promise: int, item: int) -> None:
        if self._state.objects.kinds[item] in _KEEPS:
            self._state.on_keys(item, self._race_element, promise)

    def _race_element(self, promise: int, _key: Any, node: int) -> None:
        self.resolve(node, promise)
