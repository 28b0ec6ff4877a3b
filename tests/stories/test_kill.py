"""kill -9 at each phase and at each write to the outside: the run ends once, nothing is paid or posted twice."""

from collections.abc import Callable

import pytest

from tests.stories.scene import Scene
from tests.stories.process import serving
from yantra_bot.domain.run import Phase

Moment = Callable[[Scene], Callable[[], object]]
"""Arranges for a moment to come and be held; what it returns says whether it has come."""


def at_step(name: str) -> Moment:
    """The moment in which a step has begun and is not finished."""

    def arrange(scene: Scene) -> Callable[[], object]:
        def has_come() -> object:
            runs = scene.runs()
            if not runs:
                return None
            records = scene.records()
            try:
                return [step for step in records.steps(runs[0].order.run_id) if step.name == name]
            finally:
                records.close()

        return has_come

    return arrange


def at_request(method: str, path: str, *, after_effect: bool) -> Moment:
    """The moment in which GitHub is asked for something and does not answer."""

    def arrange(scene: Scene) -> Callable[[], object]:
        fault = scene.github.faults.hang(method, path, after_effect=after_effect)
        return lambda: fault.hits

    return arrange


MOMENTS = {
    "accepted, not dispatched": at_request("GET", "*/permission", after_effect=False),
    "reaction given, not queued": at_request("POST", "*/reactions", after_effect=True),
    "first comment posted, not recorded": at_request("POST", "*/issues/1/comments", after_effect=True),
    "reading the issue": at_request("GET", "*/contents/AGENTS.md", after_effect=False),
    "fetching": at_request("POST", "*/git-upload-pack", after_effect=False),
    "preparing the environment": at_step("prepare environment#1"),
    "testing the base": at_step("test base#1"),
    "the model has answered": at_step("tools#1"),
    "testing the change": at_step("test#1"),
    "committing": at_step("push#1"),
    "pushed, not recorded": at_request("POST", "*/git-receive-pack", after_effect=True),
    "opening the pull request": at_request("POST", "*/pulls", after_effect=False),
    "opened, not recorded": at_request("POST", "*/pulls", after_effect=True),
    "check shown, not recorded": at_request("POST", "*/check-runs", after_effect=True),
}


@pytest.mark.case("L01")
@pytest.mark.parametrize("name", MOMENTS)
async def test_a_kill_ends_in_one_run_one_comment_and_one_pull_request(scene: Scene, name: str) -> None:
    """Whenever the server dies, starting it again is all that it takes."""
    has_come = MOMENTS[name](scene)
    async with serving(scene) as server:
        await scene.comment("@yantra implement")
        await scene.until(has_come)
        await server.kill()
    async with serving(scene):
        ending = await scene.ending()
        await scene.until(lambda: "Done" in "".join(scene.said()))
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert len(scene.pull_requests()) == 1
    assert len(scene.said()) == 1
    assert len(scene.repository.check_runs) == 1
    assert len(scene.runs()) == 1
    assert ending.spent.model_calls == 3
    records = scene.records()
    answered = {step.name: step.starts for step in records.steps(scene.runs()[0].order.run_id) if "model" in step.name}
    records.close()
    assert answered == {"model#1": 1, "model#2": 1, "model#3": 1}
