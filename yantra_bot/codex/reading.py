"""The functions of a Python file as problems with their answers: what is trained on, and what is measured by."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tree_sitter import Node, Parser

from yantra_bot.codex.expressions import text_of
from yantra_bot.codex.extraction import closes, docstring_of, moves_of
from yantra_bot.codex.problem import Problem, read_parameters, read_type
from yantra_bot.codex.steps import Step
from yantra_bot.graphdb.languages import frontend_of

MOST_BYTES: Final = 600_000
MOST_BESIDE: Final = 4
"""Neighbours of a function: those that stand next to it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A function that somebody wrote: what it was to do, the steps it does, and what stands beside it."""

    problem: Problem
    steps: tuple[Step, ...]
    beside: tuple[Problem, ...]
    source: str
    """Of the function alone, with the indentation of its place."""
    is_method: bool


def read_functions(source: bytes) -> list[Written]:
    """Return the functions and methods of a file; none of one that does not parse or is longer than `MOST_BYTES`.

    Functions inside of functions are left out: they are a part of the outer one's body.
    """
    if len(source) > MOST_BYTES:
        return []
    root = Parser(frontend_of("a.py").grammar(".py")).parse(source).root_node
    if root.has_error:
        return []
    found: list[Written] = []
    for scope in _scopes(root):
        nodes = list(_functions(scope))
        problems = [problem_of(node) for node in nodes]
        found += [_written(place, nodes, problems, is_method=scope.type == "block") for place in range(len(nodes))]
    return found


def _written(place: int, nodes: list[Node], problems: list[Problem], *, is_method: bool) -> Written:
    node = nodes[place]
    moves = moves_of(node)
    steps = tuple(move.step for move in moves) if closes(moves) else ()
    first = max(0, min(place - MOST_BESIDE // 2, len(nodes) - MOST_BESIDE - 1))
    beside = tuple(
        problems[other] for other in range(first, min(first + MOST_BESIDE + 1, len(nodes))) if other != place
    )
    return Written(problems[place], steps, beside, text_of(node), is_method)


def _scopes(root: Node) -> Iterator[Node]:
    """Return the module and the bodies of its classes."""
    yield root
    for child in root.named_children:
        definition = _defined(child)
        body = definition.child_by_field_name("body") if definition.type == "class_definition" else None
        if body is not None:
            yield body


def _functions(scope: Node) -> Iterator[Node]:
    for child in scope.named_children:
        definition = _defined(child)
        if definition.type == "function_definition":
            yield definition


def _defined(node: Node) -> Node:
    inner = node.child_by_field_name("definition") if node.type == "decorated_definition" else None
    return node if inner is None else inner


def problem_of(function: Node) -> Problem:
    """Return what a `function_definition` was to do, by its head and its docstring; nothing of its body."""
    name, parameters = function.child_by_field_name("name"), function.child_by_field_name("parameters")
    returns = function.child_by_field_name("return_type")
    return Problem(
        text_of(name) if name else "",
        read_parameters(text_of(parameters)[1:-1]) if parameters else (),
        read_type(text_of(returns) if returns else ""),
        docstring_of(function),
    )
