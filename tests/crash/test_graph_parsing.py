"""kill -9 while files are parsed by several processes: nobody is left behind, and a lost helper is told."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from yantra_bot.errors import Transient
from yantra_bot.graphdb.indexer import FEW_BYTES, Indexer
from yantra_bot.graphdb.lowering import lower_beside

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
WAITING = """
import sys
from pathlib import Path
from yantra_bot.graphdb.indexer import Indexer

def progress(what, done, total):
    print("parsing", flush=True)
    sys.stdin.read()

Indexer(Path(sys.argv[1]), processes=2).build(progress)
"""


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """As much as is worth several processes."""
    text = "".join(f"def f{number}(): pass\n" for number in range(1_000))
    for number in range(FEW_BYTES // len(text) + 8):
        (tmp_path / f"m{number}.py").write_text(text)
    return tmp_path


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_helpers_end_with_their_parent(sources: Path) -> None:
    """They are ended by the kernel; before, each waited for ever with a hundred megabytes."""
    command = [sys.executable, "-c", WAITING, str(sources)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "parsing\n"
        tasks = Path(f"/proc/{child.pid}/task").iterdir()
        helpers = [int(one) for task in tasks for one in (task / "children").read_text().split()]
        child.kill()
    assert len(helpers) == 2
    deadline = time.monotonic() + PATIENCE
    while any(map(is_running, helpers)):
        assert time.monotonic() < deadline


def test_a_helper_that_was_killed_is_told(sources: Path) -> None:
    """As what it may be, want of memory; another try may do."""

    def progress(*_: object) -> None:
        for helper in multiprocessing.active_children():
            os.kill(helper.pid or 0, signal.SIGKILL)

    with pytest.raises(Transient, match="want of memory"):
        Indexer(sources, processes=2).build(progress)


def spent(process: int) -> tuple[str, ...]:
    """State and processor time of a process: the same twice means that it waits."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (fields[0], fields[11], fields[12])


def wait_until_it_waits(process: int) -> None:
    deadline, before, since = time.monotonic() + PATIENCE, spent(process), time.monotonic()
    while before[0] != "S" or time.monotonic() - since < 0.2:
        assert time.monotonic() < deadline
        if spent(process) != before:
            before, since = spent(process), time.monotonic()


def test_a_helper_that_was_killed_while_it_told_its_result_is_told(sources: Path) -> None:
    """Its result is larger than a pipe holds, and has no end: waiting for the rest of it took for ever."""
    part = [one.name for one in sources.iterdir()]
    with closing(lower_beside(sources, [part] * 4, 2)) as lowered:
        next(lowered)
        for helper in multiprocessing.active_children():
            wait_until_it_waits(helper.pid or 0)
            os.kill(helper.pid or 0, signal.SIGKILL)
        with pytest.raises(Transient, match="want of memory"):
            list(lowered)


def test_what_goes_wrong_in_a_helper_is_raised_here(sources: Path) -> None:
    """A bug is told as that, and not as a want of memory."""
    with pytest.raises(TypeError):
        list(lower_beside(sources, [["m0.py"], [None]], 2))  # type: ignore[list-item] # what no caller does
    assert not multiprocessing.active_children()
