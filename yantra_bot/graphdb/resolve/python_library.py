"""Modules of Python's library whose models need more than source: what json walks through, what argparse gives."""

from collections.abc import Callable
from typing import Any

from yantra_bot.graphdb.resolve.arguments import ARGS
from yantra_bot.graphdb.resolve.functions import NAMESPACE
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_UNKNOWN_TO_JSON = frozenset({Kind.INSTANCE, Kind.OPEN, Kind.CLASS, Kind.FUNCTION, Kind.BOUND})


class PythonLibrary:
    """Does for single functions of the library what their models cannot say."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._walked: set[tuple[int, int]] = set()
        self.models: dict[str, Callable[[Instance, Op, Instance], None]] = {
            "json._leaves": self._leaves,
            "argparse._namespace": self._namespace,
        }
        """What to do at a call of each function: given the caller, the call and the instance of the model."""

    def _leaves(self, caller: Instance, op: Op, _callee: Instance) -> None:
        """The objects in a structure, where there is something that reads them."""
        item, reader = (caller.node(value) for value in op[ARGS])
        if min(item, reader, op[1]) >= 0:
            self._state.engine.watch(reader, self._on_reader, item, caller.node(op[1]))

    def _on_reader(self, item: int, target: int, _reader: int) -> None:
        self._state.engine.watch(item, self._on_part, target)

    def _on_part(self, target: int, item: int) -> None:
        kind = self._state.objects.kinds[item]
        if kind in _UNKNOWN_TO_JSON or (kind == Kind.CONTAINER and self._state.objects.seconds[item] == "set"):
            self._state.engine.add_one(target, item)
        elif kind == Kind.CONTAINER and (item, target) not in self._walked:
            self._walked.add((item, target))
            self._state.on_keys(item, self._walk, target)

    def _walk(self, target: int, _key: Any, node: int) -> None:
        self._state.engine.watch(node, self._on_part, target)

    def _namespace(self, caller: Instance, op: Op, _callee: Instance) -> None:
        """An object with attributes for the items of a dict, and with others of which nothing is known."""
        if op[1] < 0 or op[ARGS][0] < 0:
            return
        objects, target = self._state.objects, caller.node(op[1])
        made = objects.intern(Kind.CONTAINER, (caller.number, self._state.identity(op)), NAMESPACE)
        self._state.engine.add_one(target, made)
        self._state.engine.add_one(target, objects.intern(Kind.OUTSIDE, ""))
        self._state.engine.watch(caller.node(op[ARGS][0]), self._on_values, made)

    def _on_values(self, made: int, values: int) -> None:
        if self._state.objects.kinds[values] == Kind.CONTAINER:
            self._state.on_keys(values, self._name, made)

    def _name(self, made: int, key: Any, node: int) -> None:
        if isinstance(key, str):
            self._state.engine.flow(node, self._state.slot(made, key))
