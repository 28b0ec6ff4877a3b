"""jest and vitest as test runners: they are called in the same way, and write the same JSON."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from yantra_bot.domain.proof import TestOutcome, TestStatus
from yantra_bot.domain.runners import RunnerName
from yantra_bot.errors import UserError
from yantra_bot.sandbox.contract import WORKSPACE, Finished
from yantra_bot.sandbox.tree import Tree
from yantra_bot.validation.runners.contract import RESULTS_FOLDER, Command, Files, Order, Shown
from yantra_bot.validation.runners.judging import Codes, judge
from yantra_bot.validation.runners.outcomes import MAX_BYTES, collect, make_outcome
from yantra_bot.validation.runners.packages import choose_runner, list_packages, read_package

SUFFIXES: Final = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte")
QUIET: Final = {
    "npm_config_update_notifier": "false",
    "npm_config_fund": "false",
    "npm_config_audit": "false",
    # An .npmrc of the repository could name a shell that runs nothing and ends well.
    "npm_config_script_shell": "/bin/sh",
    "npm_config_if_present": "false",
}
NPM_TEST: Final = ("npm", "test")
HERE: Final = "--workspaces=false"
"""Keeps npm from reading a workspace's other packages, one of which may be broken."""
REPORT: Final = "report.json"
NO_REPORT: Final = "No report was written, so it is not known which tests ran."
_COLOURS: Final = re.compile(r"(?:\x1b|\\x1b)\[[\d;]*m")
_STATUSES: Final = {
    "passed": TestStatus.PASSED,
    "failed": TestStatus.FAILED,
    **dict.fromkeys(("pending", "skipped", "todo", "disabled"), TestStatus.SKIPPED),
}


@dataclass(frozen=True, slots=True)
class JestLike:
    """Runs the package's own `test` script with a reporter behind it; without a script, the program itself."""

    name: RunnerName
    options: tuple[str, ...]
    by_path: tuple[str, ...] = ()
    """What stands before names of files."""
    suffixes: tuple[str, ...] = SUFFIXES

    def detect(self, files: Files) -> tuple[str, ...]:
        return find_packages(files, self.name)

    def command(self, order: Order, files: Files) -> Command:
        package = read_package(files, order.project.folder)
        has_script = package is not None and package.tool is self.name
        chosen = order.selected_files()
        paths = (*self.by_path, *(f"./{path}" for path in chosen)) if chosen else ()
        start = (*NPM_TEST, HERE, "--") if has_script else ("npx", "--no", "--", str(self.name))
        shown = (*start, *paths) if not has_script else (*NPM_TEST, "--", *paths) if paths else NPM_TEST
        return Command((*start, *self.options, *paths), shown, variables=QUIET)

    def report(self, order: Order, finished: Finished, results: Tree, files: Files) -> Shown:
        outcomes, complaint = _read(order, results)
        verdict, reason = judge(Codes(str(self.name)), finished, outcomes, complaint)
        return Shown(verdict, reason, outcomes or ())


JEST: Final = JestLike(
    RunnerName.JEST,
    ("--ci", "--json", f"--outputFile={RESULTS_FOLDER}/{REPORT}", "--maxWorkers=2"),
    by_path=("--runTestsByPath",),
)
VITEST: Final = JestLike(
    RunnerName.VITEST,
    ("--run", "--reporter=default", "--reporter=json", f"--outputFile.json={RESULTS_FOLDER}/{REPORT}"),
)


def find_packages(files: Files, runner: RunnerName) -> tuple[str, ...]:
    """Return the folders of the packages whose tests a runner runs."""
    found = []
    for folder in list_packages(files):
        package = read_package(files, folder)
        if package is not None and choose_runner(files, package) is runner:
            found.append(folder)
    return tuple(found)


def _read(order: Order, results: Tree) -> tuple[tuple[TestOutcome, ...] | None, str]:
    try:
        if not results.exists(REPORT):
            return None, NO_REPORT
        return parse_report(results.read_bytes(REPORT, limit=MAX_BYTES), root=order.directory), ""
    except UserError as error:
        return None, str(error)


def parse_report(data: bytes, *, root: str = WORKSPACE) -> tuple[TestOutcome, ...]:
    """Return the tests of a report, named `path::outer > inner > name`; UserError when it is none."""
    try:
        return collect(_read_files(json.loads(data), root))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError("The test report is none of jest's or vitest's.") from error


def _read_files(report: Any, root: str) -> Iterator[TestOutcome]:
    for file in report["testResults"]:
        path = strip_root(str(file["name"]), root)
        tests = file["assertionResults"]
        for test in tests:
            names = [*map(str, test.get("ancestorTitles") or ()), str(test["title"])]
            status = _STATUSES.get(test["status"], TestStatus.ERROR)
            seconds = (test.get("duration") or 0) / 1000
            message = "\n".join(map(str, test.get("failureMessages") or ()))
            yield make_outcome(f"{path}::{' > '.join(names)}", status, seconds, clean_colours(message))
        if not any(_STATUSES.get(test["status"]) is TestStatus.FAILED for test in tests) and file["status"] == "failed":
            yield make_outcome(path, TestStatus.ERROR, message=clean_colours(str(file.get("message") or "")))


def strip_root(path: str, root: str) -> str:
    """Return a path relative to the folder that the tests ran in."""
    return path.removeprefix("file://").removeprefix(f"{root}/")


def clean_colours(text: str) -> str:
    """Return text without the codes of colours."""
    return _COLOURS.sub("", text)
