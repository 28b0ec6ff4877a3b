"""From an alert that fires to production that is well again: a merged hot-fix, or a way back, each told as it goes."""

from tests.stories.watchtower import BROKEN, FIX, TRACE, Watchtower
from yantra_bot.domain.incidents import IncidentState
from yantra_bot.domain.run import Phase

MONITOR = "monitor:\n  production: {{owners: [alice], watch_minutes: 0.1, {more}}}\n"


async def test_an_alert_becomes_a_merged_hot_fix(tower: Watchtower) -> None:
    """Fired by Prometheus, sent by Alertmanager, diagnosed, mended, proven, staged, approved, watched, merged, over."""
    await tower.lay_out(monitor=MONITOR.format(more="hot_fix: automatic"))
    tower.scene.play(FIX)
    async with tower.watching():
        await tower.deploy_everywhere()
        bad = await tower.release({"cart.py": BROKEN}, fails=True, log=TRACE)
        await tower.deploy_everywhere()
        pull = await tower.pull_request()
        assert not pull.pull.is_draft, pull.body
        await tower.build(pull.pull.head_sha)
        await tower.approve_shipping(pull)
        incident = await tower.incident(IncidentState.RESOLVED, told=True)
        assert await tower.at.firing() == []
    assert pull.pull.merged_at, incident.news
    assert pull.pull.head_ref.startswith("yantra/hotfix-")
    assert "Fails before, passes after: 1 test" in pull.body
    issue = tower.yard.repository.issues[incident.issue]
    assert issue.state == "closed"
    assert bad[:12] in issue.body
    assert "KeyError" in issue.body
    message = tower.git("log", "-1", "--format=%B", "main")
    assert "Approved-by: bob" in message
    assert len(tower.incidents()) == 1


async def test_a_deployment_that_fires_an_alert_is_gone_back_from(tower: Watchtower) -> None:
    """By itself where the rules let it; the alert is over, the commit blocked, a revert open."""
    await tower.lay_out(monitor=MONITOR.format(more="roll_back: automatic"))
    async with tower.watching():
        await tower.deploy_everywhere()
        (before,) = await tower.yard.serving(tower.yard.production)
        await tower.release({"cart.py": BROKEN}, fails=True, log=TRACE)
        await tower.deploy_everywhere()
        incident = await tower.incident(IncidentState.RESOLVED, told=True)
        assert await tower.yard.serving(tower.yard.production) == [before]
    assert incident.run_of("roll back"), incident.news
    assert not incident.run_of("fix")
    back = next(run for run in tower.scene.runs() if run.order.run_id == incident.run_of("roll back"))
    assert back.ending is not None
    assert back.ending.phase is Phase.COMPLETE, back.ending.reason
