"""A worker's guide answers about the edited tree, holds no right, and is not missed when it has ended."""

import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.mirror import MirrorMaker
from tests.fakes.worker_bench import FILES, Crew, DictBlobs
from yantra_bot import artefacts
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.errors import UserError
from yantra_bot.worker import guide_link, protocol
from yantra_bot.worker.client import WorkerFactory, WorkerWorkspace
from yantra_bot.worker.config import WorkerConfig
from yantra_bot.worker.guide_link import GuideLink
from yantra_bot.worker.protocol import Answer, Assemble, Call, Closed, Failure, Open
from yantra_bot.worker.tasks import LookAhead

TASK = "add(2, 2) gives 0"
SEEN = Open("1" * 40, Changeset())
ASKED = Call((ToolCall("", "symbol", {"name": "add"}),))


@pytest.fixture
async def guided(config: WorkerConfig, maker: MirrorMaker, blobs: DictBlobs) -> AsyncIterator[Crew]:
    """Workers with guides."""
    config = replace(config, ranks=artefacts.path("token-ranks"))
    crew = Crew(WorkerFactory(config, blobs), maker, blobs, config, [])
    yield crew
    for workspace in crew.hired:
        await workspace.close()
    assert [path.name for path in config.work_folder.iterdir() if path.name != "locks"] == []


def guide_of(workspace: WorkerWorkspace) -> int:
    """Return the process of a worker's guide."""
    process = workspace.process_id
    (guide,) = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return int(guide)


async def ask(workspace: WorkerWorkspace, tool: str, **arguments: object) -> str:
    batch = await workspace.call([ToolCall("1", tool, dict(arguments))])
    return batch.results[0].content


@pytest.mark.timeout(600)
async def test_a_guide_knows_the_tree_and_is_not_missed(guided: Crew) -> None:
    """It assembles, answers of what was edited, has given up what the worker gives up; the run goes on without it."""
    workspace = await guided.open(FILES)
    context = await workspace.assemble(TASK, model="gpt-6-sol", budget=4_000)
    assert context.problem == ""
    assert context.of("1")[0].title.startswith("calc.py:1-2 add")
    edit = ToolCall("1", "edit_file", {"path": "calc.py", "search": "def add(a, b):", "replace": "def plus(a, b):"})
    await workspace.call([edit])
    assert (await ask(workspace, "symbol", name="plus")).startswith("calc.py:1-2  function calc.plus")
    assert "calc.py:1-2  plus" in await ask(workspace, "codebase_search", text="plus")
    guide = guide_of(workspace)
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{guide}/status").read_text().splitlines() if ":\t" in line
    )
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
    assert status["NoNewPrivs"].strip() == "1"
    if os.geteuid() == 0:
        assert (guided.config.first_account + guided.config.accounts) > int(status["Uid"].split()[0]) >= 58_000
        links = [str(entry.readlink()) for entry in Path(f"/proc/{guide}/fd").iterdir()]
        assert sum(link.startswith("socket:") for link in links) == 1, "it has no way to control"
    late = await workspace._order(protocol.Close(), Closed, patience=10)
    assert late.late_imports == ()


@pytest.mark.timeout(600)
async def test_a_run_goes_on_when_its_guide_was_killed(guided: Crew) -> None:
    """What it would have said is said to be missing, once and again; everything else works."""
    workspace = await guided.open(FILES)
    await workspace.assemble(TASK, model="m", budget=4_000)
    os.kill(guide_of(workspace), signal.SIGKILL)
    assert "ended by itself" in await ask(workspace, "symbol", name="add")
    assert "Use search" in await ask(workspace, "codebase_search", text="add")
    assert "ended by itself" in (await workspace.assemble(TASK, model="m", budget=4_000)).problem
    assert "calc.py" in await ask(workspace, "search", pattern="add")


