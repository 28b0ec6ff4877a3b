"""Changes that mend a name: the import that is missing, the spelling that was meant."""

import ast

from yantra_bot.domain.findings import Fix, Replacement
from yantra_bot.review.names.python import PythonFile
from yantra_bot.review.names.scopes import Load


def add_import(file: PythonFile, statement: str) -> Fix:
    """Return the fix that writes an import statement below those the file has."""
    after = _last_of_head(file.tree)
    return Fix(f"add `{statement}`", (Replacement(file.path, after + 1, after, statement),))


def _last_of_head(tree: ast.Module) -> int:
    """Return the last line of the imports that a file begins with; of its docstring where it has none."""
    last = 0
    for node in tree.body:
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and last == 0
        if not is_text and not isinstance(node, ast.Import | ast.ImportFrom):
            break
        last = node.end_lineno or node.lineno
    return last


def respell(file: PythonFile, load: Load, name: str) -> Fix | None:
    """Return the fix that writes another name in a place; None where the place does not have the name as such."""
    return respell_at(file, (load.line, load.column), load.name, name)


def respell_at(file: PythonFile, place: tuple[int, int], old: str, new: str) -> Fix | None:
    """Return the fix that writes a name instead of another at a line and a column in bytes."""
    line, column = place
    data = file.line(line).encode()
    if data[column:].startswith(old.encode()):
        text = (data[:column] + new.encode() + data[column + len(old.encode()) :]).decode()
        return Fix(f"write `{new}` instead of `{old}`", (Replacement(file.path, line, line, text),))
    return None
