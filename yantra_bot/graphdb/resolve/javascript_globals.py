"""JavaScript's global functions and classes, as far as functions and objects pass through them."""

from collections.abc import Callable

from yantra_bot.graphdb.facts import NOTHING, CallFlag
from yantra_bot.graphdb.resolve.arguments import ARGS, SITE, make_call
from yantra_bot.graphdb.resolve.containers import Containers
from yantra_bot.graphdb.resolve.javascript_containers import Sequences
from yantra_bot.graphdb.resolve.javascript_conversions import Conversions
from yantra_bot.graphdb.resolve.javascript_methods import MAPPINGS, PURE, SAME_OBJECT, TIMERS
from yantra_bot.graphdb.resolve.javascript_promises import Promises
from yantra_bot.graphdb.resolve.javascript_proxies import Proxies
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_KEEPS = frozenset({Kind.CONTAINER, Kind.BAG})
_HOLDERS = frozenset({Kind.CONTAINER, Kind.BAG, Kind.FUNCTION, Kind.PROTOTYPE, Kind.INSTANCE, Kind.CLASS})
_ARRAY_PROTOTYPE = "Array.prototype."
_SETS = frozenset({"Set", "WeakSet"})


class Globals:
    """Calls what is global in JavaScript."""

    def __init__(
        self,
        state: State,
        containers: Containers,
        lookup: Lookup,
        sequences: Sequences,
        promises: Promises,
        call_method: Callable[[Instance, Op, str, int], None],
    ) -> None:
        self._state, self._containers, self._lookup = state, containers, lookup
        self._sequences, self._promises, self._call_method = sequences, promises, call_method
        self._conversions = Conversions(state, lookup, sequences.calls)
        self._proxies = Proxies(state, lookup, sequences.calls)
        self._functions: dict[str, Callable[[Instance, Op], None]] = {
            "Array": self._array,
            "Array.of": self._array,
            "Array.from": self._array_from,
            "Array.fromAsync": self._array_from,
            "Promise": promises.construct,
            "Object.values": self._values,
            "Object.entries": self._entries,
            "Object.fromEntries": self._from_entries,
            "Object.getPrototypeOf": self._prototype_of,
            "Reflect.getPrototypeOf": self._prototype_of,
            "Reflect.apply": self._apply,
            "Reflect.construct": self._construct,
            "Proxy": self._proxy,
            "JSON.parse": self._call_given,
            "JSON.stringify": self._stringify,
            "String": self._to_text,
            **dict.fromkeys(("Number", "BigInt", "isNaN", "isFinite"), self._to_number),
            **dict.fromkeys(("parseInt", "parseFloat", "Symbol"), self._to_text),
        }

    def call(self, caller: Instance, op: Op, name: str) -> bool:
        """Call a global function or class; false for one that is not known."""
        known = self._functions.get(name)
        if known is not None:
            known(caller, op)
        elif name in MAPPINGS or name in _SETS:
            self.construct(caller, op, "Map" if name in MAPPINGS else "Set")
        elif name in TIMERS:
            args = tuple(caller.node(value) for value in op[ARGS])
            self._sequences.call_function(caller, op, args[0] if args else NOTHING, args[TIMERS[name] :])
        elif name in SAME_OBJECT:
            self.give_same(caller, op)
        elif name.startswith("Promise."):
            self._promises.call_static(caller, op, name.removeprefix("Promise."))
        elif name.startswith(_ARRAY_PROTOTYPE) and name.endswith((".call", ".apply")):
            self._call_method(caller, op, name.removeprefix(_ARRAY_PROTOTYPE), self._nothing())
        else:
            return name in PURE
        return True

    def _nothing(self) -> int:
        return self._state.objects.intern(Kind.CONTAINER, ("nothing",), "array")

    def _call_given(self, caller: Instance, op: Op) -> None:
        """Call what stands behind the first argument: `JSON.parse(text, f)`."""
        for value in op[ARGS][1:2]:
            self._sequences.call_function(caller, op, caller.node(value), ())

    def _proxy(self, caller: Instance, op: Op) -> None:
        self._proxies.make(caller, op, self.give_same)

    def _stringify(self, caller: Instance, op: Op) -> None:
        self._call_given(caller, op)
        self._watch_first(caller, op, self._conversions.serialise)

    def _to_text(self, caller: Instance, op: Op) -> None:
        self._watch_first(caller, op, self._conversions.convert, "toString")

    def _to_number(self, caller: Instance, op: Op) -> None:
        self._watch_first(caller, op, self._conversions.convert, "valueOf")

    def _watch_first(self, caller: Instance, op: Op, handler: Callable[..., None], *name: str) -> None:
        if op[ARGS] and op[ARGS][0] >= 0:
            self._state.engine.watch(caller.node(op[ARGS][0]), self._on_first, handler, caller, op, name)

    def _on_first(
        self, handler: Callable[..., None], caller: Instance, op: Op, name: tuple[str, ...], item: int
    ) -> None:
        handler(caller, op[SITE], item, *name)

    def give_same(self, caller: Instance, op: Op) -> None:
        """It gives its arguments; the first one has what the others have."""
        values = [caller.node(value) for value in op[ARGS] if value >= 0]
        for node in values:
            self._sequences.flow_to(caller, op, node)
        for node in values[1:]:
            self._state.engine.watch(values[0], self._on_target, node)

    def _on_target(self, source: int, target: int) -> None:
        if self._state.objects.kinds[target] in _HOLDERS:
            self._state.engine.watch(source, self._containers.pour_names, target)

    # Arrays, maps and sets

    def _array(self, caller: Instance, op: Op) -> None:
        self.construct(caller, op, "array")

    def construct(self, caller: Instance, op: Op, kind: str) -> None:
        """`new Map(pairs)`, `new Set(elements)`, `new Array(…)`."""
        state, made = self._state, self._sequences.made(caller, op, NOTHING, "new", kind)
        self._sequences.give(caller, op, made)
        for value in op[ARGS] if kind == "array" else op[ARGS][:1]:
            if value < 0:
                continue
            if kind == "array":
                state.engine.flow(caller.node(value), state.slot(made, None))
                continue
            node = state.engine.allocate(1)
            self._sequences.iterate(caller, op, caller.node(value), node)
            if kind in MAPPINGS:
                state.engine.watch(node, self._sequences.take_pair, made)
            else:
                state.engine.flow(node, state.slot(made, None))

    def _array_from(self, caller: Instance, op: Op) -> None:
        args, engine = [caller.node(value) for value in op[ARGS]], self._state.engine
        made = self._sequences.made(caller, op, NOTHING, "from")
        self._sequences.give(caller, op, made)
        inside, elements = self._state.slot(made, None), engine.allocate(1)
        if args and args[0] >= 0:
            self._sequences.iterate(caller, op, args[0], elements)
        if len(args) > 1:
            self._sequences.call_function(caller, op, args[1], (elements,), inside)
        else:
            engine.flow(elements, inside)

    # Objects

    def _each_given(self, caller: Instance, op: Op, handler: Callable[..., None]) -> None:
        if op[ARGS] and op[ARGS][0] >= 0 and op[1] >= 0:
            self._state.engine.watch(caller.node(op[ARGS][0]), handler, caller, op)

    def _values(self, caller: Instance, op: Op) -> None:
        self._each_given(caller, op, self._give_values)

    def _give_values(self, caller: Instance, op: Op, item: int) -> None:
        made = self._sequences.made(caller, op, NOTHING, "values")
        self._sequences.give(caller, op, made)
        if self._state.objects.kinds[item] in _KEEPS:
            self._state.engine.flow(self._sequences.elements(item), self._state.slot(made, None))
        else:
            self._containers.read_item(item, None, self._state.slot(made, None))

    def _entries(self, caller: Instance, op: Op) -> None:
        self._each_given(caller, op, self._give_entries)

    def _give_entries(self, caller: Instance, op: Op, item: int) -> None:
        self._sequences.give_pairs(caller, op, item)

    def _from_entries(self, caller: Instance, op: Op) -> None:
        made, node = self._sequences.made(caller, op, NOTHING, "new", "object"), self._state.engine.allocate(1)
        self._sequences.give(caller, op, made)
        if op[ARGS] and op[ARGS][0] >= 0:
            self._sequences.iterate(caller, op, caller.node(op[ARGS][0]), node)
            self._state.engine.watch(node, self._sequences.take_pair, made)

    def _prototype_of(self, caller: Instance, op: Op) -> None:
        self._each_given(caller, op, self._give_prototype)

    def _give_prototype(self, caller: Instance, op: Op, item: int) -> None:
        objects = self._state.objects
        if objects.kinds[item] in (Kind.INSTANCE, Kind.OPEN):
            self._sequences.give(caller, op, objects.intern(Kind.PROTOTYPE, objects.firsts[item]))
        elif objects.kinds[item] == Kind.CONTAINER:
            self._sequences.flow_to(caller, op, self._lookup.attribute(item, "__proto__"))

    # Calls by other names

    def _apply(self, caller: Instance, op: Op) -> None:
        self._call_with(caller, op, star=2, flags=CallFlag.NONE)

    def _construct(self, caller: Instance, op: Op) -> None:
        self._call_with(caller, op, star=1, flags=CallFlag.NEW)

    def _call_with(self, caller: Instance, op: Op, *, star: int, flags: int) -> None:
        args = [caller.node(value) for value in op[ARGS]]
        if not args or args[0] < 0:
            return
        plain = make_call(op[SITE], (), dst=caller.node(op[1]) if op[1] >= 0 else NOTHING, flags=flags)
        call = (*plain[:-3], args[star] if len(args) > star else NOTHING, *plain[-2:])
        self._state.engine.watch(args[0], self._sequences.on_callee, self._state.absolute(caller), call)
