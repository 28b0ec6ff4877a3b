"""Chooses the tests that a change calls for: recorded coverage where it holds, else the graph, names and imports.

What is changed in a function is felt by who reaches it; what is changed outside of functions, by who speaks of its
names; what does something while it is imported, by all that import it. What cannot be followed calls for the whole
suite, and the reason is said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yantra_bot.domain.graph import Language, NodeKind
from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, SymbolChange, SymbolChangeKind, TestSelection
from yantra_bot.validation.selection import chosen as scores
from yantra_bot.validation.selection.beside import choose_by_data, find_runtime_imports
from yantra_bot.validation.selection.chosen import Chosen
from yantra_bot.validation.selection.python_files import PythonFiles
from yantra_bot.validation.selection.reach import Reach
from yantra_bot.validation.selection.recording import Recording
from yantra_bot.validation.selection.seen import Seen
from yantra_bot.validation.selection.suite import find_suite
from yantra_bot.validation.selection.touched import touched_rows
from yantra_bot.validation.selection.versions import Version
from yantra_bot.validation.selection.whole import find_reasons

CODE = frozenset({FileKind.SOURCE, FileKind.TEST})
_UNTESTABLE = frozenset({SymbolChangeKind.REMOVED, SymbolChangeKind.FORMAT, SymbolChangeKind.MOVED})
_RUN = frozenset({NodeKind.FUNCTION, NodeKind.METHOD})


@dataclass(frozen=True, slots=True)
class Choice:
    """A selection, and the reach it rests on to ask more of."""

    selection: TestSelection
    reach: Reach

    def knows(self, test: int) -> bool:
        """Tell whether the symbol of a row is a test of the suite."""
        return any(one.row == test for one in self.reach.suite.tests)

    def reaches(self, test: int, row: int) -> bool:
        """Tell whether a test, named by its row, is known to reach a symbol."""
        own = sum(1 << place for place, one in enumerate(self.reach.suite.tests) if one.row == test)
        return bool(own & self.reach.of([row])) and not self.reach.is_orphan(row)


def choose_tests(
    base: Version,
    head: Version,
    files: Sequence[ChangedFile],
    *,
    symbols: Sequence[SymbolChange] = (),
    recording: Recording | None = None,
) -> Choice:
    """Return which tests of the head the difference calls for. `symbols` are looked at for what no test reaches."""
    chooser = _Chooser(base, head, files, recording)
    chooser.choose()
    found = chooser.chosen.ordered()
    selection = TestSelection(
        is_all=bool(chooser.reasons),
        tests=found,
        why=tuple(dict.fromkeys(chooser.reasons)) or (chooser.describe(len(found)),),
        known=len({test.id for test in chooser.suite.tests}),
        untested=tuple(chooser.untested(symbols)),
    )
    return Choice(selection, chooser.reach)


class _Chooser:
    def __init__(self, base: Version, head: Version, files: Sequence[ChangedFile], recording: Recording | None) -> None:
        self._base, self._head, self._files = base, head, files
        self.suite = find_suite(head)
        self.reach = Reach(head, self.suite)
        self._seen = Seen(recording, base, self.suite)
        self.chosen = Chosen(self.suite.tests)
        self.reasons = list(find_reasons(files))

    def choose(self) -> None:
        python = PythonFiles(self._base, self._head, self.reach, self._seen, self.chosen)
        for file in self._files:
            if file.language is Language.PYTHON and file.kind not in {FileKind.BINARY, FileKind.SUBMODULE}:
                python.choose(file)
            elif file.kind in CODE or file.language is not None:
                self._choose_code(file)
            else:
                choose_by_data(file, self._head, self.reach, self.suite, self.chosen)
        self.reasons += python.reasons
        if python.loose and (found := find_runtime_imports(self._head)):
            names = ", ".join(sorted(python.loose)[:3])
            self.reasons.append(f"Nothing is known to reach {names}, and {found} imports by names made at run time.")

    def _choose_code(self, file: ChangedFile) -> None:
        """Choose for a file of a language whose code is known by the graph alone."""
        touched = touched_rows(file, self._base.view, self._head.view)
        why = f"reaches what changed in {file.path}"
        self.chosen.add(self.reach.of(touched.rows), scores.REACHES, why)
        own = sum(1 << place for place, test in enumerate(self.suite.tests) if test.path == file.path)
        self.chosen.add(own, scores.CHANGED, f"{file.path} is changed")
        if touched.is_outside or file.status is FileStatus.RENAMED:
            self.chosen.add(self.reach.imports.get(file.path, 0), scores.IMPORTS, f"imports {file.path}")

    def describe(self, count: int) -> str:
        """Return how the tests were chosen, in a sentence."""
        how = "recorded coverage, the graph and imports" if self._seen.is_there else "the graph and imports"
        return f"{count} tests are called for, by {how}." if count != 1 else f"One test is called for, by {how}."

    def untested(self, symbols: Iterable[SymbolChange]) -> Iterable[str]:
        """Yield the names of changed functions that no known test reaches."""
        for symbol in symbols:
            if symbol.kind in _UNTESTABLE or symbol.is_test or symbol.symbol_kind not in _RUN:
                continue
            row = self._head.view.index_of(symbol.key)
            is_reached = row is None or (bool(self.reach.of([row])) and not self.reach.is_orphan(row))
            if not is_reached and not self._seen.runs(symbol.path, symbol.line):
                yield symbol.name
