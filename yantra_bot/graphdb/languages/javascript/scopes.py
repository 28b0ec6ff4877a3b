"""Names of a file and what they hold: variables, the blocks that declare them, versions and cells.

A variable of straight-line code has a version per assignment. Inner bodies are lowered after the body around them is
complete, and read or write one cell that all versions are copied into. Where an inner body assigns, all code uses the
cell. This module knows no syntax.
"""

from typing import Any

from yantra_bot.graphdb.facts import NOTHING, Literal, Value


class Variable:
    """One declared name. `owner` is the writer of the body that it lives in."""

    __slots__ = ("cell", "fixed", "imported", "literal", "name", "owner", "shared", "symbol", "value", "versions")

    def __init__(self, owner: Any, name: str, *, fixed: bool = False) -> None:
        self.owner = owner
        self.name = name
        self.fixed = fixed
        """It is assigned once, so loops need no join of it."""
        self.shared = False
        """An inner body assigns it: reads and writes go to the cell."""
        self.value: Value = NOTHING
        self.versions: list[Value] = []
        self.cell: Value = NOTHING
        self.imported = False
        self.symbol = -1
        """Index of its symbol, for names that are no function's own."""
        self.literal: Literal = None
        """The constant it holds, where it is fixed and known."""


class Scope:
    """A block: the names it declares and the block around it, across bodies."""

    __slots__ = ("names", "parent", "top")

    def __init__(self, parent: "Scope | None", *, top: bool = False) -> None:
        self.names: dict[str, Variable] = {}
        self.parent = parent
        self.top = top
        """It is a function's, class's or module's outermost block: `var` lands here."""

    def find(self, name: str) -> Variable | None:
        """Return the variable that the name means in this block."""
        scope: Scope | None = self
        while scope is not None:
            found = scope.names.get(name)
            if found is not None:
                return found
            scope = scope.parent
        return None

    def outermost(self) -> "Scope":
        """Return the outermost block of the body this block is in."""
        scope = self
        while not scope.top and scope.parent is not None:
            scope = scope.parent
        return scope
