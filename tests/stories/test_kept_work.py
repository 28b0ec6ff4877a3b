"""What is kept of work that a run does not deliver: on a branch, looked through for secrets first, and truly told."""

import pytest

from tests.fakes.github import git_repository
from tests.stories.library import HEAD, SHELL_FILES, SHELL_FIX, call, turn
from tests.stories.own_pulls import MENDED, NOTE, OWN, OwnPull, script
from tests.stories.scene import Scene
from tests.stories.test_checks import TOKEN
from yantra_bot.domain.run import Phase

LEAK = call("write_file", f"{{path = \"settings.sh\", content = '''\nTOKEN=\"{TOKEN}\"\n'''}}")
LOOKS = "".join(turn(f"look-{number}", call("read_file", '{path = "calc.sh"}')) for number in range(9))


def holds(scene: Scene, text: str) -> bool:
    """Say whether any object of the remote holds a text, reachable or not."""
    listed = git_repository.run_git(
        scene.repository.git_dir, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)"
    )
    blobs = [line.split()[1] for line in listed.splitlines() if line.startswith("blob")]
    return any(text in git_repository.run_git(scene.repository.git_dir, "cat-file", "-p", one) for one in blobs)


@pytest.mark.case("C11")
@pytest.mark.case("E01")
async def test_a_secret_in_unfinished_work_is_not_pushed(scene: Scene) -> None:
    """The budget ends before any scan has seen the change: it is looked through then, and a person hears where."""
    scene.work_in(SHELL_FILES, script=HEAD + turn("wrong", SHELL_FIX, LEAK) + LOOKS)
    async with scene.server(budget_steps=2):
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.ESCALATED
    assert "2 model calls" in ending.reason
    assert "holds what looks like a secret. Nothing was pushed" in ending.reason
    assert (ending.branch, scene.branches()) == (None, [])
    assert not holds(scene, TOKEN)
    (said,) = scene.said()
    assert "settings.sh:1" in said
    assert TOKEN not in said


async def test_a_change_that_a_model_leaves_without_a_word_is_kept(scene: Scene) -> None:
    """It stops calling tools: what it did is for a person, on a branch, and is called untested."""
    scene.work_in(SHELL_FILES, script=HEAD + turn("fix", SHELL_FIX) + "".join(turn(f"talk-{n}") for n in range(9)))
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.ESCALATED
    assert ending.reason.startswith("The model stopped working without saying that it is done. What was changed so far")
    assert ending.branch is not None
    assert scene.branches() == [ending.branch]
    message = git_repository.run_git(scene.repository.git_dir, "log", "-1", "--format=%B", ending.branch)
    assert "Nothing of this was tested." in message
    assert not holds(scene, TOKEN)


@pytest.fixture
def own(scene: Scene) -> OwnPull:
    return OwnPull(scene)


@pytest.mark.case("C11")
@pytest.mark.parametrize("end", ["judged", "budget"])
async def test_a_follow_up_pushes_no_secret(own: OwnPull, end: str) -> None:
    """Neither to the pull request nor to a branch beside it, with a change that was judged or not."""
    scene = own.scene
    when = f"{{shown = ['{OWN}']}}"
    more = (MENDED, MENDED, MENDED) if end == "judged" else (NOTE,) * 9
    again = "".join(turn(f"more-{number}", one, when=when) for number, one in enumerate(more))
    scene.play(script(mend=f"{NOTE}\n{LEAK}").replace(turn("mended", MENDED, when=when), again))
    async with scene.server(**({} if end == "judged" else {"budget_steps": 2})):
        await own.open()
        first, branches = own.head, scene.branches()
        await own.fail()
        ending = await own.ending()
    assert ending.phase is Phase.ESCALATED, ending.reason
    assert "Nothing was pushed: what is in git once stays there." in ending.reason
    assert (own.head, scene.branches()) == (first, branches)
    assert not holds(scene, TOKEN)
    said = scene.said(own.pull)[-1]
    assert "settings.sh:1" in said
    assert TOKEN not in said


async def test_what_a_follow_up_keeps_beside_is_named_and_read_back(own: OwnPull) -> None:
    """The comment is on the pull request, and the branch is another one."""
    scene = own.scene
    when = f"{{shown = ['{OWN}']}}"
    again = "".join(turn(f"more-{number}", call("read_file", '{path = "calc.sh"}'), when=when) for number in range(9))
    scene.play(script().replace(turn("mended", MENDED, when=when), again))
    async with scene.server(budget_steps=2):
        await own.open()
        await own.fail()
        ending = await own.ending()
    assert ending.phase is Phase.ESCALATED, ending.reason
    assert ending.branch == f"{own.pull.pull.head_ref}-follow-up"
    assert scene.branch_head(ending.branch)
    assert f"Branch: `{ending.branch}`" in scene.said(own.pull)[-1]
    assert {"read back branch#1", "read back comment#1"} <= {step.name for step in scene.steps()}
