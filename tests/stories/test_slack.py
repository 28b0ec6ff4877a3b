"""What people say in Slack: who they are is made sure of, and then it is done as if it had been said on GitHub."""

from tests.stories.library import SHELL_FILES
from tests.stories.plans import PLANS
from tests.stories.slack_town import Town
from yantra_bot.domain.run import Phase


async def test_an_issue_is_implemented_from_slack_in_one_message(town: Town) -> None:
    """Link, order, watch: the message is edited until it names the pull request, and GitHub has its own comment."""
    town.scene.work_in(SHELL_FILES)
    async with town.scene.server(**town.settings):
        await town.link()
        answer = await town.say(f"implement octo/other#{town.scene.issue.number}")
        ending = await town.scene.ending()
        message = await town.said("Done: implement octo/other#1")
        (pull,) = town.scene.pull_requests()
        await town.said(f"Pull request {pull.number}")
    assert "Heard: `/yantra implement octo/other#1`" in answer.body["text"]
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert len(town.slack.said(town.channel)) == 1
    assert message.edits > 0
    assert "CodeGeneration" in message.shown
    assert town.scene.runs()[0].order.requested_by.login == "alice"
    assert [one for one in town.scene.said() if "**Done**" in one]


async def test_a_plan_is_approved_by_a_button(town: Town) -> None:
    """The plan stands in the message; whoever may write decides about it once, and others do not."""
    town.scene.work_in(SHELL_FILES, script=PLANS)
    eve = town.slack.add_user("eve")
    async with town.scene.server(**town.settings):
        await town.link()
        await town.mention(f"plan other#{town.scene.issue.number}")
        asked = await town.said("Waiting for you: plan octo/other#1")
        assert "Mend add" in asked.shown
        await town.press(asked, "plan-approve", by=eve)
        await town.whispered("I do not know who you are on GitHub", to=eve)
        assert town.scene.branches() == []
        payload = town.slack.press_payload(town.ann, town.channel, asked, "plan-approve")
        for _ in range(3):
            await town.slack.send("interactive", payload)
        await town.press(asked, "plan-reject")
        ending = await town.scene.ending()
        done = await town.said("Done: plan octo/other#1")
        await town.scene.quiet()
        old = asked
        old.blocks = [
            *old.blocks,
            {
                "type": "actions",
                "elements": [{"action_id": "plan-approve", "value": town.scene.runs()[0].order.run_id}],
            },
        ]
        await town.press(old, "plan-approve")
        await town.whispered("decided by `alice`")
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert done.ts == asked.ts
    assert done.thread_ts
