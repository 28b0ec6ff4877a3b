"""Values that a declaration speaks of. They are immutable, and know neither files nor the resolution."""

from enum import IntEnum
from typing import Any, Final, NamedTuple


class Sort(IntEnum):
    """What a thing is; beside it what its parts mean."""

    OBJECT = 0
    """An instance. name: the class; args: what each of its type parameters is."""
    CLASS = 1
    """name; args as in OBJECT"""
    FUNCTION = 2
    """name; args: ((type variable, things), ...); of: what it was read from"""
    MODULE = 3
    """name"""
    CONTAINER = 4
    """name: `list`, `dict`, `tuple`, `set`, `generator`; args: ((key, things), ...)"""
    CALLABLE = 5
    """args: what a call gives"""
    MANAGER = 6
    """args: what entering gives"""
    ARGUMENT = 7
    """name, args: (place,): what a parameter is given, among the arguments of the call"""
    INSTANCE_OF = 8
    """as ARGUMENT: an instance of the class that it is given"""
    SELF = 9
    """What the method was read from: an object, or an instance of the class"""


class Thing(NamedTuple):
    """One value."""

    sort: Sort
    name: str = ""
    args: tuple[Any, ...] = ()
    of: "Things" = ()
    made: bool = False
    """It is known to be made, and not only declared."""
    depth: int = 0
    """How deep things nest in it."""


Things = tuple[Thing, ...]
MAX_DEPTH: Final = 4
"""Of things in things: a loop over `x = x.wrap()` finds no new type each time."""
SELF = Thing(Sort.SELF)
"""The receiver of a method."""


def make(sort: Sort, name: str, args: tuple[Things, ...], keys: tuple[Any, ...] | None = None) -> Thing:
    """Return a thing with others inside, which are left out where they nest too deep. `keys`: those of a container."""
    depth = 1 + max((thing.depth for things in args for thing in things), default=-1)
    if depth > MAX_DEPTH:
        args, depth = ((),) * len(args), 0
    return Thing(sort, name, args if keys is None else tuple(zip(keys, args, strict=True)), depth=depth)


def merge(*many: Things) -> Things:
    """Return all things, each once, in order."""
    return tuple(dict.fromkeys(thing for things in many for thing in things))


def settled(things: Things) -> Things:
    """Return things without what only the arguments of the call tell that is left behind."""
    return tuple(thing for thing in things if thing.sort not in (Sort.ARGUMENT, Sort.INSTANCE_OF))


def fill(things: Things, receiver: Things) -> Things:
    """Return things with the receiver in the place of SELF, inside of others too."""
    return merge(*(receiver if thing == SELF else (_fill_one(thing, receiver),) for thing in things))


def _fill_one(thing: Thing, receiver: Things) -> Thing:
    if not thing.depth or thing.sort == Sort.FUNCTION:
        return thing
    if thing.sort == Sort.CONTAINER:
        keys, inner = zip(*thing.args, strict=True)
        return make(thing.sort, thing.name, tuple(fill(things, receiver) for things in inner), keys)
    return make(thing.sort, thing.name, tuple(fill(things, receiver) for things in thing.args))


def elements(thing: Thing) -> Things:
    """Return what a container gives where it is iterated over."""
    if thing.sort != Sort.CONTAINER or thing.name == "dict":
        return ()
    return merge(*(things for _, things in thing.args))
