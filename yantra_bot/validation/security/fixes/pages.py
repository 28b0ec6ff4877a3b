"""Values in HTML are escaped, whichever way the page is put together."""

import ast
from collections.abc import Iterator

from yantra_bot.validation.security.fixes.source import Draft, Edit, Source
from yantra_bot.validation.security.fixes.texts import Piece, has_values, take_apart, write

TITLE = "escape the values"
_SAFE = frozenset({"html.escape", "markupsafe.escape", "django.utils.html.escape"})
_MARKERS = {"mark_safe": "format_html", "Markup": ""}


def fix_page(source: Source, line: int, end_line: int) -> Iterator[Draft]:
    """Give fixes for a page that is made, or marked as safe, in these lines."""
    for node in source.nodes(line, end_line):
        if isinstance(node, ast.Call):
            yield from _fix_marker(source, node)
            yield from _fix_engine(source, node)
            for place in node.args[:1]:
                yield from _fix_text(source, place)
        elif isinstance(node, ast.Assign) and source.code(node.targets[0]).endswith(".autoescape"):
            yield Draft("let templates escape values", (source.replace(node.value, "True"),))
        elif isinstance(node, ast.Return) and node.value is not None:
            yield from _fix_text(source, node.value)


def _fix_text(source: Source, place: ast.expr) -> Iterator[Draft]:
    """Escape the values of a text; of a value that is made of HTML itself, the values that it is made of."""
    value: ast.expr | None = place
    if isinstance(place, ast.Name):
        value = source.single_value(place) or place
    pieces = take_apart(value, source) if value is not None else None
    if value is None or not has_values(pieces):
        return
    module, edits = source.add_import("html")
    found = _escape_in(source, module, value, pieces or [])
    for piece in pieces or []:
        for inner in _markup(source, piece):
            found += _escape_in(source, module, inner, take_apart(inner, source) or [])
    if found:
        yield Draft(TITLE, (*found, *edits))


def _escape_in(source: Source, module: str, value: ast.expr, pieces: list[Piece]) -> list[Edit]:
    is_sum = isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add)
    made = [
        one if isinstance(one, str) or _markup(source, one) else _escape(source, module, one, is_text=is_sum)
        for one in pieces
    ]
    return [source.replace(value, write(made))] if made != pieces else []


def _markup(source: Source, piece: Piece) -> list[ast.expr]:
    """Return the texts with tags and values in them that a local name is made of: as a whole it must not be escaped."""
    if not isinstance(piece, ast.Name):
        return []
    found: list[ast.expr] = []
    for value in source.values_of(piece):
        for node in ast.walk(value):
            if not isinstance(node, ast.expr) or any(node is one for outer in found for one in ast.walk(outer)):
                continue
            pieces = take_apart(node, source)
            if has_values(pieces) and any(isinstance(one, str) and "<" in one for one in pieces or []):
                found.append(node)
    return found


def _escape(source: Source, module: str, node: ast.expr, *, is_text: bool) -> Piece:
    if isinstance(node, ast.Call) and source.name_of(node.func) in _SAFE:
        return node
    value = ast.unparse(node)
    return ast.parse(f"{module}.escape({value if is_text else f'str({value})'})", mode="eval").body


def _fix_marker(source: Source, call: ast.Call) -> Iterator[Draft]:
    """What is marked as safe is made by what escapes its values."""
    name = source.name_of(call.func).rpartition(".")[2]
    if name not in _MARKERS or len(call.args) != 1 or call.keywords:
        return
    pieces = take_apart(call.args[0], source)
    if has_values(pieces):
        text = "".join(
            one.replace("{", "{{").replace("}", "}}") if isinstance(one, str) else "{}" for one in pieces or []
        )
        values = ", ".join(ast.unparse(one) for one in pieces or [] if not isinstance(one, str))
        if name == "Markup":
            yield Draft(TITLE, (source.replace(call, f"{source.code(call.func)}({write([text])}).format({values})"),))
        else:
            called, edits = source.add_import("django.utils.html", "format_html")
            yield Draft(TITLE, (source.replace(call, f"{called}({write([text])}, {values})"), *edits))
    elif not isinstance(call.args[0], ast.Constant):
        module = "markupsafe" if name == "Markup" else "django.utils.html"
        called, edits = source.add_import(module, "escape")
        yield Draft(TITLE, (source.replace(call.func, called), *edits))


def _fix_engine(source: Source, call: ast.Call) -> Iterator[Draft]:
    """A template engine escapes, where it was told not to, or not told."""
    if source.name_of(call.func) not in ("jinja2.Environment", "jinja2.Template", "jinja2.environment.Environment"):
        return
    for one in call.keywords:
        if one.arg == "autoescape":
            yield Draft("let templates escape values", (source.replace(one.value, "True"),))
            return
    end = source.span(call)[1] - 1
    sign = ", " if call.args or call.keywords else ""
    yield Draft("let templates escape values", (Edit(end, end, f"{sign}autoescape=True"),))
