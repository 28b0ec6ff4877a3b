"""`yantra runs resume` and `cancel` beside a running server: a run goes on from its record, or ends."""

import json
from pathlib import Path

import pytest

import yantra_bot
from tests.stories.library import SHELL_FILES
from tests.stories.scene import Scene
from tests.stories.test_terminal import Said, yantra
from yantra_bot.domain.run import Phase

CODE = Path(yantra_bot.__path__[0]).parent


async def command(scene: Scene, *words: str) -> Said:
    return await yantra(scene, "runs", *words, PYTHONPATH=str(CODE))


@pytest.mark.parametrize("at", ["*/pulls", "*/check-runs"])
async def test_a_run_that_failed_goes_on_from_its_record(scene: Scene, at: str) -> None:
    """Nothing that was done is done again: no model call, no push; one comment, one pull request, one check."""
    scene.work_in(SHELL_FILES)
    scene.github.faults.answer("POST", at, 403, message="Resource not accessible by integration")
    async with scene.server():
        await scene.comment("@yantra implement")
        failed = await scene.ending()
        assert failed.phase is Phase.FAILED, failed.reason
        run_id = scene.runs()[0].order.run_id
        before = [step.starts for step in scene.steps() if step.name.startswith(("model", "tools", "test", "push"))]
        said = await command(scene, "resume", run_id)
        assert (said.code, said.err) == (0, ""), said
        await scene.until(lambda: scene.runs()[0].phase is Phase.COMPLETE)
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    after = [step.starts for step in scene.steps() if step.name.startswith(("model", "tools", "test", "push"))]
    assert after == before == [1] * len(before)
    assert ending.spent == failed.spent
    assert (len(scene.runs()), len(scene.pull_requests()), len(scene.branches())) == (1, 1, 1)
    assert len(scene.repository.check_runs) == len(scene.said()) == 1
    assert "Done" in scene.said()[0]
    assert [one.phase for one in scene.runs()[0].phases][-2:] == [Phase.PULL_REQUEST, Phase.COMPLETE]
    replayed = await command(scene, "replay", run_id)
    assert (replayed.code, replayed.out.split(":")[0]) == (0, "Identical"), replayed


async def test_a_run_that_was_cancelled_goes_on_when_it_is_wanted_after_all(scene: Scene) -> None:
    """`cancel` is heard by the running server; `resume` too, and at the next start by one that was down."""
    scene.work_in(SHELL_FILES)
    fault = scene.github.faults.hang("GET", "*/contents/AGENTS.md")
    async with scene.server():
        await scene.comment("@yantra implement")
        await scene.until(lambda: fault.hits)
        run_id = scene.runs()[0].order.run_id
        assert (await command(scene, "resume", run_id)).code != 0  # it works
        assert (await command(scene, "cancel", run_id)).code == 0
        stopped = await scene.ending()
        fault.release()
        assert stopped.phase is Phase.STOPPED
        assert "stopped this run" in stopped.reason
        again = await command(scene, "cancel", run_id)
        assert (again.code, "has ended already" in again.err) == (1, True), again
    assert (await command(scene, "resume", run_id)).code == 0
    async with scene.server():
        await scene.until(lambda: scene.runs()[0].phase is Phase.COMPLETE)
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    refused = await command(scene, "resume", run_id)
    assert (refused.code, "Only one that failed or was stopped" in refused.err) == (1, True), refused
    missing = await command(scene, "resume", "f" * 24)
    assert "There is no run" in missing.err


async def test_a_run_that_another_one_took_the_place_of_does_not_go_on(scene: Scene) -> None:
    """One run an issue: the wish is dropped, and the ended run stays as it was."""
    scene.work_in(SHELL_FILES)
    scene.github.faults.answer("POST", "*/pulls", 403, message="Resource not accessible by integration")
    async with scene.server():
        await scene.comment("@yantra implement")
        await scene.ending()
        first = scene.runs()[0].order.run_id
        fault = scene.github.faults.hang("GET", "*/contents/AGENTS.md")
        await scene.comment("@yantra implement")
        await scene.until(lambda: fault.hits)
        assert (await command(scene, "resume", first)).code == 0
        await scene.until(lambda: not asked(scene))
        fault.release()
        await scene.ending(of=2)
    assert scene.runs()[1].phase is Phase.FAILED


def asked(scene: Scene) -> tuple[str, ...]:
    records = scene.records()
    try:
        return records.resumes_asked()
    finally:
        records.close()


async def test_lists_and_runs_are_told_to_programs(scene: Scene) -> None:
    """`--json` gives what the lines say."""
    scene.work_in(SHELL_FILES)
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    listed = json.loads((await command(scene, "list", "--json")).out)
    run_id = scene.runs()[0].order.run_id
    assert [(one["run_id"], one["phase"], one["issue_number"]) for one in listed] == [(run_id, "Complete", 1)]
    shown = json.loads((await command(scene, "show", run_id, "--json")).out)
    assert (shown["reason"], shown["pull_request"]["number"]) == (ending.reason, 2)
    assert shown["phases"][0]["phase"] == "Queued"
