"""What JavaScript's arrays, sets, maps and iterators do with functions and objects, by their methods' names."""

from collections import Counter
from typing import Any

from yantra_bot.graphdb.facts import NOTHING
from yantra_bot.graphdb.resolve.arguments import ARGS, SITE, STAR, make_call
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.containers import Containers
from yantra_bot.graphdb.resolve.javascript_methods import (
    ADDS,
    CALLS_BACK,
    COPIES,
    FILTERS,
    FINDS,
    INSERTS,
    MAPS,
    POURS,
    REDUCES,
    SAME,
    SORTS,
    TAKES,
)
from yantra_bot.graphdb.resolve.javascript_promises import CALLABLE
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_KEEPS = frozenset({Kind.CONTAINER, Kind.BAG})


MAX_MET = 16
"""Objects of one call that functions are called for: with more, everything is mixed with everything."""


class Sequences:
    """Calls methods of containers; of bags, those that are known from containers."""

    def __init__(self, state: State, calls: Calls, containers: Containers) -> None:
        self._state, self._calls, self._containers = state, calls, containers
        self.calls = calls
        self._met: Counter[int] = Counter()
        self._elements: dict[int, int] = {}
        self.unknown_keys: list[tuple[int, int, int]] = []
        """(node of a key, map, node that receives): where no key is seen in the end, any is meant."""

    # Parts

    def made(self, caller: Instance, op: Op, owner: int, what: str = "", kind: str = "array") -> int:
        """Return the container that a call makes; of a bag it is a bag."""
        place, objects = (caller.number, self._state.identity(op), what), self._state.objects
        if owner >= 0 and objects.kinds[owner] == Kind.BAG:
            return objects.intern(Kind.BAG, ("made", *place), "")
        return objects.intern(Kind.CONTAINER, place, kind)

    def elements(self, owner: int) -> int:
        """Return the node of everything that a container holds, or a generator gives."""
        node = self._elements.get(owner)
        if node is None:
            node = self._elements[owner] = self._state.engine.allocate(1)
            if self._state.objects.kinds[owner] == Kind.GENERATOR:
                self._state.engine.flow(self._state.objects.firsts[owner].yields, node)
            else:
                self._containers.read_item(owner, None, node)
        return node

    def keys(self, mapping: int) -> int:
        """Return the node of a map's keys."""
        return self._state.slot(self._state.objects.intern(Kind.CONTAINER, ("keys", mapping), "array"), None)

    def call_function(self, caller: Instance, op: Op, function: int, args: tuple[int, ...], dst: int = NOTHING) -> None:
        """Call the functions in a node, for the first objects that an instruction meets."""
        number = self._state.identity(op)
        if function >= 0 and self._met[number] < MAX_MET:
            self._met[number] += 1
            call = make_call(op[SITE], args, dst=dst)
            self._state.engine.watch(function, self.on_callee, self._state.absolute(caller), call)

    def on_callee(self, frame: Instance, call: Op, item: int) -> None:
        """Call an object if it can be called."""
        if self._state.objects.kinds[item] in CALLABLE:
            self._calls.on_callee(frame, call, item)

    def give(self, caller: Instance, op: Op, item: int) -> None:
        """Let a call give an object."""
        if op[1] >= 0:
            self._state.engine.add_one(caller.node(op[1]), item)

    def flow_to(self, caller: Instance, op: Op, source: int) -> None:
        """Let a call give what a node holds."""
        if op[1] >= 0 and source >= 0:
            self._state.engine.flow(source, caller.node(op[1]))

    # Arrays, sets, iterators

    def call(self, caller: Instance, op: Op, name: str, owner: int) -> None:
        """Call a method of a sequence."""
        if name in CALLS_BACK:
            self._call_back(caller, op, name, owner)
        elif name in ADDS or name in INSERTS:
            self._keep(caller, op, name, owner)
        elif name in TAKES:
            self.flow_to(caller, op, self.elements(owner))
        elif name in ("entries", "next"):
            self.give_pairs(caller, op, owner, name)
        elif name in COPIES:
            self._copy(caller, op, name, owner)
        elif name in SAME:
            self.give(caller, op, owner)

    def _call_back(self, caller: Instance, op: Op, name: str, owner: int) -> None:
        engine, elements, result = self._state.engine, self.elements(owner), self._state.engine.allocate(1)
        args = [caller.node(value) for value in op[ARGS]] or [NOTHING]
        itself = self._state.constant(owner)
        if name in REDUCES:
            if len(args) > 1 and args[1] >= 0:
                engine.flow(args[1], result)
            elif len(args) == 1:
                engine.flow(elements, result)
            self.call_function(caller, op, args[0], (result, elements, NOTHING, itself), result)
            self.flow_to(caller, op, result)
            return
        second = elements if name in SORTS or self._is_set(owner) else NOTHING
        self.call_function(caller, op, args[0], (elements, second, itself), result if name in MAPS else NOTHING)
        if name in FINDS:
            self.flow_to(caller, op, elements)
        elif name in SORTS:
            self.give(caller, op, owner)
        elif name in MAPS or name in FILTERS:
            made = self.made(caller, op, owner)
            self.give(caller, op, made)
            source = self._state.slot(made, None)
            if name == "flatMap":
                engine.watch(result, self._pour, made)
            else:
                engine.flow(result if name in MAPS else elements, source)

    def _is_set(self, owner: int) -> bool:
        return bool(self._state.objects.seconds[owner] == "Set")

    def _keep(self, caller: Instance, op: Op, name: str, owner: int) -> None:
        """Keep arguments in the sequence; in its copy where the method makes one."""
        engine = self._state.engine
        target = owner
        if name in COPIES and name != "splice":
            target = self.made(caller, op, owner)
            engine.flow(self.elements(owner), self._state.slot(target, None))
        for value in op[ARGS][INSERTS.get(name, 0) :]:
            if value < 0:
                continue
            if name in POURS:
                engine.watch(caller.node(value), self._pour, target)
            else:
                engine.flow(caller.node(value), self._state.slot(target, None))
        if op[STAR] >= 0:
            engine.watch(caller.node(op[STAR]), self._pour_spread, target, name in POURS)
        if name == "splice":
            self._copy(caller, op, name, owner)
        elif name in COPIES or name in SAME:
            self.give(caller, op, target)

    def _pour_spread(self, target: int, twice: bool, item: int) -> None:
        if self._state.objects.kinds[item] not in _KEEPS:
            return
        if twice:
            self._state.engine.watch(self.elements(item), self._pour, target)
        elif item != target:
            self._state.engine.flow(self.elements(item), self._state.slot(target, None))

    def _pour(self, target: int, item: int) -> None:
        """Put an object into a sequence; of another sequence its elements."""
        if self._state.objects.kinds[item] in _KEEPS and self._state.objects.seconds[item] != "object":
            self._state.engine.flow(self.elements(item), self._state.slot(target, None))
        else:
            self._state.engine.add_one(self._state.slot(target, None), item)

    def _copy(self, caller: Instance, op: Op, name: str, owner: int) -> None:
        if op[1] < 0:
            return
        made = self.made(caller, op, owner, "copy")
        self.give(caller, op, made)
        if name == "flat":
            self._state.engine.watch(self.elements(owner), self._pour, made)
        elif name == "slice" and self._state.objects.kinds[owner] == Kind.CONTAINER and not op[ARGS]:
            self._state.on_keys(owner, self._copy_item, made)
        else:
            self._state.engine.flow(self.elements(owner), self._state.slot(made, None))

    def _copy_item(self, made: int, key: Any, node: int) -> None:
        self._state.engine.flow(node, self._state.slot(made, key))

    def give_pairs(self, caller: Instance, op: Op, owner: int, name: str = "entries") -> None:
        """`entries` gives pairs of a key and a value; `next` an object that holds the value."""
        if op[1] < 0:
            return
        objects, engine = self._state.objects, self._state.engine
        if name == "next":
            step = objects.intern(Kind.CONTAINER, ("step", owner), "object")
            engine.flow(self.elements(owner), self._state.slot(step, "value"))
            self.give(caller, op, step)
            return
        pairs = objects.intern(Kind.CONTAINER, ("pairs", owner), "array")
        engine.add_one(self._state.slot(pairs, None), self._containers.pair_of(owner))
        self.give(caller, op, pairs)

    # Maps

    def call_mapping(self, caller: Instance, op: Op, name: str, owner: int) -> None:
        """Call a method of a map."""
        engine = self._state.engine
        args = [caller.node(value) for value in op[ARGS]]
        if name == "set":
            self._set(args, owner)
            self.give(caller, op, owner)
        elif name in ("get", "getOrInsert", "getOrInsertComputed"):
            self._get(caller, op, name, args, owner)
        elif name == "forEach":
            function = args[0] if args else NOTHING
            given = (self.elements(owner), self.keys(owner), self._state.constant(owner))
            self.call_function(caller, op, function, given)
        elif name == "keys" and op[1] >= 0:
            self.keys(owner)
            self.give(caller, op, self._state.objects.intern(Kind.CONTAINER, ("keys", owner), "array"))
        elif name in ("entries", "[Symbol.iterator]"):
            self.give_pairs(caller, op, owner)
        elif name == "values" and op[1] >= 0:
            made = self.made(caller, op, owner)
            engine.flow(self.elements(owner), self._state.slot(made, None))
            self.give(caller, op, made)

    def _set(self, args: list[int], owner: int) -> None:
        if args and args[0] >= 0:
            self._state.engine.flow(args[0], self.keys(owner))
        if len(args) < 2 or args[1] < 0:
            return
        if args[0] < 0:
            self._state.engine.flow(args[1], self._state.slot(owner, None))
        else:
            self._state.engine.watch(args[0], self._set_key, owner, args[1])
            self.unknown_keys.append((args[0], owner, ~args[1]))

    def _set_key(self, owner: int, source: int, key: int) -> None:
        objects = self._state.objects
        known = objects.firsts[key] if objects.kinds[key] == Kind.CONST else None
        self._state.engine.flow(source, self._state.slot(owner, known))

    def _get(self, caller: Instance, op: Op, name: str, args: list[int], owner: int) -> None:
        target = caller.node(op[1]) if op[1] >= 0 else self._state.engine.allocate(1)
        if name == "getOrInsert":
            self._set(args, owner)
        elif name != "get" and len(args) > 1:
            self.call_function(caller, op, args[1], (args[0],), self._state.slot(owner, None))
        if not args or args[0] < 0:
            self._state.engine.flow(self.elements(owner), target)
        else:
            self._state.engine.watch(args[0], self._get_key, owner, target)
            self.unknown_keys.append((args[0], owner, target))

    def _get_key(self, owner: int, target: int, key: int) -> None:
        objects = self._state.objects
        if objects.kinds[key] == Kind.CONST:
            self._containers.read_item(owner, objects.firsts[key], target)
        else:
            self._state.engine.flow(self.elements(owner), target)

    def assume_keys(self) -> bool:
        """Where the key of a map is nothing that was followed, let any be meant; whether that is so anywhere."""
        waiting, self.unknown_keys = self.unknown_keys, []
        unknown = [entry for entry in waiting if not self._state.engine.holds(entry[0])]
        for _, owner, target in unknown:
            if target < 0:
                self._state.engine.flow(~target, self._state.slot(owner, None))
            else:
                self._state.engine.flow(self.elements(owner), target)
        return bool(unknown)

    # Iterables

    def iterate(self, caller: Instance, op: Op, source: int, target: int) -> None:
        """Let a node hold what iterating over the objects in another gives."""
        self._state.engine.watch(source, self._on_iterable, caller, op, target)

    def _on_iterable(self, caller: Instance, op: Op, target: int, item: int) -> None:
        self._containers.each(self._state.absolute(caller), item, target, op[SITE])

    def take_pair(self, mapping: int, item: int) -> None:
        """Put a pair of a key and a value into a map, or into an object."""
        if self._state.objects.kinds[item] in _KEEPS:
            key = self._state.engine.allocate(2)
            self._containers.read_item(item, 0, key)
            self._containers.read_item(item, 1, key + 1)
            self._set([key, key + 1], mapping)
