"""Runs a repository's tests in a sandbox and says what that showed.

The exit code decides what may be called a pass; the report that was written beside untrusted code only says which test
it was. Where the two contradict each other the answer is never a pass. Results are written to a folder of their own,
outside the workspace, and read back through a confined tree with size limits. Nothing runs here but in a sandbox.
"""

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from runners import read_source
from yantra_bot.domain.proof import TestReport, Verdict
from yantra_bot.domain.runners import MOST_PROJECTS, RunnerName
from yantra_bot.errors import UserError
from yantra_bot.ports import TestCommand
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.contract import WORKSPACE, Finished, Job, Mount
from yantra_bot.sandbox.limits import TESTS
from yantra_bot.sandbox.removal import remove_folder
from yantra_bot.sandbox.tree import Tree
from yantra_bot.validation.runners import node, python
from yantra_bot.validation.runners.choose import (
    NOTHING,
    RUNNERS,
    choose_projects,
    describe_rest,
    find_again,
    find_projects,
    list_files,
)
from yantra_bot.validation.runners.contract import RESULTS_FOLDER, Command, Files, Order, Runner, Shown
from yantra_bot.validation.runners.judging import judge_command
from yantra_bot.validation.runners.merging import merge, move
from yantra_bot.validation.runners.python import Pytest, read_junit

MAX_TAIL = 12_000
REPEATABLE = {"PYTHONHASHSEED": "0", "TZ": "UTC", "PYTHONDONTWRITEBYTECODE": "1", "CI": "true"}
JUNIT_VARIABLE = "YANTRA_JUNIT_XML"
"""Names, to a configured command, the file that it may write its own JUnit report to."""
_SOURCES = (python.SCRIPT, *node.SOURCES)


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
    pytest: Runner = field(default_factory=Pytest)
    """What runs pytest's tests."""


def load_runner() -> None:
    """Read now what runs inside the sandbox: a process that gives up its rights may not reach the file any more."""
    for name in _SOURCES:
        read_source(name)


def run_tests(
    bench: TestBench,
    selection: tuple[str, ...] = (),
    *,
    is_lenient: bool = False,
    near: Iterable[str] = (),
    on_line: Callable[[str], None] | None = None,
    keep: Callable[[Tree], None] | None = None,
) -> TestReport:
    """Run all tests, or the tests and paths of `selection`, and return what it showed.

    Without a configured command the projects are run that the selection calls for, else those that `near`, the files
    of a change, call for. `is_lenient`: what pytest does not know of the selection is left out; else it ends the run.
    `keep` is shown the folder of results before it goes. UserError when a configured command is to run a selection.
    Whatever tests do to the workspace stays: undoing it is the caller's part.
    """
    if bench.command.argv:
        if selection:
            raise UserError(
                "This repository's tests are a configured command, which runs whole. Leave the selection out."
            )
        return _run_command(bench, on_line, keep)
    files = list_files(Tree(bench.workspace))
    projects = find_projects(files, only=bench.command.runner)
    chosen = choose_projects(projects, [item.partition("::")[0] for item in selection] or near)
    if not chosen:
        return TestReport(NOTHING.verdict, (), None, 0.0, reason=NOTHING.reason)
    orders = []
    for project in chosen[:MOST_PROJECTS]:
        own = tuple(item for item in selection if project in choose_projects(projects, [item.partition("::")[0]]))
        orders.append(Order(project, own, is_lenient, bench.python))
    report = merge([_run_project(bench, order, files, on_line, keep) for order in orders])
    if selection:
        return report
    rest = describe_rest(projects, chosen[:MOST_PROJECTS])
    return replace(report, remark=" ".join(filter(None, (report.remark, rest))))


def run_projects(
    bench: TestBench, labels: tuple[str, ...], *, on_line: Callable[[str], None] | None = None
) -> TestReport:
    """Run all tests of projects that are named as a report of another version of the repository names them."""
    files = list_files(Tree(bench.workspace))
    chosen = find_again(find_projects(files, only=bench.command.runner), labels)
    if not chosen:
        reason = f"There was no {' and no '.join(labels)} before the change."
        return TestReport(Verdict.INCONCLUSIVE, (), None, 0.0, reason=reason)
    return merge([_run_project(bench, Order(one, python=bench.python), files, on_line, None) for one in chosen])


def _run_project(
    bench: TestBench,
    order: Order,
    files: Files,
    on_line: Callable[[str], None] | None,
    keep: Callable[[Tree], None] | None,
) -> TestReport:
    runner = bench.pytest if order.project.runner is RunnerName.PYTEST else RUNNERS[order.project.runner]
    command = runner.command(order, files)

    def read(finished: Finished, results: Tree) -> Shown:
        return runner.report(order, finished, results, files)

    report = _run(bench, command, order.directory, read, on_line, keep)
    return move(replace(report, projects=(order.project.label,), remark=command.remark), order.project.folder)


def _run_command(
    bench: TestBench, on_line: Callable[[str], None] | None, keep: Callable[[Tree], None] | None
) -> TestReport:
    def read(finished: Finished, results: Tree) -> Shown:
        outcomes, _ = read_junit(results)
        verdict, reason = judge_command("The configured test command", finished, outcomes)
        return Shown(verdict, reason, outcomes or ())

    return _run(bench, Command(bench.command.argv, bench.command.argv), WORKSPACE, read, on_line, keep)


def _run(
    bench: TestBench,
    command: Command,
    directory: str,
    read: Callable[[Finished, Tree], Shown],
    on_line: Callable[[str], None] | None,
    keep: Callable[[Tree], None] | None,
) -> TestReport:
    """Run one command with a folder of results beside it, which is gone afterwards."""
    results = Path(tempfile.mkdtemp(prefix="results-", dir=bench.scratch))
    try:
        if os.geteuid() != bench.sandbox.user:
            os.chown(results, bench.sandbox.user, bench.sandbox.user)
        finished = bench.sandbox.run(_build_job(bench, command, directory, results), on_line=on_line)
        if keep is not None:
            keep(Tree(results))
        shown = read(finished, Tree(results))
    finally:
        remove_folder(results)
    return TestReport(
        verdict=shown.verdict,
        command=command.shown,
        exit_code=finished.exit_code,
        seconds=finished.seconds,
        outcomes=shown.outcomes,
        output_tail=finished.output[-MAX_TAIL:],
        coverage=shown.coverage,
        reason=shown.reason,
    )


def _build_job(bench: TestBench, command: Command, directory: str, results: Path) -> Job:
    seconds = bench.command.timeout_seconds
    junit = {JUNIT_VARIABLE: f"{RESULTS_FOLDER}/junit.xml"}
    return Job(
        argv=(*bench.prefix, *command.argv),
        workspace=bench.workspace,
        limits=replace(TESTS, wall_seconds=seconds, cpu_seconds=max(TESTS.cpu_seconds, 2 * seconds)),
        environment={**bench.environment, **REPEATABLE, **junit, **command.variables},
        mounts=(*bench.mounts, Mount(results, RESULTS_FOLDER, writable=True)),
        directory=directory,
        files={**bench.files, **command.files},
    )
