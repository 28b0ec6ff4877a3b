"""Values in a shell's command are quoted, so that each stays one word; what the command is otherwise stays."""

import ast
from collections.abc import Iterator

from yantra_bot.validation.security.fixes.source import Draft, Source
from yantra_bot.validation.security.fixes.texts import Piece, has_values, take_apart, write

TITLE = "quote the values, so that each stays one word of the command"
_SHELLS = frozenset(
    {
        "os.system",
        "os.popen",
        "subprocess.getoutput",
        "subprocess.getstatusoutput",
        "asyncio.create_subprocess_shell",
        "asyncio.subprocess.create_subprocess_shell",
    }
)
_RUNNERS = frozenset(f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen"))


def fix_shell(source: Source, line: int, end_line: int) -> Iterator[Draft]:
    """Give fixes for a command that is run by a shell in these lines."""
    for node in source.nodes(line, end_line):
        if isinstance(node, ast.Call) and node.args and _is_shell(source, node):
            place: ast.expr | None = node.args[0]
            if isinstance(place, ast.Name):
                place = source.single_value(place)
            pieces = take_apart(place, source) if place is not None else None
            if place is not None and has_values(pieces):
                draft = _quote(source, place, pieces or [])
                if draft is not None:
                    yield draft


def _is_shell(source: Source, call: ast.Call) -> bool:
    name = source.name_of(call.func)
    if name in _SHELLS or name.endswith(".exec_command"):
        return True
    is_on = any(one.arg == "shell" and isinstance(one.value, ast.Constant) and one.value.value for one in call.keywords)
    return name in _RUNNERS and is_on


def _quote(source: Source, place: ast.expr, pieces: list[Piece]) -> Draft | None:
    module, edits = source.add_import("shlex")
    is_sum = isinstance(place, ast.BinOp) and isinstance(place.op, ast.Add)
    made: list[Piece] = list(pieces)
    for at, piece in enumerate(made):
        if isinstance(piece, str):
            continue
        before = "".join(one for one in made[:at] if isinstance(one, str))
        sign = _open_quote(before)
        if sign and not _unwrap(made, at, sign):
            return None
        if _is_quoted(source, piece):
            continue
        value = ast.unparse(piece)
        is_text = is_sum or isinstance(piece, ast.JoinedStr)
        made[at] = ast.parse(f"{module}.quote({value if is_text else f'str({value})'})", mode="eval").body
    if made == pieces:
        return None
    return Draft(TITLE, (source.replace(place, write(made)), *edits))


def _is_quoted(source: Source, node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and source.name_of(node.func) in ("shlex.quote", "pipes.quote")


def _open_quote(text: str) -> str:
    """Return the quotation mark that is open at the end of a command, empty where none is."""
    sign = ""
    for letter in text:
        if sign:
            sign = "" if letter == sign else sign
        elif letter in "'\"":
            sign = letter
    return sign


def _unwrap(pieces: list[Piece], at: int, sign: str) -> bool:
    """Take away quotation marks that hold this one value and nothing else; say whether they do."""
    before = pieces[at - 1] if at else ""
    after = pieces[at + 1] if at + 1 < len(pieces) else ""
    if (
        not isinstance(before, str)
        or not isinstance(after, str)
        or not before.endswith(sign)
        or not after.startswith(sign)
    ):
        return False
    pieces[at - 1], pieces[at + 1] = before[:-1], after[1:]
    return True
