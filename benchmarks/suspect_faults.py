"""Edits of Python functions, by their syntax trees alone: those that alter what is done, and those that should not.

Nothing of what is measured is asked. Whether an edit does harm is found out by running the library's own tests: one
that alters what is done is a fault where a test fails by it, and a change like any other where none does.
"""

import ast
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_FLIPS: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}


@dataclass(frozen=True, slots=True)
class Edit:
    """One function edited: `text` is the whole file with it. `first` is the function's line before."""

    kind: str
    path: str
    function: str
    """As it is nested in the module, such as `Field.serialize`."""
    text: str


@dataclass(frozen=True, slots=True)
class Function:
    """One function of a file."""

    path: str
    name: str
    node: FunctionNode
    lines: list[str]
    """Of the whole file, with their ends."""

    def with_lines(self, kind: str, first: int, last: int, new: list[str]) -> Edit:
        """Return the edit that puts lines in the place of some, which are counted from 1, the last included."""
        text = "".join([*self.lines[: first - 1], *new, *self.lines[last:]])
        return Edit(kind, self.path, self.name, text)

    def replace(self, kind: str, node: ast.expr, new: str) -> Edit | None:
        """Return the edit that puts a text in the place of an expression on one line."""
        if node.lineno != node.end_lineno or node.end_col_offset is None:
            return None
        data = self.lines[node.lineno - 1].encode()
        line = (data[: node.col_offset] + new.encode() + data[node.end_col_offset :]).decode()
        return self.with_lines(kind, node.lineno, node.lineno, [line])


def functions_of(path: str, text: str) -> list[Function]:
    """Return the functions of a file that do something, those nested in functions left out."""
    lines = text.splitlines(keepends=True)
    found: list[Function] = []

    def visit(node: ast.AST, names: tuple[str, ...]) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, FunctionNode):
                found.append(Function(path, ".".join((*names, child.name)), child, lines))
            elif isinstance(child, ast.ClassDef):
                visit(child, (*names, child.name))
            elif isinstance(child, ast.If | ast.Try):
                visit(child, names)

    visit(ast.parse(text), ())
    return [one for one in found if len(_body(one.node)) > 1 or not isinstance(one.node.body[-1], ast.Pass)]


def faults_of(function: Function) -> Iterator[Edit]:
    """Yield edits that alter what is done, such as people make by mistake: some add, some take away."""
    for node in ast.walk(function.node):
        for make in _FAULTS:
            edit = make(function, node)
            if edit is not None:
                yield edit


def harmless_of(function: Function, chance: random.Random) -> Iterator[Edit]:
    """Yield edits that should change nothing that can be seen."""
    returns = [one for one in ast.walk(function.node) if isinstance(one, ast.Return) and one.value is not None]
    for node in chance.sample(returns, len(returns)):
        last = node.end_lineno or node.lineno
        if last == node.lineno and function.lines[node.lineno - 1].lstrip().startswith("return "):
            indent = " " * node.col_offset
            value = ast.unparse(node.value) if node.value is not None else ""
            new = [f"{indent}outcome = {value}\n", f"{indent}return outcome\n"]
            yield function.with_lines("names what it returns", node.lineno, last, new)
    yield from _inserts(function, chance)
    yield from _renames(function)
    yield from _adds_option(function)
    end = function.node.end_lineno or function.node.lineno
    if not function.node.col_offset:
        helper = [
            f"\n\ndef describe_{function.node.name}(prefix=''):\n",
            f"    return prefix + {function.node.name!r}\n",
        ]
        yield function.with_lines("adds a helper", end + 1, end, helper)


def _inserts(function: Function, chance: random.Random) -> Iterator[Edit]:
    """Yield what is put before the first statement: a comment, an assertion, a line for the log."""
    body = _body(function.node)
    first = body[0] if body else None
    if first is None or first.lineno <= function.node.lineno or isinstance(first, ast.FunctionDef | ast.ClassDef):
        return
    indent, before = " " * first.col_offset, function.lines[first.lineno - 1]
    why = chance.choice(("As the protocol wants it.", "Keep the order.", "See above."))
    logged = f"{indent}logging.getLogger(__name__).debug('{function.node.name} is called')\n"
    for kind, new in (
        ("says why", [f"{indent}# {why}\n"]),
        ("asserts", [f"{indent}assert {function.node.name!r}\n"]),
        ("logs", [f"{indent}import logging\n", "\n", logged]),
    ):
        yield function.with_lines(kind, first.lineno, first.lineno, [*new, before])


def _renames(function: Function) -> Iterator[Edit]:
    """Yield the edit that gives a local variable another name."""
    nodes = list(ast.walk(function.node))
    if any(
        isinstance(one, ast.JoinedStr | ast.Global | ast.Nonlocal | ast.Lambda | ast.comprehension) for one in nodes
    ):
        return
    if sum(isinstance(one, FunctionNode) for one in nodes) > 1:
        return
    names = [one for one in nodes if isinstance(one, ast.Name)]
    local = sorted(
        {one.id for one in names if isinstance(one.ctx, ast.Store)}
        - {one.arg for one in nodes if isinstance(one, ast.arg)}
    )
    if not local:
        return
    lines = list(function.lines)
    for node in sorted((one for one in names if one.id == local[0]), key=lambda one: (-one.lineno, -one.col_offset)):
        data = lines[node.lineno - 1].encode()
        lines[node.lineno - 1] = (
            data[: node.col_offset] + f"{local[0]}_now".encode() + data[node.end_col_offset :]
        ).decode()
    yield Edit("renames a local", function.path, function.name, "".join(lines))


