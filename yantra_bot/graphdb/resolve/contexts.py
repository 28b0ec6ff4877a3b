"""Which calls of one function, and which objects of one class, are told apart; more of it where a program is small.

Telling apart costs an analysis for each call and slots for each object, so it ends where a program is large.
"""

from collections import Counter
from typing import Any

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import NOTHING, BodyFlag
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.engine import MAX_OBJECTS
from yantra_bot.graphdb.resolve.javascript_methods import SCRIPTS
from yantra_bot.graphdb.resolve.program import Program, Unit, is_mixin

MAX_HELPER_OPS = 14
MAX_HELPER_DEPTH = 2
"""Helpers that call helpers."""
MAX_COPIES = 24
"""Analyses of one helper; further calls share one."""
MANY_BODIES = 6_000
"""A program with more of them has no calls of helpers told apart, but of functions that make or call functions."""
MAX_MAKER_OPS = 25
MAX_MAKER_COPIES = 64
MAX_MAKER_DEPTH = 2
"""Calls of such functions by such functions."""
MANY_BODIES_FOR_OBJECTS = 600
"""A program with more of them has one object for each class."""
MAX_OBJECTS_OF_CLASS = 12
_CONSTRUCTORS = frozenset({"__init__", "constructor", "<init>"})
_DERIVES = frozenset({Code.COPY, Code.ATTR, Code.ITEM, Code.ITER, Code.UNPACK, Code.CALL_METHOD})
_PUTS = frozenset({"add", "append", "extend", "insert", "setdefault", "update"})


MANY_SCRIPTS = 400
"""Bodies of JavaScript: with more, its functions that take and keep anything mix everything with everything."""
MAX_OBJECTS_OF_SCRIPTS = 24
HUGE_BODIES = 20_000
"""A program with more of them, some 150,000 lines, is not worth the time that values of many origins take."""
MAX_OBJECTS_OF_HUGE = 12


SPARE_NODES = 300_000
NODES_OF_BODY = 45
"""Three times what ordinary programs take."""


def budget_of(program: Program) -> int:
    """Return how many nodes the values of a program may take before its resolution is given up."""
    return SPARE_NODES + NODES_OF_BODY * sum(len(file.units) for file in program.files.values())


def limit_of(program: Program) -> int:
    """Return how many objects a value may be, by what the program is written in."""
    bodies = scripts = 0
    for file in program.files.values():
        bodies += len(file.units)
        scripts += len(file.units) if file.facts.language in SCRIPTS else 0
    if bodies > HUGE_BODIES:
        return MAX_OBJECTS_OF_HUGE
    return MAX_OBJECTS_OF_SCRIPTS if scripts > MANY_SCRIPTS else MAX_OBJECTS


class Contexts:
    """Decides by the size of the program and of the function."""

    def __init__(self, program: Program) -> None:
        bodies = sum(len(file.units) for file in program.files.values())
        self._helpers, self._objects = bodies <= MANY_BODIES, bodies <= MANY_BODIES_FOR_OBJECTS
        self._copies: Counter[int] = Counter()
        self._places: dict[int, set[tuple[int, int]]] = {}
        self._makers: dict[int, bool] = {}
        self._made: dict[int, set[tuple[int, int]]] = {}

    def tells_apart(self, unit: Unit, parent: object, caller: object, place: tuple[int, int]) -> bool:
        """Say whether a call of the function, at a place in a caller, has an analysis of its own."""
        if unit.file.library:
            return True
        inner, outer = getattr(parent, "depth", 0), getattr(caller, "depth", 0)
        if inner + outer == 0 and is_mixin(unit):
            return True
        if inner + outer < MAX_MAKER_DEPTH and self._is_maker(unit):
            return self._has_room(unit, place, MAX_MAKER_COPIES)
        is_near = self._helpers and inner < MAX_HELPER_DEPTH and outer < MAX_HELPER_DEPTH
        return is_near and is_helper(unit) and self._has_room(unit, place, MAX_COPIES)

    def _has_room(self, unit: Unit, place: tuple[int, int], count: int) -> bool:
        """Say whether a place is one of the first so many that a function is called at."""
        known = self._places.setdefault(id(unit), set())
        if place not in known and len(known) < count:
            known.add(place)
        return place in known

    def _is_maker(self, unit: Unit) -> bool:
        found = self._makers.get(id(unit))
        if found is None:
            found = self._makers[id(unit)] = is_maker(unit)
        return found

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
        if not self._objects or not _has_fields(unit):
            return None
        made = self._made.setdefault(owner, set())
        if place not in made and len(made) >= MAX_OBJECTS_OF_CLASS:
            return None
        made.add(place)
        return place


