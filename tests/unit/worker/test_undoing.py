"""Going back to a checkpoint in a worker, also in one that has seen none of the edits."""

from typing import Any

from tests.fakes.worker_bench import Crew
from yantra_bot.agent.recovery.checkpoints import Checkpoints
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.ports import ToolBatch
from yantra_bot.worker.client import WorkerWorkspace

FILES: dict[str, bytes | tuple[str, bytes]] = {"calc.py": b"x = 1\n", "old.py": b"gone = False\n"}


def edit(search: str, replace: str) -> ToolCall:
    return ToolCall("1", "edit_file", {"path": "calc.py", "search": search, "replace": replace})


def undo(**arguments: Any) -> ToolCall:
    return ToolCall("2", "undo", arguments)


async def turn(workspace: WorkerWorkspace, states: Checkpoints, *calls: ToolCall) -> ToolBatch:
    """Have calls run, as a run's bench does."""
    batch = await workspace.call(calls, checkpoints=states.states)
    states.note(batch.changes)
    return batch


async def test_a_turn_is_taken_back_with_all_that_it_did(crew: Crew) -> None:
    """Edited, made and removed files are as they were; what changed is shown, and going on from there works."""
    workspace, states = await crew.open(FILES), Checkpoints()
    first = await turn(workspace, states, edit("x = 1", "x = 2"))
    made = ToolCall("3", "write_file", {"path": "new.py", "content": "y = 1\n"})
    await turn(workspace, states, edit("x = 2", "x = 3"), made, ToolCall("4", "delete_file", {"path": "old.py"}))
    batch = await turn(workspace, states, undo())
    assert batch.changes == first.changes
    shown = batch.results[0].content
    assert "- calc.py is as it was" in shown
    assert "- new.py is gone again" in shown
    assert "- old.py is there again" in shown
    assert "-x = 3\n+x = 2" in shown
    assert (await turn(workspace, states, undo())).changes == Changeset()
    last = await turn(workspace, states, undo())
    assert last.results[0].is_error
    assert "nothing to undo" in last.results[0].content


async def test_edits_of_the_same_turn_are_the_first_to_go(crew: Crew) -> None:
    """Two undos in one turn go back twice."""
    workspace, states = await crew.open(FILES), Checkpoints()
    first = await turn(workspace, states, edit("x = 1", "x = 2"))
    assert (await turn(workspace, states, edit("x = 2", "x = 3"), undo())).changes == first.changes
    assert (await turn(workspace, states, edit("x = 2", "x = 3"), undo(), undo())).changes == Changeset()


async def test_a_new_worker_goes_back_as_the_old_one_would(crew: Crew) -> None:
    """Nothing is kept in a worker: the checkpoints come out of the record, with their content."""
    workspace, states = await crew.open(FILES), Checkpoints()
    first = await turn(workspace, states, edit("x = 1", "x = 2"))
    last = await turn(workspace, states, edit("x = 2", "x = 3"))
    await workspace.close()
    other = await crew.hire()
    await other.open(crew.maker.commit(FILES), last.changes)
    batch = await turn(other, states, undo())
    assert batch.changes == first.changes
    assert "-x = 3\n+x = 2" in batch.results[0].content
    assert (await other.call([ToolCall("5", "diff", {})])).changes == first.changes
