"""The scopes of a Python file as the language has them: what each binds, and which names are read in it.

It knows nothing of other files and follows no order of execution: a name counts as bound where it is bound anywhere
in its scope, so that what is missing is missing for certain.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class ScopeKind(StrEnum):
    """What opened a scope, which decides who sees its names."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    INLINE = "inline"
    """A comprehension: a walrus in it binds outside of it."""


class BindingKind(StrEnum):
    """How a name came to be."""

    IMPORT = "import"
    FUNCTION = "function"
    CLASS = "class"
    VALUE = "value"


@dataclass(eq=False, slots=True)
class Binding:
    """One place that binds a name."""

    name: str
    kind: BindingKind
    node: ast.AST
    statement: ast.stmt | None
    """The statement around it."""


@dataclass(eq=False, slots=True)
class Load:
    """One place that reads a name."""

    name: str
    line: int
    column: int
    """In bytes, from 0."""
    scope: "Scope"
    node: ast.expr
    is_annotation: bool = False
    is_guarded: bool = False
    """Something around it expects that the name is missing (`except NameError`), or chooses by a condition."""


@dataclass(eq=False, slots=True)
class Imported:
    """One import statement."""

    node: ast.Import | ast.ImportFrom
    scope: "Scope"
    is_guarded: bool
    """Something around it expects it to fail, or chooses by a version or a platform."""
    is_for_types: bool
    """Only a type checker follows it (`if TYPE_CHECKING`)."""

    @property
    def specifier(self) -> str:
        """What it imports from, as written; of a plain import empty."""
        return "." * self.node.level + (self.node.module or "") if isinstance(self.node, ast.ImportFrom) else ""


@dataclass(eq=False, slots=True)
class Chain:
    """Attributes that are read one after another from a name: `root.names[0].names[1]`."""

    root: Load
    names: tuple[str, ...]
    node: ast.Attribute


@dataclass(eq=False, slots=True)
class Scope:
    """One scope."""

    kind: ScopeKind
    parent: "Scope | None"
    name: str = ""
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    inner: list["Scope"] = field(default_factory=list)

    def lookup(self, name: str) -> "Scope | None":
        """Return the scope that a name read here is found in; None where no scope of the file binds it."""
        scope: Scope | None = self
        while scope is not None:
            is_visible = scope is self or scope.kind is not ScopeKind.CLASS
            if is_visible and name in scope.globals:
                while scope.parent is not None:
                    scope = scope.parent
                return scope if name in scope.bindings else None
            if is_visible and name in scope.bindings and name not in scope.nonlocals:
                return scope
            scope = scope.parent
        return None

    def visible(self) -> set[str]:
        """Return all names that can be read here, the builtins aside."""
        found: set[str] = set()
        scope: Scope | None = self
        while scope is not None:
            if scope is self or scope.kind is not ScopeKind.CLASS:
                found.update(scope.bindings)
            scope = scope.parent
        return found

    @property
    def qualified(self) -> str:
        """The names of the scopes from the module's to this one, dotted; empty for the module's."""
        before = self.parent.qualified if self.parent is not None else ""
        return f"{before}.{self.name}".strip(".")

    def walk(self) -> Iterator["Scope"]:
        """Yield the scope and all inside of it."""
        yield self
        for scope in self.inner:
            yield from scope.walk()
