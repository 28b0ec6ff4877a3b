"""What an object holds as a container, whose class is one of Python's containers: `class Group(list)`.

Each such object has a container of its own, which the methods that its class inherits work on.
"""

from collections.abc import Callable
from typing import Final

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.resolve.hierarchy import Hierarchy
from yantra_bot.graphdb.resolve.library.classes import says_member
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_KINDS: Final = {
    "<builtin>.list": "list",
    "<builtin>.dict": "dict",
    "<builtin>.set": "set",
    "<builtin>.frozenset": "set",
    "<builtin>.tuple": "tuple",
    "collections.OrderedDict": "dict",
    "collections.defaultdict": "dict",
    "collections.UserDict": "dict",
    "collections.UserList": "list",
    "collections.deque": "list",
    "typing.Dict": "dict",
    "typing.List": "list",
    "typing.Set": "set",
    "typing.OrderedDict": "dict",
}
_DATA: Final = frozenset({"collections.UserDict", "collections.UserList"})
_OBJECTS: Final = frozenset({Kind.INSTANCE, Kind.OPEN})


class Inside:
    """Gives objects their containers."""

    def __init__(self, state: State, hierarchy: Hierarchy, attribute: Callable[[int, str], int]) -> None:
        self._state, self._hierarchy, self._attribute = state, hierarchy, attribute
        self._holders: list[int] = []

    def link(self, base: int, receiver: int, name: str, node: int) -> bool:
        """Let an attribute that a class has from a base outside be the container's; whether it is the container."""
        objects = self._state.objects
        kind = _KINDS.get(objects.firsts[base])
        if kind is None or objects.kinds[receiver] not in _OBJECTS or objects.seconds[base] != Language.PYTHON:
            return False
        if name == "data" and objects.firsts[base] in _DATA:
            self._state.engine.add_one(node, self._container(receiver, kind))
            return True
        if name == "__init__" or says_member(objects.firsts[base], name):
            method = objects.intern(Kind.NATIVE, name, self._container(receiver, kind))
            self._state.engine.add_one(node, method)
        return False

    def work(self, item: int, name: str, do: Callable[..., None], instance: Instance, op: Op) -> None:
        """Do work (instance, op, container) on the container of an object that has a method of this name from it."""
        self._state.engine.watch(self._attribute(item, name), self._on_method, do, instance, op)

    def _on_method(self, do: Callable[..., None], instance: Instance, op: Op, method: int) -> None:
        objects = self._state.objects
        if objects.kinds[method] == Kind.NATIVE and objects.kinds[objects.seconds[method]] == Kind.CONTAINER:
            do(instance, op, objects.seconds[method])

    def _container(self, item: int, kind: str) -> int:
        objects = self._state.objects
        made = objects.intern(Kind.CONTAINER, ("inside", item), kind)
        if item not in self._holders:
            for other in self._holders:
                if self._is_of(item, other) or self._is_of(other, item):
                    beside = objects.intern(Kind.CONTAINER, ("inside", other), kind)
                    self._state.on_keys(beside, self._share, made)
                    self._state.on_keys(made, self._share, beside)
            self._holders.append(item)
        return made

    def _is_of(self, item: int, other: int) -> bool:
        """Say whether an object that is known from a declaration may be another."""
        objects = self._state.objects
        owner, below = objects.firsts[item], objects.firsts[other]
        return objects.kinds[item] == Kind.OPEN and (owner == below or below in self._hierarchy.below(owner))

    def _share(self, container: int, key: str | int | None, node: int) -> None:
        self._state.engine.flow(node, self._state.slot(container, key))
