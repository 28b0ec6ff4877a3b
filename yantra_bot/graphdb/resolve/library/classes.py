"""Which members the classes of Python's standard library have. A table says so: nothing is imported for it."""

from functools import cache
from importlib import resources
from typing import Final

_ANY: Final = "*"
_OF_CLASSES: Final = {"mro", "register", "__members__", "__name__", "__qualname__", "__bases__", "__subclasses__"}
_OF_ALL: Final = frozenset(dir(object)) | _OF_CLASSES


def has_member(owner: str, name: str) -> bool | None:
    """Say whether a class, by its dotted name, has a member; None where the class or its members are not known."""
    members = _members(owner)
    if members is None or _ANY in members:
        return None
    return name in members or name in _OF_ALL


def says_member(owner: str, name: str) -> bool | None:
    """As `has_member`, but what every object has counts only where the class has one of its own."""
    members = _members(owner)
    return None if members is None or _ANY in members else name in members


def is_known(owner: str) -> bool:
    """Say whether a class is one of the standard library."""
    return owner in _TABLE


def _read_table() -> dict[str, str]:
    text = resources.files(__name__.rpartition(".")[0]).joinpath("python", "classes.tsv").read_text("utf-8")
    return dict(line.split("\t", 1) for line in text.splitlines())


# At once, not when it is first asked for: by then a worker's account may be unable to read where we are installed.
_TABLE: Final = _read_table()


@cache
def _members(owner: str) -> frozenset[str] | None:
    row = _TABLE.get(owner)
    if row is None:
        return None
    bases, _, own = row.partition("\t")
    found = set(own.split())
    for base in bases.split():
        above = _members(base)
        if above is None:
            return None
        found |= above
    return frozenset(found)
