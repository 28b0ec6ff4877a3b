"""Subscripts by a value, in Python: the constants that reach the key are the keys that are meant, else any may be.

A key that is an object is hashed and compared, where the program says how.
"""

from collections.abc import Callable

from yantra_bot.graphdb.facts import NOTHING, OTHER_KEY
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.arguments import make_call
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.origins import Ends, Origins
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_OBJECTS = frozenset({Kind.INSTANCE, Kind.OPEN})
_HASHES = ("__hash__", "__eq__")


class Keys:
    """Reads and writes containers by keys that values hold. `call` calls a method of an object."""

    def __init__(self, state: State, lookup: Lookup, call: Callable[[Instance, Op, int, str], None]) -> None:
        self._state, self._lookup, self._call = state, lookup, call
        self._waiting: list[tuple[Instance, int, int, int, bool]] = []
        """(body, node of a key, container, node that receives or is stored, whether it is stored)."""
        self._sequences: list[tuple[Instance, int, int, int]] = []
        """(body, object that is iterated over, node that receives, place) where it may have no iterator."""
        self._constants: dict[int, frozenset[int]] = {}

    def use(self, instance: Instance, key: int, container: int, node: int, site: int, *, stores: bool) -> None:
        """Read an item into a node, or store what the node holds, under what the key's node holds."""
        self._waiting.append((instance, key, container, node, stores))
        self._state.engine.watch(key, self._on_key, instance, container, node, site, stores)

    def is_constant(self, instance: Instance, node: int) -> bool:
        """Say whether a node of a body is a constant that is written out: it is a key of its own, if of nothing."""
        unit, value = instance.unit, node - instance.own_base
        found = self._constants.get(id(unit))
        if found is None:
            found = self._constants[id(unit)] = frozenset(one[1] for one in unit.body.ops if one[0] == Code.CONST)
        return value in found

    def _on_key(self, instance: Instance, container: int, node: int, site: int, stores: bool, key: int) -> None:
        objects = self._state.objects
        kind = objects.kinds[key]
        if kind == Kind.CONST:
            self._move(container, objects.firsts[key], node, stores)
            return
        if kind == Kind.TEXT:
            self._move_text(container, (objects.firsts[key], objects.seconds[key]), node, stores)
            return
        self._move(container, None, node, stores)
        if kind in _OBJECTS:
            self._hash(instance, key, site)

    def _hash(self, instance: Instance, item: int, site: int) -> None:
        for name in _HASHES:
            if name in self._state.program.literals and self._lookup.members.owns_any(item, name):
                args = (NOTHING,) if name == "__eq__" else ()
                self._call(self._state.absolute(instance), make_call(site, args), item, name)

    def _move(self, container: int, key: str | int | None, node: int, stores: bool) -> None:
        state = self._state
        if stores:
            state.engine.flow(node, state.slot(container, key))
        elif key is None:
            state.on_keys(container, self._flow_from_any, node)
        else:
            state.on_slot(container, key, self._flow_from, node)
            state.on_slot(container, None, self._flow_from, node)

    def _move_text(self, container: int, ends: Ends, node: int, stores: bool) -> None:
        if stores:
            self._state.store_text(container, ends, node)
        else:
            self._state.on_keys(container, self._flow_if_fits, node, ends)

    def _flow_if_fits(self, target: int, ends: Ends, key: str | int | None, node: int) -> None:
        if not isinstance(key, str) or key.startswith(OTHER_KEY) or (key.startswith(ends[0]) and key.endswith(ends[1])):
            self._state.engine.flow(node, target)

    def _flow_from(self, target: int, node: int) -> None:
        self._state.engine.flow(node, target)

    def _flow_from_any(self, target: int, _key: str | int | None, node: int) -> None:
        self._state.engine.flow(node, target)

    def read_from_end(self, container: int, key: int, target: int) -> bool:
        """Read the key-th last element of a sequence that is written out; False where its length is not known."""
        objects, state = self._state.objects, self._state
        if objects.seconds[container] not in ("list", "tuple"):
            return False
        known = {one for one in state.keys_of.get(container, ()) if isinstance(one, int)}
        if known != set(range(len(known))) or -key > len(known):
            return False
        state.on_slot(container, len(known) + key, self._flow_from, target)
        state.on_slot(container, None, self._read_all, container, target)
        return True

    def _read_all(self, container: int, target: int, _node: int) -> None:
        self._state.on_keys(container, self._flow_from_any, target)

    def note_sequence(self, frame: Instance, item: int, target: int, site: int) -> None:
        """An object of Python is iterated over, which has items perhaps and no iterator."""
        if "__getitem__" in self._state.program.literals and self._state.objects.kinds[item] in _OBJECTS:
            self._sequences.append((frame, item, target, site))

    def _iterate_old(self) -> bool:
        """Where a class has no `__iter__`, `__getitem__` gives what iteration does; whether that is so anywhere."""
        waiting, self._sequences = self._sequences, []
        members = self._lookup.members
        found = [
            one
            for one in waiting
            if members.owns_any(one[1], "__getitem__") and members.is_own(one[1])
            if not (members.has(one[1], "__iter__") or members.has(one[1], "__aiter__"))
        ]
        for frame, item, target, site in found:
            self._call(frame, make_call(site, (NOTHING,), dst=target), item, "__getitem__")
        return bool(found)

    def assume(self) -> bool:
        """Where nothing, or too much, is a key in the end, any is meant; whether that is so anywhere."""
        is_old = self._iterate_old()
        waiting, self._waiting = self._waiting, []
        waiting = [one for one in waiting if not self._state.is_idle(one[0])]
        limit, objects = self._state.engine.limit, self._state.engine.objects
        unknown = [one for one in waiting if not 0 < len(objects(one[1])) < limit]
        known = (
            [one for one in waiting if not one[4] and 0 < len(objects(one[1])) < limit] if self._state.unpacked else []
        )
        origins = Origins(self._state, self._lookup) if unknown or known else None
        if origins is None:
            return is_old
        for one in unknown:
            self._assume_one(origins, *one[1:])
        opened = [one for one in known if origins.is_left_open(one[1])]
        for _, _, container, node, stores in opened:
            self._move(container, None, node, stores)
        return is_old or bool(unknown) or bool(opened)

    def _assume_one(self, origins: Origins, key: int, container: int, node: int, stores: bool) -> None:
        found = None if self._state.engine.holds(key) else origins.of(key)
        if found is None or not any(found):
            self._move(container, None, node, stores)
            return
        for constant in sorted(found[0], key=str):
            self._move(container, constant, node, stores)
        for ends in sorted(found[1]):
            self._move_text(container, ends, node, stores)
