"""kill -9 at each phase and at each write to the outside: the run ends once, nothing is paid or posted twice."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.fakes.github.faults import Fault, Kind
from tests.stories import processes
from tests.stories.library import GOOD, ISSUE_TITLE, SHELL_FILES
from tests.stories.process import serving
from tests.stories.scene import Scene
from yantra_bot.domain.run import Phase

Moment = Callable[[Scene], Callable[[], object]]
"""Arranges for a moment to come and be held; what it returns says whether it has come."""


def at_step(name: str) -> Moment:
    """The moment in which a step has begun and is not finished."""
    return lambda scene: lambda: [step for step in scene.steps() if step.name == name]


def at_request(method: str, path: str, *, after_effect: bool) -> Moment:
    """The moment in which GitHub is asked for something and does not answer."""

    def arrange(scene: Scene) -> Callable[[], object]:
        fault = scene.github.faults.hang(method, path, after_effect=after_effect)
        return lambda: fault.hits

    return arrange


@dataclass
class OnceOpened(Fault):
    """A fault that waits for the pull request."""

    scene: Scene | None = None

    def matches(self, method: str, path: str) -> bool:
        assert self.scene is not None
        return bool(self.scene.repository.check_runs) and super().matches(method, path)


def at_the_last_edit(scene: Scene, *, is_told: bool = True) -> Callable[[], object]:
    """The moment in which the comment says that all is done (or is about to), and the server does not know it."""
    fault = OnceOpened(Kind.HANG, "PATCH", "*/issues/comments/*", after_effect=is_told, times=1, scene=scene)
    scene.github.faults.faults.append(fault)
    return lambda: fault.hits


def before_the_last_edit(scene: Scene) -> Callable[[], object]:
    """The moment in which the ending is stored and nobody was told of it."""
    return at_the_last_edit(scene, is_told=False)


MOMENTS = {
    "accepted, not dispatched": at_request("GET", "*/permission", after_effect=False),
    "reaction given, not queued": at_request("POST", "*/reactions", after_effect=True),
    "first comment posted, not recorded": at_request("POST", "*/comments", after_effect=True),
    "reading the issue": at_request("GET", "*/contents/AGENTS.md", after_effect=False),
    "fetching": at_request("POST", "*/git-upload-pack", after_effect=False),
    "testing the base": at_step("test base#1"),
    "the model has answered": at_step("tools#1"),
    "testing the change": at_step("test#1"),
    "committing": at_step("push#1"),
    "pushed, not recorded": at_request("POST", "*/git-receive-pack", after_effect=True),
    "opening the pull request": at_request("POST", "*/pulls", after_effect=False),
    "opened, not recorded": at_request("POST", "*/pulls", after_effect=True),
    "check shown, not recorded": at_request("POST", "*/check-runs", after_effect=True),
    "the ending is stored, not told": before_the_last_edit,
    "said that it is done, not recorded": at_the_last_edit,
    "told, being read back": at_step("read back comment#1"),
}


@pytest.mark.case("L01")
@pytest.mark.case("L02")
@pytest.mark.parametrize("name", MOMENTS)
async def test_a_kill_ends_in_one_run_one_comment_and_one_pull_request(scene: Scene, name: str) -> None:
    """Whenever the server dies, its workers die with it, and starting it again is all that it takes."""
    scene.work_in(SHELL_FILES)
    await kill_and_go_on(scene, MOMENTS[name](scene))
    assert_done_once(scene, model_calls=2)


@pytest.mark.case("L01")
async def test_a_kill_while_dependencies_are_installed_leaves_nothing_half_done(scene: Scene) -> None:
    """The installation's processes die, and the next start installs anew or finds a complete environment."""
    scene.play(GOOD)
    scene.values["cache_folder"] = scene.folder / "environments-of-its-own"
    await kill_and_go_on(scene, at_step("prepare environment#1")(scene))
    assert_done_once(scene, model_calls=3)


async def kill_and_go_on(scene: Scene, has_come: Callable[[], object]) -> None:
    """Order, kill the server when the moment has come, and let a new one end the run."""
    async with serving(scene) as server:
        await scene.comment("@yantra implement")
        await scene.until(has_come)
        paid = answered(scene)
        there = await server.kill()
        assert processes.remaining(there) == []
    async with serving(scene) as server:
        ending = await scene.ending()
        assert ending.phase is Phase.COMPLETE, ending.reason
        await scene.until(lambda: "Done" in "".join(scene.said()))
        there = server.family
    assert processes.remaining(there) == []
    assert paid.items() <= answered(scene).items()


def answered(scene: Scene) -> dict[str, int]:
    """Return how often each model call that has its answer was begun."""
    return {step.name: step.starts for step in scene.steps() if step.name.startswith("model") and step.envelope}


def assert_done_once(scene: Scene, *, model_calls: int) -> None:
    (run,) = scene.runs()
    assert run.ending is not None
    assert run.ending.phase is Phase.COMPLETE, run.ending.reason
    assert len(scene.pull_requests()) == 1
    assert len(scene.said()) == 1
    assert len(scene.repository.check_runs) == 1
    assert len(scene.branches()) == 1
    assert run.ending.spent.model_calls == model_calls
    assert set(answered(scene)) == {f"model#{number + 1}" for number in range(model_calls)}


@pytest.mark.case("L01")
async def test_a_kill_finds_a_run_that_waits_in_the_queue_again(scene: Scene) -> None:
    """The run before it is in the middle of its work; after the restart both end, whichever goes on first."""
    scene.work_in(SHELL_FILES)
    scene.values["concurrent_runs"] = 1
    second = scene.github.add_issue(scene.repository, title=ISSUE_TITLE, by="alice")
    fault = scene.github.faults.hang("POST", "*/git-upload-pack")
    async with serving(scene) as server:
        await scene.comment("@yantra implement")
        await scene.until(lambda: fault.hits)
        await scene.comment("@yantra implement --dry-run", on=second)
        await scene.until(lambda: len(scene.runs()) == 2)
        there = await server.kill()
        assert processes.remaining(there) == []
    async with serving(scene):
        await scene.ending(of=2)
    later, earlier = scene.runs()
    assert (earlier.phase, later.phase) == (Phase.COMPLETE, Phase.COMPLETE), (earlier.ending, later.ending)
    assert (len(scene.pull_requests()), len(scene.said())) == (1, 1)
