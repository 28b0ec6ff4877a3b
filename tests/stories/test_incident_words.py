"""What people say to an incident: nothing is done that the rules do not let by itself, or that nobody agreed to."""

import pytest

from tests.stories.library import HEAD, call, turn
from tests.stories.siren import Siren
from tests.stories.test_terminal import yantra
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.incidents import IncidentState
from yantra_bot.domain.run import Phase


async def test_a_suggestion_is_carried_out_by_the_word_of_somebody_who_may_write(siren: Siren) -> None:
    """Nobody else's counts; what is done is done in their name, and a second word changes nothing."""
    await siren.lay_out("hot_fix: suggest")
    async with siren.server():
        assert await siren.ring() == 202
        waiting = await siren.incident(IncidentState.WAITING)
        issue = await siren.issue()
        assert "Owners: @alice" in issue.body
        await siren.scene.until(lambda: "I suggest to write a hot-fix" in issue.body)
        await siren.scene.comment("@yantra approve", by="eve")
        await siren.scene.quiet()
        assert (await siren.incident()).state is IncidentState.WAITING
        await siren.scene.comment("@yantra approve")
        await siren.scene.reply("Understood: I write a hot-fix")
        await siren.scene.until(lambda: siren.scene.pull_requests(siren.yard.repository))
        fixed = next(run for run in siren.scene.runs() if run.order.command.verb is Verb.FIX)
        await siren.scene.until(lambda: siren.incidents()[0].state is not IncidentState.FIXING)
    (pull,) = siren.scene.pull_requests(siren.yard.repository)
    assert (fixed.order.requested_by.login, fixed.order.incident) == ("alice", waiting.id)
    assert pull.pull.head_ref.startswith("yantra/hotfix-")
    assert not pull.pull.is_draft
    incident = siren.incidents()[0]
    assert incident.agreed_by == "alice"
    # Nothing here ever checks the pull request: nothing is proven to anybody but us, and nothing is shipped.
    assert (incident.state, "are none" in incident.note) == (IncidentState.ESCALATED, True)


async def test_a_button_agrees_and_no_is_an_answer(siren: Siren) -> None:
    """In Slack the message asks with buttons; who says no has it left to people, and what was decided stays so."""
    await siren.lay_out("hot_fix: approve")
    async with siren.server():
        await siren.town.link()
        await siren.ring()
        asked = await siren.town.said("I ask to write a hot-fix")
        assert "ShopFails" in asked.shown or "Checkouts fail" in asked.shown
        await siren.town.press(asked, "incident-reject")
        incident = await siren.incident(IncidentState.ESCALATED)
        assert incident.note == "alice wants it otherwise."
        await siren.town.press(asked, "incident-approve")
        await siren.town.whispered("asks nothing now")
        await siren.town.said("A person is needed. alice wants it otherwise.")
    assert [run.order.command.verb for run in siren.scene.runs()] == [Verb.DIAGNOSE]


async def test_a_dry_run_and_a_silence_do_nothing(siren: Siren) -> None:
    """What would be done is said; of what is silenced nothing is said either, until that ends."""
    await siren.lay_out("hot_fix: automatic, dry_run: true")
    async with siren.server():
        done = await yantra(siren.scene, "monitor", "silence", "shop", "--minutes", "60")
        assert done.code == 0, done.err
        await siren.ring()
        quiet = await siren.incident()
        await siren.scene.until(lambda: siren.incidents()[0].diagnosis)
        assert (quiet.issue, siren.town.slack.said(siren.town.channel)) == (0, [])
        done = await yantra(siren.scene, "monitor", "silence", "shop", "--minutes", "0")
        assert done.code == 0, done.err
        issue = await siren.issue()
        await siren.scene.until(lambda: "A dry run: I would write a hot-fix" in issue.body)
        await siren.scene.comment("@yantra approve")
        await siren.scene.reply("its rules say `dry_run: true`")
    assert [run.order.command.verb for run in siren.scene.runs()] == [Verb.DIAGNOSE]


