"""Which symbols of the graph a piece of code in a text means: by its name, its path, or its line. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable

from yantra_bot.domain.graph import NodeKind, Symbol

MAX_CANDIDATES = 3
QUALIFIED = 0.95
DISTINCT = 0.85
PLAIN = 0.5
"""A short word in backticks may mean something else."""
PLACE = 0.9

_CALL = re.compile(r"\(.*\)$|\(\)?$")
_SEPARATOR = re.compile(r"\.|::|#|->")
_SHAPED = re.compile(r"[a-z0-9][A-Z]|_|[A-Z][a-z0-9]+[A-Z]")
_KINDS = frozenset(
    {NodeKind.CLASS, NodeKind.TYPE, NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.TEST, NodeKind.VARIABLE}
)
_SCOPES = _KINDS - {NodeKind.VARIABLE}


class SymbolIndex:
    """The symbols of a graph, by name, by path and by line."""

    def __init__(self, symbols: Iterable[Symbol] = ()) -> None:
        self._by_name: defaultdict[str, list[Symbol]] = defaultdict(list)
        self._files: dict[str, str] = {}
        self._by_tail: defaultdict[str, list[str]] = defaultdict(list)
        self._in_file: defaultdict[str, list[Symbol]] = defaultdict(list)
        for symbol in symbols:
            if symbol.kind in _KINDS:
                self._by_name[symbol.name].append(symbol)
                self._in_file[symbol.path].append(symbol)
            elif symbol.kind in {NodeKind.FILE, NodeKind.MODULE} and symbol.path:
                self._files.setdefault(symbol.path, symbol.key)
        for path in sorted({*self._files, *self._in_file} - {""}):
            self._by_tail[path.rsplit("/", 1)[-1]].append(path)

    def resolve(self, code: str) -> list[tuple[str, float]]:
        """Return the keys of the symbols that backticked code may mean, each with a confidence; none when unknown."""
        code = _CALL.sub("", code.strip().lstrip("@"))
        path = self.find_path(code)
        if path is not None:
            return [(self._files[path], QUALIFIED)] if path in self._files else []
        parts = [part for part in _SEPARATOR.split(code) if part]
        if not parts or not all(part.replace("$", "_").isidentifier() for part in parts):
            return []
        found = [symbol for symbol in self._by_name.get(parts[-1], ()) if _ends_with(symbol, parts)]
        if not found or len(found) > MAX_CANDIDATES:
            return []
        sure = QUALIFIED if len(parts) > 1 else DISTINCT if is_distinct(parts[-1]) else PLAIN
        return [(symbol.key, sure / len(found)) for symbol in found]

    def find_path(self, path: str) -> str | None:
        """Return the only file of the repository whose path ends like this one; None when there is none or several."""
        path = path.replace("\\", "/").removeprefix("./")
        candidates = self._by_tail.get(path.rsplit("/", 1)[-1], [])
        found = [one for one in candidates if one == path or one.endswith(f"/{path}") or path.endswith(f"/{one}")]
        exact = [one for one in found if one == path]
        return (exact or found)[0] if len(exact or found) == 1 else None

    def at_line(self, path: str, line: int, function: str = "") -> list[tuple[str, float]]:
        """Return the innermost symbol at a line of a file; where the code has moved on, the function of that name."""
        file = self.find_path(path)
        if file is None:
            return self.resolve(function) if is_distinct(function) else []
        name = _SEPARATOR.split(function)[-1] if function else ""
        named = [one for one in self._in_file[file] if name and one.name == name]
        if len(named) == 1:
            return [(named[0].key, PLACE)]
        holding = [
            one for one in self._in_file[file] if one.kind in _SCOPES and one.span.line <= line <= one.span.end_line
        ]
        if holding:
            inner = max(holding, key=lambda one: (one.span.line, -one.span.end_line))
            return [(inner.key, PLACE if not name else PLAIN)]
        return [(self._files[file], PLACE)] if file in self._files else []


def is_distinct(name: str) -> bool:
    """Tell whether a name is hardly a word of the language people write in."""
    return bool(_SHAPED.search(name)) or len(name) > 12


def _ends_with(symbol: Symbol, parts: list[str]) -> bool:
    own = symbol.qualified_name.split(".")
    return own[-len(parts) :] == parts
