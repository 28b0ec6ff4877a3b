"""From an alert that fires to production that is well again: a merged hot-fix, or a way back, each told as it goes."""

from typing import Any

import pytest

from tests.stories import transcripts
from tests.stories.watchtower import BROKEN, FIX, TRACE, Watchtower
from yantra_bot.domain.incidents import IncidentState
from yantra_bot.domain.run import Phase

MONITOR = "monitor:\n  production: {{owners: [alice], watch_minutes: 0.1, {more}}}\n"


async def test_an_alert_becomes_a_merged_hot_fix(tower: Watchtower) -> None:
    """Fired by Prometheus, sent by Alertmanager, diagnosed, mended, proven, staged, approved, watched, merged, over."""
    await tower.lay_out(monitor=MONITOR.format(more="hot_fix: automatic"))
    tower.scene.play(FIX)
    async with tower.watching():
        await tower.yard.deploy_everywhere()
        bad = await tower.release({"cart.py": BROKEN}, fails=True, log=TRACE)
        await tower.yard.deploy_everywhere()
        pull = await tower.pull_request()
        assert not pull.pull.is_draft, pull.body
        await tower.build(pull.pull.head_sha)
        await tower.approve_shipping(pull)
        incident = await tower.incident(IncidentState.RESOLVED, told=True)
        assert await tower.at.firing() == []
    transcripts.write("hot-fix", tower, incident, pull)
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
        await tower.yard.deploy_everywhere()
        (before,) = await tower.yard.serving(tower.yard.production)
        await tower.release({"cart.py": BROKEN}, fails=True, log=TRACE)
        await tower.yard.deploy_everywhere()
        incident = await tower.incident(IncidentState.RESOLVED, told=True)
        assert await tower.yard.serving(tower.yard.production) == [before]
    transcripts.write("roll-back", tower, incident)
    assert incident.run_of("roll back"), incident.news
    assert not incident.run_of("fix")
    back = next(run for run in tower.scene.runs() if run.order.run_id == incident.run_of("roll back"))
    assert back.ending is not None
    assert back.ending.phase is Phase.COMPLETE, back.ending.reason


@pytest.mark.case("I06")
async def test_a_hot_fix_that_does_not_help_is_taken_back_and_none_follows(tower: Watchtower) -> None:
    """The alert's own query says so after it was shipped; what served before serves again, and a person is called."""
    await tower.lay_out(monitor=MONITOR.format(more="hot_fix: automatic"))
    tower.scene.play(FIX)
    async with tower.watching():
        await tower.yard.deploy_everywhere()
        await tower.release({"cart.py": BROKEN}, fails=True, log=TRACE)
        await tower.yard.deploy_everywhere()
        (before,) = await tower.yard.serving(tower.yard.production)
        pull = await tower.pull_request()
        await tower.build(pull.pull.head_sha, fails=True)
        await tower.approve_shipping(pull)
        incident = await tower.incident(IncidentState.ESCALATED)
        assert await tower.yard.serving(tower.yard.production) == [before]
        assert incident.note.startswith("The hot-fix did not help and was taken back.")
        assert [name for name, _ in incident.runs] == ["diagnose", "fix", "stage", "ship", "undo"]
        assert pull.state == "open"
        # It fires on: whatever is due is asked again and again, and nothing more is begun.
        scrapes = tower.requests
        await tower.scene.until(lambda: tower.requests >= scrapes + 500)
        assert await tower.at.firing() == ["HighErrorRate"]
        assert len(tower.incidents()[0].runs) == 5


@pytest.mark.case("L01")
async def test_a_server_that_dies_in_every_state_goes_on_where_it_was(tower: Watchtower) -> None:
    """It is ended whenever the incident has got one state further; nothing is begun, said or shipped twice."""
    await tower.lay_out(monitor=MONITOR.format(more="hot_fix: automatic"))
    tower.scene.play(FIX)
    seen: list[IncidentState] = []
    async with tower.alarms():
        async with tower.server():
            await tower.town.link()
            await tower.yard.deploy_everywhere()
            await tower.release({"cart.py": BROKEN}, fails=True, log=TRACE)
            await tower.yard.deploy_everywhere()
            seen.append((await tower.incident()).state)
        pull: Any = None
        while seen[-1] is not IncidentState.RESOLVED:
            async with tower.server():
                if pull is None and seen[-1] is IncidentState.FIXING:
                    pull = await tower.pull_request()
                    await tower.build(pull.pull.head_sha)
                if seen[-1] is IncidentState.SHIPPING:
                    await tower.approve_shipping(pull)
                known = seen[-1]
                await tower.scene.until(lambda before=known: tower.incidents()[0].state is not before)
                seen.append(tower.incidents()[0].state)
        async with tower.server():
            incident = await tower.incident(IncidentState.RESOLVED, told=True)
    assert [name for name, _ in incident.runs] == ["diagnose", "fix", "stage", "ship"], seen
    assert {IncidentState.FIXING, IncidentState.SHIPPING, IncidentState.WATCHING} <= set(seen), seen
    issue = tower.yard.repository.issues[incident.issue]
    news = [one for one in tower.scene.said(issue) if f"<!-- yantra:incident:{incident.id}:" in one]
    assert len(news) == len(set(news)) == len(incident.news)
    told = [one for one in tower.town.slack.said(tower.town.channel) if not one.thread_ts]
    assert len([one for one in told if "shop in production" in one.shown and "Requests fail" in one.shown]) == 1
    assert len(tower.scene.pull_requests(tower.yard.repository)) == 1
