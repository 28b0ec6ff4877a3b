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
    VALUE = 10
    """args: (number,): an object of the resolution"""


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


def inner_of(thing: Thing) -> tuple[Things, ...]:
    """Return the things that a thing holds: type arguments, elements, what it gives."""
    if not thing.depth:
        return ()
    return tuple(things for _, things in thing.args) if thing.sort == Sort.CONTAINER else thing.args


def _with_inner(thing: Thing, inner: tuple[Things, ...]) -> Thing:
    keys = tuple(key for key, _ in thing.args) if thing.sort == Sort.CONTAINER else None
    return make(thing.sort, thing.name, inner, keys)


def open_part(thing: Thing) -> Thing | None:
    """Return a part inside of a thing that only the arguments of the call tell. A callable has arguments of its own."""
    if thing.sort == Sort.CALLABLE:
        return None
    for things in inner_of(thing):
        for inner in things:
            found = inner if inner.sort in (Sort.ARGUMENT, Sort.INSTANCE_OF) else open_part(inner)
            if found is not None:
                return found
    return None


def replaced(thing: Thing, part: Thing, by: Things) -> Thing:
    """Return a thing with others in the place of a part inside of it."""
    if not thing.depth or thing.sort == Sort.CALLABLE:
        return thing
    inner = (
        merge(*(by if one == part else (replaced(one, part, by),) for one in things)) for things in inner_of(thing)
    )
    return _with_inner(thing, tuple(inner))


def closed(thing: Thing) -> Thing:
    """Return a thing without what only the arguments of the call tell."""
    part = open_part(thing)
    while part is not None:
        thing = replaced(thing, part, ())
        part = open_part(thing)
    return thing


def settled(things: Things) -> Things:
    """Return things without what only the arguments of the call tell."""
    return tuple(closed(thing) for thing in things if thing.sort not in (Sort.ARGUMENT, Sort.INSTANCE_OF))


def fill(things: Things, receiver: Things) -> Things:
    """Return things with the receiver in the place of SELF, inside of others too."""
    return merge(*(receiver if thing == SELF else (_fill_one(thing, receiver),) for thing in things))


def _fill_one(thing: Thing, receiver: Things) -> Thing:
    if not thing.depth:
        return thing
    return _with_inner(thing, tuple(fill(things, receiver) for things in inner_of(thing)))


def elements(thing: Thing) -> Things:
    """Return what a container gives where it is iterated over."""
    if thing.sort != Sort.CONTAINER or thing.name == "dict":
        return ()
    return merge(*(things for _, things in thing.args))
