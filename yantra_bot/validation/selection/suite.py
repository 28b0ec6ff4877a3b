"""The tests of a version that are known: their ids as their runners take them, and what runs before each.

What a test gets handed by its runner (fixtures, `setUp` and the like) is no call in the code: it is found here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from yantra_bot.domain.graph import EdgeKind, Language, NodeKind, Symbol
from yantra_bot.graphdb.view import Direction, GraphView
from yantra_bot.validation.selection.collecting import Collecting, read_collecting
from yantra_bot.validation.selection.fixtures import Fixtures
from yantra_bot.validation.selection.naming import GO_MAIN, name_elsewhere
from yantra_bot.validation.selection.versions import Version

SET_UPS = frozenset(
    {
        *("setup", "teardown", "setUp", "tearDown", "asyncSetUp", "asyncTearDown", "setup_method", "teardown_method"),
        *("setup_class", "teardown_class", "setUpClass", "tearDownClass", "setup_module", "teardown_module"),
        *("setUpModule", "tearDownModule", "setup_function", "teardown_function", "setUpTestData"),
    }
)
_UNITTEST = "unittest."


@dataclass(frozen=True, slots=True)
class KnownTest:
    """A test: its id, the row of its code, and the row of the class it runs as a part of (-1: none)."""

    id: str
    row: int
    path: str
    owner: int = -1


@dataclass(slots=True)
class Suite:
    """The tests of a version, in the order of files and places."""

    tests: list[KnownTest] = field(default_factory=list)
    edges: set[tuple[int, int]] = field(default_factory=set)
    """Rows: from what runs to what its runner runs for it."""

    def at(self) -> dict[int, list[int]]:
        """Return the places of the tests in the list by the rows of their code."""
        found: dict[int, list[int]] = defaultdict(list)
        for place, test in enumerate(self.tests):
            found[test.row].append(place)
        return found


def find_suite(version: Version) -> Suite:
    """Return what is known of a version's tests."""
    finder = _Finder(version, read_collecting(version.read))
    finder.find()
    return finder.suite


class _Finder:
    def __init__(self, version: Version, collecting: Collecting) -> None:
        self._view: GraphView = version.view
        self._read = version.read
        self._collecting = collecting
        self._fixtures = Fixtures(version)
        self._known: set[tuple[str, int]] = set()
        self._known_bases: dict[int, list[int]] = {}
        self._known_set_ups: dict[int, list[int]] = {}
        self.suite = Suite()

    def find(self) -> None:
        rows = [(self._view.symbol(row), row) for row in self._view.of_kind(NodeKind.TEST)]
        for symbol, row in sorted(rows, key=lambda one: (one[0].path, one[0].span.line)):
            if symbol.language is Language.PYTHON:
                self._add_python(symbol, row)
            elif (found := name_elsewhere(symbol, self._read)) is not None:
                self._add(KnownTest(found, row, symbol.path))
        for row in self._view.of_kind(NodeKind.CLASS):
            self._add_inherited(row)
        self._tie()

    def _add(self, test: KnownTest) -> None:
        # One id may stand for several: the tests of a script are run by its file, whichever of them is meant.
        if (test.id, test.row) not in self._known:
            self._known.add((test.id, test.row))
            self.suite.tests.append(test)

    def _add_python(self, symbol: Symbol, row: int) -> None:
        if not self._collecting.wants_file(symbol.path) or not self._collecting.wants_function(symbol.name):
            return
        owner = self._owner(symbol)
        if owner >= 0 and not self._is_collected(owner):
            return
        self._add(KnownTest(node_id(symbol), row, symbol.path, owner))

    def _owner(self, symbol: Symbol) -> int:
        row = self._view.index_of(symbol.parent) if symbol.parent else None
        return -1 if row is None or self._view.symbol(row).kind is not NodeKind.CLASS else row

    def _is_collected(self, owner: int) -> bool:
        return self._collecting.wants_class(self._view.symbol(owner).name) or self._is_unittest(owner)

    def _bases(self, row: int) -> list[int]:
        """Return a class with its bases, the nearest first."""
        known = self._known_bases.get(row)
        if known is None:
            found = self._view.reach([row], Direction.OUT, kinds=frozenset({EdgeKind.INHERITS}), depth=16)
            known = self._known_bases[row] = [row, *found.symbols.tolist()]
        return known

    def _is_unittest(self, row: int) -> bool:
        return any(self._view.key(base).startswith(f"::{_UNITTEST}") for base in self._bases(row))

    def _add_inherited(self, row: int) -> None:
        """Add the tests that a class has from its bases."""
        symbol = self._view.symbol(row)
        if symbol.language is not Language.PYTHON or not self._collecting.wants_file(symbol.path):
            return
        bases = self._bases(row)[1:]
        if not bases or not self._is_collected(row):
            return
        prefix = node_id(symbol)
        for base in bases:
            for member in self._view.neighbours(base, Direction.OUT, frozenset({EdgeKind.DEFINES})):
                method = self._view.symbol(member)
                if method.kind in {NodeKind.TEST, NodeKind.METHOD} and self._collecting.wants_function(method.name):
                    self._add(KnownTest(f"{prefix}::{method.name}", member, symbol.path, row))

    def _tie(self) -> None:
        """Add edges to what runs before and after each test."""
        edges = self.suite.edges
        around = self._find_mains()
        for test in self.suite.tests:
            if test.path.endswith(".go"):
                edges.update((test.row, row) for row in around.get(str(PurePosixPath(test.path).parent), ()))
            if not test.path.endswith((".py", ".pyi")):
                continue
            owners = self._bases(test.owner) if test.owner >= 0 else []
            edges.update((test.row, found) for found in self._set_ups(test.path, owners))
            edges.update((test.row, found) for found in self._fixtures.of_test(test.row, test.path, owners))
        edges.update(self._fixtures.edges())

    def _find_mains(self) -> dict[str, list[int]]:
        """Return, by folder, what Go runs around all tests of a package."""
        found: dict[str, list[int]] = defaultdict(list)
        for row in self._view.of_kind(NodeKind.TEST):
            symbol = self._view.symbol(row)
            if symbol.language is Language.GO and symbol.name == GO_MAIN:
                found[str(PurePosixPath(symbol.path).parent)].append(row)
        return found

    def _set_ups(self, path: str, owners: Iterable[int]) -> Iterator[int]:
        whole = self._view.index_of(f"{path}::")
        for around in [*owners, *([] if whole is None else [whole])]:
            if around not in self._known_set_ups:
                members = self._view.neighbours(around, Direction.OUT, frozenset({EdgeKind.DEFINES}))
                self._known_set_ups[around] = [one for one in members if self._view.symbol(one).name in SET_UPS]
            yield from self._known_set_ups[around]


def node_id(symbol: Symbol) -> str:
    """Return pytest's node id of a symbol."""
    path, _, inside = symbol.key.partition("::")
    return f"{path}::{inside.partition('#')[0].replace('.', '::')}"
