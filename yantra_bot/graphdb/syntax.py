"""The syntax trees of one version's files, each made when it is first asked for and once. It judges nothing."""

import ast
import warnings
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

from tree_sitter import Parser, Tree

from yantra_bot.graphdb.languages import frontend_of, language_of

MAX_BYTES: Final = 1_500_000
"""A longer file has no tree by a grammar: it is generated."""


class Syntax:
    """Gives trees by path. `read` returns the content of a file, None where there is none."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self._trees: dict[str, Tree | None] = {}
        self._modules: dict[str, ast.Module | None] = {}

    def tree(self, path: str) -> Tree | None:
        """Return the tree of a file by the grammar of its language; None without a file, or a grammar for it."""
        if path not in self._trees:
            self._trees[path] = self._parse(path)
        return self._trees[path]

    def made(self, path: str) -> Tree | None:
        """Return the tree of a file that was asked for before; None of another."""
        return self._trees.get(path)

    def module(self, path: str) -> ast.Module | None:
        """Return a Python file as the interpreter that runs this reads it; None where it cannot. It is shared."""
        if path not in self._modules:
            data = self._read(path)
            self._modules[path] = None if data is None else parse_python(data)
        return self._modules[path]

    def _parse(self, path: str) -> Tree | None:
        data = self._read(path) if language_of(path) is not None else None
        if data is None or len(data) > MAX_BYTES:
            return None
        return Parser(frontend_of(path).grammar(PurePosixPath(path).suffix)).parse(data)


def parse_python(data: bytes | str) -> ast.Module | None:
    """Return the tree of a file; None where it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
