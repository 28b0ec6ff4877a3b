"""A Python file as units of code: the module, each class, each function, with their own statements in order. Pure.

A unit's digest is of its syntax: formatting, comments and docstrings without examples change none. Statements are told
by their place among those of their unit, so that what was recorded about them stays true when other code moves.
"""

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from yantra_bot.graphdb.syntax import parse_python

MODULE = ""
"""The name of the unit that is the module itself."""
_BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")
_NO_EVENT = (ast.Global, ast.Nonlocal)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class UnitKind(StrEnum):
    """What a unit is, which decides when its statements run."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class _Traits:
    """What a statement does, as far as its syntax tells."""

    binds: frozenset[str]
    mentions: frozenset[str]
    has_effects: bool
    calls: bool


@dataclass(eq=False)
class Statement:
    """One statement without what stands in its blocks: of an `if` the condition, of a `def` its head.

    What it is and does is found out when it is first asked for: of most statements nobody does.
    """

    line: int
    end_line: int
    syntax: ast.AST = field(repr=False)
    section: tuple[int, str]
    """The statement around it (-1: the unit itself), and in which of its blocks."""
    is_silent: bool = False
    """It leaves no trace where it runs: `global x`."""
    function: str = ""
    """The name of the function whose head it is."""

    def __eq__(self, other: object) -> bool:
        """Tell whether two statements stand in the same place and say the same."""
        if not isinstance(other, Statement):
            return NotImplemented
        places = [(one.line, one.end_line, one.section, one.function) for one in (self, other)]
        return places[0] == places[1] and self.digest == other.digest

    def __hash__(self) -> int:
        return hash((self.line, self.section))

    @cached_property
    def digest(self) -> str:
        """Of its syntax."""
        return _hash(_dump(self.syntax))

    @property
    def binds(self) -> frozenset[str]:
        """The names it gives a value."""
        return self._traits.binds

    @property
    def mentions(self) -> frozenset[str]:
        """The names it speaks of."""
        return self._traits.mentions

    @property
    def has_effects(self) -> bool:
        """Whether it may do more than bind its names: a call whose result is dropped, an assignment into something."""
        return self._traits.has_effects

    @property
    def calls(self) -> bool:
        """Something is called in it."""
        return self._traits.calls

    @cached_property
    def _traits(self) -> _Traits:
        return _find_traits(self.syntax)


@dataclass(frozen=True)
class Unit:
    """A module, a class or a function; `name` is dotted within the file, `MODULE` for the module."""

    name: str
    kind: UnitKind
    line: int
    end_line: int
    statements: tuple[Statement, ...]
    text: bytes = field(repr=False, compare=False)
    """Its lines, those of the units in it included."""

    @cached_property
    def digest(self) -> str:
        """Of the syntax of its statements."""
        return _hash("\n".join(f"{one.section} {one.digest}" for one in self.statements))

    def is_same(self, other: "Unit") -> bool:
        """Tell whether the digests are equal. Equal lines of code have equal syntax, whatever a file's encoding is."""
        return (self.text == other.text and self.text.isascii()) or self.digest == other.digest


@dataclass(slots=True)
class _Open:
    """A unit that is being read."""

    name: str
    kind: UnitKind
    line: int
    end_line: int
    statements: list[Statement] = field(default_factory=list)


def read_units(source: bytes | str) -> dict[str, Unit] | None:
    """Return the units of a file by name, None when it does not parse. A second unit of one name gets `#2`."""
    tree = parse_python(source)
    data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    return None if tree is None else find_units(tree, data)


def find_units(tree: ast.Module, source: bytes) -> dict[str, Unit] | None:
    """Return the units of a file that was parsed, by name; None where it is nested too deeply."""
    reader = _Reader(source.splitlines(keepends=True))
    last = max((node.end_lineno or 0 for node in tree.body), default=0)
    try:
        reader.read(_Open(MODULE, UnitKind.MODULE, 1, last), tree.body)
    except RecursionError:
        return None
    return reader.units


