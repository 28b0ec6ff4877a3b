"""What the outside does with what it is given: bags, and JavaScript's methods of functions.

A *bag* stands for any object of a library that is not modelled: what is put into it may come out of it again, and
it may call the functions it is given. That is how collections, streams, promises and event emitters look from here.
"""

from typing import Any

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import NOTHING
from yantra_bot.graphdb.resolve.arguments import ARGS, DOUBLE_STAR, KEYWORDS, SITE, STAR, make_call
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.containers import Containers
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_KEPT = frozenset(
    {Kind.FUNCTION, Kind.CLASS, Kind.INSTANCE, Kind.OPEN, Kind.BOUND, Kind.CONTAINER, Kind.PARTIAL, Kind.GENERATOR}
)
_FORGETS = frozenset({Language.GO, Language.RUST})
"""Where what lies outside calls the functions it is given, and hardly ever gives them back."""
_CALLABLE = frozenset({Kind.FUNCTION, Kind.BOUND, Kind.PARTIAL})


class Bags:
    """Calls into the outside."""

    def __init__(self, state: State, calls: Calls, containers: Containers) -> None:
        self._state, self._calls, self._containers = state, calls, containers
        calls.call_bag = self.call_method
        calls.call_outside = self.call_outside

    # JavaScript's methods of functions

    def call_function_method(self, caller: Instance, op: Op, name: str, function: int) -> None:
        """Call `call`, `apply` or `bind` of a function."""
        frame, args = self._state.absolute(caller), tuple(caller.node(value) for value in op[ARGS])
        target, engine = caller.node(op[1]), self._state.engine
        if name == "bind":
            if target >= 0:
                self._bind_this(function, args, target, caller, op)
            return
        star = NOTHING
        if name == "apply" and len(args) > 1:
            star, args = args[1], args[:1]
        call = (op[0], target, NOTHING, op[SITE], args[1:], (), star, NOTHING, 0)
        node = engine.allocate(1)
        self._bind_this(function, args[:1], node, caller, op)
        engine.watch(node, self._calls.on_callee, frame, call)

    def _bind_this(self, function: int, args: tuple[int, ...], target: int, caller: Instance, op: Op) -> None:
        objects, engine = self._state.objects, self._state.engine
        raw = objects.firsts[function] if objects.kinds[function] == Kind.BOUND else function
        bound = engine.allocate(1) if len(args) > 1 else target
        engine.add_one(bound, raw)
        if args and args[0] >= 0:
            engine.watch(args[0], self._rebind, raw, bound)
        if len(args) > 1:
            made = objects.intern(Kind.PARTIAL, (caller.number, self._state.identity(op)))
            holding = (op[0], NOTHING, NOTHING, op[SITE], (bound, *args[1:]), (), NOTHING, NOTHING, 0)
            self._state.partials[made] = (self._state.absolute(caller), holding)
            engine.add_one(caller.node(op[1]), made)

    def _rebind(self, function: int, target: int, receiver: int) -> None:
        self._state.engine.add_one(target, self._state.objects.intern(Kind.BOUND, function, receiver))

    # Bags

    def call_outside(self, caller: Instance, op: Op, name: str) -> None:
        """Something outside is called: it keeps what it is given and may give it back."""
        bag = self._state.objects.intern(Kind.BAG, (caller.number, self._state.identity(op)), name)
        self.call_method(caller, op, bag)

    def call_method(self, caller: Instance, op: Op, owner: int) -> None:
        """Any method of a bag: arguments go in, functions among them are called, everything may come out."""
        state = self._state
        inside = state.slot(owner, None)
        self._everything(owner, inside)
        values = [*op[ARGS], *(value for _, value in op[KEYWORDS])]
        for value in values:
            if value >= 0:
                state.engine.watch(caller.node(value), self._on_given, caller, op, inside)
        for value in (op[STAR], op[DOUBLE_STAR]):
            if value >= 0:
                state.engine.watch(caller.node(value), self._containers.pour, caller, owner)
        if op[1] >= 0:
            state.engine.flow(inside, caller.node(op[1]))
            state.engine.add_one(caller.node(op[1]), owner)

    def _everything(self, owner: int, inside: int) -> None:
        self._state.on_keys(owner, self._gather, inside)

    def _gather(self, inside: int, _key: Any, node: int) -> None:
        self._state.engine.flow(node, inside)

    def _on_given(self, caller: Instance, op: Op, inside: int, given: int) -> None:
        """Something is given to the outside: it is kept, and called if it is a function."""
        kind = self._state.objects.kinds[given]
        if kind in _KEPT and not (kind in _CALLABLE and caller.unit.file.facts.language in _FORGETS):
            self._state.engine.add_one(inside, given)
        if kind not in _CALLABLE:
            return
        frame = self._state.absolute(caller)
        self._calls.on_callee(frame, make_call(op[SITE], (inside, inside), dst=inside), given)
