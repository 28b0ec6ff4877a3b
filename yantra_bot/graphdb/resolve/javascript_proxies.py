"""JavaScript's proxies: reading, writing or calling one calls a function of its handler.

What a proxy stands for is given beside it, so that whatever needs no trap goes on as without one.
"""

from collections.abc import Callable

from yantra_bot.graphdb.facts import NOTHING, CallFlag
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.arguments import ARGS, FLAGS, SITE, STAR, make_call
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.javascript_methods import PROXY
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_CALLED = ("apply", "construct")
_TRAPS = ("get", "set", *_CALLED)
_HANDLERS = frozenset({Kind.CONTAINER, Kind.INSTANCE, Kind.OPEN})


class Proxies:
    """Makes proxies, and calls their traps."""

    def __init__(self, state: State, lookup: Lookup, calls: Calls) -> None:
        self._state, self._lookup, self._calls = state, lookup, calls
        lookup.functions.fill_proxy = self.fill
        calls.by_kind[Kind.CONTAINER] = self.call

    def make(self, caller: Instance, op: Op, otherwise: Callable[[Instance, Op], None]) -> None:
        """`new Proxy(target, handler)`; `otherwise` gives the target as it is."""
        args = op[ARGS]
        if len(args) < 2 or min(args[:2]) < 0 or op[1] < 0:
            otherwise(caller, (*op[:ARGS], args[:1], *op[ARGS + 1 :]))
        else:
            self._state.engine.watch(caller.node(args[1]), self._on_handler, caller, op)

    def _on_handler(self, caller: Instance, op: Op, handler: int) -> None:
        target, dst = caller.node(op[ARGS][0]), caller.node(op[1])
        traps = [trap for trap in _TRAPS if self._has(handler, trap)]
        if not any(trap in _CALLED for trap in traps):
            self._state.engine.flow(target, dst)
        if traps:
            made = self._state.objects.intern(Kind.CONTAINER, (target, handler), PROXY)
            self._state.proxies[made] = (target, handler)
            self._state.engine.add_one(dst, made)

    def _has(self, handler: int, trap: str) -> bool:
        if self._state.objects.kinds[handler] not in _HANDLERS:
            return False
        return (handler, trap) in self._state.slots or self._lookup.members.defines(handler, trap)

    def fill(self, proxy: int, name: str, node: int) -> None:
        """Fill an attribute of a proxy: what its trap gives; of `x.setter`, the trap that takes what is written."""
        target, handler = self._state.proxies[proxy]
        if name.endswith(".setter"):
            trap = self._lookup.attribute(handler, "set")
            key = self._state.constant(self._state.objects.intern(Kind.CONST, name.removesuffix(".setter")))
            self._state.engine.watch(trap, self._on_set, (trap, target, key), node)
        else:
            self._state.program.property_names.add(name)
            self._state.engine.watch(self._lookup.attribute(handler, "get"), self._on_get, proxy, name, node)

    def _on_set(self, parts: tuple[int, int, int], node: int, _trap: int) -> None:
        """The setter is the trap with its first arguments given."""
        made = self._state.objects.intern(Kind.PARTIAL, (PROXY, *parts))
        maker = self._state.absolute(next(iter(self._state.modules.values())))
        self._state.partials[made] = (maker, (Code.CALL, NOTHING, NOTHING, 0, parts, (), NOTHING, NOTHING, 0))
        self._state.engine.add_one(node, made)

    def _on_get(self, proxy: int, name: str, node: int, trap: int) -> None:
        objects, engine = self._state.objects, self._state.engine
        function = objects.firsts[trap] if objects.kinds[trap] == Kind.BOUND else trap
        unit = self._state.unit_of(function)
        if unit is None or objects.kinds[function] != Kind.FUNCTION:
            return
        target, handler = self._state.proxies[proxy]
        given, positional = engine.allocate(1), self._state.signature(unit).positional
        self._calls.call_getter(function, handler, given, (objects.intern(Kind.CONST, name), proxy))
        self._calls.note_getter(node, function)
        if positional:
            engine.flow(target, self._calls.open_instance(function, None, None).base + positional[0])
        engine.watch(given, self._on_given, target, name, node)

    def _on_given(self, target: int, name: str, node: int, item: int) -> None:
        """`target[key]` in a trap gives all that the target has; only what has the name is meant."""
        slots, holds = self._state.slots, self._state.engine.objects
        for one in holds(target):
            for key in self._state.keys_of.get(one, ()):
                if key != name and item in holds(slots[one, key]):
                    return
        self._state.engine.add_one(node, item)

    def call(self, caller: Instance, op: Op, proxy: int) -> None:
        """Call a proxy, or make an object of one."""
        if proxy not in self._state.proxies:
            return
        target, handler = self._state.proxies[proxy]
        trap = "construct" if op[FLAGS] & CallFlag.NEW else "apply"
        frame = self._state.absolute(caller)
        if not self._has(handler, trap):
            call: Op = (Code.CALL, caller.node(op[1]), NOTHING, op[SITE], *_absolute(caller, op))
            self._state.engine.watch(target, self._calls.on_callee, frame, call)
            return
        place = (caller.number, self._state.identity(op), PROXY)
        args = self._state.objects.intern(Kind.CONTAINER, place, "array")
        for index, value in enumerate(op[ARGS]):
            if value >= 0:
                self._state.engine.flow(caller.node(value), self._state.slot(args, index))
        listed = self._state.constant(args)
        given = (target, listed) if trap == "construct" else (target, NOTHING, listed)
        call = make_call(op[SITE], given, dst=caller.node(op[1]))
        self._calls.call_attribute(frame, call, handler, trap)


def _absolute(caller: Instance, op: Op) -> Op:
    """Return the arguments of a call and what is behind them, for a frame whose values are nodes."""
    args = tuple(caller.node(value) for value in op[ARGS])
    named = tuple((key, caller.node(value)) for key, value in op[ARGS + 1])
    return (args, named, caller.node(op[STAR]), caller.node(op[STAR + 1]), op[FLAGS])