class _Reader:
    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines
        self.units: dict[str, Unit] = {}

    def read(self, unit: _Open, body: list[ast.stmt]) -> None:
        self._read_block(unit, body, (-1, "body"))
        name = unit.name
        for number in range(2, 1000):
            if name not in self.units:
                break
            name = f"{unit.name}#{number}"
        text = b"".join(self._lines[unit.line - 1 : unit.end_line])
        self.units[name] = Unit(name, unit.kind, unit.line, unit.end_line, tuple(unit.statements), text)

    def _read_block(self, unit: _Open, block: list[ast.stmt], section: tuple[int, str]) -> None:
        for place, node in enumerate(block):
            if not (place == 0 and section == (-1, "body") and _is_plain_docstring(node)):
                self._read_statement(unit, node, section)

    def _read_statement(self, unit: _Open, node: ast.AST, section: tuple[int, str]) -> None:
        at = len(unit.statements)
        unit.statements.append(_statement(node, section))
        if isinstance(node, _Function | ast.ClassDef):
            name = f"{unit.name}.{node.name}".lstrip(".")
            kind = UnitKind.CLASS if isinstance(node, ast.ClassDef) else UnitKind.FUNCTION
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            self.read(_Open(name, kind, first, node.end_lineno or node.lineno), node.body)
            return
        for name in _BLOCKS:
            inner = getattr(node, name, None)
            if isinstance(inner, list):
                self._read_block(unit, inner, (at, name))


def _statement(node: ast.AST, section: tuple[int, str]) -> Statement:
    line, end_line = _lines_of(node)
    name = node.name if isinstance(node, _Function) else ""
    return Statement(line, end_line, node, section, isinstance(node, _NO_EVENT), name)


def _find_traits(node: ast.AST) -> _Traits:
    parts = [inner for part in _head(node) for inner in ast.walk(part)]
    run = [inner for part in _run_parts(node) for inner in ast.walk(part)] if isinstance(node, _Function) else parts
    return _Traits(
        frozenset(_bound(node, parts)),
        frozenset(_names(run)),
        _has_effects(node, parts),
        any(isinstance(part, ast.Call) for part in parts),
    )


def _lines_of(node: ast.AST) -> tuple[int, int]:
    if isinstance(node, ast.match_case):
        return node.pattern.lineno, (node.guard or node.pattern).end_lineno or node.pattern.lineno
    line, end_line = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
    if isinstance(node, _Function | ast.ClassDef):
        line = min([line, *(one.lineno for one in node.decorator_list)])
    blocks = [inner for name in _BLOCKS if isinstance(inner := getattr(node, name, None), list) and inner]
    if blocks:
        head = [part.end_lineno or 0 for part in _head(node) if hasattr(part, "end_lineno")]
        end_line = max([line, getattr(node, "lineno", line), *head])
    return line, end_line


def _head(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a statement that are not in its blocks."""
    for name, value in ast.iter_fields(node):
        if name not in _BLOCKS:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield child


def _run_parts(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.AST]:
    """Return what runs when a function is defined. Its annotations are left out: they seldom decide anything."""
    return [*node.decorator_list, *node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]


def _dump(node: ast.AST) -> str:
    """Write a statement without its blocks."""
    told = [type(node).__name__]
    for name, value in ast.iter_fields(node):
        if name in _BLOCKS:
            continue
        parts = value if isinstance(value, list) else [value]
        told += [f"{name}={ast.dump(part) if isinstance(part, ast.AST) else part!r}" for part in parts]
    return "|".join(told)


def _names(parts: list[ast.AST]) -> Iterator[str]:
    """Yield every name that pieces of syntax speak of, attributes and names within short texts included."""
    for part in parts:
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr
        elif isinstance(part, ast.alias):
            yield from part.name.split(".")
        elif isinstance(part, ast.keyword) and part.arg:
            yield part.arg
        elif isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.isidentifier():
            yield part.value


def _bound(node: ast.AST, parts: list[ast.AST]) -> Iterator[str]:
    if isinstance(node, _Function | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield (alias.asname or alias.name).partition(".")[0]
    elif isinstance(node, ast.ExceptHandler):
        yield from filter(None, [node.name])
    else:
        for part in parts:
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store | ast.Del):
                yield part.id


def _has_effects(node: ast.AST, parts: list[ast.AST]) -> bool:
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    if isinstance(node, ast.ImportFrom):
        return any(alias.name == "*" for alias in node.names)
    stores = (ast.Attribute, ast.Subscript)
    inner = parts if isinstance(node, ast.stmt) else []
    return any(isinstance(part, stores) and isinstance(part.ctx, ast.Store | ast.Del) for part in inner)


def _is_plain_docstring(node: ast.AST) -> bool:
    """Tell whether it is a docstring without examples, which may be tests."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return is_text and ">>>" not in node.value.value  # type: ignore[attr-defined]  # is_text says so


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