def _has_fields(unit: Unit) -> bool:
    names, flags = unit.body.names, unit.body.flags
    if unit.file.facts.language == Language.JAVA and not flags & (BodyFlag.DATACLASS | BodyFlag.CASE):
        return any(name.startswith("<init>/") for name in names)
    return bool(flags & BodyFlag.DATACLASS) or not _CONSTRUCTORS.isdisjoint(names)


def is_helper(unit: Unit) -> bool:
    """Say whether a function is small and gives back or keeps what it is given, so that each call is its own."""
    body = unit.body
    if not body.flags & BodyFlag.FUNCTION or not body.params or len(body.ops) > MAX_HELPER_OPS:
        return False
    if unit.file.facts.symbols[body.owner].name in _CONSTRUCTORS:
        return True
    return any(op[0] in (Code.RETURN, Code.RETURN_PARAM) for op in body.ops) or _keeps(unit) or _fills(unit)


def _keeps(unit: Unit) -> bool:
    """Say whether a function keeps a parameter in another one, as `set(self, item)` does."""
    params = {value for _, _, value in unit.body.params}
    return any(op[0] == Code.SET_ATTR and op[1] in params and op[3] in params for op in unit.body.ops)


def is_maker(unit: Unit) -> bool:
    """Say whether a small function of Python makes a function, returns what a parameter gives, or fills a parameter.

    A decorator gives each function a wrapper of its own. With one analysis for all, each call of one would be of all.
    """
    body = unit.body
    special = BodyFlag.GENERATOR | BodyFlag.ASYNC
    is_small = bool(body.flags & BodyFlag.FUNCTION) and not body.flags & special and len(body.ops) <= MAX_MAKER_OPS
    if unit.file.facts.language != Language.PYTHON or not is_small or not body.params:
        return False
    if any(op[0] == Code.FUNC for op in body.ops):
        return True
    params = {value for _, _, value in body.params}
    if _names_attributes(unit, params):
        return True
    results = {op[1] for op in body.ops if op[0] == Code.CALL and op[2] in params}
    return any(op[0] == Code.RETURN and op[1] in results for op in body.ops) or _fills(unit)


def _names_attributes(unit: Unit, params: set[int]) -> bool:
    """Say whether a function sets attributes whose names it is given: what one call names is no other's."""
    named = {op[1] for op in unit.body.ops if op[0] == Code.FREE and op[2] == "setattr"}
    calls = (op[4] for op in unit.body.ops if op[0] == Code.CALL and op[2] in named)
    return any(len(args) == 3 and args[1] in params for args in calls)


def _fills(unit: Unit) -> bool:
    """Say whether a function puts what one parameter holds into another: `extend(source, target)`."""
    origins = {value: {value} for _, _, value in unit.body.params}
    for op in unit.body.ops:
        if op[0] in _DERIVES and op[1] >= 0 and op[2] in origins:
            origins.setdefault(op[1], set()).update(origins[op[2]])
        target, sources = _put(op)
        into = origins.get(target, set())
        if into and any(origins.get(source, into) - into for source in sources):
            return True
    return False


def _put(op: tuple[Any, ...]) -> tuple[int, tuple[int, ...]]:
    """Return what an instruction puts something into, and what it puts there."""
    if op[0] == Code.CALL_METHOD and op[3] in _PUTS:
        return op[2], op[5]
    return (op[1], (op[3],)) if op[0] == Code.SET_ITEM else (NOTHING, ())
