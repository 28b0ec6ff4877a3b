"""The kinds of edges inside a function."""

from enum import IntEnum
from typing import Final


class Relation(IntEnum):
    """What an edge says; its number is the one that stands in the arrays, and that weights are trained for."""

    CHILD = 0
    """From a syntax node to one inside it."""
    NEXT = 1
    """From a leaf to the leaf behind it."""
    LAST_USE = 2
    """From an occurrence of a name to the one before it."""
    LAST_WRITE = 3
    """From a read of a name to the nearest write of it before."""
    COMPUTED_FROM = 4
    """From a name that is assigned to a name in what it is assigned."""
    ARGUMENT = 5
    """From an argument to the parameter that takes it, where the callee is known."""
    GUARDED_BY = 6
    """From a statement to the condition it stands under, and from a name to the same name in that condition."""
    SIBLING = 7
    """From a statement to the one behind it."""


RELATIONS: Final = len(Relation)
