"""Where the values of a key come from: which constants they are that nobody asks for by name, or that they are unknown.

Constants that are no key anywhere do not flow, so a key that holds nothing may be one of these, or anything.
"""

from collections.abc import Sequence
from typing import Final

from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.state import Instance, State

MAX_STEPS: Final = 400
MAX_INSTANCES: Final = 6_000
"""A program of more analysed bodies is not worth the time."""
Literal = str | int
Ends = tuple[str, str]
"""How a text begins and ends."""


class Origins:
    """The flows of one moment, backwards."""

    def __init__(self, state: State, lookup: Lookup) -> None:
        self._state = state
        self._before: dict[int, list[int]] = {}
        self._constants: dict[int, Literal] = {}
        self._texts: dict[int, Ends] = {}
        self._read: set[int] = set()
        """The bodies whose instructions were looked at, by number: those that somebody asks for."""
        self._is_small = len(state.modules) + len(state.class_bodies) + len(state.opened) <= MAX_INSTANCES
        if self._is_small:
            self._before = state.engine.backward_flows()
            for source, target in lookup.bound_slots():
                self._before.setdefault(target, []).append(source)

    def _sources(self, node: int) -> Sequence[int]:
        """Return where the values of a node come from."""
        number = self._state.engine.owner(node) if node >= 0 and self._is_small else 0
        if number and number not in self._read:
            self._read.add(number)
            self._look_at(self._state.bodies[number - 1])
        return self._before.get(node, ())

    def _look_at(self, instance: Instance) -> None:
        base, before = instance.base, self._before
        for op in instance.unit.body.ops:
            code = op[0]
            if code == Code.CONST:
                self._constants[base + op[1]] = op[2]
            elif code == Code.COPY:
                before.setdefault(base + op[1], []).append(instance.node(op[2]))
            elif code == Code.RETURN:
                before.setdefault(instance.result, []).append(instance.node(op[1]))
            elif code == Code.TEXT:
                first, last = (one if isinstance(one, str) else "" for one in (op[2][0], op[2][-1]))
                self._texts[base + op[1]] = (first, last)

    def of(self, node: int) -> tuple[set[Literal], set[Ends]] | None:
        """Return the constants and the texts that a node may be beside what it holds; None where it may be anything."""
        constants: set[Literal] = set()
        texts: set[Ends] = set()
        seen, waiting = {node}, [node]
        for one in waiting:
            if one < 0 or len(waiting) > MAX_STEPS or self._is_unknown(one):
                return None
            before = self._sources(one)
            if one in self._constants:
                constants.add(self._constants[one])
            elif one in self._texts and any(self._texts[one]):
                texts.add(self._texts[one])
            elif not before and not self._state.engine.holds(one):
                return None
            fresh = [source for source in before if source not in seen]
            seen.update(fresh)
            waiting += fresh
        return constants, texts

    def is_left_open(self, node: int) -> bool:
        """Say whether a node may also hold what a call unpacks that is known by no caller: `run(**options)`."""
        seen, waiting = {node}, [node]
        for one in waiting:
            unpacked = self._state.unpacked.get(one, ())
            if any(not caller.called and not self._state.engine.holds(source) for caller, source in unpacked):
                return True
            fresh = [source for source in self._sources(one) if source not in seen]
            seen.update(fresh)
            waiting += fresh if len(waiting) < MAX_STEPS else ()
        return False

    def _is_unknown(self, node: int) -> bool:
        return not self._is_small or node in self._state.untracked
