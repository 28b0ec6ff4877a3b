"""A workspace does what its port promises, on a real worker, a real mirror and a real sandbox."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.mirror import MirrorMaker
from tests.fakes.worker_bench import FILES, Crew, DictBlobs, make_index
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.domain.proof import Verdict
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.ports import TestCommand, ToolBatch, Workspace
from yantra_bot.sandbox.mirror import find_past
from yantra_bot.worker.client import WorkerFactory
from yantra_bot.worker.config import Patience, WorkerConfig
from yantra_bot.worker.launch import find_fork_server
from yantra_bot.worker.protocol import hash_blob

UNITTEST = TestCommand(("python3", "-m", "unittest", "-q"), 60.0)
CHECKED = {
    "calc.py": FILES["calc.py"],
    "test_calc.py": b"import pathlib, unittest\nimport calc\n\n\nclass T(unittest.TestCase):\n    def test(self):\n"
    b"        pathlib.Path('calc.pyc').write_text('x')\n        pathlib.Path('calc.py').write_text('gone')\n"
    b"        self.assertEqual(calc.add(2, 2), 4)\n",
}


def _edit(path: str, search: str, replace: str) -> ToolCall:
    return ToolCall("e", "edit_file", {"path": path, "search": search, "replace": replace})


def _run(*argv: str) -> ToolCall:
    return ToolCall("r", "run_command", {"argv": list(argv)})


async def _call(workspace: Workspace, *calls: ToolCall) -> ToolBatch:
    batch = await workspace.call(calls)
    assert not any(result.is_error for result in batch.results), batch.results
    return batch


async def test_a_batch_reads_edits_and_shows(crew: Crew) -> None:
    """Calls are answered in order, the change comes with the batch, and its content lies in the blob store."""
    workspace = await crew.open(FILES)
    batch = await _call(
        workspace,
        ToolCall("1", "read_file", {"path": "calc.py"}),
        _edit("calc.py", "a - b", "a + b"),
        ToolCall("3", "write_file", {"path": "new/x.txt", "content": "x\n"}),
    )
    assert [result.call_id for result in batch.results] == ["1", "e", "3"]
    assert "return a - b" in batch.results[0].content
    assert batch.changes.paths == ("calc.py", "new/x.txt")
    assert crew.blobs.stored == {hash_blob(data): data for data in (b"def add(a, b):\n    return a + b\n", b"x\n")}
    assert "+    return a + b" in await workspace.diff()
    assert (await workspace.outline(2)).endswith("and 2 more")
    facts = await workspace.measure()
    assert (facts.files, facts.cyclomatic, facts.weakened_tests) == (2, 1, ())


async def test_a_change_too_large_to_show_is_cut(crew: Crew) -> None:
    """A word in a file of one enormous line does not end the run: the diff says how long it is."""
    workspace = await crew.open({"data.txt": b"needle" + b"x" * 4_500_000})
    await _call(workspace, _edit("data.txt", "needle", "thread"))
    diff = await workspace.diff()
    assert len(diff) < 4_100_000
    assert diff.endswith("characters; the rest is left out.]\n")


async def test_a_wrong_call_is_an_answer(crew: Crew) -> None:
    """Unknown tools, arguments that are none and paths outside are told to the model; the worker lives on."""
    workspace = await crew.open(FILES)
    batch = await workspace.call(
        [
            ToolCall("1", "format_disk", {}),
            ToolCall("2", "read_file", None),
            ToolCall("3", "read_file", {"path": "/etc/passwd"}),
            ToolCall("4", "read_file", {"path": "\ud800"}),
            ToolCall("5", "finish", {"title": "fix: add", "summary": "s", "confidence": 0.9}),
        ]
    )
    assert [result.is_error for result in batch.results] == [True, True, True, True, False]
    assert batch.finished is not None
    assert batch.finished.title == "fix: add"
    assert {spec.name for spec in workspace.tools()} > {"edit_file", "run_tests", "finish"}


@pytest.mark.case("D12")
async def test_commands_run_in_a_sandbox_and_their_litter_stays_out(crew: Crew) -> None:
    """A formatter's change counts, new files are named, protected ones are put back, and the model is told."""
    workspace = await crew.open({**FILES, "CODEOWNERS": b"* @a\n"})
    code = "open('calc.py','a').write('# x\\n'); open('junk','w'); open('CODEOWNERS','w'); print('hello')"
    lines: list[str] = []
    batch = await workspace.call([_run("python3", "-c", code)], on_line=lines.append)
    assert lines == ["hello"]
    assert batch.changes.paths == ("calc.py",)
    assert "since no tool wrote them: junk" in batch.results[0].content
    assert "CODEOWNERS: it decides who has to approve" in batch.results[0].content


