"""Deployments that are ordered and agreed to in Slack: one message each, and what it says is what is in the cluster."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.cluster.world import ClusterWorld
from tests.fakes.registry import open_registry
from tests.stories.shipyard import HEALTH, Shipyard
from tests.stories.slack_town import Town
from yantra_bot.domain.run import Phase

APPROVAL = "      approval: {count: 1}\n"


@pytest.fixture
async def yard(town: Town, fake_cluster: ClusterWorld) -> AsyncIterator[Shipyard]:
    async with open_registry() as registry:
        yield Shipyard(town.scene, fake_cluster, registry)


async def test_a_deployment_is_told_in_one_message_and_its_end_in_the_thread(town: Town, yard: Shipyard) -> None:
    """A good one ends in the message; of a bad one, which is taken back, whoever ordered it is called as well."""
    await yard.lay_out()
    async with town.scene.server(**town.settings):
        await town.link()
        await town.say("deploy shop staging")
        first = await town.scene.ending()
        await town.said("Deployed: shop in staging")
        (before,) = await yard.serving()
        await yard.release(fate="crash")
        await town.say("deploy shop staging")
        second = await town.scene.ending(of=2)
        told = await town.said("Rolled back")
        called = await town.said(f"<@{town.ann.id}>")
        await town.scene.until(lambda: len(town.slack.said(town.channel)) == 3)
    assert (first.phase, second.phase) == (Phase.COMPLETE, Phase.ROLLED_BACK)
    assert await yard.serving() == [before]
    assert called.thread_ts == town.slack.said(town.channel)[1].ts
    assert second.reason.split("`")[0][:40] in called.shown
    assert told.ts in (called.ts, town.slack.said(town.channel)[1].ts)


@pytest.mark.case("G10")
async def test_somebody_else_agrees_by_a_button_and_once(town: Town, yard: Shipyard) -> None:
    """Who asked may not; who agrees twice, or late, changes nothing more."""
    await yard.lay_out(production=APPROVAL)
    async with town.scene.server(**town.settings):
        await town.link()
        await town.link(by=town.ben, login="bob")
        await town.say("deploy shop staging")
        await town.scene.ending()
        await town.say("deploy shop production")
        asked = await town.scene.until(
            lambda: next((one for one in town.slack.said(town.channel) if "deploy-approve" in one.buttons), None)
        )
        await town.press(asked, "deploy-approve")
        await town.scene.quiet()
        assert town.scene.runs()[0].phase is Phase.AWAITING_APPROVAL
        payload = town.slack.press_payload(town.ben, town.channel, asked, "deploy-approve")
        for _ in range(3):
            await town.slack.send("interactive", payload)
        ending = await town.scene.ending(of=2)
        await town.said("Deployed: shop in production")
        await town.slack.send("interactive", {**payload, "actions": [{**payload["actions"][0], "action_ts": "1.5"}]})
        await town.scene.quiet()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert len(town.scene.runs()) == 2
    decided = [whisper.shown for whisper in town.slack.whispers if whisper.user == town.ann.id]
    assert any("Who asked for a deployment does not approve it" in shown for shown in decided), decided


async def test_a_roll_back_that_failed_is_told_to_the_operator(town: Town, yard: Shipyard) -> None:
    """In the channel that is named for it, wherever the deployment was ordered."""
    alerts = town.slack.add_channel("alerts")
    await yard.lay_out(health=yard_health(20))
    async with town.scene.server(**town.settings, slack_alert_channel=alerts.id):
        await yard.deploy()
        await yard.release(fate="crash")
        for digest, fate in list(yard.fates.items()):
            yard.fates[digest] = f"crash {fate.partition(' ')[2]}"
        await yard.decree()
        ending = await yard.deploy(of=2)
        told = await town.scene.until(lambda: town.slack.said(alerts))
    assert ending.phase is Phase.ROLLBACK_FAILED, ending
    assert len(told) == 1
    assert "The roll-back failed: shop in staging" in told[0].shown


def yard_health(deadline: int) -> str:
    """Return the usual health rule with another deadline."""
    return HEALTH.replace("deadline_seconds: 90", f"deadline_seconds: {deadline}")
