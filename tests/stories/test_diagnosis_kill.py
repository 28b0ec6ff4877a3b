"""kill -9 in each step of a diagnosis, after its work and before its record: it ends once, and finds the same."""

import contextlib

import pytest

from tests.stories.diagnoses import Sickroom
from tests.stories.process import serving
from tests.stories.scene import Scene
from tests.stories.test_deploy_kill import die_after
from tests.stories.test_diagnosis import HONEST, SCRIPT
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.run import Phase
from yantra_bot.runs.records import Records

STEPS = (
    *("read incident#1", "read watch rules#1", "read deployments#1", "read pods#1", "read logs#1", "inspect past#1"),
    *("read earlier incidents#1", "choose wording#1", "model#1", "keep diagnosis#1"),
)


@pytest.mark.case("L01")
@pytest.mark.timeout(900)
async def test_a_diagnosis_that_is_killed_in_one_step_after_another_ends_once(scene: Scene) -> None:
    """The keeper of incidents begins it; what a model was paid for is not asked again once it was kept."""
    scene.values |= {"services": ("shop=acme/shop/production",)}
    room = Sickroom(scene)
    scene.play(SCRIPT)
    scene.home.lay_out()
    with contextlib.closing(Records.open(scene.home.records)) as records:
        room.remember(records)
        records.put_incident(room.incident())

    async def nothing() -> None:
        """The keeper sees the incident by itself."""

    for step in STEPS:
        await die_after(scene, step, nothing)
    async with serving(scene):
        await scene.until(lambda: all(run.ending for run in scene.runs()))
    diagnoses = [run for run in scene.runs() if run.order.command.verb is Verb.DIAGNOSE]
    assert [run.ending.phase for run in diagnoses if run.ending] == [Phase.COMPLETE]
    found = room.found()
    assert (found.suspects[0].commit, found.deploy_run) == (room.bad, "b" * 24)
    assert found.narrative.startswith(HONEST)
