"""Abstract objects: what a value can be. Interned, so that equal objects are one int."""

from enum import IntEnum
from typing import Any


class Kind(IntEnum):
    """What an object is; beside it the meaning of its two parts."""

    MODULE = 0
    """paths, None"""
    FUNCTION = 1
    """unit (file and body), instance of the enclosing body"""
    CLASS = 2
    """unit, instance of the enclosing body"""
    INSTANCE = 3
    """object that was called (class, or function in JavaScript), None"""
    OPEN = 4
    """class, None: an instance of it or of any class below it, known from a declaration alone"""
    BOUND = 5
    """callable, receiver"""
    CONTAINER = 6
    """place where it is made, kind"""
    CONST = 7
    """literal, None"""
    EXTERNAL = 8
    """dotted name, language"""
    BAG = 9
    """place, dotted name: an object of the outside that keeps what it is given and calls the functions among it"""
    GENERATOR = 10
    """instance of a generator's body, None"""
    SUPER = 11
    """class, receiver"""
    PARTIAL = 12
    """place, None: a callable with arguments of its own"""
    PROTOTYPE = 13
    """function or class, None"""
    NATIVE = 14
    """name of a method that a container has, the container"""
    TEXT = 15
    """how a string begins, how it ends: one that may be any name between"""
    CHOICE = 16
    """object, TEXT: any of the attributes whose names fit"""
    OUTSIDE = 17
    """empty, None: any value that is of nothing in this program (Python)"""
    DECLARED = 18
    """a thing of an installed package, the object it was read from: known from a declaration alone"""


class Objects:
    """The table of all objects of one resolution."""

    def __init__(self) -> None:
        self.kinds: list[Kind] = []
        self.firsts: list[Any] = []
        self.seconds: list[Any] = []
        self._known: dict[tuple[Any, ...], int] = {}

    def intern(self, kind: Kind, first: Any, second: Any = None) -> int:
        """Return the number of the object with these parts."""
        key = (kind, first, second)
        number = self._known.get(key)
        if number is None:
            number = self._known[key] = len(self.kinds)
            self.kinds.append(kind)
            self.firsts.append(first)
            self.seconds.append(second)
        return number
