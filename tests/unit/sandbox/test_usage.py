"""What a sandbox uses is measured, and compared with what it may use."""

import os
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
    """More files than allowed below a folder are found, through folders, links not followed."""
    growth = Growth((tmp_path,), LIMITS)
    assert growth.find_exceeded() is None
    (tmp_path / "deep").mkdir()
    for number in range(400):
        (tmp_path / "deep" / str(number)).symlink_to("/")
        (tmp_path / "deep" / f"{number}.txt").touch()
    assert growth.find_exceeded() is Limit.DISK


def test_no_writable_folder_means_no_growth() -> None:
    """A sandbox with nothing to write to cannot grow."""
    assert Growth((), LIMITS).find_exceeded() is None
