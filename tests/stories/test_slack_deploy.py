"""Deployments that are ordered and agreed to in Slack: one message each, and what it says is what is in the cluster."""

import pytest

from tests.stories.shipyard import Shipyard, quick_health
from tests.stories.slack_town import Town
from yantra_bot.domain.run import Phase

APPROVAL = "      approval: {count: 1}\n"


async def test_a_deployment_is_told_in_one_message_and_its_end_in_the_thread(town: Town, yard: Shipyard) -> None:
    """A good one ends in the message; of a bad one, which is taken back, whoever ordered it is called as well."""
    await yard.lay_out()
    async with town.scene.server(**town.settings):
        await town.link()
        await town.say("deploy shop staging")
        first = await town.scene.ending()
        await town.said("Deployed: shop in staging")
        (before,) = await yard.serving()
        await yard.release({"app.py": "VERSION = 2\n"}, fate="crash")
        await town.say("deploy shop staging")
        second = await town.scene.ending(of=2)
        told = await town.said("Rolled back: shop in staging")
        called = await town.said(f"<@{town.ann.id}>")
        await town.scene.until(lambda: len(town.slack.said(town.channel)) == 3)
    assert (first.phase, second.phase) == (Phase.COMPLETE, Phase.ROLLED_BACK)
    assert await yard.serving() == [before]
    assert town.slack.said(town.channel)[1].ts == told.ts == called.thread_ts
    assert second.reason.split("`")[0][:40] in called.shown
    for words in ("CrashLoopBackOff", "cannot connect to the database", "A revert is open"):
        assert words in told.shown
    assert len(town.scene.pull_requests(yard.repository)) == 1


@pytest.mark.case("G10")
async def test_somebody_else_agrees_by_a_button_and_once(town: Town, yard: Shipyard) -> None:
    """Who asked may not, by a button or a word; who agrees twice, or late, changes nothing more."""
    await yard.lay_out(production=APPROVAL)
    async with town.scene.server(**town.settings):
        await town.link()
        await town.link(by=town.ben, login="bob")
        await town.say("deploy shop staging")
        await town.scene.ending()
        await town.say("deploy shop production")
        asked = await town.said("Waiting for approval: shop in production")
        assert "Objects: " in asked.shown
        await town.press(asked, "deploy-approve")
        await town.whispered("Who asked for a deployment does not approve it")
        await town.say("approve shop")
        await town.whispered("Who asked for a deployment does not approve it", after=1)
        assert town.scene.runs()[0].phase is Phase.AWAITING_APPROVAL
        payload = town.slack.press_payload(town.ben, town.channel, asked, "deploy-approve")
        for _ in range(3):
            await town.slack.send("interactive", payload)
        ending = await town.scene.ending(of=2)
        done = await town.said("Deployed: shop in production")
        await town.slack.send("interactive", {**payload, "actions": [{**payload["actions"][0], "action_ts": "1.5"}]})
        await town.scene.quiet()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert len(town.scene.runs()) == 2
    assert done.ts == asked.ts
    assert "Approved by" in done.shown
    assert "bob" in done.shown
    assert await yard.serving(yard.production)


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


async def test_a_roll_back_that_failed_is_told_to_the_operator(town: Town, yard: Shipyard) -> None:
    """In the channel that is named for it, wherever the deployment was ordered."""
    alerts = town.slack.add_channel("alerts")
    await yard.lay_out(health=quick_health(deadline=20))
    async with town.scene.server(**town.settings, slack_alert_channel=alerts.id):
        await yard.deploy()
        await yard.release(fate="crash")
        await yard.redecree("crash", every=True)
        ending = await yard.deploy(of=2)
        told = await town.scene.until(lambda: town.slack.said(alerts))
    assert ending.phase is Phase.ROLLBACK_FAILED, ending
    assert len(told) == 1
    assert "The roll-back failed: shop in staging" in told[0].shown