async def test_a_worker_without_a_guide_says_so(crew: Crew) -> None:
    """Nothing fails."""
    workspace = await crew.open(FILES)
    assert "Nobody here knows" in (await workspace.assemble(TASK, model="m", budget=4_000)).problem
    assert "Use search" in await ask(workspace, "impact", names=["add"])


Reply = Callable[[protocol.Request], object]


def linked(reply: Reply) -> GuideLink:
    """Return a link to a guide that replies so; the process that it would kill is none."""
    ours, theirs = socket.socketpair()

    def serve() -> None:
        with theirs, suppress(OSError):
            while header := theirs.recv(4):
                body = theirs.recv(protocol.read_length(header), socket.MSG_WAITALL)
                asked = protocol.decode_to_worker(body)
                assert isinstance(asked, protocol.Request)
                said = reply(asked)
                if said is None:
                    return
                theirs.sendall(said if isinstance(said, bytes) else protocol.encode_frame(said))  # type: ignore[arg-type]

    threading.Thread(target=serve, daemon=True).start()
    return GuideLink(ours, 2**22 + 1, "c")


def replies(task: Reply) -> Reply:
    """See anything; answer the task so."""
    return lambda asked: Answer(asked.id, None) if isinstance(asked.task, Open) else task(asked)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (replies(lambda _: None), "ended by itself"),
        (replies(lambda _: b"\0\0\0\1x"), "ended by itself"),
        (replies(lambda asked: Answer(asked.id + 1, "x")), "was not asked"),
        (replies(lambda asked: Failure(asked.id, "user", "No symbol.")), r"^No symbol\.$"),
        (replies(lambda asked: Failure(asked.id, "bug", "Traceback\n  x\nKeyError: 1")), "failed at this: KeyError: 1"),
    ],
)
def test_whatever_a_guide_does_is_one_sentence(reply: Reply, expected: str) -> None:
    """An end, rubbish, an answer to nothing, a refusal, a bug: said, and after the first three it is gone."""
    link = linked(reply)
    for task in (ASKED, Assemble("t", "m", 1_000)):
        with pytest.raises(UserError, match=expected):
            link.ask(SEEN, task)
    assert link.close() == ()


def test_a_guide_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run waits for it only so long."""
    monkeypatch.setitem(guide_link.PATIENCE, Call, 0.05)
    until = threading.Event()
    link = linked(replies(lambda asked: until.wait(30) and Answer(asked.id, "late")))
    with pytest.raises(UserError, match="took too long"):
        link.ask(SEEN, ASKED)
    until.set()
    with pytest.raises(UserError, match="took too long"):
        link.ask(SEEN, ASKED)
    link.close()


@pytest.mark.parametrize("fails", [False, True])
def test_what_a_guide_gets_ready_is_not_waited_for(fails: bool) -> None:
    """Its answers to that, refusals too, are not taken for those to what it is asked."""
    began, until = threading.Event(), threading.Event()

    def reply(asked: protocol.Request) -> object:
        if isinstance(asked.task, LookAhead):
            began.set()
            until.wait(60)
            return Failure(asked.id, "user", "No graph.") if fails else Answer(asked.id, "nobody waited for this")
        return Answer(asked.id, "asked for") if isinstance(asked.task, Call | Open) else None

    link = linked(reply)
    link.look_ahead(LookAhead("context"), SEEN)
    link.look_ahead(LookAhead("edits"))
    assert began.wait(60)
    until.set()
    assert link.ask(SEEN, ASKED) == "asked for"
    assert link.ask(SEEN, ASKED) == "asked for"
    link.close()


def test_a_guide_that_ends_while_it_gets_ready_is_missed_when_it_is_asked() -> None:
    """Nothing is said before that."""
    link = linked(lambda asked: None if isinstance(asked.task, LookAhead) else Answer(asked.id, None))
    link.look_ahead(LookAhead("context"), SEEN)
    with pytest.raises(UserError, match="ended by itself"):
        link.ask(SEEN, ASKED)
    link.look_ahead(LookAhead("edits"))
    link.close()