async def test_tests_are_run_and_leave_no_trace(crew: Crew) -> None:
    """The report tells a failure from a pass, and what tests did to the tree is undone each time."""
    workspace = await crew.open(CHECKED, UNITTEST)
    lines: list[str] = []
    report = await workspace.test(on_line=lines.append)
    assert report.verdict is Verdict.FAIL
    assert "The tests changed calc.py; that was undone." in lines
    batch = await _call(workspace, _edit("calc.py", "a - b", "a + b"))
    assert (await workspace.test()).verdict is Verdict.PASS
    batch = await _call(workspace, ToolCall("t", "run_tests", {}), ToolCall("d", "diff", {}))
    assert batch.changes.paths == ("calc.py",)
    assert "gone" not in batch.results[1].content
    assert "calc.pyc" not in (await workspace.outline(10))


async def test_an_environment_is_prepared(
    config: WorkerConfig, maker: MirrorMaker, blobs: DictBlobs, open_folder: Path
) -> None:
    """Dependencies come from the operator's source, the second run finds them on the repository's shelf."""
    factory = WorkerFactory(_with(config, index=make_index(open_folder / "wheels")), blobs)
    for number, was_cached in enumerate((False, True)):
        workspace = await factory(f"r{number}", maker.folder, UNITTEST)
        try:
            await workspace.open(maker.commit(FILES), Changeset())
            report = await workspace.prepare()
            assert (report.problem, report.was_cached) == (None, was_cached), report.output_tail
            batch = await _call(workspace, _run("python", "-c", "import pytest; print(pytest.__file__)"))
            assert "/environment/lib" in batch.results[0].content
        finally:
            await workspace.close()


async def test_a_new_worker_has_the_identical_tree(crew: Crew) -> None:
    """Base commit and change are all of a tree: another worker that opens them shows the same, to the byte."""
    first = await crew.open({**FILES, "crlf.txt": b"a\r\nb", "u16": "x\n".encode("utf-16"), "bin": b"\0\xff"})
    commit = crew.maker.commit({**FILES, "crlf.txt": b"a\r\nb", "u16": "x\n".encode("utf-16"), "bin": b"\0\xff"})
    batch = await _call(
        first,
        _edit("crlf.txt", "b", "c"),
        ToolCall("1", "delete_file", {"path": "README.md"}),
        ToolCall("2", "write_file", {"path": "run.sh", "content": "#!/bin/sh\n", "executable": True}),
    )
    shown = _run("python3", "-c", _DUMP)
    expected = (await _call(first, shown)).results[0].content
    diff = await first.diff()
    await first.close()
    second = await crew.hire()
    await second.open(commit, batch.changes)
    again = await _call(second, shown)
    assert again.results[0].content.split("s.\n", 1)[1] == expected.split("s.\n", 1)[1]
    assert again.changes == batch.changes
    assert await second.diff() == diff


_DUMP = (
    "import pathlib; [print(oct(p.lstat().st_mode), p, p.read_bytes()) for p in sorted(pathlib.Path('.').rglob('*'))"
    " if p.is_file()]"
)


async def test_opening_again_starts_anew(crew: Crew) -> None:
    """`open` on a used workspace lays the tree out from nothing, in another process."""
    workspace = await crew.open(FILES)
    await _call(workspace, _edit("calc.py", "a - b", "a + b"))
    process = workspace.process_id
    await workspace.open(crew.maker.commit(FILES), Changeset())
    assert workspace.process_id != process
    assert await workspace.diff() == ""


async def test_refusals_keep_their_class(crew: Crew) -> None:
    """What a person has to change, and what the mirror does not have, arrive as the errors they are."""
    workspace = await crew.hire()
    with pytest.raises(UserError, match="Open it first"):
        await workspace.outline(1)
    with pytest.raises(Permanent, match="cannot be read from the mirror"):
        await workspace.open("1" * 40, Changeset())
    with pytest.raises(UserError, match="full commit id"):
        await workspace.open("main", Changeset())
    await workspace.close()
    await workspace.close()
    with pytest.raises(Transient, match="closed"):
        await workspace.diff()


