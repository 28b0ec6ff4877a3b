"""Whole statements taken out or moved to the left, such that nobody sees that something stood there."""

import ast

from yantra_bot.training.faults.function import Function
from yantra_bot.training.faults.module import Edit


def without(function: Function, statement: ast.stmt) -> Edit | None:
    """Return the edit that takes a statement out with the remarks and blank lines before it.

    None where it is the only one of its block, or does not have its lines for itself.
    """
    module = function.module
    source = module.source
    block = function.block(statement)
    start, end = module.start(statement), module.end(statement)
    line_start, line_end = module.line_start(start), module.line_end(end)
    tail = source[end:line_end].strip()
    if len(block) < 2 or source[line_start:start].strip() or (tail and not tail.startswith(b"#")):
        return None
    at = block.index(statement)
    if at == 0:
        following = module.start(block[1])
        return (start, following, b"") if module.line_start(following) > line_end else None
    begin = line_start
    while begin > module.end(block[at - 1]):
        line = source[module.line_start(begin - 1) : begin].strip()
        if line and not line.startswith(b"#"):
            break
        begin = module.line_start(begin - 1)
    if at + 1 < len(block):
        return _keeping_distance(function, begin, line_start, line_end, block[at + 1])
    return begin - 1, line_end, b""


def _keeping_distance(
    function: Function, begin: int, line_start: int, line_end: int, following: ast.stmt
) -> Edit | None:
    """What follows keeps its own blank lines and remarks; without any it moves up to what stood before."""
    module = function.module
    if module.start(following) < line_end:
        return None
    after = module.source[line_end + 1 : module.line_start(module.start(following))]
    had_gap = b"\n\n" in b"\n" + module.source[begin:line_start]
    keeps_gap = had_gap and not after.strip(b" \t").startswith(b"\n")
    return begin - 1, line_end, b"\n" if keeps_gap else b""


def dedented(function: Function, statement: ast.stmt, body: list[ast.stmt]) -> bytes | None:
    """Return a block as it looks at the place of the statement around it, without the first line's indent.

    None where that cannot be done line by line.
    """
    module = function.module
    outer, inner = module.indent(statement), module.indent(body[0])
    if outer.strip() or inner.strip() or not inner.startswith(outer) or inner == outer:
        return None
    if any(_is_long_text(node) for one in body for node in ast.walk(one)):
        return None
    start = module.line_start(module.start(body[0]))
    lines = module.source[start : module.end(body[-1])].split(b"\n")
    if any(line.strip() and not line.startswith(inner) for line in lines):
        return None
    moved = [outer + line[len(inner) :] if line.strip() else line for line in lines]
    return b"\n".join(moved)[len(outer) :]


def _is_long_text(node: ast.AST) -> bool:
    is_text = isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    )
    return is_text and node.lineno != node.end_lineno  # type: ignore[attr-defined]  # both have a place
