"""Maps of Java's library: what is stored under which key, their sets of keys, their entries."""

from typing import Final

from yantra_bot.graphdb.resolve.arguments import SITE
from yantra_bot.graphdb.resolve.containers import Containers
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_GIVEN: Final = frozenset({"put", "putIfAbsent", "replace", "merge", "setAttribute", "setProperty"})
"""They store an argument under the key before it."""
_COMPUTED: Final = frozenset({"compute", "computeIfAbsent", "computeIfPresent", "merge"})
"""They store what a function gives."""


class Maps:
    """Keeps values of maps under their keys. A key of which nothing is known may be any."""

    def __init__(self, state: State, containers: Containers) -> None:
        self._state, self._containers = state, containers

    def is_map(self, bag: int) -> bool:
        """Say whether an object of the library is a map, by the name of its class."""
        name = self._state.objects.seconds[bag]
        return isinstance(name, str) and name.endswith(("Map", "Hashtable"))

    def keys(self, bag: int) -> int:
        """Return the set of a map's keys."""
        return self._state.objects.intern(Kind.BAG, ("keys", bag), "java.util.Set")

    def entries(self, bag: int) -> int:
        """Return the set of a map's entries: one entry stands for all."""
        state, intern = self._state, self._state.objects.intern
        entry = intern(Kind.BAG, ("entry", bag), "java.util.Map.Entry")
        entries = intern(Kind.BAG, ("entries", bag), "java.util.Set")
        self._containers.read_item(bag, None, state.slot(entry, None))
        state.engine.flow(state.slot(self.keys(bag), None), state.slot(self.keys(entry), None))
        state.engine.add_one(state.slot(entries, None), entry)
        return entries

    def take(self, caller: Instance, op: Op, bag: int, method: str, values: list[int], result: int) -> None:
        """Keep what a method stores under its key, and the key among the keys. `result`: what a function gives."""
        pairs = list(zip(values[::2], values[1::2], strict=False)) if method == "of" else []
        if method in _GIVEN and len(values) > 1:
            pairs.append((values[0], values[-1] if method == "replace" else values[1]))
        if method in _COMPUTED:
            pairs.append((values[0], result))
        for key, value in pairs:
            if key >= 0:
                self._state.engine.flow(key, self._state.slot(self.keys(bag), None))
            if value >= 0:
                self._store(caller, op, bag, key, value)

    def _store(self, caller: Instance, op: Op, bag: int, key: int, value: int) -> None:
        if key >= 0:
            self._containers.keys.use(caller, key, bag, value, op[SITE], stores=True)
        else:
            self._state.engine.flow(value, self._state.slot(bag, None))
