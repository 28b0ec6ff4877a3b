"""A large change is read by a model in several parts at once: each answer is kept, whatever happens to the others."""

import contextlib
import json

import pytest

from tests.fakes.models import Answer, Call, FakeModels, Silence
from tests.stories import processes
from tests.stories.models import compatible
from tests.stories.process import serving
from tests.stories.pulls import Pulls
from tests.stories.scene import Scene
from yantra_bot.dashboard.run_page import render
from yantra_bot.domain.run import Phase

LARGE = "\n\n".join(f'def name_{number}():\n    return "{"word " * 20}{number}"' for number in range(180))
FILES: dict[str, str | bytes | None] = {f"{name}.py": f'"""{name}."""\n\n\n{LARGE}\n' for name in ("one", "two")}
NOTHING = Answer(calls=(Call("remark", {"remarks": []}),))


@pytest.fixture
def pulls(scene: Scene) -> Pulls:
    scene.values |= {"review_pull_requests": True, "review_budget_usd": 5}
    return Pulls(scene)


def kept(scene: Scene) -> list[str]:
    """Return the notes of answers that are kept of the newest run's calls."""
    runs = scene.runs()
    if not runs:
        return []
    with contextlib.closing(scene.records()) as records:
        return [key for key in records.notes(runs[0].order.run_id) if key.startswith("batch")]


async def test_a_part_that_fails_does_not_lose_the_others(pulls: Pulls) -> None:
    """The parts are asked about in one step; the summary says how many were not read, and why."""
    async with FakeModels() as models, pulls.scene.server(**compatible(models)):
        models.will(NOTHING, *[Answer(calls=(Call("remark", {"remarks": "none"}),))] * 9)
        await pulls.open(FILES)
        ending = await pulls.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (step, *_) = [step for step in pulls.scene.steps() if step.name.startswith("models#")]
    assert len(json.loads(step.request)) > 1
    assert "some-model: " in render(pulls.scene.runs()[0], pulls.scene.steps())
    assert "parts of the change were not read by it" in pulls.summaries[0]
    assert "did not have the form" in pulls.summaries[0]


@pytest.mark.case("L01")
async def test_a_kill_among_calls_at_once_pays_for_none_again_that_was_answered(pulls: Pulls) -> None:
    """Some were answered, one was not: after the kill that one alone is asked again."""
    scene = pulls.scene
    async with FakeModels() as models:
        given = {**scene.values, **compatible(models)}
        scene.values = {key: value for key, value in given.items() if value is not None}
        async with serving(scene) as server:
            models.will(Silence(), *[NOTHING] * 20)
            await pulls.open(FILES)
            await scene.until(
                lambda: models.hung.is_set() and len(models.seen) > 1 and len(kept(scene)) == len(models.seen) - 1
            )
            asked = len(models.seen)
            assert processes.remaining(await server.kill()) == []
        async with serving(scene):
            ending = await pulls.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert len(models.seen) == asked + 1
    assert ending.spent.model_calls == asked
