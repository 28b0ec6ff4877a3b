"""What Java's library does with what it is given: collections, maps, optionals, streams, futures, threads.

Each call of the outside works on a bag, an object that keeps things. What a method does is told by its name alone, for
all classes of the library alike: `add` keeps, `get` gives, `filter` calls. It never looks at code.
"""

from yantra_bot.domain.graph import Evidence, Language
from yantra_bot.graphdb.facts import CallFlag
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.arguments import ARGS, FLAGS, SITE, STAR, make_call
from yantra_bot.graphdb.resolve.bags import Bags
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.containers import Containers
from yantra_bot.graphdb.resolve.java_maps import Maps
from yantra_bot.graphdb.resolve.java_methods import (
    COMBINES,
    ELEMENTS,
    FACTORIES,
    FUNCTIONAL,
    KEYED,
    MAPPED,
    POURS,
    READS,
    RUNS,
    SPREADS,
    STORES,
    SUPPLIED,
    VIEWS,
    name_made,
    name_view,
)
from yantra_bot.graphdb.resolve.java_references import arguments_of, is_reference
from yantra_bot.graphdb.resolve.java_reflection import FOR_NAME, Reflection
from yantra_bot.graphdb.resolve.members import Members
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_CALLABLE = frozenset({Kind.FUNCTION, Kind.BOUND, Kind.PARTIAL, Kind.CLASS})
_OBJECTS = frozenset({Kind.INSTANCE, Kind.OPEN})
_KEEPS = frozenset({Kind.BAG, Kind.CONTAINER})
_CONSTRUCTOR = "<init>"