def _adds_option(function: Function) -> Iterator[Edit]:
    """Yield the edit that adds a parameter which nobody hands in yet."""
    node, body = function.node, _body(function.node)
    arguments = node.args
    head = function.lines[node.lineno - 1]
    is_plain = not (arguments.vararg or arguments.kwarg or arguments.kwonlyargs) and head.rstrip().endswith("):")
    if not is_plain or not arguments.args or not body or body[0].lineno <= node.lineno:
        return
    first = body[0]
    indent = " " * first.col_offset
    new = [head.rstrip()[:-2] + ", is_strict=False):\n", *function.lines[node.lineno : first.lineno - 1]]
    new += [f"{indent}if is_strict:\n", f"{indent}    raise NotImplementedError\n", function.lines[first.lineno - 1]]
    yield function.with_lines("adds an option", node.lineno, first.lineno, new)


def _body(node: FunctionNode) -> list[ast.stmt]:
    has_words = isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
    return node.body[1:] if has_words else node.body


def _flip(function: Function, node: ast.AST) -> Edit | None:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _FLIPS:
        left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
        return function.replace("flips a comparison", node, f"({left} {_FLIPS[type(node.ops[0])]} {right})")
    return None


def _return_nothing(function: Function, node: ast.AST) -> Edit | None:
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        return function.replace("returns nothing", node.value, "None")
    return None


def _drop_guard(function: Function, node: ast.AST) -> Edit | None:
    if not isinstance(node, ast.If) or node.orelse or node.end_lineno is None or len(node.body) != 1:
        return None
    if not isinstance(node.body[0], ast.Return | ast.Raise | ast.Continue):
        return None
    if function.lines[node.lineno - 1].lstrip().startswith("elif"):
        return None
    indent = " " * node.col_offset
    return function.with_lines("drops a guard", node.lineno, node.end_lineno, [f"{indent}pass\n"])


def _shift(function: Function, node: ast.AST) -> Edit | None:
    if isinstance(node, ast.Constant) and type(node.value) is int and -100 < node.value < 100:
        return function.replace("is off by one", node, str(node.value + 1))
    return None


def _misspell(function: Function, node: ast.AST) -> Edit | None:
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        word = node.slice.value
        return function.replace("misspells a key", node.slice, repr(f"{word}s")) if word.isidentifier() else None
    return None


def _swap(function: Function, node: ast.AST) -> Edit | None:
    if isinstance(node, ast.Call) and len(node.args) == 2 and not node.keywords:
        one, other = node.args
        if isinstance(one, ast.Starred) or isinstance(other, ast.Starred):
            return None
        head, first, second = ast.unparse(node.func), ast.unparse(other), ast.unparse(one)
        return function.replace("swaps arguments", node, f"{head}({first}, {second})")
    return None


def _forget(function: Function, node: ast.AST) -> Edit | None:
    """Set an attribute to nothing."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
        return function.replace("forgets to set", node.value, "None")
    return None


def _no_default(function: Function, node: ast.AST) -> Edit | None:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and len(node.values) == 2:
        return function.replace("drops a default", node, f"({ast.unparse(node.values[0])})")
    return None


def _drop_line(function: Function, node: ast.AST) -> Edit | None:
    """Take away a statement of its own; where it stands alone, nothing is done in its place."""
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.Expr) or node.end_lineno is None:
        return None
    is_words = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    is_alone = function.lines[node.lineno - 1][: node.col_offset].isspace() or not node.col_offset
    if is_words or not is_alone:
        return None
    return function.with_lines("drops a line", node.lineno, node.end_lineno, [f"{' ' * node.col_offset}pass\n"])


def _added(kind: str, *lines: str) -> Callable[[Function, ast.AST], Edit | None]:
    """Return what puts lines before the first statement; `{it}` is the first thing that is handed in."""

    def make(function: Function, node: ast.AST) -> Edit | None:
        body = _body(function.node)
        given = [one.arg for one in function.node.args.args if one.arg not in ("self", "cls")]
        if node is not function.node or not given or not body or body[0].lineno <= function.node.lineno:
            return None
        first = body[0]
        if isinstance(first, FunctionNode | ast.ClassDef) and first.decorator_list:
            return None
        indent = " " * first.col_offset
        new = [f"{indent}{line.format(it=given[0])}\n" for line in lines]
        return function.with_lines(kind, first.lineno, first.lineno, [*new, function.lines[first.lineno - 1]])

    return make


_FAULTS: tuple[Callable[[Function, ast.AST], Edit | None], ...] = (
    _flip,
    _return_nothing,
    _drop_guard,
    _shift,
    _misspell,
    _swap,
    _forget,
    _no_default,
    _drop_line,
    _added("adds a way out", "if not {it}:", "    return None"),
    _added("adds a conversion", "{it} = str({it})"),
    _added("adds a check", "if not isinstance({it}, str):", "    raise TypeError({it})"),
    _added("adds a way around", "if {it}:", "    return {it}"),
)
