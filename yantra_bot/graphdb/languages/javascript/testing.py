"""Knows the blocks that JavaScript's test runners collect: `it`, `test`, `describe` in files of tests."""

import re

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.languages.javascript.expressions import literal_of
from yantra_bot.graphdb.languages.javascript.writer import Writer

_FILE = re.compile(r"(?:\.(?:test|spec)\.[cm]?[jt]sx?$)|(?:^|/)__tests__/|(?:^|/)tests?/")
_TESTS = frozenset({"it", "test", "specify", "fit", "xit", "xtest", "bench"})
_GROUPS = frozenset({"describe", "suite", "context", "fdescribe", "xdescribe"})


def is_test_file(path: str) -> bool:
    """Say whether test runners look into the file."""
    return _FILE.search(path) is not None


def test_title(low: Writer, callee: str, arguments: list[Node]) -> tuple[NodeKind, str] | None:
    """Return kind and title of the function among the arguments where the call registers a test or a group."""
    if not low.file.is_test or len(arguments) < 2:
        return None
    kind = NodeKind.TEST if callee in _TESTS else NodeKind.LAMBDA if callee in _GROUPS else None
    if kind is None:
        return None
    title = literal_of(low, arguments[0])
    return (kind, title) if isinstance(title, str) and title else (kind, callee)
