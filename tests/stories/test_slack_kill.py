"""kill -9 while something goes on in Slack: what was acknowledged is done once, and what was said is said once."""

import asyncio

import pytest

from tests.stories.library import SHELL_FILES
from tests.stories.process import serving
from tests.stories.slack_town import Town
from yantra_bot.domain.run import Phase


async def work_in_slack(town: Town) -> None:
    """Let the story play in a repository, on a server that knows this Slack."""
    town.scene.work_in(SHELL_FILES)
    town.scene.values |= town.settings


@pytest.mark.case("L01")
@pytest.mark.parametrize("method", ["users.info", "chat.postMessage"])
async def test_a_kill_leaves_one_run_and_one_message(town: Town, method: str) -> None:
    """Stored and not handled; posted and not noted, so that it is found by its mark."""
    await work_in_slack(town)
    never = asyncio.Event()
    async with serving(town.scene) as server:
        await town.link()
        held = town.slack.fail(method, until=never, is_done=True, times=100)
        await town.say("implement octo/other#1")
        await town.scene.until(lambda: held.hits)
        await server.kill()
    town.slack.heal()
    never.set()
    async with serving(town.scene):
        ending = await town.scene.ending()
        message = await town.said("Done: implement octo/other#1")
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert town.slack.said(town.channel) == [message]
    assert len(town.scene.pull_requests()) == 1
