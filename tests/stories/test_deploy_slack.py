"""Deployments that are ordered in Slack: one message that updates, approved by a button, told in the thread."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.slack import start
from tests.stories.scene import Scene
from tests.stories.shipyard import Shipyard
from tests.stories.slack_town import Town
from yantra_bot.domain.run import Phase

APPROVAL = "      approval: {count: 1}\n"


@pytest.fixture
async def town(scene: Scene) -> AsyncIterator[Town]:
    async with start() as slack:
        yield Town(scene, slack)


async def test_a_deployment_is_approved_by_a_button_and_serves(town: Town, yard: Shipyard) -> None:
    """Staging, then production: what changes, the approval, the roll-out and the verdict stand in one message each."""
    await yard.lay_out(production=APPROVAL)
    async with town.scene.server(**town.settings):
        await town.link()
        await town.link(by=town.ben, login="bob")
        await town.say("deploy shop staging")
        assert (await town.scene.ending()).phase is Phase.COMPLETE
        await town.said("Deployed: shop in staging")
        await town.say("deploy shop production")
        asked = await town.said("Waiting for approval: shop in production")
        assert "Objects: " in asked.shown
        await town.press(asked, "deploy-approve")
        await town.whispered("Who asked for a deployment does not approve it")
        for _ in range(2):
            await town.press(asked, "deploy-approve", by=town.ben)
        ending = await town.scene.ending(of=2)
        done = await town.said("Deployed: shop in production")
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert done.ts == asked.ts
    assert "Approved by" in done.shown
    assert "bob" in done.shown
    assert await yard.serving(yard.production)


async def test_a_bad_version_is_told_once_in_the_message_and_once_in_its_thread(town: Town, yard: Shipyard) -> None:
    """The message says why and what was done; the thread notifies who asked; GitHub has the revert."""
    await yard.lay_out()
    async with town.scene.server(**town.settings):
        await town.link()
        await town.say("deploy shop staging")
        await town.scene.ending()
        await yard.release({"app.py": "VERSION = 2\n"}, fate="crash")
        await town.say("deploy shop staging")
        ending = await town.scene.ending(of=2)
        message = await town.said("Rolled back: shop in staging")
        thread = await town.scene.until(lambda: [one for one in town.slack.said(town.channel) if one.thread_ts])
    assert ending.phase is Phase.ROLLED_BACK, ending.reason
    assert "CrashLoopBackOff" in message.shown
    assert "cannot connect to the database" in message.shown
    assert "A revert is open" in message.shown
    assert [one.thread_ts for one in thread] == [message.ts]
    assert len(town.scene.pull_requests(yard.repository)) == 1


@pytest.mark.case("G08")
async def test_who_is_not_linked_deploys_nothing(town: Town, yard: Shipyard) -> None:
    """The answer says how to link; nothing is begun."""
    await yard.lay_out()
    async with town.scene.server(**town.settings):
        await town.say("deploy shop staging", by=town.ben)
        await town.whispered("/yantra link", to=town.ben)
        await town.scene.quiet()
    assert town.scene.runs() == ()
    assert await yard.serving() == []
