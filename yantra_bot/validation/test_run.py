"""Runs a repository's tests in a sandbox and says what that showed.

The exit code decides what may be called a pass; the report that was written beside untrusted code only says which test
it was. Where the two contradict each other the answer is never a pass. Results are written to a folder of their own,
outside the workspace, and read back through a confined tree with size limits. Nothing runs here but in a sandbox.
"""

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from runners import read_source
from yantra_bot.domain.proof import TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.errors import UserError
from yantra_bot.ports import TestCommand
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.contract import RUNNERS_FOLDER, Finished, Job, Mount
from yantra_bot.sandbox.limits import TESTS
from yantra_bot.sandbox.removal import remove_folder
from yantra_bot.sandbox.tree import Tree
from yantra_bot.validation import coverage_report, junit

RESULTS_FOLDER = "/run/results"
RUNNER = "run_pytest.py"
SELECTION = "selection.json"
MAX_TAIL = 12_000

PYTEST_OPTIONS = (
    *("-q", "--tb=short", "--color=no", "--maxfail=0", "--continue-on-collection-errors"),
    # The cache goes to a folder that vanishes: the workspace stays as it is, and no option of the repository breaks.
    *("-o", "cache_dir=/tmp/pytest-cache", "-o", "junit_family=xunit1"),
)
REPEATABLE = {"PYTHONHASHSEED": "0", "TZ": "UTC", "PYTHONDONTWRITEBYTECODE": "1", "CI": "true"}
JUNIT_VARIABLE = "YANTRA_JUNIT_XML"
"""Names, to a configured command, the file that it may write its own JUnit report to."""

_NO_PYTEST = 90
_NOT_FOUND = {126, 127}
_PYTEST_CODES = {
    2: (Verdict.ERROR, "pytest was interrupted before it was done."),
    3: (Verdict.ERROR, "pytest itself broke."),
    4: (Verdict.ERROR, "pytest found no such test, or was called wrongly, or its configuration is wrong."),
    5: (Verdict.INCONCLUSIVE, "There are no tests, or none was selected."),
    _NO_PYTEST: (Verdict.ERROR, "pytest cannot be imported in the repository's environment."),
}


