"""kill -9 around a plan: it is posted once, waits through any death, is decided once, and its run ends once."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.fakes.github.faults import Fault, Kind
from tests.stories import processes
from tests.stories.library import SHELL_FILES
from tests.stories.plans import PLANS, plan_of, react, waiting
from tests.stories.process import serving
from tests.stories.scene import Scene
from tests.stories.test_kill import Moment, answered, at_request, at_step
from yantra_bot.domain.run import Phase


@dataclass
class OnceSaid(Fault):
    """A fault that waits until the bot has said this."""

    scene: Scene | None = None
    words: str = ""

    def matches(self, method: str, path: str) -> bool:
        assert self.scene is not None
        return self.words in "".join(self.scene.said()) and super().matches(method, path)


def once_said(words: str, method: str, path: str) -> Moment:
    """The moment in which GitHub is asked for something, after the bot said this, and does not answer."""

    def arrange(scene: Scene) -> Callable[[], object]:
        fault = OnceSaid(Kind.HANG, method, path, after_effect=True, times=1, scene=scene, words=words)
        scene.github.faults.faults.append(fault)
        return lambda: fault.hits

    return arrange


BEFORE = {
    "the plan was answered": at_step("forecast#1"),
    "posted, not recorded": once_said("Planning", "POST", "*/comments"),
    "waiting": lambda scene: lambda: "AwaitingApproval" in "".join(scene.said()) and scene.in_step("approval")(),
}
AFTER = {
    "approved, not stored": at_request("POST", "*/comments/*/reactions", after_effect=True),
    "approved, shown": once_said("yantra:plan", "PATCH", "*/issues/comments/*"),
    "ticked, not recorded": once_said("[x] **1.", "PATCH", "*/issues/comments/*"),
    "ticking": at_step("show plan#3"),
}


@pytest.mark.case("L01")
@pytest.mark.parametrize("name", BEFORE)
async def test_a_kill_before_approval_leaves_one_plan_that_waits(scene: Scene, name: str) -> None:
    """The model is asked for a plan once, one comment shows it, and a thumb that came meanwhile is found."""
    scene.work_in(SHELL_FILES, script=PLANS)
    scene.values["plan_reaction_seconds"] = 0.05
    has_come = BEFORE[name](scene)
    async with serving(scene) as server:
        await scene.comment("@yantra plan")
        await scene.until(has_come)
        paid = answered(scene)
        assert processes.remaining(await server.kill()) == []
    if plan_of(scene):
        react(scene, "+1", by="alice")
    async with serving(scene):
        if "approved it" not in plan_of(scene):
            await scene.until(lambda: plan_of(scene))
            react(scene, "+1", by="alice")
        await check_end(scene, paid)


@pytest.mark.case("L01")
@pytest.mark.parametrize("name", AFTER)
async def test_a_kill_after_approval_is_decided_once_and_followed(scene: Scene, name: str) -> None:
    """What was decided stands, the ticks stand, and the run ends once."""
    scene.work_in(SHELL_FILES, script=PLANS)
    async with serving(scene) as server:
        await scene.comment("@yantra plan")
        await waiting(scene)
        has_come = AFTER[name](scene)
        await scene.comment("@yantra approve")
        await scene.until(has_come)
        paid = answered(scene)
        assert processes.remaining(await server.kill()) == []
    async with serving(scene):
        await check_end(scene, paid)


async def check_end(scene: Scene, paid: dict[str, int]) -> None:
    """Hold that the run ends well, with nothing paid or posted twice."""
    ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    await scene.until(lambda: "Done" in "".join(scene.said()))
    assert paid.items() <= answered(scene).items()
    assert [one.count("- [x] **") for one in scene.said() if "yantra:plan:" in one] == [3]
    progress = [one for one in scene.said() if "yantra:run:" in one]
    assert len(progress) == 1
    assert len(scene.pull_requests()) == 1
    assert ending.spent.model_calls == 4
