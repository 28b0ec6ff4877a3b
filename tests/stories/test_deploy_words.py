"""A yes and a no that name nothing, where a deployment waits: they are for it, by its rules, and for nothing else."""

import pytest

from tests.stories.scene import Scene
from tests.stories.shipyard import Shipyard
from yantra_bot.domain.run import Phase

APPROVAL = "      approval: {count: 1}\n"


@pytest.mark.case("G10")
async def test_praise_on_the_pull_request_approves_what_waits_there(scene: Scene, yard: Shipyard) -> None:
    """Not of who asked for it, and elsewhere it is for nothing; a no with its reason ends the next one."""
    await yard.lay_out(staging=APPROVAL)
    await yard.release(branch="topic")
    pull = scene.github.add_pull_request(yard.repository, head="topic", title="Topic", by="alice")
    async with scene.server():
        await yard.order("@yantra deploy staging", on=pull)
        await scene.until(lambda: scene.runs() and scene.runs()[0].phase is Phase.AWAITING_APPROVAL)
        await yard.order("@yantra approve", on=pull)
        await scene.until(lambda: [one for one in scene.said(pull) if "does not approve it" in one])
        await yard.order("@yantra approve LGTM", by="bob")
        await scene.quiet()
        assert scene.runs()[0].phase is Phase.AWAITING_APPROVAL
        await yard.order("@yantra approve LGTM", by="bob", on=pull)
        ending = await scene.ending()
        assert ending.phase is Phase.COMPLETE, ending.reason
        (serves,) = await yard.serving()
        await yard.release()
        await yard.order("@yantra deploy staging")
        await scene.until(lambda: scene.runs()[0].phase is Phase.AWAITING_APPROVAL)
        await yard.order("@yantra reject not today", by="bob")
        ending = await scene.ending(of=2)
    assert ending.phase is Phase.STOPPED
    assert "bob rejected it: not today" in ending.reason
    assert await yard.serving() == [serves]
