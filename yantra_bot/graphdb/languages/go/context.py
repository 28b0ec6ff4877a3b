"""What the parts of Go's lowering share: the file's names and how a node finds the function that lowers it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import NOTHING, Op, Value
from yantra_bot.graphdb.languages.builder import Builder, words
from yantra_bot.graphdb.languages.lowering import token_pattern
from yantra_bot.graphdb.languages.ssa import Variable

TOKENS: Final = token_pattern(
    comments=r"//[^\n]*|/\*.*?\*/", strings=r'"(?:\\.|[^"\\\n])*"|`[^`]*`|\'(?:\\.|[^\'\\\n])+\''
)
CONTENT: Final = "<value>"
"""The attribute that holds what a value of a named function, slice or map type is made of."""

_BASIC_TYPES: Final = """
    bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint uint8
    uint16 uint32 uint64 uintptr any
"""
BASIC_TYPES: Final = words(_BASIC_TYPES)
PLAIN_TYPES: Final = BASIC_TYPES - {"any", "error", "comparable"}
CONSTANTS: Final = frozenset(("true", "false", "nil", "iota", "_"))


class Shape(Enum):
    """What a named type of this file is made of."""

    STRUCT = 1
    INTERFACE = 2
    FUNCTION = 3
    CONTAINER = 4
    BASIC = 5
    """A number, a string, or another named type."""
    PARAMETER = 6
    """A type parameter; its variable's value is the constraint."""
    ALIAS = 7


@dataclass(frozen=True, slots=True)
class Constant:
    """What a variable's note is for a constant that may serve as a key."""

    value: str | int


@dataclass(frozen=True, slots=True)
class Package:
    """What a variable's note is for an imported package."""

    path: str


@dataclass(slots=True)
class Results:
    """What a function returns: the values of several results, and the variables of named ones."""

    types: list[Node | None] = field(default_factory=list)
    named: list[Variable | None] = field(default_factory=list)
    cells: list[Value] = field(default_factory=list)
    """One for each of several results; empty until the first is returned."""


class GoContext(Builder):
    """One Go file while it is lowered."""

    def __init__(self, path: str, source: bytes) -> None:
        super().__init__(path, source, Language.GO, TOKENS)
        self.is_test = path.endswith("_test.go")
        self.reassigned: set[str] = set()
        self.definitions: dict[Variable, Node] = {}
        """What each named type of this file is declared as."""
        self._package: Value = NOTHING
        self.results: list[Results] = []
        """Of the functions around, innermost last."""

    def is_versioned(self, name: str) -> bool:
        """Say whether a local variable of this name may be assigned again."""
        return name in self.reassigned

    def shape_of(self, variable: Variable | None) -> Shape | None:
        """Return what a named type is made of, where the variable is a type of this file."""
        return variable.note if variable is not None and isinstance(variable.note, Shape) else None

    def own_package(self) -> Value:
        """Return the package of this file as others see it, for assignments to variables of its other files."""
        if self._package == NOTHING:
            self._package = self.module.new()
            self.module.emit(Op.IMPORT, self._package, ".", NOTHING)
        return self._package if self.frame is self.module else self.frame.read_outer(0, self._package)

    def expression(self, node: Node) -> Value:
        """Lower an expression that is not called."""
        handler = EXPRESSIONS.get(node.type)
        if handler is None or not self.enter():
            return NOTHING
        value = handler(self, node)
        self.depth -= 1
        return value

    def statement(self, node: Node) -> None:
        """Lower a statement."""
        handler = STATEMENTS.get(node.type)
        if handler is not None and self.enter():
            handler(self, node)
            self.depth -= 1


EXPRESSIONS: dict[str, Callable[[GoContext, Node], Value]] = {}
"""By node type; filled by the modules that lower them."""
STATEMENTS: dict[str, Callable[[GoContext, Node], object]] = {}


def compile_words(*words: str) -> re.Pattern[str]:
    """Return a pattern for names that begin with one of the words, as the test runner reads them."""
    return re.compile(rf"(?:{'|'.join(words)})(?![a-z])")
