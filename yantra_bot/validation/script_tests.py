"""Tests of JavaScript and TypeScript by their syntax trees: where they are declared, which assert nothing. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tree_sitter import Node

SCRIPTS: Final = frozenset({".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx"})
_CALLED: Final = re.compile(rb"(test|it|describe|suite)(\.\w+)*")
_GROUP: Final = re.compile(rb"(describe|suite)(\.\w+)*")
_MAX_DEPTH: Final = 20
_MAY_CHECK: Final = re.compile(
    rb"assert|expect|should|throws|rejects|equal|match|snapshot|check|verify|ensure|\bok\s*\(|\bfail\s*\(|\.plan\s*\(",
    re.IGNORECASE,
)
"""What an assertion may be called, in any library or by a helper's name: a test that is in doubt counts as one."""


def find_calls(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the statements that declare a test or a group right below a file, or in the function of a group."""
    body = node
    if node.type == "call_expression":
        arguments = node.child_by_field_name("arguments")
        functions = [one for one in arguments.named_children if one.child_by_field_name("body")] if arguments else []
        body = functions[-1].child_by_field_name("body") or node if functions else node
    for statement in body.named_children:
        call = statement.named_children[0] if statement.type == "expression_statement" else None
        callee = call.child_by_field_name("function") if call is not None and call.type == "call_expression" else None
        if call is not None and callee is not None and _CALLED.fullmatch(callee.text or b""):
            yield statement, call


def is_test_call(callee: bytes) -> bool:
    """Tell whether what is called declares a test, and not a group of some."""
    return _CALLED.fullmatch(callee) is not None and _GROUP.fullmatch(callee) is None


def title_of(call: Node) -> str:
    """Return the name that a call gives to a test or a group; empty where it is no text."""
    arguments = call.child_by_field_name("arguments")
    first = arguments.named_children[0] if arguments is not None and arguments.named_children else None
    if first is None or first.type not in {"string", "template_string"}:
        return ""
    return (first.text or b"").decode("utf-8", "replace")[1:-1]


def find_assertions(node: Node, *, depth: int = 0) -> Mapping[str, bool]:
    """Return whether each test below a node may assert something, by its groups and name joined with ` > `."""
    found: dict[str, bool] = {}
    for _, call in find_calls(node):
        callee, title = call.child_by_field_name("function"), title_of(call)
        if is_test_call((callee.text or b"") if callee is not None else b""):
            arguments = call.child_by_field_name("arguments")
            inside = arguments.named_children[1:] if arguments is not None else []
            found[title] = any(_MAY_CHECK.search(one.text or b"") for one in inside)
        elif depth < _MAX_DEPTH:
            found |= {f"{title} > {name}": checks for name, checks in find_assertions(call, depth=depth + 1).items()}
    return found
