"""`@yantra implement`, from the comment to the pull request."""

import time

import pytest

from tests.fakes.github import git_repository
from tests.stories.library import FINISH, FIX, GOOD, HEAD, RUN_TESTS, call, turn
from tests.stories.scene import Scene
from yantra_bot.domain.conversation import ModelAnswer, StopReason, Usage
from yantra_bot.domain.run import Phase
from yantra_bot.runs.records import Records


async def test_a_comment_becomes_a_tested_pull_request(scene: Scene) -> None:
    """The person orders; the bot looks, edits, proves, pushes, opens a pull request with a check, and says so once."""
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert opened.title == "fix: add its arguments"
    assert opened.body.startswith(f"Fixes #{scene.issue.number}")
    assert not opened.pull.is_draft
    assert opened.pull.head_ref == f"yantra/{scene.issue.number}-add-subtracts"
    (said,) = scene.said()
    assert "Done" in said
    assert "3 passed, 0 failed; before the change 2 passed, 0 failed" in opened.body
    (check,) = scene.repository.check_runs
    assert (check.conclusion, check.head_sha) == ("success", opened.pull.head_sha)
    assert [one.content for one in scene.issue.comments[0].reactions] == ["eyes"]


async def test_a_failed_attempt_is_corrected_with_its_errors_shown(scene: Scene) -> None:
    """The first change breaks a test; the second attempt sees why, and its result is what is delivered."""
    broken = call("edit_file", '{path = "calc.py", search = "first - second", replace = "second - first"}')
    mended = call("edit_file", '{path = "calc.py", search = "second - first", replace = "first + second"}')
    scene.play(
        HEAD
        + turn("wrong", broken)
        + turn("sure", FINISH)
        + turn("right", mended, when='{last = ["test_add_nothing"]}')
        + turn("end", FINISH)
    )
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (opened,) = scene.pull_requests()
    assert "2 attempts" in opened.body


async def test_three_failed_attempts_go_to_a_person_without_a_pull_request(scene: Scene) -> None:
    """The branch, the evidence and the question are handed over; nothing asks to be merged."""
    broken = call("edit_file", '{path = "calc.py", search = "first - second", replace = "second - first"}')
    scene.play(HEAD + turn("wrong", broken) + "".join(turn(f"sure-{number}", FINISH) for number in range(3)))
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.ESCALATED
    assert scene.pull_requests() == []
    (said,) = scene.said()
    assert "A person is needed" in said
    assert "test_add_nothing" in said
    assert ending.branch is not None


async def test_a_dry_run_shows_the_patch_and_pushes_nothing(scene: Scene) -> None:
    """`--dry-run` ends in a comment."""
    async with scene.server():
        await scene.comment("@yantra implement --dry-run")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert scene.pull_requests() == []
    assert "+    return first + second" in scene.said()[0]


async def test_the_budget_of_the_order_ends_the_run_before_it_is_overdrawn(scene: Scene) -> None:
    """Nothing was changed, which it says, and nothing is pushed."""
    scene.play(HEAD + "".join(turn(f"look-{number}", RUN_TESTS) for number in range(9)))
    async with scene.server(budget_steps=2):
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.ESCALATED
    assert "2 model calls" in ending.reason
    assert "Nothing was changed." in ending.reason
    assert ending.spent.model_calls == 2
    assert scene.pull_requests() == []


async def test_what_was_begun_when_the_budget_ends_is_kept_on_a_branch(scene: Scene) -> None:
    """It is shown as well; no pull request is opened, and merging the branch would close no issue."""
    scene.play(HEAD + turn("mend", FIX) + "".join(turn(f"look-{number}", RUN_TESTS) for number in range(9)))
    async with scene.server(budget_steps=2):
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.ESCALATED
    assert "2 model calls" in ending.reason
    assert "kept on a branch, untested" in ending.reason
    assert ending.branch == f"yantra/{scene.issue.number}-add-subtracts"
    assert scene.branches() == [ending.branch]
    assert scene.pull_requests() == []
    (said,) = scene.said()
    assert f"Branch: `{ending.branch}`" in said
    assert "+    return first + second" in said
    message = git_repository.run_git(scene.repository.git_dir, "log", "-1", "--format=%B", ending.branch)
    assert message.startswith("chore: keep unfinished work on ")
    assert "Fixes #" not in message


async def test_a_model_that_changes_nothing_goes_to_a_person(scene: Scene) -> None:
    """There is nothing to open a pull request for, and its words are shown."""
    scene.play(HEAD + turn("end", FINISH))
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.ESCALATED
    assert "without changing anything" in ending.reason


async def test_a_script_with_nothing_to_say_fails_loudly(scene: Scene) -> None:
    """Nothing is made up."""
    scene.play(HEAD + turn("never", FIX, when='{shown = ["no such words"]}'))
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.FAILED
    assert "never" in ending.reason


async def test_the_label_orders_too(scene: Scene) -> None:
    """Putting the label on an issue is the same order."""
    async with scene.server():
        await scene.github.label_issue(scene.issue, "yantra", by="alice")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert len(scene.pull_requests()) == 1


async def test_a_second_run_takes_a_branch_of_its_own(scene: Scene) -> None:
    """What was pushed before is never overwritten."""
    scene.play(GOOD)
    async with scene.server():
        await scene.comment("@yantra implement")
        await scene.ending()
        await scene.comment("@yantra retry")
        ending = await scene.ending(of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    branches = [one.pull.head_ref for one in scene.pull_requests()]
    assert branches == ["yantra/1-add-subtracts", "yantra/1-add-subtracts-2"]


@pytest.mark.parametrize(
    ("ceiling", "words"),
    [("budget_usd_per_day", "that all runs may cost"), ("repository_budget_usd_per_day", "this repository's runs")],
)
async def test_a_day_whose_money_is_spent_asks_no_model(scene: Scene, ceiling: str, words: str) -> None:
    """The run says which ceiling holds and whose it is; a ceiling of another day does not."""
    async with scene.server(**{ceiling: 2.0}):
        await scene.comment("@yantra implement")
        first = await scene.ending()
        assert first.phase is Phase.COMPLETE, first.reason
        spend(scene, 1.99)
        await scene.comment("@yantra implement")
        assert (await scene.ending(of=2)).phase is Phase.COMPLETE
        spend(scene, 0.02)
        await scene.comment("@yantra implement")
        ending = await scene.ending(of=3)
    assert (ending.phase, ending.spent.model_calls) == (Phase.ESCALATED, 0)
    assert words in ending.reason
    assert ceiling.upper() in ending.reason


def spend(scene: Scene, usd: float) -> None:
    """Book a call of the first run: the script that answers here costs nothing."""
    answer = ModelAnswer("some", (), StopReason.END_TURN, Usage(), usd, "", 0.0)
    records = Records.open(scene.home.records)
    records.model_call(scene.runs()[-1].order.run_id, round(usd * 1_000), answer, at=time.time())
    records.close()
