"""Python files of one version, parsed when somebody asks: their syntax trees, scopes and the names they read."""

import ast
import builtins
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from yantra_bot.review.names.reader import Reader
from yantra_bot.review.names.scopes import Load, Scope, ScopeKind
from yantra_bot.review.subject import Version

MAX_BYTES: Final = 1_000_000
"""A longer file is not read."""
BUILTINS: Final = frozenset(dir(builtins)) | {
    *("__annotations__", "__builtins__", "__cached__", "__conditional_annotations__", "__file__", "__path__"),
    *("WindowsError", "reveal_locals", "reveal_type", "get_ipython", "display"),
    *("copyright", "credits", "exit", "license", "quit", "_"),
    *("BaseExceptionGroup", "EncodingWarning", "ExceptionGroup", "PythonFinalizationError", "aiter", "anext"),
}
"""What is there in some version of Python, on some platform, without being bound."""
_IN_CLASS: Final = frozenset({"__module__", "__qualname__", "__firstlineno__", "__static_attributes__"})


@dataclass
class PythonFile:
    """One file that could be parsed."""

    path: str
    tree: ast.Module
    lines: list[str]
    reader: Reader = field(default_factory=Reader)

    def __post_init__(self) -> None:
        self.reader.read(self.tree)

    @property
    def scope(self) -> Scope:
        return self.reader.module

    @cached_property
    def is_package(self) -> bool:
        return self.path.rpartition("/")[2].startswith("__init__.")

    def line(self, number: int) -> str:
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def unbound(self) -> list[Load]:
        """Return the names that are read and that no scope of the file binds, nor the language."""
        return [load for load in self.reader.loads if not _is_known(load)]


def _is_known(load: Load) -> bool:
    if load.name in BUILTINS or load.scope.lookup(load.name) is not None:
        return True
    scope: Scope | None = load.scope
    while scope is not None:
        if scope.kind is ScopeKind.CLASS and (load.name in _IN_CLASS or load.name == "__class__"):
            return True
        scope = scope.parent
    return False


class PythonFiles:
    """The files of one version by path; each is parsed once."""

    def __init__(self, version: Version) -> None:
        self._version = version
        self._known: dict[str, PythonFile | None] = {}

    def get(self, path: str) -> PythonFile | None:
        """Return a file; None where there is none, or it does not parse with this version of Python."""
        if path not in self._known:
            self._known[path] = self._load(path)
        return self._known[path]

    def _load(self, path: str) -> PythonFile | None:
        data = self._version.read(path)
        if data is None or len(data) > MAX_BYTES:
            return None
        tree = self._version.syntax.module(path)
        if tree is None:
            return None
        try:
            return PythonFile(path, tree, data.decode("utf-8", "replace").split("\n"))
        except RecursionError:
            return None
