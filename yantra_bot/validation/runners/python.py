"""pytest as a test runner: where its tests are, how it is called, what it left."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from runners import read_source
from yantra_bot.domain.proof import TestOutcome, Verdict
from yantra_bot.domain.runners import RunnerName
from yantra_bot.errors import UserError
from yantra_bot.sandbox.contract import RUNNERS_FOLDER, Finished
from yantra_bot.sandbox.tree import Tree
from yantra_bot.validation import coverage_report, junit
from yantra_bot.validation.runners.contract import RESULTS_FOLDER, Command, Files, Order, Shown
from yantra_bot.validation.runners.judging import Codes, judge
from yantra_bot.validation.selection.collecting import read_collecting

SCRIPT: Final = "run_pytest.py"
SELECTION: Final = "selection.json"
COVERAGE: Final = "coverage.json"
OPTIONS: Final = (
    *("-q", "--tb=short", "--color=no", "--maxfail=0", "--continue-on-collection-errors"),
    # The cache goes to a folder that vanishes: the workspace stays as it is, and no option of the repository breaks.
    *("-o", "cache_dir=/tmp/pytest-cache", "-o", "junit_family=xunit1"),
)
_NO_PYTEST: Final = 90
CODES: Final = Codes(
    "pytest",
    special={
        2: (Verdict.ERROR, "pytest was interrupted before it was done."),
        3: (Verdict.ERROR, "pytest itself broke."),
        4: (Verdict.ERROR, "pytest found no such test, or was called wrongly, or its configuration is wrong."),
        5: (Verdict.INCONCLUSIVE, "There are no tests, or none was selected."),
        _NO_PYTEST: (Verdict.ERROR, "pytest cannot be imported in the repository's environment."),
    },
)


@dataclass(frozen=True, slots=True)
class Pytest:
    """Runs everything from the root, whatever folders tests lie in. `script` of `runners` is what calls pytest."""

    script: str = SCRIPT
    name: RunnerName = RunnerName.PYTEST
    suffixes: tuple[str, ...] = (".py", ".pyi", ".pyx")

    def detect(self, files: Files) -> tuple[str, ...]:
        collecting = read_collecting(files.read)
        return ("",) if any(collecting.wants_file(path) for path in files.paths if path.endswith(".py")) else ()

    def command(self, order: Order, files: Files) -> Command:
        script = f"{RUNNERS_FOLDER}/{self.script}"
        shown: Mapping[str, bytes] = {script: read_source(self.script)}
        if order.selection and order.is_lenient:
            shown = {**shown, f"{RUNNERS_FOLDER}/{SELECTION}": json.dumps(order.selection).encode()}
        words = () if order.is_lenient else order.selection
        argv = (order.python, script, RESULTS_FOLDER, *OPTIONS, *words)
        return Command(argv, ("python", "-m", "pytest", *order.selection), shown)

    def report(self, order: Order, finished: Finished, results: Tree, files: Files) -> Shown:
        outcomes, complaint = read_junit(results)
        verdict, reason = judge(CODES, finished, outcomes, complaint)
        return Shown(verdict, reason, outcomes or (), read_coverage(results))


def read_junit(results: Tree) -> tuple[tuple[TestOutcome, ...] | None, str]:
    """Return the tests of a JUnit report, None without one, and what is wrong with it."""
    try:
        if not results.exists("junit.xml"):
            return None, "No report was written, so it is not known which tests ran."
        return junit.parse_junit(results.read_bytes("junit.xml", limit=junit.MAX_BYTES)), ""
    except UserError as error:
        return None, str(error)


def read_coverage(results: Tree) -> dict[str, tuple[int, ...]] | None:
    """Return executed lines by path, as what runs in the sandbox left them; None where it left nothing that is that."""
    try:
        if not results.exists(COVERAGE):
            return None
        return coverage_report.parse_coverage(results.read_bytes(COVERAGE, limit=coverage_report.MAX_BYTES))
    except UserError:
        return None
