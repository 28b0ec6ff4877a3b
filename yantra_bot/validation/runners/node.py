"""`node --test` and a package's plain `test` script as test runners."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from runners import read_source
from yantra_bot.domain.proof import TestOutcome, TestStatus, Verdict
from yantra_bot.domain.runners import RunnerName
from yantra_bot.errors import UserError
from yantra_bot.sandbox.contract import RUNNERS_FOLDER, WORKSPACE, Finished
from yantra_bot.sandbox.tree import Tree
from yantra_bot.validation.runners.contract import RESULTS_FOLDER, Command, Files, Order, Shown
from yantra_bot.validation.runners.jest import HERE, NO_REPORT, NPM_TEST, QUIET, SUFFIXES, find_packages, strip_root
from yantra_bot.validation.runners.judging import Codes, judge, judge_command
from yantra_bot.validation.runners.outcomes import MAX_BYTES, collect, make_outcome
from yantra_bot.validation.runners.packages import read_package, split_words
from yantra_bot.validation.runners.python import COVERAGE, read_coverage, read_junit

REPORTER: Final = "report_node.mjs"
SOURCES: Final = (REPORTER, "cover_node.mjs")
"""What runs beside the tests; the first is what node is told of."""
REPORT: Final = "node.jsonl"
COUNTS: Final = f"{RESULTS_FOLDER}/counts"
_PLACE: Final = f"{RUNNERS_FOLDER}/{REPORTER}"
_VALUED: Final = frozenset({"--import", "--require", "-r", "--loader", "--experimental-loader", "--env-file", "-C"})
_STATUSES: Final = {"pass": TestStatus.PASSED, "fail": TestStatus.FAILED, "skipped": TestStatus.SKIPPED}
_SPECIAL: Final = re.compile(r"[\\^$.*+?()\[\]{}|/]")
"""Signs that mean something in JavaScript's regular expressions."""
_ESCAPED: Final = r"\\\g<0>"
_CODES: Final = Codes(
    "node --test",
    special={9: (Verdict.ERROR, "node refused an option. Cure: have node 20 or later where the tests run.")},
)


@dataclass(frozen=True, slots=True)
class NodeTest:
    """Runs the package's own `test` script, and hands node a reporter beside the script's own."""

    name: RunnerName = RunnerName.NODE
    suffixes: tuple[str, ...] = SUFFIXES

    def detect(self, files: Files) -> tuple[str, ...]:
        return find_packages(files, self.name)

    def command(self, order: Order, files: Files) -> Command:
        package = read_package(files, order.project.folder)
        script = package.test if package is not None and package.runs_node_test else ""
        chosen, remark = (*_by_name(order), *(f"./{path}" for path in order.selected_files())), ""
        shown: tuple[str, ...] = ("node", "--test", *chosen)
        if script and chosen:
            options = _find_options(script)
            if options is None:
                shown, remark = NPM_TEST, "The test script runs as a whole, so that all tests were run."
            else:
                shown = ("node", *options, *chosen)
        elif script:
            shown = NPM_TEST
        # Where the script is left out, what it says of reporters is left out with it.
        is_script = shown == NPM_TEST
        told = script if is_script else ""
        variables = {
            **QUIET,
            "NODE_OPTIONS": _add_reporter(told),
            "YANTRA_NODE_REPORT": f"{RESULTS_FOLDER}/{REPORT}",
            # Two names for one folder: a repository that counts for itself gives the first another meaning.
            "NODE_V8_COVERAGE": COUNTS,
            "YANTRA_NODE_COUNTS": COUNTS,
            "YANTRA_NODE_LINES": f"{RESULTS_FOLDER}/{COVERAGE}",
            "YANTRA_NODE_ROOT": order.directory,
        }
        argv = (*shown, HERE) if is_script else shown
        sources = {f"{RUNNERS_FOLDER}/{name}": read_source(name) for name in SOURCES}
        return Command(argv, shown, sources, variables, remark)

    def report(self, order: Order, finished: Finished, results: Tree, files: Files) -> Shown:
        outcomes, complaint = _read(order, results)
        verdict, reason = judge(_CODES, finished, outcomes, complaint)
        return Shown(verdict, reason, outcomes or (), read_coverage(results))


