"""Each end of a run is read back from GitHub before it is told, once; what reads back otherwise is told with it."""

from dataclasses import dataclass

import pytest

from tests.fakes.github.exchange import Answer
from tests.fakes.github.faults import Fault, Kind
from tests.fakes.models import FakeModels, Silence
from tests.stories import processes
from tests.stories.library import FINISH, HEAD, SHELL_FILES, SHELL_GOOD, call, turn
from tests.stories.models import compatible
from tests.stories.process import serving
from tests.stories.scene import Scene
from yantra_bot.domain.run import Ending, Phase

WRONG = call("edit_file", '{path = "calc.sh", search = "$1 - $2", replace = "$2 - $1"}')
FAILING = HEAD + turn("wrong", WRONG) + "".join(turn(f"sure-{number}", FINISH) for number in range(3))


@dataclass
class Once(Fault):
    """A fault that waits for the check, or for a branch."""

    scene: Scene | None = None
    for_branch: bool = False

    def matches(self, method: str, path: str) -> bool:
        assert self.scene is not None
        is_there = self.scene.branches() if self.for_branch else self.scene.repository.check_runs
        return bool(is_there) and super().matches(method, path)


def lie(scene: Scene, path: str, body: object, *, status: int = 200, for_branch: bool = False) -> None:
    """Answer reads of this path with a body, from when the check (or the branch) is there."""
    fault = Once(Kind.ANSWER, "GET", path, False, 9, Answer(status, body), scene=scene, for_branch=for_branch)
    scene.github.faults.faults.append(fault)


async def run(scene: Scene, script: str = SHELL_GOOD) -> Ending:
    scene.work_in(SHELL_FILES, script=script)
    async with scene.server():
        await scene.comment("@yantra implement")
        return await scene.ending()


def steps_of(scene: Scene) -> set[str]:
    return {step.name.split("#")[0] for step in scene.steps()}


async def test_complete_means_that_pull_request_check_and_comment_were_read_back(scene: Scene) -> None:
    """Each is a step of the run; nothing differs, so that nothing more is said."""
    ending = await run(scene)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert {"read back", "read back check", "read back comment"} <= steps_of(scene)
    assert "GitHub" not in ending.reason
    assert ending.pull_request is not None
    assert ending.pull_request.head_sha == scene.branch_head("yantra/1-add-subtracts")


async def test_a_check_that_github_does_not_show_is_told(scene: Scene) -> None:
    """The run is done, and says what is missing."""
    scene.work_in(SHELL_FILES)
    lie(scene, "*/commits/*/check-runs*", {"total_count": 0, "check_runs": []})
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE
    assert ending.reason.endswith("GitHub does not show the check that was written.")
    assert "GitHub does not show the check" in scene.said()[0]


async def test_a_comment_that_is_gone_is_told_where_it_can_be(scene: Scene) -> None:
    """On the run's page and in its record: the comment itself cannot say so."""
    scene.work_in(SHELL_FILES)
    lie(scene, "*/issues/1/comments*", [])
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE
    assert ending.reason.endswith("GitHub does not show the comment that says so.")


async def test_what_cannot_be_read_back_is_no_failure_of_the_run(scene: Scene) -> None:
    """GitHub refuses the read: the work is done, and that it could not be seen is said with GitHub's words."""
    scene.work_in(SHELL_FILES)
    lie(scene, "*/commits/*/check-runs*", {"message": "Resource not accessible by integration"}, status=403)
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE
    assert "The check could not be read back" in ending.reason
    assert "Resource not accessible by integration" in ending.reason


async def test_escalated_hands_over_question_branch_and_evidence(scene: Scene) -> None:
    """The branch stands on GitHub at what was pushed, and was read back; the tests' own words are shown."""
    ending = await run(scene, FAILING)
    assert ending.phase is Phase.ESCALATED
    assert ending.branch is not None
    assert scene.branch_head(ending.branch)
    assert "read back branch" in steps_of(scene)
    (said,) = scene.said()
    assert "please look at it and decide" in said
    assert f"Branch: `{ending.branch}`" in said
    assert "<summary>Evidence</summary>" in said
    assert scene.pull_requests() == []


@pytest.mark.parametrize("shown", ["gone", "moved"])
async def test_a_branch_that_is_not_what_was_pushed_is_told(scene: Scene, shown: str) -> None:
    """A person is not pointed to what is not there."""
    scene.work_in(SHELL_FILES, script=FAILING)
    moved = {"ref": "refs/heads/x", "object": {"type": "commit", "sha": "e" * 40, "url": "https://x"}}
    body, status = (moved, 200) if shown == "moved" else ({"message": "Not Found"}, 404)
    lie(scene, "*/git/ref/heads/yantra/*", body, status=status, for_branch=True)
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.ESCALATED
    expected = (
        "stands at eeeeeeeeeeee, not at what was pushed" if shown == "moved" else "GitHub does not show the branch"
    )
    assert expected in ending.reason
    assert expected in scene.said()[0]


