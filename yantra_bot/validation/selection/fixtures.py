"""Fixtures: which function pytest calls for a parameter's name, by where it stands. Found by reading, never run."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from yantra_bot.domain.graph import Language, NodeKind, Symbol
from yantra_bot.validation.selection.versions import Version

_NAME = re.compile(r"""\bname\s*=\s*["'](\w+)["']""")
_USED = re.compile(r"usefixtures\(([^)]*)\)")
_TEXT = re.compile(r"""["'](\w+)["']""")


class Fixtures:
    """The fixtures of a version and who asks for them."""

    def __init__(self, version: Version) -> None:
        self._version = version
        self._view = version.view
        self._params = _read_params(version)
        self._by_name: dict[str, list[tuple[int, Symbol]]] = defaultdict(list)
        self._automatic: list[tuple[int, Symbol]] = []
        for row in self._view.of_kind(NodeKind.FUNCTION, NodeKind.METHOD):
            self._take(row)
        self._used: dict[str, frozenset[str]] = {}

    def _take(self, row: int) -> None:
        symbol = self._view.symbol(row)
        marks = [one for one in symbol.decorators if "fixture" in one]
        if symbol.language is Language.PYTHON and marks:
            named = _NAME.search(marks[0])
            self._by_name[named.group(1) if named else symbol.name].append((row, symbol))
            if re.search(r"autouse\s*=\s*True", marks[0]):
                self._automatic.append((row, symbol))

    def of_test(self, row: int, path: str, owners: list[int]) -> Iterator[int]:
        """Yield the rows of the fixtures that pytest sets up for a test of a file, which may be inherited."""
        symbol = self._view.symbol(row)
        yield from self._asked(row, symbol, path)
        keys = {self._view.key(owner) for owner in owners}
        for found, fixture in self._automatic:
            is_inside = fixture.kind is NodeKind.METHOD
            if fixture.parent in keys if is_inside else _is_seen(fixture.path, path):
                yield found
        for name in self._names_used(path):
            yield from self._find(name, path)

    def edges(self) -> Iterator[tuple[int, int]]:
        """Yield which fixture asks for which other one."""
        for fixtures in self._by_name.values():
            for row, symbol in fixtures:
                for other in self._asked(row, symbol, symbol.path):
                    if other != row:
                        yield row, other

    def _asked(self, row: int, symbol: Symbol, path: str) -> Iterator[int]:
        for name in self._params.get((symbol.path, symbol.span.line, symbol.name), ()):
            yield from self._find(name, path)

    def _find(self, name: str, path: str) -> Iterator[int]:
        """Yield every fixture of a name that may be meant: those seen from the file, else all of that name."""
        found = self._by_name.get(name, [])
        seen = [row for row, symbol in found if _is_seen(symbol.path, path)]
        yield from seen or [row for row, _ in found]

    def _names_used(self, path: str) -> frozenset[str]:
        """Return the names in `usefixtures` marks of a file, wherever they stand."""
        if path not in self._used:
            text = (self._version.read(path) or b"").decode("utf-8", "replace")
            marks = _USED.findall(text) if "usefixtures" in text else []
            self._used[path] = frozenset(name for mark in marks for name in _TEXT.findall(mark))
        return self._used[path]


def _is_seen(fixture: str, path: str) -> bool:
    """Tell whether a test file sees a fixture of another: its own, or those of a conftest.py above."""
    if fixture == path:
        return True
    where = PurePosixPath(fixture)
    return where.name == "conftest.py" and where.parent in PurePosixPath(path).parents


def _read_params(version: Version) -> dict[tuple[str, int, str], tuple[str, ...]]:
    """Return the names of the parameters of Python's functions, by path, line and name."""
    found = {}
    for path, facts in version.facts.items():
        if facts.language is Language.PYTHON:
            for body in facts.bodies:
                owner = facts.symbols[body.owner]
                found[path, owner.line, owner.name] = tuple(name for name, *_ in body.params)
    return found
