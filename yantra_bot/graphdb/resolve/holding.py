"""Work that asks a class, and waits until all classes know their bases."""

from collections.abc import Callable
from typing import Any

from yantra_bot.graphdb.resolve.objects import Kind, Objects

BY_CLASS = frozenset({Kind.CLASS, Kind.INSTANCE, Kind.OPEN, Kind.SUPER})
"""What is asked by its class."""


class Holding:
    """Does work at once, or later."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._held: list[tuple[Callable[..., None], tuple[Any, ...]]] | None = []
        """None when nothing waits any more."""

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
