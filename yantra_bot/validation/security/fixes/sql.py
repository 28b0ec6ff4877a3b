"""Values in SQL text become parameters, in the way that the database's library takes them."""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

from yantra_bot.validation.security.fixes.source import Draft, Source, insert
from yantra_bot.validation.security.fixes.texts import Piece, has_values, take_apart, write

TITLE = "give the values to the database as parameters"
_CALLS = frozenset(
    {"execute", "executemany", "raw", "fetch", "fetchrow", "fetchval", "exec_driver_sql", "fetchall", "fetchone"}
)


class Style(StrEnum):
    """How a library writes the place of a parameter."""

    QUESTION = "?"
    PERCENT = "%s"
    NAMED = ":name"
    NUMBERED = "$1"


_LIBRARIES = {
    "sqlite3": Style.QUESTION,
    "aiosqlite": Style.QUESTION,
    "duckdb": Style.QUESTION,
    "pyodbc": Style.QUESTION,
    "psycopg": Style.PERCENT,
    "psycopg2": Style.PERCENT,
    "MySQLdb": Style.PERCENT,
    "pymysql": Style.PERCENT,
    "mysql": Style.PERCENT,
    "aiomysql": Style.PERCENT,
    "django": Style.PERCENT,
    "asyncpg": Style.NUMBERED,
}
_VALUE_FOLLOWS = re.compile(
    r"(?:=|<>|!=|<|>|<=|>=|\bLIKE|\bBETWEEN|\bLIMIT|\bOFFSET|\bIS|\bNOT|\bTHEN|\bELSE|\|\||"
    r"\bBETWEEN\s+\S+\s+AND|\b(?:IN|VALUES)\s*\((?:[^()]*,)?)\s*$",
    re.IGNORECASE,
)


def fix_sql(source: Source, line: int, end_line: int, imported: Callable[[], frozenset[str]]) -> Iterator[Draft]:
    """Give fixes for a statement that is run in these lines. `imported` names what the whole project imports."""
    for node in source.nodes(line, end_line):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CALLS:
            draft = _fix_call(source, node, imported)
            if draft is not None:
                yield draft


def _fix_call(source: Source, call: ast.Call, imported: Callable[[], frozenset[str]]) -> Draft | None:
    if len(call.args) != 1 or call.keywords:
        return None
    statement, is_wrapped = call.args[0], False
    if isinstance(statement, ast.Call) and source.name_of(statement.func).endswith("text") and len(statement.args) == 1:
        statement, is_wrapped = statement.args[0], True
    place = statement
    if isinstance(statement, ast.Name):
        value = source.single_value(statement)
        if value is None:
            return None
        if isinstance(value, ast.Call) and source.name_of(value.func).endswith("text") and len(value.args) == 1:
            value, is_wrapped = value.args[0], True
        place = value
    pieces = take_apart(place, source)
    style = Style.NAMED if is_wrapped else _find_style(source, call, imported)
    if style is None or not has_values(pieces):
        return None
    made = parametrise(pieces or [], style)
    if made is None:
        return None
    text, values = made
    after = insert(source.span(call)[1] - 1, f", {_give(values, style, call)}")
    return Draft(TITLE, (source.replace(place, text), after))


def _find_style(source: Source, call: ast.Call, imported: Callable[[], frozenset[str]]) -> Style | None:
    """Return the style of the library: that of this file, else that of the project where it uses only one."""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "raw":
        return Style.PERCENT
    for modules in (source.modules, imported()):
        styles = {_LIBRARIES[name] for name in modules if name in _LIBRARIES}
        if len(styles) == 1:
            return styles.pop()
        if styles:
            return None
    return None


def parametrise(
    pieces: Sequence[Piece], style: Style, join: Callable[[Sequence[Piece]], str] = write
) -> tuple[str, list[str]] | None:
    """Return the code of the statement with placeholders, and of each value; None where one stands for a name in it.

    `join` writes a text of several pieces in the language of the file.
    """
    pieces = _drop_double_quotes(pieces)
    out = ""
    values: list[str] = []
    quoted: list[Piece] | None = None
    for piece in pieces:
        if not isinstance(piece, str):
            if quoted is not None:
                quoted.append(piece)
            elif _VALUE_FOLLOWS.search(out):
                values.append(ast.unparse(piece))
                out += _place(style, len(values))
            else:
                return None
            continue
        for at, part in enumerate(piece.split("'")):
            if at and quoted is None:
                quoted = []
            elif at and quoted is not None:
                out += _close(quoted, style, values, join)
                quoted = None
            if quoted is not None:
                quoted += [part] if part else []
            else:
                out += part.replace("%", "%%") if style is Style.PERCENT else part
    if quoted is not None or not values or (style is Style.NAMED and re.search(r"(?<!:):(?!p\d)\w", out)):
        return None
    return join([out]), values


def _drop_double_quotes(pieces: Sequence[Piece]) -> list[Piece]:
    """Take away double quotes around a single value that is compared: some databases take them for those of a text."""
    made = list(pieces)
    for at in range(1, len(made) - 1):
        before, after = made[at - 1], made[at + 1]
        if isinstance(made[at], str) or not isinstance(before, str) or not isinstance(after, str):
            continue
        if after.startswith('"') and re.search(r'(?:[=<>]|\bLIKE)\s*"$', before, re.IGNORECASE):
            made[at - 1], made[at + 1] = before[:-1], after[1:]
    return made


def _close(quoted: list[Piece], style: Style, values: list[str], join: Callable[[Sequence[Piece]], str]) -> str:
    """Return what stands for a text in quotes: itself, where it holds no value."""
    if all(isinstance(one, str) for one in quoted):
        text = "".join(one for one in quoted if isinstance(one, str))
        return "'" + (text.replace("%", "%%") if style is Style.PERCENT else text) + "'"
    (*_, last) = quoted
    values.append(ast.unparse(last) if len(quoted) == 1 and not isinstance(last, str) else join(quoted))
    return _place(style, len(values))


def _place(style: Style, number: int) -> str:
    return {Style.NAMED: f":p{number}", Style.NUMBERED: f"${number}"}.get(style, style.value)


def _give(values: list[str], style: Style, call: ast.Call) -> str:
    if style is Style.NUMBERED:
        return ", ".join(values)
    if style is Style.NAMED:
        return "{" + ", ".join(f'"p{number}": {value}' for number, value in enumerate(values, 1)) + "}"
    if isinstance(call.func, ast.Attribute) and call.func.attr == "raw":
        return f"[{', '.join(values)}]"
    return f"({', '.join(values)}{',' if len(values) == 1 else ''})"
