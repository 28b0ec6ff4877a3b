"""Values in the SQL text of a JavaScript or TypeScript line become parameters."""

import ast
import re
from collections.abc import Iterator, Sequence

from yantra_bot.validation.security.fixes.source import Draft, Edit, insert
from yantra_bot.validation.security.fixes.sql import TITLE, Style, parametrise
from yantra_bot.validation.security.fixes.texts import Piece

_CALL = re.compile(r"\.(?:query|execute|all|get|run|any|one|oneOrNone|manyOrNone|none)\(\s*")
_LIBRARIES = {
    "pg": Style.NUMBERED,
    "pg-promise": Style.NUMBERED,
    "mysql": Style.QUESTION,
    "mysql2": Style.QUESTION,
    "mysql2/promise": Style.QUESTION,
    "sqlite3": Style.QUESTION,
    "sqlite": Style.QUESTION,
    "better-sqlite3": Style.QUESTION,
}
_IMPORT = re.compile(r"(?:\bfrom\s+|\brequire\(\s*|^import\s+)[\"']([^\"']+)[\"']", re.MULTILINE)
_PART = re.compile(
    r"`(?P<template>(?:[^`\\$]|\$(?!\{)|\$\{[^{}`]*\})*)`|\"(?P<double>[^\"\\]*)\"|'(?P<single>[^'\\]*)'|(?P<code>[\w$][\w$.?]*(?:\[[\w\"'$.]+\])?)"
)
_PLUS = re.compile(r"\s*\+\s*")
_VALUE = re.compile(r"\$\{([^{}`]*)\}")


def fix_statement(text: str, line: str, start: int) -> Iterator[Draft]:
    """Give fixes for a call in one line, whose statement is a template or a sum; `start` is where the line begins."""
    styles = {_LIBRARIES[name] for name in _IMPORT.findall(text) if name in _LIBRARIES}
    if len(styles) != 1:
        return
    (style,) = styles
    for call in _CALL.finditer(line):
        found = _read(line, call.end())
        if found is None:
            continue
        pieces, end = found
        rest = line[end:].lstrip()
        if not rest.startswith((")", ",")) or rest.startswith((", [", ",[")):
            continue
        made = parametrise(pieces, style, _join)
        if made is not None:
            statement, values = made
            edits = (Edit(start + call.end(), start + end, statement), insert(start + end, f", [{', '.join(values)}]"))
            yield Draft(TITLE, (Edit(edits[0].start, edits[0].end, edits[0].text + edits[1].text),))


def _read(line: str, at: int) -> tuple[list[Piece], int] | None:
    """Return the pieces of the sum that begins at a place, and where it ends."""
    pieces: list[Piece] = []
    while (match := _PART.match(line, at)) is not None:
        if match["template"] is not None:
            pieces += _of_template(match["template"])
        else:
            literal = match["double"] if match["double"] is not None else match["single"]
            pieces.append(ast.Name(match["code"]) if literal is None else literal)
        at = match.end()
        plus = _PLUS.match(line, at)
        if plus is None:
            is_text = any(isinstance(one, str) for one in pieces) and any(not isinstance(one, str) for one in pieces)
            return (pieces, at) if is_text else None
        at = plus.end()
    return None


def _of_template(text: str) -> list[Piece]:
    pieces: list[Piece] = []
    for at, part in enumerate(_VALUE.split(text)):
        pieces.append(ast.Name(part.strip()) if at % 2 else part)
    return pieces


def _join(pieces: Sequence[Piece]) -> str:
    """Return code that makes a text of pieces: a plain literal, or a template."""
    if len(pieces) == 1 and isinstance(pieces[0], str) and "\n" not in pieces[0] and '"' not in pieces[0]:
        return f'"{pieces[0]}"'
    parts = (one.replace("`", "\\`") if isinstance(one, str) else f"${{{ast.unparse(one)}}}" for one in pieces)
    return f"`{''.join(parts)}`"
