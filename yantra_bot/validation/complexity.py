"""How many ways lead through the functions that a change touched: cyclomatic complexity. Pure, from a syntax tree."""

import difflib
from collections.abc import Callable, Iterator

from tree_sitter import Node, Tree

Parse = Callable[[str, bytes], Tree | None]
"""Parses a file by its path; None when its language is unknown or it takes too long."""

MAX_NODES = 500_000
MAX_LINES = 20_000

_FUNCTIONS = frozenset(
    {
        *("function_definition", "lambda"),  # Python
        *("function_declaration", "function_expression", "arrow_function", "method_definition"),  # JavaScript, Go
        *("generator_function_declaration", "method_declaration", "func_literal"),  # Go, Java
        *("function_item", "closure_expression", "constructor_declaration", "lambda_expression"),  # Rust, Java
    }
)
# Each is one more way through. An `else` and a `default` are not: they are what is left.
_BRANCHES = frozenset(
    {
        *("if_statement", "elif_clause", "for_statement", "while_statement", "except_clause", "case_clause"),
        *("conditional_expression", "for_in_clause", "if_clause", "assert_statement"),
        *("for_in_statement", "do_statement", "switch_case", "catch_clause", "ternary_expression"),
        *("expression_case", "type_case", "communication_case", "enhanced_for_statement", "switch_label"),
        *("if_expression", "while_expression", "for_expression", "loop_expression", "match_arm"),
    }
)
_SHORT_CIRCUITS = frozenset({"and", "or", "&&", "||", "??"})


def measure_file(path: str, before: bytes | None, after: bytes, *, parse: Parse) -> int | None:
    """Return the highest complexity among the functions of `after` that differ from `before`; None without one."""
    tree = parse(path, after)
    if tree is None:
        return None
    touched = find_changed_lines(before, after)
    found = [
        measure_function(node)
        for node in find_functions(tree.root_node)
        if not touched.isdisjoint(range(node.start_point[0], node.end_point[0] + 1))
    ]
    return max(found, default=None)


def find_changed_lines(before: bytes | None, after: bytes) -> frozenset[int]:
    """Return the lines of `after`, from 0, that are new or changed, and those next to what was removed."""
    new = after.split(b"\n")
    old = before.split(b"\n") if before is not None else []
    if len(new) > MAX_LINES or len(old) > MAX_LINES:
        return frozenset(range(len(new)))
    lines: set[int] = set()
    for tag, _, _, start, end in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if tag != "equal":
            lines.update(range(start, max(end, start + 1)))
    return frozenset(lines)


def find_functions(root: Node) -> Iterator[Node]:
    """Yield every function of a tree, inner ones too."""
    waiting, seen = [root], 0
    while waiting and seen < MAX_NODES:
        node = waiting.pop()
        seen += 1
        if node.type in _FUNCTIONS and node.is_named:
            yield node
        waiting.extend(node.children)


def measure_function(function: Node) -> int:
    """Return one more than the number of branches in a function, those of inner functions left out."""
    count, seen = 1, 0
    waiting = list(function.children)
    while waiting and seen < MAX_NODES:
        node = waiting.pop()
        seen += 1
        if node.type in _FUNCTIONS and node.is_named:
            continue
        count += node.type in (_BRANCHES if node.is_named else _SHORT_CIRCUITS)
        waiting.extend(node.children)
    return count
