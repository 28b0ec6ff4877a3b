"""What JavaScript calls to turn an object into a string, a number or JSON, where no call is written."""

from typing import Any

from yantra_bot.graphdb.facts import NOTHING
from yantra_bot.graphdb.resolve.arguments import make_call
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.javascript_methods import CONVERSIONS, MAPPINGS, PROMISE
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, State

_OBJECTS = frozenset({Kind.INSTANCE, Kind.OPEN})
_TO_JSON = "toJSON"
MAX_NESTING = 5
"""Levels of objects in objects that are looked at where JSON is made."""


class Conversions:
    """Calls the first method of a conversion that an object of this program has."""

    def __init__(self, state: State, lookup: Lookup, calls: Calls) -> None:
        self._state, self._lookup, self._calls = state, lookup, calls
        self._serialised: set[tuple[int, int, int]] = set()

    def convert(self, caller: Instance, site: int, item: int, name: str) -> None:
        """Turn an object into a plain value; `name`: the method of CONVERSIONS that stands for it."""
        choice = next((one for one in CONVERSIONS[name] if self._has(item, one)), None)
        if choice is None and self._prototype(item) >= 0:
            choice = CONVERSIONS[name][-1]  # its prototype may get it later
        if choice is not None:
            frame = self._state.absolute(caller)
            self._calls.call_attribute(frame, make_call(site, (NOTHING,)), item, choice)

    def _has(self, item: int, name: str) -> bool:
        objects = self._state.objects
        kind = objects.kinds[item]
        if kind == Kind.CONTAINER:
            return objects.seconds[item] == "object" and (item, name) in self._state.slots
        if kind not in _OBJECTS:
            return False
        slots = self._state.slots
        return (
            self._lookup.members.defines(item, name) or (item, name) in slots or (self._prototype(item), name) in slots
        )

    def _prototype(self, item: int) -> int:
        """Return the prototype of what a function has made, or NOTHING."""
        objects = self._state.objects
        if objects.kinds[item] != Kind.INSTANCE or objects.kinds[objects.firsts[item]] != Kind.FUNCTION:
            return NOTHING
        return objects.intern(Kind.PROTOTYPE, objects.firsts[item])

    def serialise(self, caller: Instance, site: int, item: int, depth: int = 0) -> None:
        """`JSON.stringify`: call `toJSON` of an object, else of what it holds."""
        key = (caller.number, site, item)
        if depth > MAX_NESTING or key in self._serialised or _TO_JSON not in self._state.program.literals:
            return
        self._serialised.add(key)
        objects, engine = self._state.objects, self._state.engine
        if self._has(item, _TO_JSON):
            frame, made = self._state.absolute(caller), engine.allocate(1)
            self._calls.call_attribute(frame, make_call(site, (NOTHING,), dst=made), item, _TO_JSON)
            engine.watch(made, self._on_inner, caller, site, depth + 1)
        elif objects.kinds[item] == Kind.INSTANCE or (
            objects.kinds[item] == Kind.CONTAINER and objects.seconds[item] not in (*MAPPINGS, "Set", PROMISE)
        ):
            self._state.on_keys(item, self._on_key, caller, site, depth + 1)

    def _on_key(self, caller: Instance, site: int, depth: int, _key: Any, node: int) -> None:
        self._state.engine.watch(node, self._on_inner, caller, site, depth)

    def _on_inner(self, caller: Instance, site: int, depth: int, item: int) -> None:
        self.serialise(caller, site, item, depth)
