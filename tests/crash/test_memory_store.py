"""The memory of mistakes under real kills and real rivals: whatever was said to be kept is there."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.crash.memory_child import COMMON
from tests.fakes.memories import WordModel, ask, make_lesson, make_occurrence
from yantra_bot.clock import SystemClock
from yantra_bot.learning.store.mistakes import Mistakes

ROOT = Path(__file__).parents[2]
MOMENTS = (0.0, 0.003, 0.008, 0.015, 0.025, 0.04)
"""Seconds after what a writer said last: a write takes some 30 ms, an upkeep 100. Whatever the machine makes of them,
what is asserted holds at any moment."""


@contextmanager
def writer(folder: Path, name: str, *, count: int, what: str = "write") -> Iterator["subprocess.Popen[str]"]:
    """A process that has loaded everything and waits for a line."""
    command = [sys.executable, "-m", "tests.crash.memory_child", str(folder), name, str(count), what]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("ready")
            yield process
        finally:
            process.kill()


def go(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def end_at(process: "subprocess.Popen[str]", line: str, after: float) -> list[str]:
    """Kill a writer so long after it has said a line; return what it had kept."""
    go(process)
    assert process.stdout is not None
    said = []
    if line:
        for one in process.stdout:
            said.append(one.strip())
            if one.strip() == line:
                break
    time.sleep(after)
    process.kill()
    said += [one.strip() for one in process.stdout]
    return [one.removeprefix("kept ") for one in said if one.startswith("kept ")]


def open_store(folder: Path) -> Mistakes:
    model = WordModel()
    return Mistakes(str(folder), lambda: model, clock=SystemClock())


def check(folder: Path, kept: set[str]) -> None:
    """Assert that a store opens, has every acknowledged occurrence once, counts right after upkeep, and goes on."""
    store = open_store(folder)
    stored = [one.id for lesson in store.lessons() for one in store.occurrences(lesson.id)]
    assert kept <= set(stored)
    store.learn([make_occurrence("after a kill", COMMON)])
    store.optimise()
    for lesson in store.lessons():
        assert lesson.frequency == len({one.id for one in store.occurrences(lesson.id)})
    (common,) = [one for one in store.find(ask(COMMON)).candidates if one.lesson.tried == COMMON]
    assert common.meaning is not None
    assert common.meaning > 0.5
    store.close()


@pytest.mark.timeout(600)
def test_kills_in_the_middle_of_writes_lose_nothing(tmp_path: Path) -> None:
    """Killed at many moments of its first write and of later ones, a store opens and has all that was acknowledged."""
    folder, kept = tmp_path / "memory", set[str]()
    for number, after in enumerate(MOMENTS):
        name, line = f"writer {chr(ord('a') + number)}", "" if number % 2 else f"kept {number}"
        with writer(folder, name, count=500) as process:
            kept |= {f"{name} {one}" for one in end_at(process, line, after)}
        check(folder, kept)
    assert kept


@pytest.mark.timeout(600)
def test_kills_in_the_middle_of_upkeep_lose_nothing(tmp_path: Path) -> None:
    """Killed while small files are joined, indices rebuilt and old versions removed, a store is as it was."""
    folder, kept = tmp_path / "memory", set[str]()
    for number, after in enumerate(MOMENTS):
        name = f"writer {chr(ord('a') + number)}"
        with writer(folder, name, count=500, what="optimise") as process:
            kept |= {f"{name} {one}" for one in end_at(process, "optimising", 4 * after)}
        check(folder, kept)
    assert kept


@pytest.mark.timeout(600)
def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    """Two processes that begin the same store at the same moment and write to it, with upkeep between, keep all."""
    folder, count = tmp_path / "memory", 12
    with writer(folder, "one", count=count) as one, writer(folder, "two", count=count, what="optimise") as two:
        for process in (one, two):
            go(process)
        assert [process.wait() for process in (one, two)] == [0, 0]
    store = open_store(folder)
    common = store.lesson(make_lesson(COMMON).id)
    assert common is not None
    assert common.frequency == count
    assert store.stats().occurrences == 2 * count
    assert store.stats().lessons == count + 1


def test_a_reader_sees_what_another_process_writes(tmp_path: Path) -> None:
    """A store that is open finds what another process has learnt since, and stops finding what it deleted."""
    store = open_store(tmp_path)
    store.learn([make_occurrence("own", COMMON)])
    assert [one.lesson.tried for one in store.find(ask(COMMON)).candidates] == [COMMON]
    with writer(tmp_path, "other", count=1) as process:
        go(process)
        assert process.wait() == 0
    assert len(store.find(ask(COMMON)).candidates) == 2
    program = (
        "import sys\nfrom yantra_bot.clock import SystemClock\n"
        "from yantra_bot.learning.store.mistakes import Mistakes\n"
        "assert Mistakes(sys.argv[1], lambda: None, clock=SystemClock()).delete([sys.argv[2]]) == 1"
    )
    command = [sys.executable, "-c", program, str(tmp_path), make_lesson(COMMON).id]
    subprocess.run(command, cwd=ROOT, check=True)
    assert [one.lesson.tried for one in store.find(ask(COMMON)).candidates] == ["use other letter a"]
