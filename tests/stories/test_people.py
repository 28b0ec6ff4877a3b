"""Who may order what: every refusal is said once, politely, and nothing is run."""

import asyncio
import json

import pytest

from tests.fakes.github.state import User
from tests.fakes.models import FakeModels, Silence
from tests.stories.library import SHELL_FILES, SHELL_GOOD
from tests.stories.models import WORK, compatible
from tests.stories.scene import Scene
from yantra_bot.domain.run import Phase


async def answer_to(scene: Scene, text: str, *, by: str = "alice") -> list[str]:
    """Comment, and return what the bot said once all was handled."""
    await scene.comment(text, by=by)
    await scene.quiet()
    return scene.said()


@pytest.mark.case("B07")
async def test_a_reader_is_refused_with_one_reply(scene: Scene) -> None:
    """Permission is read live; the payload's word for the author counts for nothing."""
    async with scene.server():
        (said,) = await answer_to(scene, "@yantra implement", by="eve")
    assert "Only people with write access" in said
    assert scene.runs() == ()
    assert scene.branches() == []


@pytest.mark.case("B08")
async def test_permission_that_is_lost_meanwhile_stops_the_push(scene: Scene) -> None:
    """It is read again right before the push."""
    scene.work_in(SHELL_FILES)
    async with FakeModels() as models, scene.server(**compatible(models)):
        await order_and_hold(scene, models)
        scene.github.permit(scene.repository, "alice", "read")
        models.release()
        ending = await scene.ending()
    assert ending.phase is Phase.FAILED
    assert "alice may not write to this repository any more" in ending.reason
    assert scene.branches() == []


async def order_and_hold(scene: Scene, models: FakeModels) -> None:
    """Order a run, and hold it at the model's first answer."""
    models.will(*WORK)
    models.hold()
    await scene.comment("@yantra implement")
    await scene.meet(models.held)


@pytest.mark.case("B18")
@pytest.mark.parametrize("change", ["closed", "locked"])
async def test_an_issue_that_is_closed_or_locked_is_left_alone(scene: Scene, change: str) -> None:
    """Before the run the order is refused; during it nothing more is written."""
    scene.work_in(SHELL_FILES)
    async with FakeModels() as models, scene.server(**compatible(models)):
        await order_and_hold(scene, models)
        scene.issue.state, scene.issue.is_locked = "closed" if change == "closed" else "open", change == "locked"
        models.release()
        ending = await scene.ending()
        assert ending.phase is Phase.FAILED
        assert "closed or locked meanwhile" in ending.reason
        await scene.comment("@yantra implement")
        await scene.quiet()
    assert len(scene.runs()) == 1
    assert scene.branches() == []
    assert ("This is closed" in scene.said()[-1]) == (change == "closed")


@pytest.mark.case("K11")
@pytest.mark.parametrize("gone", ["comment", "issue"])
async def test_what_is_deleted_during_a_run_does_not_crash_it(scene: Scene, gone: str) -> None:
    """A deleted comment is written anew, once; a deleted issue ends the run."""
    scene.work_in(SHELL_FILES)
    async with FakeModels() as models, scene.server(**compatible(models)):
        await order_and_hold(scene, models)
        if gone == "comment":
            scene.issue.comments = [one for one in scene.issue.comments if one.user.kind != "Bot"]
        else:
            scene.issue.is_deleted = True
        models.release()
        ending = await scene.ending()
    assert ending.phase is (Phase.COMPLETE if gone == "comment" else Phase.FAILED), ending.reason
    assert len(scene.said()) == 1


@pytest.mark.case("B11")
@pytest.mark.case("B12")
@pytest.mark.case("B13")
async def test_bots_are_not_heard(scene: Scene) -> None:
    """Another bot, one with this bot's name, and this bot itself order nothing and get no answer."""
    lookalike = scene.github.add_user("yantra[bot]", kind="Bot")
    async with scene.server():
        for speaker in ("dependabot[bot]", lookalike.login, scene.github.app.bot.login):
            scene.github.state.users[speaker] = scene.github.state.users.get(speaker) or User(9, speaker, "Bot")
            scene.github.permit(scene.repository, speaker, "write")
            scene.github.state.users[speaker].kind = "Bot"
            await scene.comment("@yantra implement", by=speaker)
        await scene.quiet()
    assert scene.runs() == ()
    assert [one.body for one in scene.issue.comments] == ["@yantra implement"] * 3


