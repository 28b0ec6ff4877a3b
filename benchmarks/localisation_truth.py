"""Which functions a commit changed: the truth of a task. Python by `ast`, other languages as the product cuts them."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from yantra_bot.domain.paths import is_test
from yantra_bot.graphdb.history.gitlog import Hunk
from yantra_bot.graphdb.languages import language_of
from yantra_bot.retrieval.chunking import cut_file
from yantra_bot.retrieval.chunks import ChunkKind

_NOT_SOURCES = frozenset(
    {
        *(
            "docs",
            "doc",
            "examples",
            "example",
            "samples",
            "benchmarks",
            "benchmark",
            "bench",
            "asv_bench",
            "demo",
            "demos",
        ),
        *(
            "scripts",
            "tools",
            "ci",
            "vendor",
            "third_party",
            "node_modules",
            "testsuite",
            "test_utils",
            "changelog",
            "news",
        ),
        *(
            "packages/vendored",
            "extra",
            "bin",
            ".github",
            ".travis",
            "dist",
            "build",
            "example_code",
            "crates/ignore/tests",
        ),
    }
)
_TWIN = re.compile(r"#\d+$")
_INNER_TESTS = ("tests.", "test.")


@dataclass(frozen=True, slots=True)
class Span:
    """A function's lines, from 1, decorators included, its name, and that of the outermost function around it."""

    first: int
    last: int
    name: str
    outer: str


def is_source(path: str) -> bool:
    """Say whether a file is code of the product: of a language that is read, no test, no example, no script."""
    *folders, name = path.split("/")
    if language_of(path) is None or is_test(path) or name in ("setup.py", "conftest.py", "noxfile.py", "fabfile.py"):
        return False
    if folders and (folders[0] == "testing" or folders[0] in _NOT_SOURCES or "testsuite" in folders):
        return False
    return not path.endswith((".d.ts", ".min.js", ".pyi", "_pb2.py"))


def list_functions(path: str, source: bytes) -> tuple[Span, ...]:
    """Return the functions of a file, outer ones before those inside; none where it does not parse."""
    if path.endswith(".py"):
        return _list_python(source)
    return _list_other(path, source)


@lru_cache(maxsize=256)
def _list_python(source: bytes) -> tuple[Span, ...]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    return tuple(_walk(tree, "", ""))


def _walk(node: ast.AST, prefix: str, outer: str) -> Iterator[Span]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}.{child.name}" if prefix else child.name
            around = outer
            if not isinstance(child, ast.ClassDef):
                around = outer or name
                first = min([child.lineno, *(one.lineno for one in child.decorator_list)])
                yield Span(first, child.end_lineno or first, name, around)
            yield from _walk(child, name, around)
        else:
            yield from _walk(child, prefix, outer)


def _list_other(path: str, source: bytes) -> tuple[Span, ...]:
    """Return the functions that the product cuts. Rust's tests inside of a source are left out."""
    found: list[Span] = []
    for chunk in sorted(cut_file(path, source), key=lambda chunk: (chunk.start or chunk.first, -chunk.last)):
        name, first = _TWIN.sub("", chunk.name), chunk.start or chunk.first
        if chunk.kind is ChunkKind.FUNCTION and not name.startswith(_INNER_TESTS):
            around = next((one.name for one in found if one.first <= first and chunk.last <= one.last), name)
            found.append(Span(first, chunk.last, name, around))
    return tuple(found)


def find_changed(path: str, old: bytes, new: bytes, hunks: Sequence[Hunk]) -> dict[str, str]:
    """Return the innermost functions that a file's hunks changed, with the outermost one around each.

    Lines that are gone or replaced belong to what held them before. Lines that are only added belong to what holds
    them now, where that was there before.
    """
    before, after = list_functions(path, old), list_functions(path, new)
    known = {span.name: span.outer for span in before}
    found = {}
    blank = [not line.strip() for line in new.splitlines()]
    for hunk in hunks:
        if hunk.old_count:
            lines = range(hunk.old_start, hunk.old_start + hunk.old_count)
            found.update(_innermost(before, lines))
        else:
            lines = range(hunk.new_start, hunk.new_start + hunk.new_count)
            told = [line for line in lines if line > len(blank) or not blank[line - 1]]
            found.update({name: known[name] for name in _innermost(after, told) if name in known})
    return found


def _innermost(spans: Sequence[Span], lines: Sequence[int]) -> dict[str, str]:
    found = {}
    for line in lines:
        holding = [span for span in spans if span.first <= line <= span.last]
        if holding:
            inner = min(holding, key=lambda span: (span.last - span.first, -span.first))
            found[inner.name] = inner.outer
    return found


def says_the_same(path: str, old: bytes, new: bytes) -> bool:
    """Say whether two versions of a Python file differ in comments, docstrings and layout alone."""
    if not path.endswith(".py"):
        return False
    try:
        return _dump(old) == _dump(new)
    except (SyntaxError, ValueError, RecursionError):
        return False


def _dump(source: bytes) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:]
    return ast.dump(tree)
