"""Work that waits: what asks a class, until all classes know their bases; what lies deep inside of other work."""

from collections import deque
from collections.abc import Callable
from typing import Any

from yantra_bot.graphdb.resolve.objects import Kind, Objects
from yantra_bot.graphdb.resolve.state import Instance

BY_CLASS = frozenset({Kind.CLASS, Kind.INSTANCE, Kind.OPEN, Kind.SUPER})
"""What is asked by its class."""

MAX_NESTING = 40
"""Modules that are opened while others are: each takes some ten frames, and a chain of imports may be long."""


class Holding:
    """Does work at once, or later."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._held: list[tuple[Callable[..., None], tuple[Any, ...]]] | None = []
        """None when nothing waits any more."""
        self._depth = 0
        self._deep: deque[Instance] = deque()

    def hold(self, item: int, handler: Callable[..., None], *payload: Any) -> None:
        """Do it now, or when all classes are known if it asks a class."""
        if self._held is not None and self._objects.kinds[item] in BY_CLASS:
            self._held.append((handler, payload))
        else:
            handler(*payload)

    def release(self) -> None:
        """Do what waited for the classes, and wait no more."""
        held, self._held = self._held or [], None
        for handler, payload in held:
            handler(*payload)

    def nest(self, interpret: Callable[[Instance], None], instance: Instance) -> None:
        """Interpret a body inside of others, or after them where it lies too deep."""
        if self._depth >= MAX_NESTING:
            self._deep.append(instance)
            return
        self._depth += 1
        interpret(instance)
        self._depth -= 1
        while self._deep and not self._depth:
            self.nest(interpret, self._deep.popleft())
