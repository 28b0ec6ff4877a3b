"""`cargo test` as a test runner. Its reports in JSON are not stable, so that what it prints is read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from yantra_bot.domain.proof import TestOutcome, TestStatus
from yantra_bot.domain.runners import RunnerName
from yantra_bot.errors import UserError
from yantra_bot.sandbox.contract import Finished
from yantra_bot.sandbox.tree import Tree
from yantra_bot.validation.runners.contract import Command, Files, Order, Shown
from yantra_bot.validation.runners.judging import Codes, judge
from yantra_bot.validation.runners.outcomes import collect, make_outcome

_CODES: Final = Codes("cargo test", failed=frozenset({101}))
_RUNNING: Final = re.compile(r" +Running (?:unittests )?\S+ \(.*?([^/\\]+?)-[0-9a-f]{8,}(?:\.exe)?\)")
_DOC_TESTS: Final = re.compile(r" +Doc-tests (\S+)")
_BEGIN: Final = re.compile(r"running \d+ tests?")
_TEST: Final = re.compile(r"test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)(?:[ ,].*)?")
_HEADING: Final = re.compile(r"---- (.+?) stdout ----")
_DOC_LINE: Final = re.compile(r" \(line \d+\)$")
_STATUSES: Final = {"ok": TestStatus.PASSED, "FAILED": TestStatus.FAILED, "ignored": TestStatus.SKIPPED}


@dataclass(frozen=True, slots=True)
class Cargo:
    """Runs without a network: dependencies have to be vendored."""

    name: RunnerName = RunnerName.CARGO
    suffixes: tuple[str, ...] = (".rs",)

    def detect(self, files: Files) -> tuple[str, ...]:
        """Return the topmost folders with a Cargo.toml: those below are members, or say that they are none."""
        return topmost(files, "Cargo.toml")

    def command(self, order: Order, files: Files) -> Command:
        names = [item.partition("::")[2] for item in order.selection]
        is_narrow = bool(names) and all(names)
        filters = ("--", *(name for name in names if not name.startswith("-"))) if is_narrow else ()
        argv = ("cargo", "test", "--offline", "--no-fail-fast", *filters)
        remark = "cargo runs tests by their names, so that all tests were run." if names and not is_narrow else ""
        return Command(argv, argv, variables={"CARGO_TERM_COLOR": "never", "RUST_BACKTRACE": "0"}, remark=remark)

    def report(self, order: Order, finished: Finished, results: Tree, files: Files) -> Shown:
        outcomes, complaint = parse_output(finished.output), ""
        if outcomes is None:
            complaint = "No test was started; what cargo printed says why."
        verdict, reason = judge(_CODES, finished, outcomes, complaint)
        return Shown(verdict, reason, outcomes or ())


def topmost(files: Files, manifest: str) -> tuple[str, ...]:
    """Return the folders with such a file that lie in no other of them."""
    folders = sorted(path.rpartition("/")[0] for path in files.paths if path.rpartition("/")[2] == manifest)
    kept: list[str] = []
    for folder in folders:
        if "vendor" not in folder.split("/") and not any(not top or f"{folder}/".startswith(f"{top}/") for top in kept):
            kept.append(folder)
    return tuple(kept)


@dataclass(slots=True)
class _Reading:
    """Where in the output we are: in which target, in its list of tests, below the heading of which failure."""

    target: str = ""
    is_list: bool = False
    has_begun: bool = False
    heading: str = ""
    messages: dict[tuple[str, str], list[str]] = field(default_factory=dict)


def parse_output(output: str) -> tuple[TestOutcome, ...] | None:
    """Return the tests of what `cargo test` printed, named `target::test`; None when none was begun.

    Only the list behind `running N tests` counts: what tests print themselves stands below it, under their headings.
    """
    reading = _Reading()
    found = list(_read_lines(output.splitlines(), reading))
    if not reading.has_begun:
        return None
    try:
        return collect(
            make_outcome(_describe(target, test), status, message="\n".join(reading.messages.get((target, test), ())))
            for target, test, status in found
        )
    except UserError:
        return None


def _read_lines(lines: list[str], reading: _Reading) -> Iterator[tuple[str, str, TestStatus]]:
    for line in lines:
        start = _RUNNING.match(line) or _DOC_TESTS.match(line)
        if start is not None:
            reading.target, reading.is_list, reading.heading = start[1], False, ""
        elif _BEGIN.fullmatch(line):
            reading.is_list = reading.has_begun = True
        elif reading.is_list and (test := _TEST.fullmatch(line)):
            yield reading.target, test[1], _STATUSES[test[2]]
        elif not line and not reading.heading:
            reading.is_list = False
        elif heading := _HEADING.fullmatch(line):
            reading.is_list, reading.heading = False, heading[1]
        elif line == "failures:" or line.startswith("test result: "):
            reading.heading = ""
        elif reading.heading:
            reading.messages.setdefault((reading.target, reading.heading), []).append(line)


def _describe(target: str, test: str) -> str:
    """Return a test's name; the line of a documentation test shifts with every edit above it."""
    return f"{target}::{_DOC_LINE.sub('', test)}"
