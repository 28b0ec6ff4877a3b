"""The statements of a file that a test can run, by its syntax tree. Pure.

What does nothing when it runs is none: a docstring, `pass`, a declaration without a value, in JavaScript a function
or a class. Nor is what no test is meant to run: code that coverage's own mark leaves out, and what stands below
`if TYPE_CHECKING:`, `if __name__ == ...` or `if (require.main === module)`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from tree_sitter import Node, Tree

MAX_NODES: Final = 500_000
MAX_OWN_NODES: Final = 5_000
"""Of one statement, before anything that it holds; of a longer one only the first line is known."""
_NO_COVER: Final = re.compile(rb"#\s*pragma[:\s]?\s*no\s*cover", re.IGNORECASE)
_IGNORE_NEXT: Final = re.compile(rb"/[*/]\s*(c8|v8|istanbul|node:coverage) ignore next\b")
_NEVER_TESTED: Final = re.compile(
    rb"(\w+\.)?TYPE_CHECKING|__name__ == (\"__main__\"|'__main__')|\(\s*require\.main === module\s*\)"
)
_BODIES: Final = frozenset({"block", "statement_block", "{", "switch_body", "class_body", "field_declaration_list"})
_DECLARATIONS: Final = frozenset({"lexical_declaration", "variable_declaration"})
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
    is_nested: bool = False
    """Whether a simple statement may hold functions, whose statements count for themselves."""


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
_JAVASCRIPT: Final = _Language(
    frozenset(
        {
            *("expression_statement", "return_statement", "throw_statement", "break_statement", "continue_statement"),
            *("lexical_declaration", "variable_declaration", "import_statement", "export_statement"),
        }
    ),
    frozenset(
        {"if_statement", "for_statement", "for_in_statement", "while_statement", "do_statement", "switch_statement"}
    ),
    frozenset(
        {
            *("function_declaration", "generator_function_declaration", "method_definition"),
            *("arrow_function", "function_expression", "generator_function"),
        }
    ),
    frozenset({"class_declaration", "class"}),
    is_nested=True,
)
LANGUAGES: Final = {".py": _PYTHON, **dict.fromkeys((".js", ".mjs", ".cjs"), _JAVASCRIPT)}
"""By the end of a file's name. What a tool has to translate before it can run is none: lines of what ran are others."""


def find_measured(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the ends of names of files whose lines are known where those of `paths` are: those of their languages."""
    known = [LANGUAGES[suffix] for suffix in {PurePosixPath(path).suffix for path in paths} if suffix in LANGUAGES]
    return tuple(suffix for suffix, language in LANGUAGES.items() if language in known)


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
            if _is_left_out(lines, first, last, language):
                continue
            if _does_something(node):
                found.append(Statement(first, last, scope))
        waiting += [(child, _scope_of(node, scope, language)) for child in _inside(node, language)]
    by_line = {one.first: one for one in sorted(found, key=lambda one: one.last)}  # of those on one line, the longest
    return [by_line[first] for first in sorted(by_line)]


def _is_left_out(lines: Sequence[bytes], first: int, last: int, language: _Language) -> bool:
    if language.is_nested:
        return any(_IGNORE_NEXT.search(line) for line in lines[max(0, first - 2) : first])
    return any(_NO_COVER.search(line) for line in lines[first - 1 : last])


def _lines_of(node: Node, language: _Language) -> tuple[int, int]:
    if node.type == "decorated_definition":
        definition = node.child_by_field_name("definition")
        return node.start_point[0] + 1, _lines_of(definition, language)[1] if definition else node.end_point[0] + 1
    if language.is_nested:
        return node.start_point[0] + 1, _end_before_inner(node, language) + 1
    if node.type in language.simple:
        return node.start_point[0] + 1, node.end_point[0] + 1
    last = node.start_point[0]
    for child in node.children:
        if child.type in _BODIES:
            break
        last = max(last, child.end_point[0])
    return node.start_point[0] + 1, last + 1


def _end_before_inner(node: Node, language: _Language) -> int:
    """Return the last row of a statement, without the statements that anything in it holds."""
    waiting, seen = list(reversed(node.children)), 0
    while waiting and seen < MAX_OWN_NODES:
        inner = waiting.pop()
        seen += 1
        if inner.type in _BODIES and inner.is_named:
            return inner.start_point[0]
        if inner.type in language.simple or inner.type in language.headers:
            return max(node.start_point[0], inner.start_point[0] - 1)
        waiting += reversed(inner.children)
    return node.end_point[0] if not waiting else node.start_point[0]


def _does_something(node: Node) -> bool:
    if node.type == "export_statement":
        return node.child_by_field_name("value") is not None
    if node.type in _DECLARATIONS:
        return any(one.child_by_field_name("value") is not None for one in node.named_children)
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
    if node.type in language.simple and not language.is_nested:
        return
    condition = node.child_by_field_name("condition") if node.type == "if_statement" else None
    is_left_out = condition is not None and _NEVER_TESTED.fullmatch(condition.text or b"") is not None
    consequence = node.child_by_field_name("consequence") if is_left_out else None
    for child in node.children:
        if consequence is None or child.id != consequence.id:
            yield child


def _name_of(node: Node) -> Node | None:
    """Return a function's or a class's name: its own, or that of what holds it."""
    name = node.child_by_field_name("name")
    if name is None and node.parent is not None and node.parent.type == "variable_declarator":
        return node.parent.child_by_field_name("name")
    return name


def _scope_of(node: Node, scope: Scope | None, language: _Language) -> Scope | None:
    is_function = node.type in language.functions
    if not is_function and node.type not in language.classes:
        return scope
    name = _name_of(node)
    if name is None and language.is_nested:
        return scope  # a callback: it is told by where it stands
    text = (name.text or b"").decode("utf-8", "replace") if name is not None else "?"
    first = node.parent.start_point[0] if node.parent and node.parent.type == "decorated_definition" else None
    return Scope(
        f"{scope.name}.{text}" if scope is not None else text,
        (node.start_point[0] if first is None else first) + 1,
        node.end_point[0] + 1,
        is_function,
    )
