"""What JavaScript's library does with what it is given: containers, promises, timers, and all of the outside.

An object of the outside is a *bag*. It calls the functions it is given with what it holds beside functions, and keeps
only what a method stores by its name (`push`): a listener is called, but comes out of nowhere again.
"""

from functools import partial

from yantra_bot.domain.graph import Evidence
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, CallFlag
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.arguments import ARGS, FLAGS, SITE, STAR
from yantra_bot.graphdb.resolve.bags import Bags
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.containers import Containers
from yantra_bot.graphdb.resolve.javascript_containers import Sequences
from yantra_bot.graphdb.resolve.javascript_emitters import Emitters
from yantra_bot.graphdb.resolve.javascript_globals import Globals
from yantra_bot.graphdb.resolve.javascript_methods import (
    ADDS,
    ARRAY_METHODS,
    CALLS_BACK,
    FUNCTION_METHODS,
    LOOKS,
    MAPPINGS,
    PROMISE,
    SAME_OBJECT,
    SCRIPTS,
    TAKES,
    WRAPPERS,
)
from yantra_bot.graphdb.resolve.javascript_promises import CALLABLE, Promises
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_OBJECTS = frozenset({Kind.INSTANCE, Kind.OPEN, Kind.BAG})
_KEEPS = frozenset({Kind.CONTAINER, Kind.BAG})
_BUILTIN = "<builtin>."


