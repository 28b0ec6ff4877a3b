"""Runs a suite in a sandbox and makes the recording of what each test ran. Nothing runs here but in a sandbox."""

from collections.abc import Callable
from dataclasses import replace

from runners import read_source
from yantra_bot.domain.proof import TestReport
from yantra_bot.domain.runners import RunnerName
from yantra_bot.errors import UserError
from yantra_bot.sandbox.tree import Tree
from yantra_bot.validation.runners.python import Pytest
from yantra_bot.validation.selection.recording import Recording, make_recording
from yantra_bot.validation.test_run import TestBench, run_tests

RECORDER = "record_pytest.py"
SEEN = "seen.json"
MAX_BYTES = 64 * 1024**2


def load_recorder() -> None:
    """Read now what runs inside the sandbox: a process that gives up its rights may not reach the file any more."""
    read_source(RECORDER)


def record_tests(
    bench: TestBench,
    commit: str,
    read: Callable[[str], bytes | None],
    *,
    on_line: Callable[[str], None] | None = None,
) -> tuple[TestReport, Recording | None]:
    """Run the whole suite; return what it showed, and what each test ran. None where nothing was written down.

    `read` gives the files as they are at the commit. Raises UserError for a configured command, which is not pytest,
    and where what was written down cannot be read.
    """
    if bench.command.argv:
        raise UserError("This repository's tests are a configured command. Only what pytest runs can be recorded.")
    kept: list[bytes] = []

    def keep(results: Tree) -> None:
        if results.exists(SEEN):
            kept.append(results.read_bytes(SEEN, limit=MAX_BYTES))

    command = replace(bench.command, runner=RunnerName.PYTEST)
    report = run_tests(replace(bench, command=command, pytest=Pytest(RECORDER)), on_line=on_line, keep=keep)
    return report, make_recording(kept[0], commit=commit, read=read) if kept else None