class JavaLibrary(Bags):
    """Calls into the outside, with what is special of Java's; other languages' are plain bags."""

    def __init__(self, state: State, calls: Calls, containers: Containers, members: Members) -> None:
        super().__init__(state, calls, containers)
        self._members = members
        self._reflection = Reflection(state, calls, members)
        self._maps = Maps(state, containers)
        self._elements: dict[int, int] = {}

    # The two ways to call

    def call_outside(self, caller: Instance, op: Op, name: str) -> None:
        """Call a constructor, a static method, or a method that a class has from a base outside."""
        if caller.unit.file.facts.language != Language.JAVA:
            super().call_outside(caller, op, name)
            return
        owner, _, method = name.partition("/")[0].rpartition(".")
        if name.partition("/")[0] == FOR_NAME:
            self._reflection.find_class(caller, op)
        if op[FLAGS] & CallFlag.NEW:
            owner, method = f"{owner}.{method}", _CONSTRUCTOR
        elif method in RUNS and op[0] == Code.CALL_METHOD and op[2] >= 0:
            self._state.engine.watch(caller.node(op[2]), self._run_own, caller, op)
        elif method in COMBINES and op[0] == Code.CALL_METHOD:
            self._combine(caller, op)
            return
        made = self._bag(("made", caller.number, self._state.identity(op)), name_made(owner, method))
        if method == "forEach" and op[0] == Code.CALL_METHOD and op[2] >= 0:
            elements = self._state.slot(made, None)
            self._state.engine.watch(caller.node(op[2]), self._iterate_own, caller, elements, op[SITE])
        result = self._perform(caller, op, made, method)
        if method in SUPPLIED:
            self._state.engine.flow(result, self._state.slot(made, None))
        if op[1] >= 0:
            self._state.engine.add_one(caller.node(op[1]), made)
            if method not in FACTORIES:
                self._state.engine.flow(self._inside(made), caller.node(op[1]))

    def _iterate_own(self, caller: Instance, elements: int, site: int, item: int) -> None:
        """`forEach` of a class that is an Iterable."""
        if self._state.objects.kinds[item] in _OBJECTS:
            self._containers.each(caller, item, elements, site)

    def _combine(self, caller: Instance, op: Op) -> None:
        """`andThen` of a class that is a Function: what it gives calls both."""
        for value in (op[2], *op[ARGS]):
            if value >= 0 and op[1] >= 0:
                self._state.engine.watch(caller.node(value), self._give_function, caller.node(op[1]))

    def _give_function(self, target: int, item: int) -> None:
        if self._state.objects.kinds[item] in _CALLABLE | _OBJECTS:
            self._state.engine.add_one(target, item)

    def call_method(self, caller: Instance, op: Op, owner: int) -> None:
        """Call a method of an object of the outside."""
        if caller.unit.file.facts.language != Language.JAVA:
            super().call_method(caller, op, owner)
            return
        method = op[3].partition("/")[0] if op[0] == Code.CALL_METHOD else ""
        name = self._name(owner)
        if name and method:
            self._state.record.call(caller.owner, op[SITE], f"{name}.{method}", Evidence.TYPE)
        if self._reflection.call(caller, op, owner, method):
            return
        result = self._perform(caller, op, owner, method)
        if op[1] >= 0:
            self._give(caller, op, owner, method, result)

    def _run_own(self, caller: Instance, op: Op, item: int) -> None:
        """`start` of a class that extends Thread calls its `run`."""
        if self._state.objects.kinds[item] in _OBJECTS:
            self._calls.call_attribute(self._state.absolute(caller), make_call(op[SITE], ()), item, "run/0")

    # What a bag is

    def _bag(self, place: tuple[object, ...], name: str) -> int:
        return self._state.objects.intern(Kind.BAG, place, name)

    def _name(self, bag: int) -> str:
        objects = self._state.objects
        name = objects.seconds[bag] if objects.kinds[bag] == Kind.BAG else ""
        return name if isinstance(name, str) else ""

    def _inside(self, bag: int) -> int:
        """Return the node of everything that a bag holds."""
        node = self._elements.get(bag)
        if node is None:
            node = self._elements[bag] = self._state.engine.allocate(1)
            self._containers.read_item(bag, None, node)
        return node

    def _functions(self, bag: int) -> int:
        """Return the node of the functions that an object of the library works with: a collector's, a comparator's."""
        return self._state.slot(self._bag(("functions", bag), ""), None)

    # What a call does

    def _perform(self, caller: Instance, op: Op, bag: int, method: str) -> int:
        """Take the arguments in; return the node of what the functions among them give."""
        engine = self._state.engine
        result = engine.allocate(1)
        values = [caller.node(value) for value in op[ARGS]]
        if method in KEYED and values:
            self._maps.take(caller, op, bag, method, values, result)
        for value in values:
            if value >= 0:
                engine.watch(value, self._on_argument, caller, op, bag, method, result)
        if op[STAR] >= 0:
            engine.watch(caller.node(op[STAR]), self._containers.pour, caller, bag)
        if method in RUNS:
            engine.watch(self._inside(bag), self._run, caller, op)
        return result

    def _on_argument(self, caller: Instance, op: Op, bag: int, method: str, result: int, given: int) -> None:
        kind = self._state.objects.kinds[given]
        if kind in _CALLABLE or is_reference(self._state, given):
            self._take_function(caller, op, bag, method, result, given)
        elif kind in _OBJECTS:
            if method not in READS:
                self._keep(bag, method, given)
            if method not in STORES:
                self._call_object(caller, op, bag, given, result)
        elif kind in _KEEPS:
            self._take_bag(caller, op, bag, method, result, given)

    def _keep(self, bag: int, method: str, given: int) -> None:
        """Keep an object: at an unknown place, where it does not stand under a key."""
        if method not in KEYED or not self._maps.is_map(bag):
            self._state.engine.add_one(self._state.slot(bag, None), given)

    def _take_function(self, caller: Instance, op: Op, bag: int, method: str, result: int, given: int) -> None:
        if method in STORES or (method == _CONSTRUCTOR and self._name(bag).endswith(("Thread", "Task", "Timer"))):
            self._keep(bag, method, given)
            return
        self._state.engine.add_one(self._functions(bag), given)
        self._call(caller, op, bag, method, result, given)

    def _call(self, caller: Instance, op: Op, bag: int, method: str, result: int, function: int) -> None:
        first = second = self._inside(bag)
        if self._maps.is_map(bag):
            first = self._inside(self._maps.keys(bag))
        given = arguments_of(self._state, function, method, (first, second))
        self._calls.on_callee(self._state.absolute(caller), make_call(op[SITE], given, dst=result), function)

    def _call_object(self, caller: Instance, op: Op, bag: int, item: int, result: int) -> None:
        """An object of the program that is a Runnable, a Comparator, ...: its method is called."""
        inside = self._inside(bag)
        for name in self._members.outside_names(item):
            method = FUNCTIONAL.get(name.rpartition(".")[2])
            if method is not None:
                arguments = (inside,) * int(method.rpartition("/")[2])
                call = make_call(op[SITE], arguments, dst=result)
                self._calls.call_attribute(self._state.absolute(caller), call, item, method)

    def _run(self, caller: Instance, op: Op, item: int) -> None:
        """A thread or a task is started: it runs what it was made with."""
        frame, kind = self._state.absolute(caller), self._state.objects.kinds[item]
        if kind in _CALLABLE:
            self._calls.on_callee(frame, make_call(op[SITE], ()), item)
        elif kind in _OBJECTS:
            self._run_own(caller, op, item)

    def _take_bag(self, caller: Instance, op: Op, bag: int, method: str, result: int, given: int) -> None:
        objects = self._state.objects
        pours = method in POURS or (objects.kinds[given] == Kind.CONTAINER and method in SPREADS)
        if pours and given != bag:
            self._containers.pour(caller, bag, given)
            if self._maps.is_map(bag):
                keys = self._state.slot(self._maps.keys(bag), None)
                self._state.engine.flow(self._state.slot(self._maps.keys(given), None), keys)
        elif method in STORES:
            self._keep(bag, method, given)
        if method in ("invokeAll", "invokeAny"):
            self._state.engine.watch(self._inside(given), self._on_argument, caller, op, bag, "submit", result)
        if objects.kinds[given] == Kind.BAG and method not in STORES:
            self._state.engine.watch(self._functions(given), self._call_given, caller, op, bag, method, result)

    def _call_given(self, caller: Instance, op: Op, bag: int, method: str, result: int, function: int) -> None:
        self._state.engine.add_one(self._functions(bag), function)
        self._call(caller, op, bag, method, result, function)

    # What a call gives

    def _give(self, caller: Instance, op: Op, bag: int, method: str, result: int) -> None:
        engine, target = self._state.engine, caller.node(op[1])
        if method in ELEMENTS or (method == "peek" and not op[ARGS]):
            if method != "orElseThrow":
                engine.flow(result, target)
            self._give_element(caller, op, bag, method, target)
        elif method in ("keySet", "navigableKeySet"):
            engine.add_one(target, self._maps.keys(bag))
        elif method in ("getKey", "firstKey", "lastKey"):
            engine.flow(self._inside(self._maps.keys(bag)), target)
        elif method == "entrySet":
            engine.add_one(target, self._maps.entries(bag))
        elif method in MAPPED:
            place = ("mapped", caller.number, self._state.identity(op))
            made = self._bag(place, name_view(self._name(bag), method))
            engine.add_one(target, made)
            engine.watch(result, self._keep_made, caller, op, made, method)
        else:
            self._give_view(caller, op, bag, method, result, target)

    def _keep_made(self, caller: Instance, op: Op, made: int, method: str, item: int) -> None:
        """Keep what a function has given: of a stream what it holds, of a task in its future."""
        inside = self._state.slot(made, None)
        if method in SPREADS and self._state.objects.kinds[item] in _KEEPS:
            if item != made:
                self._containers.pour(caller, made, item)
        elif method == "invokeAll":
            future = self._bag(("future", caller.number, self._state.identity(op)), "java.util.concurrent.Future")
            self._state.engine.add_one(inside, future)
            self._state.engine.add_one(self._state.slot(future, None), item)
        else:
            self._state.engine.add_one(inside, item)

    def _give_element(self, caller: Instance, op: Op, bag: int, method: str, target: int) -> None:
        engine = self._state.engine
        values = [caller.node(value) for value in op[ARGS]]
        if method in KEYED and values and values[0] >= 0:
            self._containers.keys.use(caller, values[0], bag, target, op[SITE], stores=False)
        else:
            self._containers.read_item(bag, None, target)
        for value in values[-1:]:
            if value >= 0 and (method not in KEYED or len(values) > 1):
                engine.watch(value, self._give_default, target)

    def _give_default(self, target: int, item: int) -> None:
        if self._state.objects.kinds[item] not in _CALLABLE:
            self._state.engine.add_one(target, item)

    def _give_view(self, caller: Instance, op: Op, bag: int, method: str, result: int, target: int) -> None:
        """Give something else that holds the same: a stream, an iterator, the object itself, nobody knows what."""
        engine = self._state.engine
        made = self._bag(("view", bag, method), name_view(self._name(bag), method))
        engine.add_one(target, made)
        engine.flow(self._inside(bag), self._state.slot(made, None))
        engine.flow(self._functions(bag), self._functions(made))
        engine.flow(result, self._state.slot(made, None))
        if method not in VIEWS:
            engine.flow(self._inside(bag), target)
