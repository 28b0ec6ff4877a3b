"""Strings that a program makes of parts, as far as they may be names: `"do_" + command`, `f"visit_{kind}"`."""

from collections.abc import Callable
from itertools import product
from typing import Any, Final

from yantra_bot.graphdb.resolve.hierarchy import Hierarchy
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_CHANGES: Final[dict[str, Callable[[str], str]]] = {
    "lower": str.lower,
    "casefold": str.lower,
    "upper": str.upper,
    "strip": str.strip,
    "lstrip": str.lstrip,
    "rstrip": str.rstrip,
}
MAX_COMBINATIONS = 64
MIN_KNOWN = 3
"""So many characters of a name have to be known before it means anything."""


class Texts:
    """Makes constants where all parts are known, and patterns of names where one is not."""

    def __init__(self, state: State, hierarchy: Hierarchy) -> None:
        self._state, self._hierarchy = state, hierarchy
        self._made: list[tuple[Instance, Op]] = []

    def make(self, instance: Instance, op: Op) -> None:
        """TEXT: the constants that the known parts make."""
        self._made.append((instance, op))
        for part in op[2]:
            if not isinstance(part, str):
                self._state.engine.watch(instance.base + part, self._on_part, instance, op)

    def _on_part(self, instance: Instance, op: Op, part: int) -> None:
        if self._state.objects.kinds[part] != Kind.CONST:
            return
        choices = [self._known(instance, one) for one in op[2]]
        for parts in list(product(*choices))[:MAX_COMBINATIONS]:
            text = "".join(parts)
            if text in self._state.program.literals:
                self._state.engine.add_one(instance.base + op[1], self._state.objects.intern(Kind.CONST, text))

    def _known(self, instance: Instance, part: Any) -> list[str]:
        if isinstance(part, str):
            return [part]
        objects = self._state.objects
        items = self._state.engine.objects(instance.base + part)
        return sorted(str(objects.firsts[item]) for item in items if objects.kinds[item] == Kind.CONST)

    def call_method(self, instance: Instance, op: Op, text: int) -> None:
        """A method of a string gives another, as far as it may be a name again: `f"do_{kind}".lower()`."""
        change, objects = _CHANGES.get(op[3]), self._state.objects
        if change is None or op[1] < 0 or not isinstance(objects.firsts[text], str):
            return
        first = change(objects.firsts[text])
        if objects.kinds[text] == Kind.TEXT:
            made = objects.intern(Kind.TEXT, first, change(objects.seconds[text]))
        elif first in self._state.program.literals:
            made = objects.intern(Kind.CONST, first)
        else:
            return
        self._state.engine.add_one(instance.base + op[1], made)

    def find_patterns(self) -> list[tuple[int, int]]:
        """Return (node, pattern) of the strings with a part that nothing is known of, once all flows are."""
        found = []
        for instance, op in self._made:
            first, last = (one if isinstance(one, str) else "" for one in (op[2][0], op[2][-1]))
            if len(first) + len(last) >= MIN_KNOWN and not all(self._known(instance, part) for part in op[2]):
                found.append((instance.base + op[1], self._state.objects.intern(Kind.TEXT, first, last)))
        self._made.clear()
        return found

    def names(self, item: int, pattern: int) -> list[str]:
        """Return the names of an object's members, as its classes or module write them, that fit a pattern."""
        objects = self._state.objects
        first, last = objects.firsts[pattern], objects.seconds[pattern]
        found = {
            name
            for names in self._tables(item)
            for name in names
            if name.startswith(first) and name.endswith(last) and "." not in name
        }
        return sorted(found)

    def _tables(self, item: int) -> list[dict[str, int]]:
        objects, state = self._state.objects, self._state
        kind, first = objects.kinds[item], objects.firsts[item]
        if kind == Kind.MODULE:
            files = (state.program.files.get(path) for path in first)
            return [file.units[0].body.names for file in files if file is not None and file.units]
        if kind not in (Kind.CLASS, Kind.INSTANCE, Kind.OPEN):
            return []
        owner = item if kind == Kind.CLASS else first
        below = self._hierarchy.below(owner) if kind == Kind.OPEN else []
        bodies = (state.class_bodies.get(one) for one in (*self._hierarchy.order(owner), *below))
        return [body.unit.body.names for body in bodies if body is not None]
