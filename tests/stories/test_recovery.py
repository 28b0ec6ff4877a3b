"""What a run does when something goes wrong on its way, from the comment to the pull request."""

import pytest

from tests.fakes.github import git_repository
from tests.stories.library import FINISH, FIX, HEAD, SHELL_FILES, SHELL_FIX, call, turn
from tests.stories.scene import Scene
from tests.stories.test_kill import assert_done_once, at_step, kill_and_go_on
from yantra_bot.dashboard.run_page import render
from yantra_bot.domain.run import Phase

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
