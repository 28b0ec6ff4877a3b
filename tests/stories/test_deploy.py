"""Deployments on a cluster: each way that they end, told once, with what stands in the cluster and in git."""

import json

from tests.stories.scene import Scene
from tests.stories.shipyard import Shipyard
from tests.stories.test_replay import CODE
from tests.stories.test_terminal import yantra
from yantra_bot.domain.run import Phase


async def test_a_good_commit_serves(scene: Scene, yard: Shipyard) -> None:
    """What would change, each stage and the verdict stand in one comment; the forge shows the deployment."""
    commit = await yard.lay_out()
    async with scene.server():
        ending = await yard.deploy()
    assert (ending.phase, ending.reason) == (
        Phase.COMPLETE,
        f"{commit[:12]} serves in staging: every new pod is there and well.",
    )
    (image,) = await yard.serving()
    assert image.startswith(f"{yard.image}@sha256:")
    (said,) = scene.said()
    assert "**Deployed: shop in staging**" in said
    assert [one.state for one in yard.repository.deployments[0].statuses][-1] == "success"


async def test_a_version_that_crashes_is_gone_back_from(scene: Scene, yard: Shipyard) -> None:
    """The version before serves again; commit, environment, revert and comment say why."""
    good = await yard.lay_out()
    async with scene.server():
        await yard.deploy()
        (before,) = await yard.serving()
        await yard.release(fate="crash")
        ending = await yard.deploy(of=2)
        assert ending.phase is Phase.ROLLED_BACK, ending
        assert "CrashLoopBackOff" in ending.reason
        assert await yard.serving() == [before]
    (said,) = (one for one in scene.said() if "Rolled back" in one)
    assert good[:12] in said
    asked = dict(scene.github.world.requests_used)
    told = await yantra(
        scene, "runs", "replay", *(run.order.run_id for run in scene.runs()), "--json", PYTHONPATH=str(CODE)
    )
    found = json.loads(told.out)["runs"]
    assert [one["differences"] for one in found] == [[], []]
    assert dict(scene.github.world.requests_used) == asked, "a replay asks nobody"
