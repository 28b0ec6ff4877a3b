"""Containers, subscription and iteration, and what their own methods do with functions and objects in them."""

from typing import Any

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import ANY_VALUE, NOTHING, OTHER_KEY, BodyFlag
from yantra_bot.graphdb.resolve.arguments import make_call
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.javascript_iteration import ScriptIteration
from yantra_bot.graphdb.resolve.javascript_methods import ITERATOR, MAPPINGS, PROTO, SCRIPTS
from yantra_bot.graphdb.resolve.keys import Keys
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.protocols import ITERATION
from yantra_bot.graphdb.resolve.state import MAX_INDEX, Instance, Op, State

_OBJECTS = frozenset({Kind.INSTANCE, Kind.OPEN})
_KEEPS = frozenset({Kind.CONTAINER, Kind.BAG})
_HOLDERS = frozenset({Kind.FUNCTION, Kind.PROTOTYPE, Kind.INSTANCE, Kind.OPEN, Kind.CLASS})
"""What is no container, and has what is spread into it as attributes (`Object.assign(this, options)`)."""


class Containers:
    """Subscription, construction and iteration of containers."""

    def __init__(self, state: State, lookup: Lookup, calls: Calls) -> None:
        self._state, self._lookup, self._calls = state, lookup, calls
        self.keys = Keys(state, lookup, calls.call_attribute)
        self.scripts = ScriptIteration(state, lookup, calls, self.each)
        calls.arguments.each = self.each

    def new(self, instance: Instance, op: Op) -> None:
        """NEW: a container made here, with its first elements."""
        container = self._state.objects.intern(Kind.CONTAINER, (instance.number, op[1]), op[2])
        self._state.engine.add_one(instance.base + op[1], container)
        for key, value in op[3]:
            if value >= 0:
                self._state.engine.flow(instance.base + value, self._state.slot(container, key))

    def spread(self, instance: Instance, op: Op) -> None:
        """SPREAD: all elements of one container may be elements of another."""
        if op[1] >= 0 and op[2] >= 0:
            self._state.engine.watch(instance.base + op[1], self._on_spread_target, instance, op)

    def _on_spread_target(self, instance: Instance, op: Op, target: int) -> None:
        kind = self._state.objects.kinds[target]
        if kind in _KEEPS:
            self._state.engine.watch(instance.base + op[2], self.pour, instance, target)
        elif kind in _HOLDERS and instance.unit.file.facts.language in SCRIPTS:
            self._state.engine.watch(instance.base + op[2], self.pour_names, target)
        elif kind in _OBJECTS and instance.unit.file.facts.language == Language.PYTHON:
            self._lookup.inside.work(target, "extend", self._on_spread_target, instance, op)

    def pour(self, instance: Instance, target: int, source: int) -> None:
        """Put all elements of an object into a container: under their names, or at an unknown place."""
        objects = self._state.objects
        if self.scripts.is_meant(source) and objects.seconds[target] == "array":
            self.each(instance, source, self._state.slot(target, None), 0)
        elif objects.kinds[source] in _KEEPS and objects.seconds[source] not in MAPPINGS:
            self._state.on_keys(source, self._pour_item, target)
        else:
            self.each(instance, source, self._state.slot(target, None), 0)

    def pour_names(self, target: int, source: int) -> None:
        """Let an object have what another has under names."""
        if source != target:
            self._state.on_keys(source, self._pour_name, target)

    def _pour_name(self, target: int, key: Any, node: int) -> None:
        if isinstance(key, str) and key != PROTO:
            self._state.engine.flow(node, self._state.slot(target, key))

    def _pour_item(self, target: int, key: Any, node: int) -> None:
        self._state.engine.flow(node, self._state.slot(target, key if isinstance(key, str) else None))

    def item(self, instance: Instance, op: Op) -> None:
        """ITEM: subscription."""
        if op[2] >= 0:
            self._state.engine.watch(instance.base + op[2], self._on_item, instance, op)

    def _on_item(self, instance: Instance, op: Op, item: int) -> None:
        kind = self._state.objects.kinds[item]
        if kind in _KEEPS:
            self._read_by(instance, op, item)
        elif kind in _HOLDERS and instance.unit.file.facts.language in SCRIPTS:
            for key in {op[3], None}:
                self._state.on_slot(item, key, self._read_slot, instance.base + op[1])
        elif kind in _OBJECTS or kind == Kind.DECLARED:
            self._calls.call_attribute(instance, make_call(op[4], (NOTHING,), dst=op[1]), item, "__getitem__")
            self._read_place(item, op[3], instance.base + op[1])
            self._lookup.inside.work(item, "__getitem__", self._read_by, instance, op)
        elif kind in (Kind.CLASS, Kind.EXTERNAL, Kind.OUTSIDE):
            self._state.engine.add_one(instance.base + op[1], item)
        elif kind == Kind.MODULE and isinstance(op[3], str):
            self._state.engine.flow(self._lookup.attribute(item, op[3]), instance.base + op[1])
        elif kind == Kind.MODULE and op[3] is None and len(op) > 5 and op[5] >= 0:
            self._state.engine.watch(instance.base + op[5], self._read_global, item, instance.base + op[1])

    def _read_global(self, module: int, target: int, name: int) -> None:
        literal = self._state.objects.firsts[name]
        if self._state.objects.kinds[name] == Kind.CONST and isinstance(literal, str):
            self._state.engine.flow(self._lookup.attribute(module, literal), target)

    def _read_by(self, instance: Instance, op: Op, container: int) -> None:
        target = instance.base + op[1]
        if len(op) > 6 or (len(op) > 5 and self._state.objects.seconds[container] == "dict"):
            self.keys.use(instance, instance.base + op[5], container, target, op[4], stores=False)
        elif not (isinstance(op[3], int) and op[3] < 0 and self.keys.read_from_end(container, op[3], target)):
            self.read_item(container, op[3], target)

    def read_item(self, container: int, key: Any, target: int) -> None:
        """Let a node hold what a container has under a key, or under any."""
        if isinstance(key, int) and not 0 <= key < MAX_INDEX:
            key = self._state.place_of(container, key)
        if key is None:
            self._state.on_keys(container, self._read_any, target)
        else:
            self._state.on_slot(container, key, self._read_slot, target)
            self._state.on_slot(container, None, self._read_slot, target)

    def _read_slot(self, target: int, node: int) -> None:
        self._state.engine.flow(node, target)

    def _read_any(self, target: int, key: Any, node: int) -> None:
        if key != PROTO and not (isinstance(key, str) and key.endswith(".setter")):
            self._state.engine.flow(node, target)

    def _read_place(self, item: int, key: Any, target: int) -> None:
        """Let a node hold a field of a named tuple by its place."""
        state = self._state
        if state.objects.kinds[item] not in _OBJECTS:
            return
        if isinstance(key, int) and state.flags_of(state.objects.firsts[item]) & BodyFlag.DATACLASS:
            state.on_slot(item, key, self._read_slot, target)

    def slice(self, instance: Instance, op: Op) -> None:
        """SLICE: a part of a sequence, for which the whole of it stands."""
        if op[2] >= 0:
            self._state.engine.watch(instance.base + op[2], self._on_slice, instance, op)

    def _on_slice(self, instance: Instance, op: Op, item: int) -> None:
        kind = self._state.objects.kinds[item]
        if kind in _OBJECTS:
            self._calls.call_attribute(instance, make_call(op[3], (NOTHING,), dst=op[1]), item, "__getitem__")
            self._lookup.inside.work(item, "__getitem__", self._on_slice, instance, op)
        elif op[1] >= 0 and kind == Kind.CONTAINER:
            part = self._state.objects.intern(Kind.CONTAINER, (instance.number, op[1]), "list")
            self._state.engine.add_one(instance.base + op[1], part)
            self._state.on_keys(item, self._pour_item, part)
        elif op[1] >= 0:
            self._state.engine.add_one(instance.base + op[1], item)

    def unpack(self, instance: Instance, op: Op) -> None:
        """UNPACK: one element where an object is taken apart."""
        if op[2] >= 0:
            self._state.engine.watch(instance.base + op[2], self._on_unpack, instance, op)

    def _on_unpack(self, instance: Instance, op: Op, item: int) -> None:
        kind = self._state.objects.kinds[item]
        target = instance.base + op[1] if op[1] >= 0 else self._state.engine.allocate(1)
        if kind in _KEEPS and self._state.objects.seconds[item] != "dict":
            self.read_item(item, op[3], target)
            if self._state.objects.seconds[item] == "object":
                self.scripts.iterate(instance, item, target, op[4])
        else:
            if kind == Kind.INSTANCE:
                self._read_place(item, op[3], target)
            self.each(instance, item, target, op[4])

    def unwrap(self, instance: Instance, op: Op) -> None:
        """UNWRAP: an element of a container, anything else as it is; a bag may be either."""
        if op[2] >= 0:
            self._state.engine.watch(instance.base + op[2], self._on_unwrap, instance, op)

    def _on_unwrap(self, instance: Instance, op: Op, item: int) -> None:
        kind, target = self._state.objects.kinds[item], instance.base + op[1]
        if kind in _KEEPS:
            self.read_element(item, op[3], target)
        if kind != Kind.CONTAINER:
            self._state.engine.add_one(target, item)

    def read_element(self, container: int, key: Any, target: int) -> None:
        """As `read_item`; without a key what iteration gives in Rust: of a dict pairs of key and value."""
        objects = self._state.objects
        if key is None and objects.kinds[container] == Kind.CONTAINER and objects.seconds[container] == "dict":
            pair = objects.intern(Kind.CONTAINER, ("pair", container), "tuple")
            self.read_item(container, None, self._state.slot(pair, 1))
            self._state.engine.add_one(target, pair)
        else:
            self.read_item(container, None if key == ANY_VALUE else key, target)

    def set_item(self, instance: Instance, op: Op) -> None:
        """SET_ITEM: assignment to a subscription."""
        if op[1] >= 0:
            self._state.engine.watch(instance.base + op[1], self._on_set_item, instance, op)

    def _on_set_item(self, instance: Instance, op: Op, item: int) -> None:
        kind = self._state.objects.kinds[item]
        if kind in _KEEPS and len(op) > 5 and self._state.objects.seconds[item] == "dict":
            source = instance.base + op[3] if op[3] >= 0 else self._state.engine.allocate(1)
            self.keys.use(instance, instance.base + op[5], item, source, op[4], stores=True)
        elif kind in _KEEPS or (kind in _HOLDERS and instance.unit.file.facts.language in SCRIPTS):
            if op[3] >= 0:
                self._state.engine.flow(instance.base + op[3], self._state.slot(item, op[2]))
        elif kind in _OBJECTS:
            self._calls.call_attribute(instance, make_call(op[4], (NOTHING, op[3])), item, "__setitem__")
            self._lookup.inside.work(item, "__setitem__", self._on_set_item, instance, op)

    def write_property(self, instance: Instance, item: int, name: str, source: int, site: int) -> None:
        """Call the setter of a property that is assigned to, if there is one."""
        frame = self._state.absolute(instance)
        self._calls.call_attribute(frame, make_call(site, (source,)), item, f"{name}.setter")

    # Iteration

    def iterate(self, instance: Instance, op: Op) -> None:
        """ITER: what iteration over an object gives."""
        if op[2] >= 0:
            target = instance.base + op[1] if op[1] >= 0 else self._state.engine.allocate(1)
            self._state.engine.watch(instance.base + op[2], self._on_iterate, instance, target, op)

    def _on_iterate(self, instance: Instance, target: int, op: Op, item: int) -> None:
        if len(op) > 4 and self.scripts.is_meant(item):
            self.scripts.iterate(instance, item, target, op[3], waits=True)
        else:
            self.each(instance, item, target, op[3])

    def each(self, instance: Instance, item: int, target: int, site: int) -> None:
        """Let a node hold what iterating over an object gives, and make the calls that this makes."""
        objects = self._state.objects
        kind = objects.kinds[item]
        if kind == Kind.CONTAINER and objects.seconds[item] == "dict":
            self._state.on_keys(item, self._give_key, target)
        elif kind == Kind.CONTAINER and objects.seconds[item] in MAPPINGS:
            self._state.engine.add_one(target, self.pair_of(item))
        elif kind in _KEEPS:
            self._each_kept(instance, item, target, site)
        elif kind == Kind.GENERATOR:
            self._state.engine.flow(objects.firsts[item].yields, target)
        elif self.scripts.is_meant(item):
            self.scripts.iterate(instance, item, target, site)
        elif kind in _OBJECTS or kind == Kind.DECLARED:
            self._iterate_object(instance, item, target, site)
        elif kind == Kind.CLASS and self._state.flags_of(item) & BodyFlag.CASE:
            self._state.engine.add_one(target, objects.intern(Kind.INSTANCE, item))
        elif kind == Kind.OUTSIDE:
            self._state.engine.add_one(target, item)

    def _each_kept(self, instance: Instance, item: int, target: int, site: int) -> None:
        if self.scripts.is_meant(item):
            self.scripts.iterate(instance, item, target, site)
        if (item, ITERATOR) not in self._state.slots:
            self._state.on_keys(item, self._read_any, target)

    def pair_of(self, item: int) -> int:
        """Return the pair of a key and a value that iterating over a map of JavaScript gives."""
        state, objects = self._state, self._state.objects
        pair = objects.intern(Kind.CONTAINER, ("entry", item), "array")
        if (pair, 1) not in state.slots:
            keys = objects.intern(Kind.CONTAINER, ("keys", item), "array")
            state.engine.flow(state.slot(keys, None), state.slot(pair, 0))
            self.read_item(item, None, state.slot(pair, 1))
            if objects.seconds[item] == "object":
                state.on_keys(item, self._give_key, state.slot(pair, 0))
        return pair

    def _give_key(self, target: int, key: Any, _node: int) -> None:
        if isinstance(key, str) and not key.startswith(OTHER_KEY):
            self._state.engine.add_one(target, self._state.objects.intern(Kind.CONST, key))

    def _iterate_object(self, instance: Instance, item: int, target: int, site: int) -> None:
        is_declared = self._state.objects.kinds[item] == Kind.DECLARED
        unit = None if is_declared else self._state.unit_of(self._state.objects.firsts[item])
        language = unit.file.facts.language if unit else Language.PYTHON
        first, following = ITERATION.get(language, (("__iter__", "__aiter__"), ("__next__", "__anext__")))
        made = self._state.engine.allocate(1)
        instance = self._state.absolute(instance)
        for name in first:
            self._calls.call_attribute(instance, make_call(site, (), dst=made), item, name)
        self.keys.note_sequence(instance, item, target, site)
        for name in following:
            self._state.engine.watch(made, self._on_iterator, instance, target, site, name)
        if not first:
            self._on_iterator(instance, target, site, following[0], item)

    def _on_iterator(self, instance: Instance, target: int, site: int, name: str, iterator: int) -> None:
        kind = self._state.objects.kinds[iterator]
        if kind == Kind.DECLARED:
            self._calls.call_attribute(instance, make_call(site, (), dst=target), iterator, name)
        elif kind in _OBJECTS:
            frame = self._state.absolute(instance)
            self._calls.call_attribute(frame, make_call(site, (), dst=target), iterator, name)
        else:
            self.each(instance, iterator, target, site)