@pytest.mark.case("I05")
async def test_what_is_over_while_a_hot_fix_is_written_is_not_shipped(siren: Siren) -> None:
    """The pull request says so, the issue is closed, and the same again opens it again."""
    await siren.lay_out("hot_fix: automatic")
    async with siren.server():
        await siren.ring()
        await siren.incident(IncidentState.FIXING)
        await siren.ring("resolved")
        await siren.scene.until(lambda: siren.scene.pull_requests(siren.yard.repository))
        (pull,) = siren.scene.pull_requests(siren.yard.repository)
        await siren.yard.build(pull.pull.head_sha)
        await siren.scene.until(lambda: [one for one in siren.scene.said(pull) if "no longer fires" in one])
        incident = await siren.incident(IncidentState.RESOLVED, told=True)
        issue = siren.yard.repository.issues[incident.issue]
        assert issue.state == "closed"
        await siren.ring(id="again")
        again = await siren.incident(IncidentState.WAITING, IncidentState.ESCALATED)
        await siren.scene.until(lambda: issue.state == "open")
    assert (again.id, again.opened_again) == (incident.id, 1)
    assert len(siren.incidents()) == 1
    assert not [run for run in siren.scene.runs() if run.order.command.verb is Verb.DEPLOY]


@pytest.mark.case("I05")
async def test_a_hot_fix_that_waits_for_approval_ends_with_what_it_was_for(siren: Siren) -> None:
    """Nothing is shipped once nothing fires: the deployment ends, the pull request says why, people may go on."""
    await siren.lay_out("hot_fix: automatic")
    async with siren.server():
        await siren.ring()
        await siren.scene.until(lambda: siren.scene.pull_requests(siren.yard.repository))
        (pull,) = siren.scene.pull_requests(siren.yard.repository)
        await siren.yard.build(pull.pull.head_sha)
        await siren.scene.until(lambda: [one for one in siren.scene.said(pull) if "Waiting for approval" in one])
        await siren.ring("resolved")
        await siren.scene.until(lambda: [one for one in siren.scene.said(pull) if "no longer fires" in one])
        incident = await siren.incident(IncidentState.RESOLVED, told=True)
        shipped = await siren.scene.until(
            lambda: [run for run in siren.scene.runs() if run.order.run_id == incident.run_of("ship") and run.ending]
        )
        assert await siren.yard.serving(siren.yard.production) == []
    assert shipped[0].ending is not None
    assert shipped[0].ending.phase is Phase.STOPPED, shipped[0].ending.reason
    assert pull.state == "open"


@pytest.mark.case("I04")
async def test_a_hot_fix_that_shows_no_failure_stays_a_draft_and_there_is_one(siren: Siren) -> None:
    """However often and by however many alerts the same failure is told: one incident, one branch."""
    await siren.lay_out("hot_fix: automatic")
    edit = call("edit_file", '{path = "cart.py", search = "PRICES[name]", replace = "PRICES.get(name, 0)"}')
    done = call("finish", '{title = "fix: prices", summary = "It fails no more.", confidence = 0.95}')
    siren.scene.play(HEAD + turn("fix", edit) + turn("end", done) + turn("again", done) + turn("last", done))
    async with siren.server():
        for number in range(6):
            await siren.ring(id=f"pod-{number % 3}")
        incident = await siren.incident(IncidentState.ESCALATED)
        fix = next(run for run in siren.scene.runs() if run.order.command.verb is Verb.FIX)
    assert fix.ending is not None
    assert fix.ending.phase is Phase.COMPLETE, fix.ending.reason
    (pull,) = siren.scene.pull_requests(siren.yard.repository)
    assert pull.pull.is_draft
    assert "not reproduced" in pull.body
    assert (len(siren.incidents()), incident.alerts) == (1, 3)
    assert "is a draft" in incident.note
    assert len([name for name in siren.scene.branches() if name.startswith("yantra/hotfix")]) == 1


async def test_closing_the_issue_closes_the_incident(siren: Siren) -> None:
    """By somebody who may write; what a stranger closes stays open, as does what it is about."""
    await siren.lay_out("hot_fix: suggest")
    async with siren.server():
        await siren.ring()
        await siren.incident(IncidentState.WAITING)
        issue = await siren.issue()
        await siren.scene.github.close_issue(issue, by="eve")
        await siren.scene.quiet()
        assert (await siren.incident()).state is IncidentState.WAITING
        await siren.scene.github.close_issue(issue, by="alice")
        await siren.incident(IncidentState.RESOLVED)
        await siren.scene.until(lambda: siren.incidents()[0].is_told)
    assert any("alice closed it." in text for _, text in siren.incidents()[0].news)
    assert issue.state == "closed"
