"""Methods of what has no class here: Python's containers and generators."""

from typing import Any

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import NOTHING, OTHER_KEY, CallFlag
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.arguments import ARGS, FLAGS, KEYWORDS, SITE, make_call
from yantra_bot.graphdb.resolve.bags import Bags
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.combinators import NAMES, Combinators
from yantra_bot.graphdb.resolve.containers import Containers
from yantra_bot.graphdb.resolve.java_references import name_reference
from yantra_bot.graphdb.resolve.javascript_library import JavaScriptLibrary
from yantra_bot.graphdb.resolve.javascript_methods import SCRIPTS
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_ADDS = frozenset({"append", "add", "appendleft", "put", "push", "unshift", "put_nowait"})
_POURS = frozenset({"extend", "update", "extendleft", "union"})
_TAKES = frozenset({"pop", "popleft", "popitem", "get", "setdefault", "get_nowait", "shift", "__getitem__"})
_COPIES = frozenset({"copy", "values", "__iter__", "keys", "__reversed__"})


class Natives:
    """Calls a method of a container, a generator, or anything else that is built in."""

    def __init__(
        self, state: State, calls: Calls, containers: Containers, bags: Bags, script: JavaScriptLibrary
    ) -> None:
        self._state, self._calls, self._containers, self._bags = state, calls, containers, bags
        self._script = script
        self._combinators = Combinators(state, calls, containers)
        calls.call_native = self.call

    # Methods of containers and bags

    def call(self, caller: Instance, op: Op, name: str, owner: int) -> None:
        """Call a method of something that has no class here."""
        kind = self._state.objects.kinds[owner]
        if self._language(caller) in SCRIPTS:
            self._script.call(caller, op, name, owner)
        elif kind in (Kind.FUNCTION, Kind.BOUND):
            self._bags.call_function_method(caller, op, name, owner)
        elif kind == Kind.GENERATOR:
            self._call_generator(caller, op, name, owner)
        elif kind == Kind.CONTAINER and self._language(caller) == Language.GO:
            return
        elif self._language(caller) == Language.RUST and name in NAMES:
            self._combinators.call(caller, op, name, owner)
        elif self._language(caller) == Language.RUST and kind == Kind.CONTAINER:
            return
        elif kind == Kind.BAG or self._language(caller) != Language.PYTHON:
            self._calls.call_bag(caller, name_reference(name, op), owner)
        elif kind == Kind.CONTAINER:
            self._call_container(caller, op, name, owner)

    def _language(self, caller: Instance) -> Language:
        return caller.unit.file.facts.language

    def _call_container(self, caller: Instance, op: Op, name: str, owner: int) -> None:
        args = [caller.node(value) for value in op[ARGS]]
        if op[FLAGS] & CallFlag.IMPLICIT and name in ("__getitem__", "__setitem__"):
            return  # a subscript, which says its key itself
        if name in _ADDS or name == "insert":
            added = args[-1] if args else NOTHING
            if added >= 0:
                self._state.engine.flow(added, self._state.slot(owner, None))
        elif name in _POURS or name == "__init__":
            self._pour(caller, op, args, owner)
        elif name == "__setitem__" and len(args) > 1 and min(args[:2]) >= 0:
            self._containers.keys.use(caller, args[0], owner, args[1], op[SITE], stores=True)
        elif name in _TAKES:
            self._take(caller, op, name, owner)
        elif name == "sort":
            self._call_key(caller, op, owner)
        elif op[1] >= 0 and (name in _COPIES or name == "items"):
            self._state.engine.add_one(caller.node(op[1]), self._copy_of(caller, op, name, owner))

    def _pour(self, caller: Instance, op: Op, args: list[int], owner: int) -> None:
        is_dict = self._state.objects.seconds[owner] == "dict"
        for node in args:
            if node >= 0:
                self._state.engine.watch(node, self._containers.pour, caller, owner)
            if node >= 0 and is_dict:
                self._state.engine.watch(node, self._pour_pairs, owner)
        for key, value in op[KEYWORDS]:
            if value >= 0:
                self._state.engine.flow(caller.node(value), self._state.slot(owner, key))

    def _pour_pairs(self, owner: int, source: int) -> None:
        """A dict takes pairs of a key and a value, too."""
        objects = self._state.objects
        if objects.kinds[source] == Kind.CONTAINER and objects.seconds[source] != "dict":
            self._state.on_keys(source, self._on_pair, owner)

    def _on_pair(self, owner: int, _key: Any, node: int) -> None:
        self._state.engine.watch(node, self._pour_pair, owner)

    def _pour_pair(self, owner: int, pair: int) -> None:
        if self._state.objects.kinds[pair] == Kind.CONTAINER:
            self._containers.read_item(pair, 1, self._state.slot(owner, None))

    def _copy_of(self, caller: Instance, op: Op, name: str, owner: int) -> int:
        if name == "items":
            return self._pairs_of(caller, op, owner)
        return self._values_of(caller, op, owner) if name == "values" else owner

    def _take(self, caller: Instance, op: Op, name: str, owner: int) -> None:
        state, args = self._state, [caller.node(value) for value in op[ARGS]]
        target = caller.node(op[1])
        for node in args[1:]:
            if node >= 0 and name == "setdefault":
                state.engine.flow(node, state.slot(owner, None))
            if node >= 0 and target >= 0:
                state.engine.flow(node, target)
        if target < 0:
            return
        keyed = name in ("get", "setdefault", "pop", "__getitem__") and state.objects.seconds[owner] == "dict"
        if keyed and args and args[0] >= 0:
            if self._containers.keys.is_constant(caller, args[0]):
                state.engine.watch(args[0], self._on_key, owner, target)
            else:
                self._containers.keys.use(caller, args[0], owner, target, op[SITE], stores=False)
            state.on_slot(owner, None, self._flow_to, target)
            if name == "setdefault" and len(args) > 1 and args[1] >= 0:
                state.engine.watch(args[0], self._store_key, owner, args[1])
        else:
            self._containers.read_item(owner, None, target)

    def _on_key(self, owner: int, target: int, key: int) -> None:
        if self._state.objects.kinds[key] == Kind.CONST:
            self._containers.read_item(owner, self._state.objects.firsts[key], target)

    def _store_key(self, owner: int, source: int, key: int) -> None:
        if self._state.objects.kinds[key] == Kind.CONST:
            self._state.engine.flow(source, self._state.slot(owner, self._state.objects.firsts[key]))

    def _flow_to(self, target: int, node: int) -> None:
        self._state.engine.flow(node, target)

    def _made(self, caller: Instance, op: Op, what: str, kind: str) -> int:
        return self._state.objects.intern(Kind.CONTAINER, (caller.number, self._state.identity(op), what), kind)

    def _values_of(self, caller: Instance, op: Op, owner: int) -> int:
        made = self._made(caller, op, "values", "list")
        self._state.on_keys(owner, self._copy_value, made)
        return made

    def _copy_value(self, made: int, _key: Any, node: int) -> None:
        self._state.engine.flow(node, self._state.slot(made, None))

    def _pairs_of(self, caller: Instance, op: Op, owner: int) -> int:
        pairs, pair = self._made(caller, op, "pairs", "list"), self._made(caller, op, "pair", "tuple")
        self._state.engine.add_one(self._state.slot(pairs, None), pair)
        self._state.on_keys(owner, self._copy_pair, pair)
        return pairs

    def _copy_pair(self, pair: int, key: Any, node: int) -> None:
        self._state.engine.flow(node, self._state.slot(pair, 1))
        if isinstance(key, str) and not key.startswith(OTHER_KEY):
            self._state.engine.add_one(self._state.slot(pair, 0), self._state.objects.intern(Kind.CONST, key))

    def _call_key(self, caller: Instance, op: Op, owner: int) -> None:
        """`sort(key=f)` calls f with each element."""
        elements = self._state.engine.allocate(1)
        self._containers.read_item(owner, None, elements)
        frame = self._state.absolute(caller)
        for _, value in op[KEYWORDS]:
            if value >= 0:
                call = make_call(op[SITE], (elements,))
                self._state.engine.watch(caller.node(value), self._calls.on_callee, frame, call)

    def _call_generator(self, caller: Instance, op: Op, name: str, owner: int) -> None:
        generator: Instance = self._state.objects.firsts[owner]
        if name in ("send", "asend") and op[ARGS] and op[ARGS][0] >= 0:
            for step in generator.unit.body.ops:
                if step[0] == Code.YIELD and len(step) > 2 and step[2] >= 0:
                    self._state.engine.flow(caller.node(op[ARGS][0]), generator.base + step[2])
        if op[1] >= 0 and name in ("__next__", "send", "next", "throw", "__anext__", "asend"):
            self._state.engine.flow(generator.yields, caller.node(op[1]))
        elif op[1] >= 0 and name in ("__iter__", "__aiter__"):
            self._state.engine.add_one(caller.node(op[1]), owner)
