"""Mutants: copies of one file with one operator or constant changed, chosen by a seed. Nothing is run here."""

import ast
import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one line of one file; `text` is the whole file with it."""

    path: str
    line: int
    before: str
    after: str
    text: str


def make_mutants(root: Path, under: str, count: int, seed: int) -> list[Mutant]:
    """Return mutants of the Python files of a folder, in a random order that the seed decides."""
    found = [
        mutant
        for path in sorted((root / under).rglob("*.py"))
        for mutant in _mutants_of(path, str(path.relative_to(root)))
    ]
    random.Random(seed).shuffle(found)
    return found[:count]


def _mutants_of(path: Path, name: str) -> Iterator[Mutant]:
    source = path.read_text()
    lines = source.splitlines(keepends=True)
    for node in _code(ast.parse(source)):
        changed = _change(node)
        if changed is None or not isinstance(node, ast.expr) or node.lineno != node.end_lineno:
            continue
        line = lines[node.lineno - 1]
        data = line.encode()
        before = data[node.col_offset : node.end_col_offset].decode()
        after = ast.unparse(changed)
        if isinstance(node, ast.BoolOp | ast.BinOp | ast.Compare):
            after = f"({after})"
        new = data[: node.col_offset] + after.encode() + data[node.end_col_offset :]
        text = "".join([*lines[: node.lineno - 1], new.decode(), *lines[node.lineno :]])
        yield Mutant(name, node.lineno, before, after, text)


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what can be executed: no annotation, no text, nothing for type checkers alone."""
    yield node
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns"} or isinstance(node, ast.JoinedStr):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_for_types(child):
                yield from _code(child)


def _is_for_types(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test)
    return isinstance(node, ast.AnnAssign) and node.value is None


def _change(node: ast.AST) -> ast.expr | None:
    """Return the expression with one operator changed, None where there is none to change."""
    changed = copy.deepcopy(node)
    match changed:
        case ast.Compare(ops=[op]) if type(op) in _COMPARISONS:
            changed.ops = [_COMPARISONS[type(op)]()]
        case ast.BoolOp(op=op):
            changed.op = ast.Or() if isinstance(op, ast.And) else ast.And()
        case ast.BinOp(op=op) if type(op) in _ARITHMETIC:
            changed.op = _ARITHMETIC[type(op)]()
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.Constant(value=bool() as value):
            changed.value = not value
        case ast.Constant(value=int() as value):
            changed.value = value + 1
        case _:
            return None
    return changed if isinstance(changed, ast.expr) else None