class JavaScriptLibrary:
    """Calls into JavaScript's library and the outside; for other languages asks the bags it is made with."""

    def __init__(self, state: State, calls: Calls, containers: Containers, lookup: Lookup, bags: Bags) -> None:
        self._state, self._calls, self._containers, self._bags = state, calls, containers, bags
        self._promises = Promises(state, calls)
        self.sequences = Sequences(state, calls, containers)
        self._emitters = Emitters(state, self.sequences.on_callee)
        self._globals = Globals(state, containers, lookup, self.sequences, self._promises, self.call)
        self._made: dict[tuple[int, int], Op] = {}
        self._other_bag, self._other_outside = calls.call_bag, calls.call_outside
        calls.call_bag = self.call_bag
        calls.call_outside = self.call_outside

    # Methods

    def call(self, caller: Instance, op: Op, name: str, owner: int) -> None:
        """Call a method of something that has no class here."""
        kind = self._state.objects.kinds[owner]
        if name.endswith((".call", ".apply")):
            self._call_on(caller, op, name)
        elif name.endswith(".bind"):
            self._bind(caller, op, name)
        elif kind in (Kind.FUNCTION, Kind.BOUND):
            self._bags.call_function_method(caller, op, name, owner)
        elif kind == Kind.CONST:
            self._call_text(caller, op, name)
        elif kind == Kind.BAG:
            self._call_bag_method(caller, op, name, owner)
        elif kind == Kind.GENERATOR:
            self._call_generator(caller, op, name, owner)
        elif kind == Kind.CONTAINER:
            self._call_container(caller, op, name, owner)

    def _call_container(self, caller: Instance, op: Op, name: str, owner: int) -> None:
        what = self._state.objects.seconds[owner]
        if what == PROMISE:
            self._promises.call(caller, op, name, owner)
        elif what in MAPPINGS:
            self.sequences.call_mapping(caller, op, name, owner)
        elif what != "object":
            self.sequences.call(caller, op, name, owner)
        elif name == "valueOf":
            self.sequences.give(caller, op, owner)

    def _bind(self, caller: Instance, op: Op, name: str) -> None:
        """`push.bind(xs)` is the method of xs."""
        if op[ARGS] and op[ARGS][0] >= 0 and op[1] >= 0:
            self._state.engine.watch(caller.node(op[ARGS][0]), self._on_bound, caller, op, name.rpartition(".")[0])

    def _on_bound(self, caller: Instance, op: Op, method: str, item: int) -> None:
        if self._state.objects.kinds[item] in _KEEPS:
            self.sequences.give(caller, op, self._state.objects.intern(Kind.NATIVE, method, item))

    def _call_on(self, caller: Instance, op: Op, name: str) -> None:
        """`slice.call(x, …)`, `push.apply(x, xs)`: a method is called on its first argument."""
        method, _, way = name.rpartition(".")
        if not op[ARGS] or op[ARGS][0] < 0:
            return
        key = (caller.number, self._state.identity(op))
        call = self._made.get(key)
        if call is None:
            args, star = tuple(caller.node(value) for value in op[ARGS][1:]), NOTHING
            if way == "apply":
                args, star = (), args[0] if args else NOTHING
            dst = caller.node(op[1]) if op[1] >= 0 else NOTHING
            call = (Code.CALL, dst, NOTHING, op[SITE], args, (), star, NOTHING, op[FLAGS])
            self._made[key] = call
        frame = self._state.absolute(caller)
        self._state.engine.watch(caller.node(op[ARGS][0]), self._on_this, frame, call, method)

    def _on_this(self, frame: Instance, call: Op, method: str, item: int) -> None:
        if self._state.objects.kinds[item] in (*_KEEPS, Kind.GENERATOR):
            self.call(frame, call, method, item)

    def _call_text(self, caller: Instance, op: Op, name: str) -> None:
        """A method of a string: `replace` calls the function that it is given."""
        for value in op[ARGS] if name in ("replace", "replaceAll") else ():
            self.sequences.call_function(caller, op, caller.node(value), ())

    def _call_generator(self, caller: Instance, op: Op, name: str, owner: int) -> None:
        generator: Instance = self._state.objects.firsts[owner]
        if name not in ("next", "return", "throw"):
            self.sequences.call(caller, op, name, owner)
        elif op[1] >= 0:
            step = self._state.objects.intern(Kind.CONTAINER, ("step", owner), "object")
            value = self._state.slot(step, "value")
            self._state.engine.flow(generator.yields, value)
            self._state.engine.flow(generator.result, value)
            if generator.unit.body.flags & BodyFlag.ASYNC:
                promise = self._state.objects.intern(Kind.CONTAINER, ("step promise", owner), PROMISE)
                self._state.engine.add_one(self._state.slot(promise, None), step)
                step = promise
            self._state.engine.add_one(caller.node(op[1]), step)

    # Bags

    def call_bag(self, caller: Instance, op: Op, owner: int) -> None:
        """Call a bag itself."""
        if caller.unit.file.facts.language not in SCRIPTS:
            self._other_bag(caller, op, owner)
            return
        self._give_functions(caller, op, owner)
        self.sequences.give(caller, op, owner)

    def _call_bag_method(self, caller: Instance, op: Op, name: str, owner: int) -> None:
        self._name_method(caller, op, name, owner)
        if self._emitters.is_meant(self._state.objects.seconds[owner], name, op):
            self._emitters.call(caller, op, name, owner, partial(self._give_functions, caller, op, owner))
            self.sequences.give(caller, op, owner)
        elif name in ("then", "catch", "finally"):
            self._promises.call(caller, op, name, owner)
        elif name in ("replace", "replaceAll"):
            self._call_text(caller, op, name)
        elif name in ("set", "get", "forEach") and not self._is_first_function(caller, op, name):
            self.sequences.call_mapping(caller, op, name, owner)
        elif name in CALLS_BACK or name in ADDS or name in TAKES or name in ARRAY_METHODS:
            self.sequences.call(caller, op, name, owner)
            if name in ADDS:
                self.sequences.give(caller, op, owner)
        elif name not in LOOKS:
            if name not in FUNCTION_METHODS:
                self._give_functions(caller, op, owner)
            self.sequences.give(caller, op, owner)

    def _is_first_function(self, caller: Instance, op: Op, name: str) -> bool:
        return name == "forEach" or (name == "get" and len(op[ARGS]) > 1)

    def _name_method(self, caller: Instance, op: Op, name: str, owner: int) -> None:
        """An object that a class of the outside makes: its method has a name."""
        place, known = self._state.objects.firsts[owner], self._state.objects.seconds[owner]
        if known and not known.startswith(_BUILTIN) and isinstance(place, tuple) and place[0] in ("new", "declared"):
            self._state.record.call(caller.owner, op[SITE], f"{known}.{name}", Evidence.TYPE)

    def _give_functions(self, caller: Instance, op: Op, bag: int) -> None:
        """A bag calls the functions that it is given, with the objects that it holds and those given with them."""
        engine = self._state.engine
        held = engine.allocate(1)
        engine.watch(self.sequences.elements(bag), self._on_held, held)
        for value in op[ARGS]:
            if value >= 0:
                engine.watch(caller.node(value), self._on_given, bag)
                self.sequences.call_function(caller, op, caller.node(value), (held, held), self._results(bag))
        if op[STAR] >= 0:
            inside = engine.allocate(1)
            self.sequences.iterate(caller, op, caller.node(op[STAR]), inside)
            self.sequences.call_function(caller, op, inside, (held, held))

    def _results(self, bag: int) -> int:
        """Return the node of what functions gave to a bag: it may come out where something is taken."""
        return self._state.slot(bag, None)

    def _on_held(self, held: int, item: int) -> None:
        if self._state.objects.kinds[item] in _OBJECTS:
            self._state.engine.add_one(held, item)

    def _on_given(self, bag: int, item: int) -> None:
        objects = self._state.objects
        kind = objects.kinds[item]
        if kind in (Kind.INSTANCE, Kind.OPEN):
            self._state.engine.add_one(self._state.slot(bag, None), item)
        elif kind == Kind.CONTAINER and objects.seconds[item] != "object":
            self._state.engine.flow(self.sequences.elements(item), self._state.slot(bag, None))

    # The outside

    def call_outside(self, caller: Instance, op: Op, name: str) -> None:
        """Call something outside: a known function of the language, or of any package."""
        if caller.unit.file.facts.language not in SCRIPTS:
            self._other_outside(caller, op, name)
            return
        if name.startswith(_BUILTIN) and self._globals.call(caller, op, name.removeprefix(_BUILTIN)):
            return
        last = name.rpartition(".")[2]
        if op[0] == Code.CALL_METHOD and (last in LOOKS or last in ADDS):
            return
        place = ("new" if op[FLAGS] & CallFlag.NEW else "made", caller.number, self._state.identity(op))
        bag = self._state.objects.intern(Kind.BAG, place, name)
        if self._emitters.is_meant(name.rpartition(".")[0], last, op):
            self._emitters.call_any(caller, op, last, partial(self._give_functions, caller, op, bag))
            self.sequences.flow_to(caller, op, caller.node(op[2]))
            return
        if last in WRAPPERS and op[ARGS] and op[ARGS][0] >= 0:
            self._state.engine.watch(caller.node(op[ARGS][0]), self._wrap, caller, op)
            op = (*op[:ARGS], (NOTHING, *op[ARGS][1:]), *op[ARGS + 1 :])
        elif last in SAME_OBJECT:
            self._globals.give_same(caller, op)
            return
        self._give_functions(caller, op, bag)
        self.sequences.give(caller, op, bag)

    def assume(self) -> bool:
        """Suppose what nothing in the program says: any key of a map, listeners that the library calls."""
        return self.sequences.assume_keys() | self._emitters.assume()

    def _wrap(self, caller: Instance, op: Op, item: int) -> None:
        if self._state.objects.kinds[item] in CALLABLE:
            self.sequences.give(caller, op, item)
