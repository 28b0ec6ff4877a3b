"""The smoke run: starts the entry points that the change reaches, and on the base too where one crashes."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from yantra_bot.domain.checks import CheckKind, CheckResult, CheckState
from yantra_bot.sandbox.contract import WORKSPACE, Finished
from yantra_bot.sandbox.limits import TESTS
from yantra_bot.sandbox.tree import Tree
from yantra_bot.validation.entry_points import PYTHON, Entry, describe_crash, find_entries
from yantra_bot.validation.runners.choose import list_files
from yantra_bot.validation.runners.jest import QUIET
from yantra_bot.worker.checks.bench import CheckBench

SECONDS: Final = 15.0
"""What one start may take; what then still runs has not crashed."""
MAX_EVIDENCE: Final = 4_000
NO_ENTRY: Final = CheckResult(CheckKind.SMOKE, CheckState.SKIPPED)
"""There is nothing to start, which nobody has to be told."""


def check_entries(bench: CheckBench) -> CheckResult:
    """Return whether the programs of the repository still start. Raises SandboxUnavailable.

    A program that crashes before the change too says nothing of the change.
    """
    began = time.monotonic()
    entries = find_entries(list_files(Tree(bench.root)), bench.changes.paths)
    if not entries:
        return NO_ENTRY
    crashed = [(entry, done) for entry in entries if describe_crash(done := _start(bench, entry, bench.root))]
    old = [entry for entry, _ in crashed if describe_crash(_start(bench, entry, bench.lay_base()))]
    new = [(entry, done) for entry, done in crashed if entry not in old]
    return replace(judge(entries, new, old), seconds=time.monotonic() - began)


def _start(bench: CheckBench, entry: Entry, tree: Path) -> Finished:
    python = bench.environment.python or bench.sandbox.interpreter.executable
    argv = (python, *entry.argv[1:]) if entry.argv[0] == PYTHON else entry.argv
    directory = f"{WORKSPACE}/{entry.directory}" if entry.directory else WORKSPACE
    limits = replace(TESTS, wall_seconds=SECONDS)
    if not (tree / entry.directory).is_dir():
        return Finished(1, 0.0, "The folder was not there.")
    job = bench.environment.make_job(argv, workspace=tree, limits=limits, variables=QUIET, directory=directory)
    return bench.sandbox.run(job, on_line=bench.say)


def judge(entries: tuple[Entry, ...], new: list[tuple[Entry, Finished]], old: list[Entry]) -> CheckResult:
    """Return the result: `new` crash with the change alone, `old` before it too."""
    if new:
        told = [f"`{entry.shown}`: {describe_crash(done)}" for entry, done in new]
        shown = [
            f"{line}. The end of what it printed:\n{done.output[-MAX_EVIDENCE:]}"
            for line, (_, done) in zip(told, new, strict=True)
        ]
        reason = f"{told[0]}, and not before the change."
        return CheckResult(CheckKind.SMOKE, CheckState.FAILED, reason, evidence="\n\n".join(shown))
    started = [f"`{entry.shown}`" for entry in entries if entry not in old]
    if not started:
        reason = f"`{old[0].shown}` crashes before the change too, so that a start shows nothing."
        return CheckResult(CheckKind.SMOKE, CheckState.SKIPPED, reason)
    return CheckResult(CheckKind.SMOKE, CheckState.PASSED, f"{', '.join(started)} started without a crash.")
