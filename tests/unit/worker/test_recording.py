"""What each test ran, recorded by a real worker on the base of a run, taken from it as bytes and used by a review."""

import os
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from demo.servers import wheel_folder
from tests.fakes.worker_bench import FILES, Crew, DictBlobs
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.review import ReviewRules
from yantra_bot.domain.reviewed import ReviewWork
from yantra_bot.ports import TestCommand
from yantra_bot.sandbox.package_index import PackageIndex
from yantra_bot.validation.selection import load_recording
from yantra_bot.validation.selection.recording import FILE, MAX_KEPT
from yantra_bot.worker import protocol
from yantra_bot.worker.client import WorkerFactory
from yantra_bot.worker.config import WorkerConfig
from yantra_bot.worker.graphs import GraphWorkers
from yantra_bot.worker.protocol import RECORDING_FOLDER
from yantra_bot.worker.reviews import ReviewWorkers

CALC = Repository(7, "octo", "calc")
TESTS = b"""\
from calc import add, double


def test_add():
    assert add(2, 0) == 2


def test_double():
    assert double(2) == 4
"""
SOURCE = b"def add(a, b):\n    return a - b\n\n\ndef double(a):\n    return 2 * a\n"
SPOILS = b"""

def test_spoils():
    import sys
    text = open("calc.py").read()
    open("calc.py", "a").write("#")
    assert "#" not in text
    assert "record" not in str(sys.orig_argv)
"""
PASSING = {**FILES, "calc.py": SOURCE, "test_calc.py": TESTS}


@pytest.fixture
def graphs(crew: Crew, tmp_path: Path, open_folder: Path) -> GraphWorkers:
    """Graphs of a crew that finds pytest and coverage."""
    index = PackageIndex(find_links=(wheel_folder(open_folder),))
    crew.factory = WorkerFactory(replace(crew.config, index=index), DictBlobs())
    return GraphWorkers(crew.factory, tmp_path / "graphs")


def taking(graphs: GraphWorkers) -> Callable[[Path, int | None], None]:
    return lambda folder, account: graphs.take_recording(CALC, folder, account)


async def test_the_suite_of_the_base_is_recorded_and_a_review_chooses_by_it(crew: Crew, graphs: GraphWorkers) -> None:
    """The report is the plain run's, nothing is loaded late, and only the test that ran the change is called for."""
    workspace = await crew.open(PASSING)
    assert (await workspace.prepare()).problem is None
    plain = await workspace.test()
    lines: list[str] = []
    report = await workspace.test(on_line=lines.append, take=taking(graphs))
    assert not any("again" in line for line in lines), lines
    same = [(one.verdict, one.command, one.exit_code, one.coverage, one.reason) for one in (plain, report)]
    assert same[0] == same[1]
    assert same[0][0] is Verdict.PASS
    assert [(one.name, one.status) for one in report.outcomes] == [(one.name, one.status) for one in plain.outcomes]
    worker = workspace._worker
    assert worker is not None
    closed = await worker.order(protocol.Close(), TypeAdapter(protocol.Closed), patience=20)
    assert closed.late_imports == ()
    seen = load_recording(graphs.store_of(CALC))
    base = crew.maker.commit(PASSING)
    assert seen is not None
    assert (seen.commit, seen.tests) == (base, ("", "test_calc.py::test_add", "test_calc.py::test_double"))
    head = crew.maker.commit({**PASSING, "calc.py": SOURCE.replace(b"2 * a", b"a + a")})
    work = ReviewWork(base, head, ReviewRules(runs_tests=False, runs_tools=False), may_execute=False)
    reviewed = await ReviewWorkers(crew.factory, graphs)(
        "review", CALC, crew.maker.folder, work, TestCommand(), lambda _: None
    )
    tests = reviewed.review.tests
    assert tests is not None
    assert [one.id for one in tests.tests] == ["test_calc.py::test_double"]
    assert "recorded coverage" in tests.why[0]