@pytest.mark.case("B09")
@pytest.mark.case("B10")
async def test_an_edit_is_no_order_and_changes_none(scene: Scene) -> None:
    """Editing a comment into an order does nothing; the accepted words are what runs."""
    scene.work_in(SHELL_FILES)
    async with FakeModels() as models, scene.server(**compatible(models)):
        harmless = await scene.comment("Nice weather.")
        await scene.github.edit_comment(scene.issue, harmless, "@yantra implement", by="alice")
        await scene.quiet()
        assert scene.runs() == ()
        models.will(*WORK)
        models.hold()
        comment = await scene.comment("@yantra implement\n\nMind the sign.")
        await scene.github.edit_comment(scene.issue, comment, "@yantra implement\n\nDelete it all.", by="eve")
        await scene.meet(models.held)
        models.release()
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert "Mind the sign." in json.dumps(models.seen[0].body)
    assert scene.runs()[0].order.command.argument == "Mind the sign."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@yantra implemnt", "Did you mean `@yantra implement`?"),
        ("@yantra deploy production", "I am connected to no cluster"),
        ("@yantra help", "@yantra implement"),
        ("@yantra status", "No run has worked on this yet."),
        ("@yantra retry", "there is nothing to retry"),
        ("@yantra implement --model made-up", "made-up"),
        ("@yantra implement --shell x", "shell"),
        ("@yantra implement\n@yantra stop", ""),
    ],
)
async def test_what_starts_nothing_is_answered_once(scene: Scene, text: str, expected: str) -> None:
    """Typos, verbs that nothing is connected for, questions, and options that are nobody's to set."""
    async with scene.server():
        (said,) = await answer_to(scene, text)
    assert expected in said
    assert scene.runs() == ()


async def test_an_order_on_a_pull_request_is_answered_and_not_carried_out(scene: Scene) -> None:
    """It is not built yet, and says so."""
    scene.github.commit(scene.repository, {"x": "y"}, branch="topic")
    pull = scene.github.add_pull_request(scene.repository, head="topic", title="Topic", by="alice")
    async with scene.server():
        await scene.comment("@yantra implement", on=pull)
        await scene.quiet()
    (said,) = scene.said(pull)
    assert "on a pull request it is not built yet" in said
    assert scene.runs() == ()


async def test_the_smaller_of_all_budgets_counts_and_retry_may_change_it(scene: Scene) -> None:
    """A comment lowers the operator's budget and never raises it; a retry keeps what it does not set anew."""
    scene.work_in(SHELL_FILES | {".github/yantra.yml": "budget_usd: 3\ntests: {command: [sh, test.sh]}\n"})
    async with scene.server(models=("replay", "other"), budget_usd=4.0):
        await scene.comment("@yantra implement --budget 100 --dry-run")
        await scene.ending()
        scene.play(SHELL_GOOD)
        await scene.comment("@yantra retry --budget 1 --model other\n\nDo it well.")
        await scene.ending(of=2)
        await scene.comment("@yantra status")
        said = await scene.reply("The newest run is in phase Complete")
    assert said
    again, first = (run.order.command for run in scene.runs())
    assert (first.options.budget_usd, first.options.dry_run) == (100, True)
    assert (again.options.budget_usd, again.options.model, again.argument) == (1, "other", "Do it well.")
    assert not again.options.dry_run


@pytest.mark.case("B21")
async def test_a_flood_of_commands_gets_one_notice(scene: Scene) -> None:
    """Fifty commands in a minute: a few are answered, then one says that it is too much, then nothing."""
    async with scene.server():
        for _ in range(50):
            scene.github.world.emit_comment(
                scene.issue,
                scene.github.add_comment(scene.issue, "@yantra status", by="alice"),
                action="created",
                sender=scene.github.add_user("alice"),
            )
        await scene.github.settle()
        await scene.quiet()
    said = scene.said()
    assert len([one for one in said if "commands a minute" in one]) == 1
    assert len(said) <= 11


@pytest.mark.case("A07")
@pytest.mark.case("A08")
@pytest.mark.case("A09")
async def test_the_answer_is_posted_once_however_often_the_delivery_comes(scene: Scene) -> None:
    """Redeliveries, side by side and later, and the same words under new ids, are one order."""
    scene.work_in(SHELL_FILES)
    async with FakeModels() as models, scene.server(**compatible(models)):
        models.will(Silence())
        await scene.comment("@yantra implement")
        (first,) = [one for one in scene.github.deliveries if one.event == "issue_comment"][:1]
        await asyncio.gather(*(scene.github.redeliver(first) for _ in range(9)))
        for _ in range(3):
            scene.github.world.deliveries.send(
                "issue_comment",
                first.payload,
                installation_id=first.installation_id,
                repository_id=first.repository_id,
            )
        await scene.github.settle()
        await scene.quiet()
        await scene.meet(models.hung)
        assert {one.status_code for one in scene.github.deliveries if one.guid == first.guid} <= {200, 202}
        assert len(scene.runs()) == 1
        await scene.comment("@yantra stop")
        await scene.ending()
    assert len(models.seen) == 1
    assert len([one for one in scene.said() if "Stopped" in one]) == 1


async def test_a_bot_with_another_name_answers_to_the_label_of_that_name(scene: Scene) -> None:
    """The label is called like the bot, at the door as in control; a bot that the operator lists is heard."""
    helper = scene.github.add_user("helper[bot]", kind="Bot")
    scene.github.permit(scene.repository, helper.login, "write")
    async with scene.server(handle="robot", allowed_bots=(helper.id,)):
        await scene.github.label_issue(scene.issue, "robot", by="alice")
        await scene.ending()
        await scene.comment("@robot status", by=helper.login)
        await scene.reply("The newest run")
