"""A secret in the source becomes a variable of the environment, which has to be set where the program runs."""

import ast
import re
from collections.abc import Iterator

from yantra_bot.validation.security.fixes.source import Draft, Source

_SECRET = re.compile(r"pass|pwd|secret|token|key|cred|salt|auth", re.IGNORECASE)
MIN_LENGTH = 4


def fix_secret(source: Source, line: int, end_line: int, value: str = "") -> Iterator[Draft]:
    """Give fixes for a literal in these lines: the one that holds `value`, else the likeliest ones."""
    for node in source.nodes(line, end_line):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str | bytes) or not node.value:
            continue
        if isinstance(source.parents[node], ast.JoinedStr | ast.FormattedValue | ast.Expr):
            continue
        if value and node.value not in (value, value.encode()):
            continue
        name = _name(source, node)
        if name and (value or len(node.value) >= MIN_LENGTH):
            module, edits = source.add_import("os")
            code = f'{module}.environ["{name}"]' + (".encode()" if isinstance(node.value, bytes) else "")
            title = f"read it from the environment variable {name}, which has to be set wherever this runs"
            yield Draft(title, (source.replace(node, code), *edits), (name,))


def _name(source: Source, node: ast.Constant) -> str:
    """Return a name for the variable: that of what the literal is given to, in capitals; empty where it has none."""
    parent = source.parents[node]
    found = ""
    if isinstance(parent, ast.Assign):
        found = _target(parent.targets[0])
    elif isinstance(parent, ast.AnnAssign):
        found = _target(parent.target)
    elif isinstance(parent, ast.keyword):
        found = parent.arg or ""
    elif isinstance(parent, ast.Dict):
        key = next((key for key, value in zip(parent.keys, parent.values, strict=True) if value is node), None)
        found = str(key.value) if isinstance(key, ast.Constant) else ""
    elif isinstance(parent, ast.Compare):
        found = next((_target(one) for one in (parent.left, *parent.comparators) if one is not node), "")
    elif isinstance(parent, ast.Call) and node in parent.args:
        found = _of_call(source, parent)
    elif isinstance(parent, ast.arguments):
        found = _of_default(parent, node)
    words = re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", found)).strip("_").upper()
    if not words or words[0].isdigit():
        return ""
    return words if _SECRET.search(words) else f"{words}_SECRET" if isinstance(parent, ast.Call) else ""


def _target(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    if isinstance(node, ast.Call) and node.args:  # request.form.get("password")
        return _target(node.args[0]) or (str(node.args[0].value) if isinstance(node.args[0], ast.Constant) else "")
    return ""


def _of_call(source: Source, call: ast.Call) -> str:
    parts = source.name_of(call.func).split(".")
    return "_".join(parts[-2:] if len(parts) > 1 and parts[-1] in ("encode", "decode", "new", "sign") else parts[-1:])


def _of_default(arguments: ast.arguments, node: ast.Constant) -> str:
    names = [*arguments.posonlyargs, *arguments.args][-len(arguments.defaults) :] if arguments.defaults else []
    pairs = [
        *zip(names, arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return next((one.arg for one, default in pairs if default is node), "")
