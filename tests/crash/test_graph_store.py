"""kill -9 while a graph is built and while it is changed: afterwards the old or the new one is there, never half."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crash.graph_child import make
from tests.fakes.graphs import contents
from yantra_bot.graphdb.kuzu_store import GraphStore

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


def fresh_file(folder: Path, size: int) -> bool:
    """Tell whether a second file is being written and has so many bytes."""
    found = [path.stat().st_size for path in folder.glob("graph-*.db") if path.exists()]
    return len(found) > 1 and min(found) >= size


MOMENTS: dict[str, Callable[[Path], bool]] = {
    "the new file appears": lambda folder: fresh_file(folder, 0),
    "the new file has pages": lambda folder: fresh_file(folder, 4096),
    "the new file is large": lambda folder: fresh_file(folder, 1_000_000),
    "the engine's log is there": lambda folder: any(folder.glob("graph-*.wal")),
    "the head is replaced": lambda folder: (folder / "head.json.new").exists(),
}


@pytest.fixture
def writer(tmp_path: Path, mode: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "tests.crash.graph_child", str(tmp_path / "graph"), mode]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True) as child:
        assert child.stdout is not None
        while child.stdout.readline().strip() != "ready":
            assert child.poll() is None
        yield child
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)


def wait_for(moment: Callable[[Path], bool], folder: Path) -> None:
    """Look until the moment has come; some are short, so that one may be missed a few times."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if moment(folder):
                return
        except FileNotFoundError:
            continue
    pytest.fail("the moment did not come")


def assert_whole(folder: Path) -> None:
    view = GraphStore.open(folder).load()
    assert view is not None
    assert contents(view.to_graph()) in (contents(make(1)), contents(make(2)))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("mode", ["build", "update"])
def test_a_kill_leaves_the_old_or_the_new_graph(
    tmp_path: Path, mode: str, moment: str, writer: "subprocess.Popen[str]"
) -> None:
    """The writer and its child die together; the graph is whole, can be written again, and nothing is left over."""
    folder = tmp_path / "graph"
    wait_for(MOMENTS[moment], folder)
    os.killpg(writer.pid, signal.SIGKILL)
    writer.wait()
    assert_whole(folder)
    GraphStore.open(folder).save(make(1))
    assert_whole(folder)
    assert len(list(folder.iterdir())) == 3


@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", ["build"])
def test_a_child_whose_parent_was_killed_keeps_others_out(
    tmp_path: Path, mode: str, writer: "subprocess.Popen[str]"
) -> None:
    """Only the parent dies: its child still holds the lock, so that the next writer waits for it."""
    folder = tmp_path / "graph"
    wait_for(MOMENTS["the new file appears"], folder)
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    GraphStore.open(folder).save(make(1))
    assert_whole(folder)
    assert len(list(folder.iterdir())) == 3
