"""What a run does when something goes wrong on its way, from the comment to the pull request."""

import json

import pytest

from tests.fakes.github import git_repository
from tests.stories.library import FINISH, FIX, HEAD, RUN_TESTS, SHELL_FILES, SHELL_FIX, call, turn
from tests.stories.scene import Scene
from tests.stories.test_checks import LONELY
from tests.stories.test_kill import assert_done_once, at_step, kill_and_go_on
from yantra_bot.dashboard.run_page import render
from yantra_bot.domain.run import Phase
from yantra_bot.runs.codec import decode_envelope
from yantra_bot.runs.recovery import Recovery

ASTRAY = call("write_file", '{path = "astray.py", content = "x = 1\\n"}')
UNDO = call("undo", "{}")


async def test_a_wrong_way_is_taken_back_whole(scene: Scene) -> None:
    """Nothing of it is in the pull request, and the model was shown what went."""
    scene.play(
        HEAD
        + turn("astray", ASTRAY, call("edit_file", '{path = "calc.py", search = "first - second", replace = "None"}'))
        + turn("back", UNDO)
        + turn("fix", FIX, when='{last = ["astray.py is gone again", "Nothing differs from the base"]}')
        + turn("end", FINISH)
    )
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    shown = git_repository.run_git(scene.repository.git_dir, "diff", "main", opened.pull.head_sha, "--stat")
    assert "calc.py" in shown
    assert "astray" not in shown


async def test_an_error_is_told_by_its_kind_and_place(scene: Scene) -> None:
    """The next attempt is shown class, file, line and a hint, and the run's page has them too."""
    wrong = call("edit_file", '{path = "calc.py", search = "first - second", replace = "first + str(second)"}')
    right = call("edit_file", '{path = "calc.py", search = "str(second)", replace = "second"}')
    told = '{last = ["type error at calc.py:2: TypeError", "Hint: Compare the call with the signature"]}'
    scene.play(HEAD + turn("wrong", wrong) + turn("sure", FINISH) + turn("right", right, when=told) + turn("e", FINISH))
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    page = render(scene.runs()[0], scene.steps())
    assert "type error at calc.py:2: TypeError" in page
    assert recoveries(scene) == ["try again with a stated hypothesis"]


def command(code: str) -> str:
    return call("run_command", f"{{argv = ['python', '-c', '{code}']}}")


def recoveries(scene: Scene) -> list[str]:
    """Return what was chosen, in order."""
    steps = [step for step in scene.steps() if step.name.startswith("recover#")]
    return [str(decode_envelope(step.envelope or "", Recovery).rung) for step in steps]


def three(name: str, action: str, when: str = "") -> str:
    """Return three turns that do the same; the first waits for what was said."""
    return "".join(turn(f"{name}-{number}", action, when=when if number == 1 else "") for number in (1, 2, 3))


async def test_an_error_that_stays_climbs_the_ladder_up_to_a_person(scene: Scene) -> None:
    """Each rung once: a hypothesis, smaller steps, the last checkpoint, another model, and then the question."""
    fails = command("assert 1 == 2")
    scene.play(
        HEAD
        + turn("astray", ASTRAY)
        + three("plain", fails)
        + three("thought", fails, '{last = ["write in one sentence what you hold for the cause"]}')
        + three("small", fails, '{last = ["Go on in smaller steps"]}')
        + three("back", fails, '{last = ["taken back to how they were", "astray.py is gone again"]}')
        + three("other", fails, '{last = ["Another model goes on from here"]}')
    )
    async with scene.server(models=("replay", "stronger")):
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.ESCALATED
    assert "Everything that helps against an error of this kind was tried" in ending.reason
    assert "assertion error" in ending.reason
    assert recoveries(scene) == [
        *("try again with a stated hypothesis", "simplify into smaller steps", "go back to the last checkpoint"),
        *("ask another model", "ask a person"),
    ]
    asked = [json.loads(step.request)["model"] for step in scene.steps() if step.name.startswith("model#")]
    assert asked == ["replay"] * 13 + ["stronger"] * 3
    assert scene.pull_requests() == []
    page = render(scene.runs()[0], scene.steps())
    assert "go back to the last checkpoint" in page


async def test_a_call_that_is_refused_again_and_again_is_made_in_another_way(scene: Scene) -> None:
    """After the third time the model is told which tool to take instead."""
    wrong = call("edit_file", '{path = "calc.py", search = "nowhere", replace = "x"}')
    scene.play(
        HEAD
        + three("wrong", wrong)
        + turn("whole", FIX, when='{last = ["failed the same way several times", "write it whole with write_file"]}')
        + turn("end", FINISH)
    )
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert recoveries(scene) == ["use another tool"]


async def test_broken_syntax_is_mended_where_it_is(scene: Scene) -> None:
    """The lines around the place are shown, whatever broke them."""
    sed = call("run_command", "{argv = ['sed', '-i', 's/return first - second/return (first +/', 'calc.py']}")
    mend = call("edit_file", '{path = "calc.py", search = "(first +", replace = "first + second"}')
    scene.play(
        HEAD
        + turn("break", sed)
        + three("test", RUN_TESTS)
        + turn("mend", mend, when='{last = ["Repair the syntax exactly there", "return .first ."]}')
        + turn("end", FINISH)
    )
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert recoveries(scene) == ["repair the syntax exactly there"]


async def test_a_name_that_is_not_there_is_looked_up_in_the_docs(scene: Scene) -> None:
    """What the repository's documents say of it is shown as data."""
    files = {**LONELY, "docs/names.md": "Instead of `plus` there is `add`.\n"}
    wrong = command("import calc; calc.plus(1)")
    told = '{last = ["read what the documentation says", "Instead of `plus` there is `add`"]}'
    scene.work_in(files, script=HEAD + three("wrong", wrong) + turn("fix", FIX, when=told) + turn("end", FINISH))
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert recoveries(scene) == ["search the docs"]


@pytest.mark.case("L01")
async def test_a_kill_before_an_undo_leaves_all_its_checkpoints(scene: Scene) -> None:
    """The next worker has seen none of the edits, and goes back all the same."""
    astray = call("write_file", '{path = "astray.sh", content = "x\\n"}')
    further = call("write_file", '{path = "further.sh", content = "x\\n"}')
    script = turn("one", astray) + turn("two", further) + turn("back", call("undo", "{steps = 2}"))
    scene.work_in(SHELL_FILES, script=HEAD + script + turn("fix", SHELL_FIX) + turn("end", FINISH))
    await kill_and_go_on(scene, at_step("tools#3")(scene))
    assert_done_once(scene, model_calls=5)
    (opened,) = scene.pull_requests()
    shown = git_repository.run_git(scene.repository.git_dir, "diff", "main", opened.pull.head_sha, "--stat")
    assert "calc.sh" in shown
    assert "astray" not in shown
    assert "further" not in shown
