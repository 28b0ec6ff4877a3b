"""Two definitions of one name in one block with no use between them, where the change made them so. Python."""

import ast
from collections.abc import Iterator

from yantra_bot.domain.findings import Evidence, Finding
from yantra_bot.review.names.look import Look, Place, is_silenced
from yantra_bot.review.names.python import PythonFile
from yantra_bot.review.names.rules import SHADOWED

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def find_shadowed(look: Look) -> Iterator[Finding]:
    """Yield one finding for each pair, at the second definition."""
    for file, head in look.changed():
        pairs = dict(_pairs(head))
        base = look.before(file) if pairs else None
        known = dict(_pairs(base)) if base is not None else {}
        for name, (first, second) in pairs.items():
            if name not in known and not is_silenced(head.line(second.lineno)):
                place = Place(name, head.path, second.lineno, head.line(second.lineno).strip())
                message = (
                    f"`{second.name}` is defined twice in one block, with no use between: this definition replaces the "
                    f"one of line {first.lineno}, which nothing can reach."
                )
                shown = Evidence(head.line(first.lineno).strip(), head.path, first.lineno)
                yield look.finding(SHADOWED, place, message, evidence=[shown], confidence=0.95)


def _pairs(file: PythonFile) -> Iterator[tuple[str, tuple[Definition, Definition]]]:
    for around, body in _blocks(file.tree, ""):
        seen: dict[str, Definition] = {}
        for statement in body:
            if not isinstance(statement, Definition):
                continue
            first = seen.get(statement.name)
            if (
                first is not None
                and first.name != "_"
                and not first.decorator_list
                and not _is_used(file, first, statement)
            ):
                yield f"{around}{statement.name}", (first, statement)
            seen[statement.name] = statement


def _blocks(node: ast.AST, around: str) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Yield every list of statements with the dotted name of what it is in."""
    for part in ("body", "orelse", "finalbody", "handlers", "cases"):
        inner = getattr(node, part, None)
        if not isinstance(inner, list):
            continue
        if inner and isinstance(inner[0], ast.stmt):
            yield around, inner
        for one in inner:
            name = f"{around}{one.name}." if isinstance(one, Definition) else around
            yield from _blocks(one, name)


def _is_used(file: PythonFile, first: Definition, second: Definition) -> bool:
    """Tell whether the name is read between two definitions, by the decorators of the second one too."""
    end = first.end_lineno or first.lineno
    return any(load.name == first.name and end < load.line < second.lineno for load in file.reader.loads)
