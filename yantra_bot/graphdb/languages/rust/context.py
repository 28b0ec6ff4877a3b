"""What the parts of Rust's lowering share: scopes of modules and impls, and how a node finds what lowers it."""

from collections.abc import Callable
from enum import Enum
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import ERROR, NOTHING, CallFlag, Literal, Op, Site, Value
from yantra_bot.graphdb.languages.builder import Builder
from yantra_bot.graphdb.languages.lowering import site_of, token_pattern
from yantra_bot.graphdb.languages.ssa import Frame, Variable

TOKENS: Final = token_pattern(
    comments=r"//[^\n]*|/\*.*?\*/",
    strings=r'b?r(?:"[^"]*"|#".*?"#|##".*?"##)|b?"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\\n])\'',
)
OWN_ONLY: Final = CallFlag.IMPLICIT | CallFlag.OWN
"""The flags of a method call that the frontend models itself unless the program defines the method."""


class Shape(Enum):
    """What a name is, where this file shows it."""

    STRUCT = 1
    ENUM = 2
    TRAIT = 3
    ALIAS = 4
    PARAMETER = 5
    """A type parameter; its variable's value is what it is bound by."""
    MODULE = 6
    """A module in the file itself."""
    FUNCTION = 7
    VALUE = 8
    STANDARD = 9
    """Imported from the standard library."""
    IMPORTED = 10


class RustContext(Builder):
    """One Rust file while it is lowered."""

    def __init__(self, path: str, source: bytes) -> None:
        super().__init__(path, source, Language.RUST, TOKENS)
        self.definitions: dict[Variable, Node] = {}
        """What each name that is an item of this file is declared as."""
        self.modules: list[Frame] = []
        """The modules around, the file's first."""
        self.macros: dict[str, Node] = {}
        self.extended: dict[str, Value] = {}
        """Classes, as values of the module, that stand for types of the language that this file gives methods."""
        self.extension_symbols: dict[str, int] = {}
        self._errors: dict[Frame, Value] = {}
        self._crates: dict[str, Value] = {}

    def expression(self, node: Node) -> Value:
        """Lower an expression."""
        handler = EXPRESSIONS.get(node.type)
        if handler is None or not self.enter():
            return NOTHING
        value = handler(self, node)
        self.depth -= 1
        return value

    def crate(self, specifier: str) -> Value:
        """Return a module named by specifier (`crate`, `super`, `serde`) that no line imports; one for the file."""
        value = self._crates.get(specifier, NOTHING)
        if value == NOTHING:
            value = self._crates[specifier] = self.module.new()
            self.module.emit(Op.IMPORT, value, specifier, NOTHING)
        return value if self.frame is self.module else self.frame.read_outer(0, value)

    def unwrap(self, obj: Value, key: Literal, node: Node) -> Value:
        """Read what is optional, or an element of what may be a container."""
        if obj == NOTHING:
            return NOTHING
        value = self.frame.new()
        self.frame.emit(Op.UNWRAP, value, obj, key, site_of(node))
        return value

    def fail(self, error: Value) -> None:
        """Let the body return a result that is an error (`?`)."""
        if error == NOTHING or self.frame is self.module:
            return
        cell = self._errors.get(self.frame, NOTHING)
        if cell == NOTHING:
            cell = self._errors[self.frame] = self.frame.new()
            self.frame.emit(Op.RETURN, self.make_container("list", (ERROR, cell)))
        self.frame.copy(cell, error)

    def call_method(self, obj: Value, name: str, place: Site, args: tuple[Value, ...], flags: int) -> Value:
        """Call a method."""
        if obj == NOTHING:
            return NOTHING
        value = self.frame.new()
        self.frame.emit(Op.CALL_METHOD, value, obj, name, place, args, (), NOTHING, NOTHING, flags)
        return value

    def call(self, callee: Value, place: Site, args: tuple[Value, ...], flags: int = CallFlag.NONE) -> Value:
        """Call a value."""
        if callee == NOTHING:
            return NOTHING
        value = self.frame.new()
        self.frame.emit(Op.CALL, value, callee, place, args, (), NOTHING, NOTHING, flags)
        return value

    def standard(self, name: str) -> bool:
        """Say whether a name means the standard library's: nothing of this file has it."""
        variable = self.frame.find(name)
        return variable is None or variable.note is Shape.STANDARD

    def extension(self, name: str) -> Value:
        """Return the class that stands for a type of the language, where this file gives it methods."""
        value = self.extended.get(name, NOTHING)
        return value if value == NOTHING or self.frame is self.module else self.frame.read_outer(0, value)


EXPRESSIONS: dict[str, Callable[[RustContext, Node], Value]] = {}
"""By node type; filled by the modules that lower them."""
DEFINERS: dict[str, Callable[[RustContext, Node, Variable | None, list[Node]], None]] = {}
"""By the node type of an item; called with its variable and its attributes."""
