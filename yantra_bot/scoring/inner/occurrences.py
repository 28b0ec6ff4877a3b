"""The occurrences of names in a function, in the order of the text, and the edges that follow from them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from yantra_bot.scoring.inner.relations import Relation

WINDOW: Final = 12
"""Names on either side of an assignment that are joined; a longer display says no more."""

EdgeRow = tuple[int, int, int]
"""Source node, target node, relation."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name at a place."""

    node: int
    name: str
    """With a dot before it where it is an attribute."""
    is_write: bool


def join_occurrences(found: list[Occurrence]) -> Iterator[EdgeRow]:
    """Yield what leads from each occurrence to the one before it, and from each read to the nearest write before."""
    last: dict[str, int] = {}
    written: dict[str, int] = {}
    for one in found:
        if one.name in last:
            yield one.node, last[one.name], Relation.LAST_USE
        if one.is_write:
            written[one.name] = one.node
        elif one.name in written:
            yield one.node, written[one.name], Relation.LAST_WRITE
        last[one.name] = one.node


def join_assignment(found: list[Occurrence]) -> Iterator[EdgeRow]:
    """Yield what leads from the names that an assignment writes to those that it reads."""
    targets = [one.node for one in found if one.is_write][:WINDOW]
    sources = [one.node for one in found if not one.is_write][:WINDOW]
    for target in targets:
        for source in sources:
            yield target, source, Relation.COMPUTED_FROM


def join_guard(guarded: list[Occurrence], condition: list[Occurrence]) -> Iterator[EdgeRow]:
    """Yield what leads from names under a condition to the same names in it."""
    there = {one.name: one.node for one in condition}
    for one in guarded:
        if one.name in there:
            yield one.node, there[one.name], Relation.GUARDED_BY