async def test_where_the_recorder_sees_a_failure_the_plain_run_decides(crew: Crew, graphs: GraphWorkers) -> None:
    """A line says so, and what the first run did to the tree is undone before the second."""
    workspace = await crew.open({**PASSING, "test_calc.py": TESTS + SPOILS})
    await workspace.prepare()
    lines: list[str] = []
    report = await workspace.test(on_line=lines.append, take=taking(graphs))
    assert report.verdict is Verdict.PASS, report.output_tail
    assert any("run again without it" in line for line in lines)
    assert await workspace.diff() == ""


@pytest.mark.parametrize("how", ["unprepared", "command", "changed"])
async def test_what_cannot_be_recorded_is_run_as_ever(crew: Crew, graphs: GraphWorkers, how: str) -> None:
    """Nothing was prepared, the tests are a command, the tree is not the commit's: nothing is kept."""
    tests = TestCommand(("python3", "-c", "print()")) if how == "command" else TestCommand()
    workspace = await crew.open(PASSING, tests)
    if how != "unprepared":
        await workspace.prepare()
    if how == "changed":
        edit = {"path": "calc.py", "search": "2 * a", "replace": "a * 2"}
        await workspace.call([ToolCall("1", "edit_file", edit)])
    report = await workspace.test(take=taking(graphs))
    assert report.verdict is (Verdict.ERROR if how == "unprepared" else Verdict.PASS)
    assert not graphs.store_of(CALC).exists()


def _link(place: Path) -> None:
    (place / FILE).symlink_to("/etc/passwd")


def _linked_folder(place: Path) -> None:
    place.rmdir()
    place.symlink_to(place.parent / "elsewhere")


def _huge(place: Path) -> None:
    (place / FILE).touch()
    os.truncate(place / FILE, MAX_KEPT + 1)


@pytest.mark.parametrize("spoil", [_link, _linked_folder, _huge, lambda place: None])
def test_what_is_no_plain_file_of_the_worker_is_not_kept(
    config: WorkerConfig, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    """A link, a folder by a link, a huge file, none: nothing is kept, and nothing ends by it."""
    graphs = GraphWorkers(WorkerFactory(config, DictBlobs()), tmp_path / "graphs")
    folder = tmp_path / "worker"
    (folder / RECORDING_FOLDER).mkdir(parents=True)
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / FILE).write_bytes(b"x")
    spoil(folder / RECORDING_FOLDER)
    graphs.take_recording(CALC, folder, os.geteuid())
    assert not (graphs.store_of(CALC) / FILE).exists()


@pytest.mark.parametrize("data", [b"garbage", zlib.compress(b"[" * 1_000_000), zlib.compress(b"{}")])
async def test_a_review_does_without_what_is_no_recording(crew: Crew, graphs: GraphWorkers, data: bytes) -> None:
    """Control takes it unread; the review's worker makes nothing of it, and the graph chooses."""
    folder = crew.config.work_folder.parent / "left"
    (folder / RECORDING_FOLDER).mkdir(parents=True)
    (folder / RECORDING_FOLDER / FILE).write_bytes(data)
    graphs.take_recording(CALC, folder, os.geteuid())
    assert (graphs.store_of(CALC) / FILE).read_bytes() == data
    base = crew.maker.commit(PASSING)
    head = crew.maker.commit({**PASSING, "calc.py": SOURCE.replace(b"2 * a", b"a + a")})
    work = ReviewWork(base, head, ReviewRules(runs_tests=False, runs_tools=False), may_execute=False)
    reviewed = await ReviewWorkers(crew.factory, graphs)(
        "review", CALC, crew.maker.folder, work, TestCommand(), lambda _: None
    )
    tests = reviewed.review.tests
    assert tests is not None
    assert "recorded" not in tests.why[0]
    assert [one.id for one in tests.tests] == ["test_calc.py::test_double"]
