"""Seeds breaks into Python packages, by their syntax trees alone: nothing of the review or its graph is asked.

A seed is one edit, such as people forget to follow up: the definition changes, its users do not.
"""

import ast
import random
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

KINDS = ("rename", "removed parameter", "new required parameter", "moved function", "removed import", "wrong arity")
_DECORATED = frozenset({"property", "overload", "setter", "cached_property", "abstractmethod"})
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Seed:
    """One break: the files that are not as they were, and what was edited, by `path` and `line` of the base."""

    kind: str
    path: str
    line: int
    name: str
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """One file with its tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")


def read_sources(root: Path, inside: str) -> list[Source]:
    """Return the package's own files below a folder of a distribution."""
    found = []
    for path in sorted((root / inside).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found.append(Source(path.relative_to(root).as_posix(), text, ast.parse(text)))
    return found


def make_seeds(sources: list[Source], count: int, chance: random.Random) -> list[Seed]:
    """Return so many seeds, of each kind in turn."""
    makers: dict[str, Callable[[list[Source]], Iterator[Seed]]] = {
        "rename": _renames,
        "removed parameter": _removed_parameters,
        "new required parameter": _new_parameters,
        "moved function": _moves,
        "removed import": _removed_imports,
        "wrong arity": _wrong_arities,
    }
    pools = {}
    for kind in KINDS:
        pools[kind] = list(makers[kind](sources))
        chance.shuffle(pools[kind])
    found: list[Seed] = []
    while len(found) < count and any(pools.values()):
        for pool in pools.values():
            while pool and len(found) < count:
                seed = pool.pop()
                if _parses(seed):
                    found.append(seed)
                    break
    return found


def _parses(seed: Seed) -> bool:
    try:
        return all(ast.parse(text) is not None for text in seed.files.values())
    except SyntaxError:
        return False


def _functions(source: Source, *, only_top: bool = False) -> Iterator[Function]:
    """Yield the functions and methods that others may call by their names, written on lines of their own."""
    owners: list[ast.Module | ast.ClassDef] = [source.tree]
    if not only_top:
        owners += [node for node in source.tree.body if isinstance(node, ast.ClassDef)]
    for owner in owners:
        for node in owner.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("__"):
                continue
            names = {re.split(r"\W", ast.unparse(one))[-1] for one in node.decorator_list}
            if not names & _DECORATED and node.body[0].lineno > node.lineno:
                yield node


def _replaced(source: Source, first: int, last: int, lines: list[str]) -> dict[str, str]:
    """Return the file with lines `first` to `last` (from 1) replaced."""
    old = source.lines
    return {source.path: "\n".join([*old[: first - 1], *lines, *old[last:]])}


def _renames(sources: list[Source]) -> Iterator[Seed]:
    for source in sources:
        nodes: list[Function | ast.ClassDef] = [*_functions(source)]
        nodes += [node for node in source.tree.body if isinstance(node, ast.ClassDef)]
        for node in nodes:
            line = source.lines[node.lineno - 1]
            new = re.sub(rf"\b(def|class)(\s+){node.name}\b", rf"\1\2seeded_{node.name}", line, count=1)
            yield Seed(
                "rename", source.path, node.lineno, node.name, _replaced(source, node.lineno, node.lineno, [new])
            )


def _with_header(source: Source, node: Function, extra: list[str]) -> dict[str, str]:
    """Return the file with a function's header written anew from its tree, and lines before its body."""
    indent = " " * node.col_offset
    word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    result = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    header = f"{indent}{word} {node.name}({ast.unparse(node.args)}){result}:"
    body = " " * node.body[0].col_offset
    return _replaced(source, node.lineno, node.body[0].lineno - 1, [header, *(body + line for line in extra)])


def _removed_parameters(sources: list[Source]) -> Iterator[Seed]:
    for source in sources:
        for node in _functions(source):
            copy = deepcopy(node)
            places = [one for one in copy.args.args if one.arg not in ("self", "cls")]
            if not places:
                continue
            place = copy.args.args.index(places[-1])
            behind = len(copy.args.args) - place
            if behind <= len(copy.args.defaults):
                del copy.args.defaults[len(copy.args.defaults) - behind]
            del copy.args.args[place]
            files = _with_header(source, copy, [f"{places[-1].arg} = None"])
            yield Seed("removed parameter", source.path, node.lineno, node.name, files)


def _new_parameters(sources: list[Source]) -> Iterator[Seed]:
    for source in sources:
        for node in _functions(source):
            copy = deepcopy(node)
            needed = len(copy.args.args) - len(copy.args.defaults)
            copy.args.args.insert(max(needed, 0), ast.arg("seeded"))
            if needed >= 0:
                files = _with_header(source, copy, [])
                yield Seed("new required parameter", source.path, node.lineno, node.name, files)


def _moves(sources: list[Source]) -> Iterator[Seed]:
    for source in sources:
        for node in _functions(source, only_top=True):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            last = node.end_lineno or node.lineno
            imports = [ast.unparse(one) for one in source.tree.body if isinstance(one, ast.Import | ast.ImportFrom)]
            imports.sort(key=lambda text: not text.startswith("from __future__"))
            moved = "\n".join([*imports, "", *source.lines[first - 1 : last], ""])
            place = f"{source.path.rpartition('/')[0]}/seeded_place.py"
            files = {**_replaced(source, first, last, []), place: moved}
            yield Seed("moved function", source.path, node.lineno, node.name, files)


def _removed_imports(sources: list[Source]) -> Iterator[Seed]:
    for source in sources:
        if source.path.endswith("__init__.py"):
            continue
        for node in source.tree.body:
            is_import = isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "__future__"
            if is_import and isinstance(node, ast.Import | ast.ImportFrom):
                name = node.names[0].asname or node.names[0].name
                files = _replaced(source, node.lineno, node.end_lineno or node.lineno, [])
                yield Seed("removed import", source.path, node.lineno, name, files)


def _wrong_arities(sources: list[Source]) -> Iterator[Seed]:
    known = {node.name for source in sources for node in _functions(source)}
    known |= {node.name for source in sources for node in source.tree.body if isinstance(node, ast.ClassDef)}
    for source in sources:
        for node in ast.walk(source.tree):
            if not isinstance(node, ast.Call) or any(isinstance(one, ast.Starred) for one in node.args):
                continue
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
            line = node.func.end_lineno or 0
            if name not in known or any(one.arg is None for one in node.keywords):
                continue
            text = source.lines[line - 1].encode()
            at = text.find(b"(", node.func.end_col_offset)
            if at != node.func.end_col_offset:
                continue
            inside = b"None, " * 9 if node.args or node.keywords else b"None, " * 8 + b"None"
            new = (text[: at + 1] + inside + text[at + 1 :]).decode()
            yield Seed("wrong arity", source.path, line, name, _replaced(source, line, line, [new]))
