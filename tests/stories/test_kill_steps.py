"""kill -9 in each step of a run, after its work and before its record: it is done again, and the run ends once."""

import os
import shutil
import signal

import pytest

from tests.fakes.models import Answer, Call, FakeModels
from tests.stories import javascript, processes
from tests.stories.held import holding
from tests.stories.library import FINISH, HEAD, SHELL_FILES, SHELL_RULES, call, turn
from tests.stories.models import END, claude
from tests.stories.process import Server, serving
from tests.stories.scene import Scene
from tests.stories.test_kill import answered, assert_done_once
from tests.stories.test_scrutiny import CONTENT, look
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.models.catalogue import TIERS, VendorId
from yantra_bot.runs.steps import Moment

WRONG = call("edit_file", '{path = "calc.sh", search = "$1 - $2", replace = "$2 - $1"}')
RIGHT = call("edit_file", '{path = "calc.sh", search = "$2 - $1", replace = "$1 + $2"}')
TEST = call("write_file", '{path = "tests/sums.sh", content = "test $(add 2 3) = 5\\n"}')
RULES = SHELL_RULES + "integration:\n  command: [sh, -c, '. ./calc.sh; add 1 0']\n"
FILES = SHELL_FILES | {
    "test.sh": SHELL_FILES["test.sh"] + "test ! -e tests/sums.sh || . ./tests/sums.sh\n",
    ".github/yantra.yml": RULES,
}
CLAIMS = call(
    "finish", '{title = "fix: add its arguments", summary = "`add` calls `echo`; `frob` stays.", confidence = 0.95}'
)
WORK = (
    HEAD
    + look("content", CONTENT)
    + turn("wrong", WRONG, TEST)
    + turn("sure", FINISH)
    + turn("right", RIGHT)
    + turn("end", CLAIMS)
)
"""One attempt whose tests fail, one that is good and has a test of its own, and a second look at it."""

TRYING = ("check change#1", "scan#1", "publish#1", "recover#1")
JUDGING = ("check change#3", "prove on base#1", "look claims up#1", "second look#1")
GROUPS = {"trying": TRYING, "judging": JUDGING}


async def die_in(scene: Scene, step: str, order: str) -> None:
    """Kill the server as soon as a step has done its work and has no record; order first where nothing was."""
    async with holding(scene, Moment.AFTER_WORK, step) as server:
        if not scene.runs():
            await scene.comment(order)
        await scene.until(lambda: is_held(scene, server, step))
        there = server.family
        os.kill(server.process.pid, signal.SIGKILL)
        await server.process.wait()
    assert processes.remaining(there) == []


def is_held(scene: Scene, server: Server, name: str) -> bool:
    ended = [run.ending.reason for run in scene.runs() if run.ending]
    assert not ended, f"it ended before {name}: {ended}, {[step.name for step in scene.steps()]}"
    return server.log.read_text().endswith(f"Held in {name}\n")


async def go_on(scene: Scene) -> Ending:
    async with serving(scene) as server:
        ending = await scene.ending()
        there = server.family
    assert processes.remaining(there) == []
    return ending


@pytest.mark.case("L01")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("group", GROUPS)
async def test_a_run_that_is_killed_in_one_step_after_another_ends_once(scene: Scene, group: str) -> None:
    """Each time it goes on where it was; no answer of a model is paid for twice, and nothing is written twice."""
    scene.work_in(FILES, script=WORK)
    scene.values["critique_rounds"] = 2
    for step in GROUPS[group]:
        await die_in(scene, step, "@yantra implement")
        paid = answered(scene)
    ending = await go_on(scene)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert paid.items() <= answered(scene).items()
    assert_done_once(scene, model_calls=5)


SEVERAL = {
    "package.json": '{"private": true, "workspaces": ["packages/*"]}',
    **javascript.in_folder("packages/one"),
    **javascript.in_folder("packages/two"),
}
MEND_TWO = Call("edit_file", {"path": "packages/two/calc.js", "search": "first - second", "replace": "first + second"})


@pytest.mark.case("L01")
@pytest.mark.skipif(
    shutil.which("node", path="/usr/local/bin:/usr/bin") is None, reason="NO NODE where a sandbox looks for it"
)
async def test_a_choice_and_a_second_look_at_the_base_are_made_again_after_a_kill(scene: Scene) -> None:
    """The model of the named tier answers all the same, and the tests of another project are shown on the base."""
    scene.work_in(SEVERAL)
    async with FakeModels() as models:
        given = {**scene.values, **claude(models)}
        scene.values = {key: value for key, value in given.items() if value is not None}
        models.will(Answer(calls=(MEND_TWO,)), END)
        for step in ("choose model#1", "test base#2"):
            await die_in(scene, step, "@yantra implement --model premium")
        ending = await go_on(scene)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert {step.name: step.starts for step in scene.steps()}.items() >= {"choose model#1": 2, "test base#2": 2}.items()
    assert {seen.body["model"] for seen in models.seen} == {TIERS[VendorId.ANTHROPIC]["premium"]}
    (opened,) = scene.pull_requests()
    assert "2 passed, 0 failed; before the change 2 passed, 0 failed" in opened.body
    assert_done_once(scene, model_calls=2)
