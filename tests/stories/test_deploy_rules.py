"""Who may deploy what where: people who agree, the order of environments, locks, pull requests, dry runs."""

import pytest

from tests.stories.scene import Scene
from tests.stories.shipyard import Shipyard
from yantra_bot.domain.run import Phase


async def test_production_takes_what_was_well_in_staging_and_was_approved(scene: Scene, yard: Shipyard) -> None:
    """Not before, not by who asked, and by one word of somebody else."""
    commit = await yard.lay_out(production="      approval: {count: 1}\n")
    async with scene.server():
        await yard.order("@yantra deploy production")
        assert "has not been in staging" in (await scene.ending()).reason
        assert (await yard.deploy(of=2)).phase is Phase.COMPLETE
        await yard.order("@yantra deploy production")
        await scene.reply("Waiting for approval")
        await yard.order("@yantra approve production")
        await scene.reply("Who asked for a deployment does not approve it")
        await yard.order("@yantra approve production", by="bob")
        ending = await scene.ending(of=3)
        assert ending.phase is Phase.COMPLETE, ending.reason
        await yard.order("@yantra status")
        told = await scene.reply("`production`: ")
    assert told.count(commit[:12]) >= 2
    assert len(await yard.serving(yard.production)) == 1
    shown = [one for one in scene.said() if "Deployed: shop in production" in one]
    assert len(shown) == 1
    assert "`bob`" in shown[0]


async def test_a_dry_run_and_a_lock_change_nothing(scene: Scene, yard: Shipyard) -> None:
    """The one says what would change, the other why nothing is."""
    await yard.lay_out()
    async with scene.server():
        ending = await yard.deploy(options="--dry-run")
        assert ending.phase is Phase.COMPLETE, ending.reason
        await scene.reply("Deployment shop (new)")
        await yard.order('@yantra lock staging --reason "a party"', by="bob")
        await scene.reply("`staging` is locked by `bob`")
        await yard.order("@yantra deploy staging")
        ending = await scene.ending(of=2)
        assert ending.phase is Phase.STOPPED
        assert "a party" in ending.reason
    assert await yard.serving() == []
    assert yard.repository.deployments == []


@pytest.mark.case("H20")
async def test_a_pull_requests_head_goes_to_staging_and_not_to_production(scene: Scene, yard: Shipyard) -> None:
    """With green checks, and nowhere that does not take heads; a red one goes nowhere."""
    await yard.lay_out()
    head = await yard.release({"app.py": "VERSION = 2\n"}, branch="feature")
    pull = yard.github.add_pull_request(yard.repository, head="feature", title="Two", by="alice")
    scene.issue = pull
    async with scene.server():
        await yard.order("@yantra deploy production")
        assert "not heads of pull requests" in (await scene.ending()).reason
        ending = await yard.deploy(of=2)
        assert ending.phase is Phase.COMPLETE, ending.reason
        assert head[:12] in ending.reason
        await yard.github.end_check(yard.repository, head, "lint", "failure")
        await yard.order("@yantra deploy staging")
        assert "fail (lint)" in (await scene.ending(of=3)).reason


@pytest.mark.case("H20")
async def test_a_hot_fix_reaches_production_with_an_approval_of_its_own(scene: Scene, yard: Shipyard) -> None:
    """Its head, in the same order and with green checks, though nobody has to approve other deployments there."""
    await yard.lay_out()
    head = await yard.release({"app.py": "VERSION = 2\n"}, branch="feature")
    pull = yard.github.add_pull_request(yard.repository, head="feature", title="Urgent", by="alice")
    await yard.github.label_issue(pull, "hotfix", by="alice")
    scene.issue = pull
    async with scene.server():
        assert (await yard.deploy()).phase is Phase.COMPLETE
        await yard.order("@yantra deploy production")
        await scene.reply("A hot-fix passes by the protected branch.")
        await yard.order("@yantra approve production", by="bob")
        ending = await scene.ending(of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert head[:12] in ending.reason
    assert len(await yard.serving(yard.production)) == 1


async def test_rules_that_change_while_people_are_asked_have_it_ordered_again(scene: Scene, yard: Shipyard) -> None:
    """What was agreed to would be done by other rules."""
    await yard.lay_out(staging="      approval: {count: 1}\n")
    async with scene.server():
        await yard.order("@yantra deploy staging")
        await scene.reply("Waiting for approval")
        rules = yard.read(".github/yantra.yml", "main") + "\n"
        await yard.github.push(
            yard.repository, {".github/yantra.yml": rules.replace("hold_seconds: 1", "hold_seconds: 2")}, by="alice"
        )
        await yard.order("@yantra approve staging", by="bob")
        ending = await scene.ending()
    assert ending.phase is Phase.STOPPED, ending.reason
    assert "order it again" in ending.reason
    assert await yard.serving() == []
