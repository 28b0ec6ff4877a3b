"""The statements of a file that a test can run, by its syntax tree. Pure.

What does nothing when it runs is none: a docstring, `pass`, a declaration without a value. Nor is what no test is meant
to run: code that coverage's own mark leaves out, and what stands below `if TYPE_CHECKING:` or `if __name__ == ...`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from tree_sitter import Node, Tree

MAX_NODES: Final = 500_000
_NO_COVER: Final = re.compile(rb"#\s*pragma[:\s]?\s*no\s*cover", re.IGNORECASE)
_NEVER_TESTED: Final = re.compile(rb"(\w+\.)?TYPE_CHECKING|__name__ == (\"__main__\"|'__main__')")
_BODIES: Final = frozenset({"block", "statement_block", "{", "switch_body", "field_declaration_list"})
_CONSTANTS: Final = frozenset(
    {"string", "concatenated_string", "ellipsis", "integer", "float", "true", "false", "none"}
)


@dataclass(frozen=True, slots=True)
class Scope:
    """A function, or a class. Lines count from 1."""

    name: str
    first: int
    last: int
    is_function: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement without those inside it. Lines count from 1."""

    first: int
    last: int
    scope: Scope | None


@dataclass(frozen=True, slots=True)
class _Language:
    simple: frozenset[str]
    headers: frozenset[str]
    """Statements with others inside: only what stands before these counts."""
    functions: frozenset[str]
    classes: frozenset[str] = frozenset()


_PYTHON: Final = _Language(
    frozenset(
        {
            *("expression_statement", "return_statement", "raise_statement", "assert_statement", "delete_statement"),
            *("import_statement", "import_from_statement", "break_statement", "continue_statement"),
            *("type_alias_statement", "exec_statement", "print_statement"),
        }
    ),
    frozenset(
        {
            *("if_statement", "elif_clause", "for_statement", "while_statement", "with_statement", "except_clause"),
            *("match_statement", "case_clause", "function_definition", "class_definition", "decorated_definition"),
        }
    ),
    frozenset({"function_definition"}),
    frozenset({"class_definition"}),
)
LANGUAGES: Final = {".py": _PYTHON}
"""By the end of a file's name."""


def find_statements(path: str, data: bytes, tree: Tree) -> list[Statement]:
    """Return the statements of a file, by their first lines; none where its language is not known here."""
    language = LANGUAGES.get(PurePosixPath(path).suffix)
    if language is None:
        return []
    lines = data.split(b"\n")
    found: list[Statement] = []
    waiting: list[tuple[Node, Scope | None]] = [(tree.root_node, None)]
    seen = 0
    while waiting and seen < MAX_NODES:
        node, scope = waiting.pop()
        seen += 1
        if node.type in language.simple or node.type in language.headers:
            first, last = _lines_of(node, language)
            if any(_NO_COVER.search(line) for line in lines[first - 1 : last]):
                continue
            if _does_something(node):
                found.append(Statement(first, last, scope))
        waiting += [(child, _scope_of(node, scope, language)) for child in _inside(node, language)]
    by_line = {one.first: one for one in sorted(found, key=lambda one: one.last)}  # of those on one line, the longest
    return [by_line[first] for first in sorted(by_line)]


def _lines_of(node: Node, language: _Language) -> tuple[int, int]:
    if node.type == "decorated_definition":
        definition = node.child_by_field_name("definition")
        return node.start_point[0] + 1, _lines_of(definition, language)[1] if definition else node.end_point[0] + 1
    if node.type in language.simple:
        return node.start_point[0] + 1, node.end_point[0] + 1
    last = node.start_point[0]
    for child in node.children:
        if child.type in _BODIES:
            break
        last = max(last, child.end_point[0])
    return node.start_point[0] + 1, last + 1


def _does_something(node: Node) -> bool:
    if node.parent is not None and node.parent.type == "decorated_definition":
        return False  # counted with its decorators
    if node.type != "expression_statement" or not node.named_children:
        return True
    inner = node.named_children[0]
    if inner.type in _CONSTANTS:
        return False
    return inner.type != "assignment" or inner.child_by_field_name("right") is not None


def _inside(node: Node, language: _Language) -> Iterator[Node]:
    """Yield the children that can hold statements that a test is meant to run."""
    if node.type in language.simple and language is _PYTHON:
        return
    condition = node.child_by_field_name("condition") if node.type == "if_statement" else None
    is_left_out = condition is not None and _NEVER_TESTED.fullmatch(condition.text or b"") is not None
    consequence = node.child_by_field_name("consequence") if is_left_out else None
    for child in node.children:
        if consequence is None or child.id != consequence.id:
            yield child


def _scope_of(node: Node, scope: Scope | None, language: _Language) -> Scope | None:
    is_function = node.type in language.functions
    if not is_function and node.type not in language.classes:
        return scope
    name = node.child_by_field_name("name")
    text = (name.text or b"").decode("utf-8", "replace") if name is not None else "?"
    first = node.parent.start_point[0] if node.parent and node.parent.type == "decorated_definition" else None
    return Scope(
        f"{scope.name}.{text}" if scope is not None else text,
        (node.start_point[0] if first is None else first) + 1,
        node.end_point[0] + 1,
        is_function,
    )