@dataclass(frozen=True, slots=True)
class NpmScript:
    """Runs a `test` script of which nothing is known but its exit code, unless it writes a JUnit report."""

    name: RunnerName = RunnerName.NPM
    suffixes: tuple[str, ...] = SUFFIXES

    def detect(self, files: Files) -> tuple[str, ...]:
        return find_packages(files, self.name)

    def command(self, order: Order, files: Files) -> Command:
        remark = "The test script runs as a whole, so that all tests were run." if order.selection else ""
        return Command((*NPM_TEST, HERE), NPM_TEST, variables=QUIET, remark=remark)

    def report(self, order: Order, finished: Finished, results: Tree, files: Files) -> Shown:
        outcomes, _ = read_junit(results)
        verdict, reason = judge_command("The test script", finished, outcomes)
        return Shown(verdict, reason, outcomes or ())


def _by_name(order: Order) -> tuple[str, ...]:
    """Return the options that run the tests alone that are named; none where a whole file is wanted, too.

    node knows a test by its own name, whatever groups it lies in: another one of that name runs as well.
    """
    tests = [item.partition("::")[2] for item in order.selection]
    if not all(tests):
        return ()
    own = dict.fromkeys(test.rpartition(" > ")[2] for test in tests)
    return tuple(f"--test-name-pattern=^{_SPECIAL.sub(_ESCAPED, name)}$" for name in own)


def _find_options(script: str) -> tuple[str, ...] | None:
    """Return node's options of a script that is one command; None where it is more, or where a shell would matter."""
    words = split_words(script)
    if not words or words[0] != "node" or any(mark in script for mark in ("&", "|", ";", "$", "`", ">", "<")):
        return None
    options: list[str] = []
    is_value = False
    for word in words[1:]:
        if (is_value or word.startswith("-")) and not word.startswith("--test-reporter"):
            options.append(word)
        is_value = word in _VALUED
    return tuple(options)


def _add_reporter(script: str) -> str:
    """Return NODE_OPTIONS that add our reporter. node wants as many destinations as reporters, in the same order."""
    destinations = script.count("--test-reporter-destination")
    reporters = script.count("--test-reporter") - destinations
    options = [f"--test-reporter=file://{_PLACE}", "--test-reporter-destination=stdout"]
    if not reporters:
        options += ["--test-reporter=spec", "--test-reporter-destination=stdout"]
    return " ".join([*options, *["--test-reporter-destination=stdout"] * max(0, reporters - destinations)])


def _read(order: Order, results: Tree) -> tuple[tuple[TestOutcome, ...] | None, str]:
    try:
        if not results.exists(REPORT):
            return None, NO_REPORT
        return parse_report(results.read_bytes(REPORT, limit=MAX_BYTES), root=order.directory), ""
    except UserError as error:
        return None, str(error)


def parse_report(data: bytes, *, root: str = WORKSPACE) -> tuple[TestOutcome, ...]:
    """Return the tests that the reporter wrote down, named `path::outer > inner > name`; UserError when it is none."""
    try:
        return collect(_read_lines(data, root))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError("The test report is none of our reporter's.") from error


def _read_lines(data: bytes, root: str) -> Iterator[TestOutcome]:
    for line in data.splitlines():
        test = json.loads(line)
        path, names = strip_root(str(test["file"]), root), [str(name) for name in test["names"]]
        status = _STATUSES[test["status"]]
        if len(names) == 1 and strip_root(names[0], root) == path:
            # The file itself: it ended in another way than by its tests, or it has none.
            yield make_outcome(
                path, TestStatus.ERROR if status is TestStatus.FAILED else status, test["seconds"], str(test["message"])
            )
        else:
            yield make_outcome(f"{path}::{' > '.join(names)}", status, test["seconds"], str(test["message"]))