@dataclass(frozen=True, slots=True)
class TestBench:
    """Where and with what tests are run.

    `python` is the interpreter of the repository's environment, by its path inside the sandbox; `mounts` and
    `environment` make it work there. `scratch` is a folder of this process for results.
    """

    __test__ = False

    sandbox: Sandbox
    workspace: Path
    scratch: Path
    python: str
    command: TestCommand = field(default_factory=TestCommand)
    mounts: tuple[Mount, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()
    """Words before the command, and `files` that they need: see `sandbox.environment`."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    runner: str = RUNNER
    """The script of `runners` that runs pytest."""


def load_runner() -> None:
    """Read now what runs inside the sandbox: a process that gives up its rights may not reach the file any more."""
    read_source(RUNNER)


def run_tests(
    bench: TestBench,
    selection: tuple[str, ...] = (),
    *,
    is_lenient: bool = False,
    on_line: Callable[[str], None] | None = None,
    keep: Callable[[Tree], None] | None = None,
) -> TestReport:
    """Run all tests, or the pytest node ids and paths of `selection`, and return what it showed.

    `is_lenient`: what pytest does not know of the selection is left out; else it ends the run. `keep` is shown the
    folder of results before it goes. UserError when a configured command is to run a selection.
    Whatever tests do to the workspace stays: undoing it is the caller's part.
    """
    if selection and bench.command.argv:
        raise UserError("This repository's tests are a configured command, which runs whole. Leave the selection out.")
    results = Path(tempfile.mkdtemp(prefix="results-", dir=bench.scratch))
    try:
        if os.geteuid() != bench.sandbox.user:
            os.chown(results, bench.sandbox.user, bench.sandbox.user)
        finished = bench.sandbox.run(_build_job(bench, selection, results, is_lenient=is_lenient), on_line=on_line)
        if keep is not None:
            keep(Tree(results))
        return _report(bench, selection, finished, Tree(results))
    finally:
        remove_folder(results)


def _build_job(bench: TestBench, selection: tuple[str, ...], results: Path, *, is_lenient: bool) -> Job:
    runner = f"{RUNNERS_FOLDER}/{bench.runner}"
    files = {**bench.files, runner: read_source(bench.runner)}
    if selection and is_lenient:
        files[f"{RUNNERS_FOLDER}/{SELECTION}"] = json.dumps(selection).encode()
    words = () if is_lenient else selection
    argv = bench.command.argv or (bench.python, runner, RESULTS_FOLDER, *PYTEST_OPTIONS, *words)
    return Job(
        argv=(*bench.prefix, *argv),
        workspace=bench.workspace,
        limits=replace(
            TESTS,
            wall_seconds=bench.command.timeout_seconds,
            cpu_seconds=max(TESTS.cpu_seconds, 2 * bench.command.timeout_seconds),
        ),
        environment={**bench.environment, **REPEATABLE, JUNIT_VARIABLE: f"{RESULTS_FOLDER}/junit.xml"},
        mounts=(*bench.mounts, Mount(results, RESULTS_FOLDER, writable=True)),
        files=files,
    )


def _report(bench: TestBench, selection: tuple[str, ...], finished: Finished, results: Tree) -> TestReport:
    outcomes, complaint = _read_outcomes(results)
    judge = judge_command if bench.command.argv else judge_pytest
    verdict, reason = judge(finished, outcomes, complaint)
    return TestReport(
        verdict=verdict,
        command=bench.command.argv or ("python", "-m", "pytest", *selection),
        exit_code=finished.exit_code,
        seconds=finished.seconds,
        outcomes=outcomes or (),
        output_tail=finished.output[-MAX_TAIL:],
        coverage=_read_coverage(results),
        reason=reason,
    )


def _read_outcomes(results: Tree) -> tuple[tuple[TestOutcome, ...] | None, str]:
    """Return the tests of the report, None without one, and what is wrong with it."""
    try:
        if not results.exists("junit.xml"):
            return None, "No report was written, so it is not known which tests ran."
        return junit.parse_junit(results.read_bytes("junit.xml", limit=junit.MAX_BYTES)), ""
    except UserError as error:
        return None, str(error)


def _read_coverage(results: Tree) -> dict[str, tuple[int, ...]] | None:
    try:
        if not results.exists("coverage.json"):
            return None
        return coverage_report.parse_coverage(results.read_bytes("coverage.json", limit=coverage_report.MAX_BYTES))
    except UserError:
        return None


def judge_pytest(finished: Finished, outcomes: tuple[TestOutcome, ...] | None, complaint: str) -> tuple[Verdict, str]:
    """Return the verdict on a run of pytest, and why it is not a pass."""
    code = finished.exit_code
    if code is None:
        return Verdict.ERROR, _describe_limit(finished)
    if code in _PYTEST_CODES:
        return _PYTEST_CODES[code]
    if outcomes is None:
        verdict = Verdict.INCONCLUSIVE if code == 0 else Verdict.ERROR
        return verdict, f"The tests ended with exit code {code}. {complaint}"
    bad = _count(outcomes, TestStatus.FAILED) + _count(outcomes, TestStatus.ERROR)
    if code == 0:
        return _judge_success(outcomes, bad)
    if code == 1:
        shown = f"{bad} of {len(outcomes)} tests did not pass." if bad else "The report names no failed test."
        return Verdict.FAIL, shown if bad else f"pytest ended with exit code 1. {shown}"
    return Verdict.ERROR, f"The tests ended with exit code {code}, which is none of pytest's: most likely they crashed."


def _judge_success(outcomes: tuple[TestOutcome, ...], bad: int) -> tuple[Verdict, str]:
    if bad:
        return Verdict.INCONCLUSIVE, f"pytest ended with exit code 0, but its report names {bad} tests that failed."
    if not _count(outcomes, TestStatus.PASSED):
        return Verdict.INCONCLUSIVE, "No test passed: every one was skipped, or none ran."
    return Verdict.PASS, ""


def judge_command(finished: Finished, outcomes: tuple[TestOutcome, ...] | None, _: str) -> tuple[Verdict, str]:
    """Return the verdict on a configured command, and why it is not a pass. Only its exit code can say that it is."""
    code = finished.exit_code
    if code is None:
        return Verdict.ERROR, _describe_limit(finished)
    if code in _NOT_FOUND:
        return Verdict.ERROR, f"The configured test command cannot be run (exit code {code})."
    if code:
        return Verdict.FAIL, f"The configured test command ended with exit code {code}."
    bad = _count(outcomes or (), TestStatus.FAILED) + _count(outcomes or (), TestStatus.ERROR)
    if bad:
        return Verdict.INCONCLUSIVE, f"The command ended with exit code 0, but its report names {bad} failed tests."
    return Verdict.PASS, ""


def _describe_limit(finished: Finished) -> str:
    return f"The tests were ended after {finished.seconds:.0f} s by their limit of {finished.limit or 'time'}."


def _count(outcomes: tuple[TestOutcome, ...], status: TestStatus) -> int:
    return sum(outcome.status is status for outcome in outcomes)
