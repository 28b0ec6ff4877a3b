"""Rust's combinators: what `map`, `and_then`, `fold` ... of options, results, vectors and iterators give.

All of those are containers here. What a result holds is under SUCCESS or ERROR, what a vector holds under its index or
at no known place. The functions that are given are called with the elements; they are kept nowhere.
"""

from typing import Final

from yantra_bot.graphdb.facts import ANY_VALUE, ERROR, SUCCESS
from yantra_bot.graphdb.resolve.arguments import ARGS, SITE, make_call
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.containers import Containers
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_MAPS: Final = frozenset(("map", "then", "then_some", "zip_with", "map_while", "scan", "inspect_err"))
_FLATTENS: Final = frozenset(("and_then", "flat_map", "filter_map", "find_map", "then_with"))
_CHOOSES: Final = frozenset(
    ("find", "max_by", "max_by_key", "min_by", "min_by_key", "position", "reduce", "get_or_insert_with")
)
_TAKES_RESULT: Final = frozenset(("unwrap_or_else", "map_or", "map_or_else", "fold", "try_fold", "or_insert_with"))
_ACCUMULATES: Final = frozenset(("fold", "try_fold", "scan", "reduce"))
_TELLS: Final = frozenset(("for_each", "try_for_each", "any", "all", "is_some_and", "is_ok_and", "position"))
_CALLABLE: Final = frozenset((Kind.FUNCTION, Kind.BOUND, Kind.PARTIAL, Kind.CLASS))
_OTHERS: Final = """
    map_err or_else filter inspect retain take_while skip_while partition sort_by sort_by_key sort_unstable_by
    sort_by_cached_key sort_unstable_by_key dedup_by_key dedup_by and_modify retain_mut chunk_by rev_by min_set_by
    group_by unique_by sorted_by sorted_by_key update for_each_concurrent then filter_ok map_ok
"""
NAMES: Final = _MAPS | _FLATTENS | _CHOOSES | _TAKES_RESULT | _TELLS | frozenset(_OTHERS.split())
"""The methods that are known to be those of an option, a result or an iterator."""


class Combinators:
    """Calls methods of Rust's containers."""

    def __init__(self, state: State, calls: Calls, containers: Containers) -> None:
        self._state, self._calls, self._containers = state, calls, containers
        self._poured: set[tuple[int, int]] = set()
        self._prepared: dict[tuple[int, int], tuple[int, int]] = {}
        """For each call the nodes of all elements and of all results, whatever it is a method of."""

    def call(self, caller: Instance, op: Op, name: str, owner: int) -> None:
        """Call a method of a container, or of an object of the outside that may be one."""
        key = (caller.number, self._state.identity(op))
        known = self._prepared.get(key)
        if known is None:
            known = self._prepared[key] = self._prepare(caller, op, name)
        elements, given = known
        read = {"unwrap_or_else": SUCCESS, "or_insert_with": ANY_VALUE}.get(name)
        self._containers.read_element(owner, read, elements)
        if op[1] >= 0 and name not in _TELLS:
            self._give(caller, op, name, owner, elements, given)

    def _prepare(self, caller: Instance, op: Op, name: str) -> tuple[int, int]:
        """Call the functions among the arguments with the elements that come."""
        engine = self._state.engine
        elements, given = engine.allocate(1), engine.allocate(1)
        if name in _ACCUMULATES:
            engine.flow(given, elements)
            for value in op[ARGS][:-1]:
                if value >= 0:
                    engine.flow(caller.node(value), elements)
        frame = self._state.absolute(caller)
        for value in op[ARGS]:
            if value >= 0:
                engine.watch(caller.node(value), self._on_given, frame, op[SITE], elements, given)
        return elements, given

    def _on_given(self, frame: Instance, site: int, elements: int, result: int, item: int) -> None:
        if self._state.objects.kinds[item] in _CALLABLE:
            self._calls.on_callee(frame, make_call(site, (elements, elements), dst=result), item)

    def _give(self, caller: Instance, op: Op, name: str, owner: int, elements: int, given: int) -> None:
        state, target = self._state, caller.node(op[1])
        if name in _TAKES_RESULT:
            state.engine.flow(given, target)
            if name in ("unwrap_or_else", "or_insert_with"):
                state.engine.flow(elements, target)
            self._flow_plain(caller, op, name, target)
        elif name in _MAPS or name in _FLATTENS or name in _CHOOSES or name == "map_err":
            made = state.objects.intern(Kind.CONTAINER, (caller.number, self._state.identity(op), name), "list")
            state.engine.add_one(target, made)
            self._fill(made, name, owner, elements, given)
        else:
            state.engine.add_one(target, owner)
            if name in ("or_else", "chain"):
                state.engine.flow(given, target)

    def _flow_plain(self, caller: Instance, op: Op, name: str, target: int) -> None:
        """The default of `map_or`, the start of `fold`."""
        if name in ("map_or", "fold") and op[ARGS] and op[ARGS][0] >= 0:
            self._state.engine.flow(caller.node(op[ARGS][0]), target)

    def _fill(self, made: int, name: str, owner: int, elements: int, given: int) -> None:
        state = self._state
        success, error = state.slot(made, SUCCESS), state.slot(made, ERROR)
        if name == "map_err":
            state.engine.flow(given, error)
            self._containers.read_item(owner, SUCCESS, success)
            return
        if name in _FLATTENS:
            if (made, given) not in self._poured:
                self._poured.add((made, given))
                state.engine.watch(given, self._pour, made)
        elif name in _CHOOSES:
            state.engine.flow(elements, success)
            if name in ("reduce", "get_or_insert_with"):
                state.engine.flow(given, success)
        else:
            state.engine.flow(given, success)
        state.on_slot(owner, ERROR, self._flow, error)

    def _pour(self, made: int, item: int) -> None:
        """What an inner option or iterator holds is held by the whole one."""
        state = self._state
        if state.objects.kinds[item] in (Kind.CONTAINER, Kind.BAG):
            state.on_keys(item, self._pour_item, made)
        else:
            state.engine.add_one(state.slot(made, SUCCESS), item)

    def _pour_item(self, made: int, key: object, node: int) -> None:
        self._state.engine.flow(node, self._state.slot(made, ERROR if key == ERROR else SUCCESS))

    def _flow(self, target: int, node: int) -> None:
        self._state.engine.flow(node, target)
