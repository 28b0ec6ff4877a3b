"""Which calls of one function, and which objects of one class, are told apart; more of it where a program is small.

Telling apart costs an analysis for each call and slots for each object, so it ends where a program is large.
"""

from collections import Counter

from yantra_bot.graphdb.facts import BodyFlag
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.program import Program, Unit, is_mixin

MAX_HELPER_OPS = 14
MAX_HELPER_DEPTH = 2
"""Helpers that call helpers."""
MAX_COPIES = 24
"""Analyses of one helper; further calls share one."""
MANY_BODIES = 6_000
"""A program with more of them has no calls of helpers told apart."""
MANY_BODIES_FOR_OBJECTS = 600
"""A program with more of them has one object for each class."""
MAX_OBJECTS_OF_CLASS = 12


class Contexts:
    """Decides by the size of the program and of the function."""

    def __init__(self, program: Program) -> None:
        bodies = sum(len(file.units) for file in program.files.values())
        self._helpers, self._objects = bodies <= MANY_BODIES, bodies <= MANY_BODIES_FOR_OBJECTS
        self._copies: Counter[int] = Counter()
        self._made: dict[int, set[tuple[int, int]]] = {}

    def tells_apart(self, unit: Unit, parent: object, caller: object) -> bool:
        """Say whether a call of the function has an analysis of its own."""
        if unit.file.library:
            return True
        inner, outer = getattr(parent, "depth", 0), getattr(caller, "depth", 0)
        if inner + outer == 0 and is_mixin(unit):
            return True
        return (
            self._helpers
            and inner < MAX_HELPER_DEPTH
            and outer < MAX_HELPER_DEPTH
            and self._copies[id(unit)] < MAX_COPIES
            and is_helper(unit)
        )

    def note(self, unit: Unit, *, copied: bool) -> None:
        """Count an analysis that was opened."""
        if copied:
            self._copies[id(unit)] += 1

    def is_copied(self, unit: Unit) -> bool:
        """Say whether calls of a function have analyses of their own, so that the one for all others has no caller."""
        return self._copies[id(unit)] > 0

    def place_of(self, owner: int, unit: Unit, place: tuple[int, int]) -> tuple[int, int] | None:
        """Return what tells an object of a class from those made elsewhere; None for one object for all."""
        if unit.file.library:
            return place
        fielded = bool(unit.body.flags & BodyFlag.DATACLASS) or "__init__" in unit.body.names
        if not self._objects or not fielded:
            return None
        made = self._made.setdefault(owner, set())
        if place not in made and len(made) >= MAX_OBJECTS_OF_CLASS:
            return None
        made.add(place)
        return place


def is_helper(unit: Unit) -> bool:
    """Say whether a function is so small, and gives back so much of what it is given, that each call is its own."""
    body = unit.body
    if not body.flags & BodyFlag.FUNCTION or not body.params or len(body.ops) > MAX_HELPER_OPS:
        return False
    if unit.file.facts.symbols[body.owner].name == "__init__":
        return True
    return any(op[0] in (Code.RETURN, Code.RETURN_PARAM) for op in body.ops)