async def test_failed_has_the_words_of_the_api(scene: Scene) -> None:
    """GitHub's message, the branch that is left, and how to go on."""
    scene.work_in(SHELL_FILES)
    message = "Validation Failed: A pull request quota was reached for octo"
    scene.github.faults.answer("POST", "*/pulls", 422, message=message, times=9)
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.FAILED
    assert "A pull request quota was reached" in ending.reason
    (said,) = scene.said()
    assert "A pull request quota was reached" in said
    assert f"Branch: `{ending.branch}`" in said


GONE = {"message": "Not Found"}
REFUSED = {"message": "Resource not accessible by integration"}
BRANCHES = {
    "as it was pushed": (200, None, ""),
    "gone": (404, GONE, "GitHub does not show the branch yantra/1-add-subtracts that was pushed."),
    "unreadable": (403, REFUSED, "The branch could not be read back: "),
}


@pytest.mark.parametrize("end", [Phase.FAILED, Phase.STOPPED])
@pytest.mark.parametrize("branch", BRANCHES)
async def test_failed_and_stopped_say_of_the_branch_what_is_there(scene: Scene, end: Phase, branch: str) -> None:
    """It was pushed before the end: it is named, and what GitHub shows of it otherwise is told."""
    status, body, expected = BRANCHES[branch]
    scene.work_in(SHELL_FILES)
    is_failed = end is Phase.FAILED
    headers = {} if is_failed else {"Retry-After": "60"}
    refusal = scene.github.faults.answer("POST", "*/pulls", 422 if is_failed else 502, headers=headers, times=2)
    if body is not None:
        lie(scene, "*/git/ref/heads/yantra/*", body, status=status, for_branch=True)
    async with scene.server():
        await scene.comment("@yantra implement")
        if not is_failed:
            await scene.until(lambda: refusal.hits == 2)
            await scene.comment("@yantra stop")
        ending = await scene.ending()
    assert (ending.phase, ending.branch) == (end, "yantra/1-add-subtracts")
    assert scene.branches() == ["yantra/1-add-subtracts"]
    assert "read back branch" in steps_of(scene)
    told = [word for word in ("GitHub does not show", "could not be read back", "not at what") if word in ending.reason]
    assert bool(told) == bool(expected)
    assert expected in ending.reason
    assert expected in scene.said()[0]
    assert "Branch: `yantra/1-add-subtracts`" in scene.said()[0]


async def test_failed_by_a_model_has_the_words_of_its_api(scene: Scene) -> None:
    """A refusal is the vendor's to explain."""
    from tests.fakes.models import Answer as Said

    scene.work_in(SHELL_FILES)
    async with FakeModels() as models, scene.server(**compatible(models)):
        models.will(Said("I will not write this.", stop="refusal"))
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.FAILED
    assert "declined the task" in scene.said()[0]


async def test_stopped_names_who_and_leaves_nothing(scene: Scene) -> None:
    """One comment says so, and it was read back."""
    scene.work_in(SHELL_FILES)
    async with FakeModels() as models, scene.server(**compatible(models)):
        models.will(Silence())
        await scene.comment("@yantra implement")
        await scene.meet(models.hung)
        await scene.comment("@yantra stop")
        ending = await scene.ending()
    assert (ending.phase, ending.reason) == (Phase.STOPPED, "alice stopped this run.")
    assert "read back comment" in steps_of(scene)
    assert scene.branches() == []


@pytest.mark.case("L01")
@pytest.mark.parametrize("is_told", [False, True], ids=["stored, not told", "told, not recorded"])
async def test_a_kill_at_the_end_of_a_run_that_hands_over_tells_once(scene: Scene, is_told: bool) -> None:
    """Escalated, killed between storing the end and telling it, or after telling: one end, one comment, one branch."""
    scene.work_in(SHELL_FILES, script=FAILING)
    fault = Once(Kind.HANG, "PATCH", "*/issues/comments/*", is_told, 1, scene=scene, for_branch=True)
    async with serving(scene) as server:
        await scene.comment("@yantra implement")
        await scene.until(scene.branches)
        scene.github.faults.faults.append(fault)
        await scene.until(lambda: fault.hits)
        there = await server.kill()
        assert processes.remaining(there) == []
    async with serving(scene):
        ending = await scene.ending()
        await scene.until(lambda: "A person is needed" in "".join(scene.said()))
    assert ending.phase is Phase.ESCALATED
    assert len(scene.said()) == 1
    assert len(scene.branches()) == 1
    assert [one.phase for one in scene.runs()[0].phases if one.phase.is_final] == [Phase.ESCALATED]
