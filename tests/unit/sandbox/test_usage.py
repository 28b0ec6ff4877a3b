"""What a sandbox uses is measured, and compared with what it may use."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from yantra_bot.sandbox.limits import Limit, Limits
from yantra_bot.sandbox.usage import Growth, Usage, View, find_exceeded

LIMITS = Limits(memory_bytes=100, processes=10, cpu_seconds=5, files=3, workspace_bytes=1 << 40)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (Usage(100, 10, 5.0, 3), None),
        (Usage(memory_bytes=101), Limit.MEMORY),
        (Usage(processes=11), Limit.PROCESSES),
        (Usage(cpu_seconds=5.1), Limit.CPU),
        (Usage(temporary_files=4), Limit.DISK),
    ],
)
def test_the_first_exceeded_limit_is_named(usage: Usage, expected: Limit | None) -> None:
    """A limit is exceeded by more, not by as much."""
    assert find_exceeded(usage, LIMITS) is expected


def test_a_process_of_this_namespace_is_no_sandbox() -> None:
    """The host's own /proc is never taken for a sandbox's, nor is a process that is gone."""
    assert View.open(os.getpid(), ("/tmp",)) is None
    assert View.open(2**22 + 1, ("/tmp",)) is None


def test_growth_is_judged_by_the_folders_own_files(tmp_path: Path) -> None:
    """New files below a folder are found, through folders, links not followed; what was there before does not count."""
    (tmp_path / "before").mkdir()
    for number in range(20):
        (tmp_path / "before" / f"{number}.txt").touch()
        os.utime(tmp_path / "before" / f"{number}.txt", (2**33, 2**33))
    wait_for_the_clock(tmp_path)
    growth = Growth((tmp_path,), replace(LIMITS, files=5), period=0.0)
    assert growth.find_exceeded() is None
    for number in range(6):
        (tmp_path / "before" / f"new{number}").symlink_to("/")
        os.utime(tmp_path / "before" / f"new{number}", (0, 0), follow_symlinks=False)
    # Others free what the counters count, and after a long walk the next one waits: what is over is found in the end.
    ends = time.monotonic() + 30
    while (found := growth.find_exceeded()) is None and time.monotonic() < ends:
        time.sleep(0.01)
    assert found is Limit.DISK


def wait_for_the_clock(folder: Path) -> None:
    """Return when the file system's clock has moved on by more than what is allowed for it."""
    probe = folder / "clock"
    probe.touch()
    first = probe.stat().st_ctime
    while probe.stat().st_ctime < first + 0.05:
        probe.touch()


def test_no_writable_folder_means_no_growth() -> None:
    """A sandbox with nothing to write to cannot grow."""
    assert Growth((), LIMITS).find_exceeded() is None
