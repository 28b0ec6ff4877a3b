"""A path that is put together of a folder and a name from outside stays within that folder."""

import ast
from collections.abc import Iterator

from yantra_bot.validation.security.fixes.source import Draft, Edit, Source
from yantra_bot.validation.security.fixes.texts import has_values, take_apart, write

INSIDE = "refuse a path that leads out of its folder"
LAST = "take the last part of the name alone"
_JOINS = frozenset({"os.path.join", "posixpath.join"})
_REFUSALS = (
    ("flask", "abort", "{0}(404)"),
    ("fastapi", "HTTPException", "raise {0}(status_code=404)"),
    ("django.http", "Http404", 'raise {0}("There is no such file.")'),
)


def fix_path(source: Source, line: int, end_line: int) -> Iterator[Draft]:
    """Give fixes for a path that is used in these lines."""
    for node in source.nodes(line, end_line):
        if isinstance(node, ast.Call):
            yield from _fix_archive(source, node)
            for place in node.args[:2]:
                yield from _fix_place(source, place)
            if isinstance(node.func, ast.Attribute):
                yield from _fix_place(source, node.func.value)


def _fix_place(source: Source, place: ast.expr) -> Iterator[Draft]:
    value: ast.expr | None = place
    if isinstance(place, ast.Name):
        value = source.single_value(place, is_read_once=False)
    split = _split(source, value) if value is not None else None
    if value is None or split is None:
        return
    folder, name = split
    if isinstance(name, ast.Attribute) and name.attr in ("filename", "name"):
        module, edits = source.add_import("os")
        yield Draft(
            LAST,
            (source.replace(value, _joined(module, folder, f"{module}.path.basename({ast.unparse(name)})")), *edits),
        )
    yield from _refuse(source, place, value, folder, ast.unparse(name))


def _refuse(source: Source, place: ast.expr, value: ast.expr, folder: str, name: str) -> Iterator[Draft]:
    """Resolve the path before the statement that uses it, and go on only when it lies in its folder."""
    statement = source.statement(place)
    made = source.statement(value)
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or _is_part_of_block(
        source, place, statement
    ):
        return
    if made is not statement and made.end_lineno != made.lineno:
        return
    module, edits = source.add_import("os")
    refusal, more = _refusal(source)
    path = source.free_name("path", "safe_path", "full_path")
    indent = " " * made.col_offset
    start = source.at(made.lineno, 0)
    guard = (
        f"{indent}{path} = {module}.path.realpath({_joined(module, folder, name)})\n"
        f"{indent}if not {path}.startswith({module}.path.realpath({folder}) + {module}.sep):\n"
        f"{indent}    {refusal}\n"
    )
    is_wrapped = isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div)
    used = path
    if is_wrapped:
        called, again = source.add_import("pathlib", "Path")
        used, more = f"{called}({path})", (*more, *again)
    yield Draft(INSIDE, (Edit(start, start, guard), source.replace(value, used), *edits, *more))


def _is_part_of_block(source: Source, node: ast.AST, statement: ast.stmt) -> bool:
    """Whether the node is computed elsewhere or anew each time: in a loop's condition, in a lambda."""
    while node is not statement:
        if isinstance(
            node, ast.Lambda | ast.comprehension | ast.ListComp | ast.GeneratorExp | ast.DictComp | ast.SetComp
        ):
            return True
        node = source.parents[node]
    is_loop = isinstance(statement, ast.While)
    is_inline = source.lines[statement.lineno - 1][: statement.col_offset].strip() != ""
    is_elif = isinstance(statement, ast.If) and source.lines[statement.lineno - 1].lstrip().startswith("elif")
    return is_loop or is_inline or is_elif


def _split(source: Source, node: ast.expr) -> tuple[str, ast.expr] | None:
    """Return the code of the folder, and the value that names what is in it; None where it is not of that form."""
    if isinstance(node, ast.Call) and source.name_of(node.func) in _JOINS and len(node.args) >= 2:
        *folder, name = node.args
        if isinstance(name, ast.Starred) or any(isinstance(one, ast.Starred) for one in folder):
            return None
        code = [ast.unparse(one) for one in folder]
        return code[0] if len(code) == 1 else f"{ast.unparse(node.func)}({', '.join(code)})", name
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return ast.unparse(node.left), node.right
    pieces = take_apart(node, source)
    if not has_values(pieces) or not pieces:
        return None
    *folder_pieces, last = pieces
    if isinstance(last, str):  # an ending, as `.txt`, belongs to the name
        if not folder_pieces or isinstance(folder_pieces[-1], str):
            return None
        last = ast.parse(write([folder_pieces.pop(), last]), mode="eval").body
    before = folder_pieces[-1] if folder_pieces else ""
    if not isinstance(before, str) or not before.endswith("/"):
        return None
    if len(folder_pieces) == 2 and before == "/" and not isinstance(folder_pieces[0], str):
        return ast.unparse(folder_pieces[0]), last
    folder_pieces[-1] = before.rstrip("/") or "/"
    return write(folder_pieces), last


def _joined(module: str, folder: str, name: str) -> str:
    return f"{module}.path.join({folder}, {name})"


def _refusal(source: Source) -> tuple[str, tuple[Edit, ...]]:
    """Return the statement that refuses, in the words of the framework that the file uses."""
    for module, name, form in _REFUSALS:
        if module.partition(".")[0] in source.modules:
            called, edits = source.add_import(module, name)
            return form.format(called), edits
    return 'raise ValueError("The path leads out of its folder.")', ()


def _fix_archive(source: Source, call: ast.Call) -> Iterator[Draft]:
    """A tar archive is unpacked with the filter that refuses members outside."""
    is_unpacking = isinstance(call.func, ast.Attribute) and call.func.attr in ("extractall", "extract")
    if is_unpacking and "tarfile" in source.modules and all(one.arg != "filter" for one in call.keywords):
        end = source.span(call)[1] - 1
        sign = ", " if call.args or call.keywords else ""
        yield Draft("unpack nothing outside of the folder", (Edit(end, end, f'{sign}filter="data"'),))
