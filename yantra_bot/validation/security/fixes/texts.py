"""Text that is put together of pieces: taken apart, whichever way it is written, and written again. Pure."""

import ast
import re
import string
from collections.abc import Callable, Iterator, Sequence

from yantra_bot.validation.security.fixes.source import Source

Piece = str | ast.expr
"""A literal part, or a value that is put in as `str()` shows it."""


def take_apart(node: ast.expr, source: Source) -> list[Piece] | None:
    """Return the pieces of an f-string, a sum, a `%` or a `.format`; None where it is none of these or too clever."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return _of_fstring(node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _of_sum(node, source)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _of_percent(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _of_format(node)
    return None


def has_values(pieces: Sequence[Piece] | None) -> bool:
    """Tell whether there is text, and a value in it."""
    return bool(pieces) and any(not isinstance(one, str) for one in pieces or ()) and any(map(_is_text, pieces or ()))


def _is_text(piece: Piece) -> bool:
    return isinstance(piece, str)


def _of_fstring(node: ast.JoinedStr) -> list[Piece] | None:
    pieces: list[Piece] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            pieces.append(str(part.value))
        elif isinstance(part, ast.FormattedValue) and part.conversion in (-1, ord("s")) and part.format_spec is None:
            pieces.append(part.value)
        else:
            return None
    return pieces


def _of_sum(node: ast.BinOp, source: Source) -> list[Piece] | None:
    pieces: list[Piece] = []
    for side in (node.left, node.right):
        found = take_apart(side, source)
        pieces += [side] if found is None else found
    return pieces if any(map(_is_text, pieces)) else None


def _of_percent(node: ast.BinOp) -> list[Piece] | None:
    if not isinstance(node.left, ast.Constant) or not isinstance(node.left.value, str):
        return None
    values = list(node.right.elts) if isinstance(node.right, ast.Tuple) else [node.right]
    if isinstance(node.right, ast.Dict | ast.Starred):
        return None
    pieces: list[Piece] = []
    for part in re.split(r"(%%|%[sd])", node.left.value):
        if part in ("%s", "%d"):
            if not values:
                return None
            pieces.append(values.pop(0))
        elif "%" in part.replace("%%", ""):
            return None
        else:
            pieces.append(part.replace("%%", "%"))
    return None if values else pieces


def _of_format(node: ast.Call) -> list[Piece] | None:
    base = node.func.value if isinstance(node.func, ast.Attribute) else None
    if not isinstance(base, ast.Constant) or not isinstance(base.value, str):
        return None
    named = {one.arg: one.value for one in node.keywords}
    pieces: list[Piece] = []
    count = 0
    try:
        for text, name, spec, conversion in string.Formatter().parse(base.value):
            pieces.append(text)
            if name is None:
                continue
            value = node.args[count if name == "" else int(name)] if name == "" or name.isdigit() else named.get(name)
            count += name == ""
            if spec or conversion not in (None, "s") or value is None or isinstance(value, ast.Starred):
                return None
            pieces.append(value)
    except (ValueError, IndexError):
        return None
    return pieces


def write(pieces: Sequence[Piece], show: Callable[[ast.expr], str] = ast.unparse) -> str:
    """Return code that makes the text: a plain literal, or an f-string where there are values in it."""
    is_formatted = any(not isinstance(one, str) for one in pieces)
    whole = "".join(one for one in pieces if isinstance(one, str))
    values = [show(one) for one in pieces if not isinstance(one, str)]
    quote = _choose_quote(whole, values)
    parts: Iterator[str] = iter(values)
    body = "".join(
        _escape(one, quote, is_formatted=is_formatted) if isinstance(one, str) else f"{{{next(parts)}}}"
        for one in pieces
    )
    return f"{'f' if is_formatted else ''}{quote}{body}{quote}"


def _choose_quote(text: str, values: Sequence[str]) -> str:
    """Return quotes that neither the text nor, before Python 3.12, a value inside it may hold."""
    inside = "".join(values)
    if "\n" in text and '"""' not in text + inside and "\\" not in text and not text.endswith('"'):
        return '"""'
    is_double_free = '"' not in inside and ('"' not in text or "'" in text or "'" in inside)
    return '"' if is_double_free else "'"


def _escape(text: str, quote: str, *, is_formatted: bool) -> str:
    if is_formatted:
        text = text.replace("{", "{{").replace("}", "}}")
    if quote == '"""':
        return text
    text = text.replace("\\", "\\\\").replace(quote, "\\" + quote)
    return text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