async def test_a_mirror_that_is_not_there_is_said(config: WorkerConfig, tmp_path: Path) -> None:
    """A worker that cannot start says why, and leaves nothing behind."""
    with pytest.raises(Permanent, match="mirror of the repository cannot be opened"):
        await WorkerFactory(config, DictBlobs())("r", tmp_path / "nowhere", UNITTEST)


async def test_places_run_out(config: WorkerConfig, maker: MirrorMaker, blobs: DictBlobs) -> None:
    """More workers than places are refused until one ends."""
    factory = WorkerFactory(_with(config, places=1), blobs)
    first = await factory("r1", maker.folder, UNITTEST)
    with pytest.raises(Transient, match="All 1 places"):
        await factory("r2", maker.folder, UNITTEST)
    await first.close()
    await (await factory("r3", maker.folder, UNITTEST)).close()
    assert await factory.sweep() == 0


async def test_a_worker_that_does_not_answer_is_ended(
    config: WorkerConfig, maker: MirrorMaker, blobs: DictBlobs
) -> None:
    """After the time for an answer the worker is killed, and the workspace can be opened anew."""
    factory = WorkerFactory(_with(config, patience=Patience(call=0.5)), blobs)
    workspace = await factory("r", maker.folder, UNITTEST)
    commit = maker.commit(FILES)
    await workspace.open(commit, Changeset())
    with pytest.raises(Transient, match="did not answer within 0 s"):
        await workspace.call([_run("python3", "-c", "import time; time.sleep(600)")])
    await workspace.open(commit, Changeset())
    assert "calc.py" in await workspace.outline(9)
    await workspace.close()


async def test_the_operator_can_switch_the_sandbox_off(
    config: WorkerConfig, maker: MirrorMaker, blobs: DictBlobs
) -> None:
    """With the insecure switch commands run under the worker's account, and the workspace does all the same."""
    factory = WorkerFactory(_with(config, insecure_no_sandbox=True), blobs)
    workspace = await factory("r", maker.folder, UNITTEST)
    try:
        await workspace.open(maker.commit(CHECKED), Changeset())
        assert (await workspace.test()).verdict is Verdict.FAIL
    finally:
        await workspace.close()


async def test_too_large_a_repository_is_refused_with_numbers(
    config: WorkerConfig, maker: MirrorMaker, blobs: DictBlobs
) -> None:
    """The limit for a checkout ends in words for a person."""
    factory = WorkerFactory(_with(config, checkout=config.checkout.__class__(max_files=2)), blobs)
    workspace = await factory("r", maker.folder, UNITTEST)
    try:
        with pytest.raises(UserError, match="more than 2 files"):
            await workspace.open(maker.commit(FILES), Changeset())
    finally:
        await workspace.close()


async def test_giving_up_while_a_place_is_taken_gives_it_back(
    config: WorkerConfig, maker: MirrorMaker, blobs: DictBlobs
) -> None:
    """A stop at any moment of the start leaves no place taken."""
    factory = WorkerFactory(_with(config, places=1), blobs)
    for _ in range(8):
        starting = asyncio.create_task(factory("r", maker.folder, UNITTEST))
        await asyncio.sleep(0)
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
        assert list(config.work_folder.glob("run-*")) == []
    await (await factory("r", maker.folder, UNITTEST)).close()


async def test_giving_up_while_a_worker_starts_ends_it(
    config: WorkerConfig, maker: MirrorMaker, blobs: DictBlobs
) -> None:
    """A stop right after the process was started leaves neither it nor its place taken."""
    factory = WorkerFactory(_with(config, places=1), blobs)
    starting = asyncio.create_task(factory("r", maker.folder, UNITTEST))
    server = find_fork_server().process_id
    children = Path(f"/proc/{server}/task/{server}/children")
    before = set(children.read_text().split())
    while not (found := set(children.read_text().split()) - before):
        await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert found.isdisjoint(children.read_text().split())
    await (await factory("r", maker.folder, UNITTEST)).close()


def _with(config: WorkerConfig, **changes: object) -> WorkerConfig:
    return replace(config, **changes)  # type: ignore[arg-type]


def test_the_past_beside_a_mirror_is_found(tmp_path: Path) -> None:
    """A run's worker is handed what a push has fetched of the past, and nothing where there is none."""
    assert find_past(tmp_path / "7.git") is None
    (tmp_path / "7-past.git").mkdir()
    assert find_past(tmp_path / "7.git") == tmp_path / "7-past.git"
