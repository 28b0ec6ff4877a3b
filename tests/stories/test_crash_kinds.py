"""A crash once in each kind of step that only some runs have: they still end once, and write and pay once."""

import os
import signal
from collections.abc import Iterable

import pytest

from tests.fakes.models import FakeModels, Silence
from tests.stories import processes, test_racing
from tests.stories.held import holding
from tests.stories.library import SHELL_FILES
from tests.stories.models import claude
from tests.stories.own_pulls import OwnPull
from tests.stories.plans import waiting
from tests.stories.pulls import RULES, Pulls
from tests.stories.scene import Scene
from tests.stories.test_crash import CrashEverywhere, crash_and_go_on
from tests.stories.test_explain import INVENTS
from tests.stories.test_head_start import SCRIPT, check
from tests.stories.test_kill import assert_done_once
from tests.stories.test_kill_steps import die_in, go_on, is_held
from tests.stories.test_review_follow_up import AT, play, replies
from yantra_bot.domain.run import Phase
from yantra_bot.retrieval.context.rules import FOLDER
from yantra_bot.runs.steps import Moment

pytestmark = [pytest.mark.case("L01"), pytest.mark.timeout(600)]


def kinds(names: Iterable[str]) -> set[str]:
    return {name.partition("#")[0] for name in names}


async def test_a_review_of_what_people_declined_outlives_a_crash_in_each_kind_of_step(scene: Scene) -> None:
    """Who declined is asked again, what was found is handed to code scanning as it was, and nothing is added."""
    scene.values["review_pull_requests"] = True
    pulls, crashes = Pulls(scene), CrashEverywhere(Moment.AFTER_WORK, is_by_kind=True)
    pulls.github.commit(pulls.repository, {".github/yantra.yml": RULES + "  code-scanning: true\n"})
    installation = pulls.github.world.installation_of(pulls.repository)
    assert installation is not None
    installation.permissions["security_events"] = "write"
    async with scene.server():
        await pulls.open()
        await pulls.ending()
        pulls.github.thumb_down(pulls.remarks[0], by="alice")
    ending = await crash_and_go_on(scene, crashes, pulls.push_on, of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert {"who may decline", "code scanning"} <= kinds(crashes.died)
    assert (len(pulls.remarks), len(pulls.summaries), pulls.check.conclusion) == (1, 1, "success")
    again = [one.sarif for one in pulls.repository.uploads if one.commit_sha == pulls.head]
    assert again == [again[0]] * 2


async def test_a_review_that_cannot_be_made_outlives_a_crash_in_each_kind_of_step(scene: Scene) -> None:
    """It says why once, and leaves no check open."""
    scene.values["review_pull_requests"] = True
    pulls, crashes = Pulls(scene), CrashEverywhere(Moment.AFTER_WORK, is_by_kind=True)
    pulls.github.faults.answer("POST", "*/git-upload-pack", 403, message="Not for you", times=999)
    ending = await crash_and_go_on(scene, crashes, pulls.open)
    assert ending.phase is Phase.FAILED
    assert {"say why", "close check"} <= kinds(crashes.died), crashes.died
    assert (len(pulls.summaries), pulls.remarks) == (1, [])
    assert [one.status for one in pulls.checks] == ["completed"]


async def test_what_a_review_asks_for_outlives_a_crash_in_each_kind_of_step(scene: Scene) -> None:
    """The suggestion is applied once, and each comment and the review are answered once."""
    own = OwnPull(scene)
    play(own)
    async with scene.server():
        await own.open()
    first, crashes = own.head, CrashEverywhere(Moment.AFTER_WORK, is_by_kind=True)
    suggestion = {**AT, "body": "```suggestion\nadd() { echo $(($1 + $2)); } # two\n```"}

    async def review() -> None:
        await own.github.submit_review(own.pull, suggestion, by="alice", body="Please say it.")

    ending = await crash_and_go_on(scene, crashes, review, of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert {"read review", "suggestions", "answer thread", "answer review"} <= kinds(crashes.died)
    (thread,) = [one for one in own.github.talk_of(own.pull).comments if one.reply_to is None]
    assert len(replies(own, thread)) == 1
    assert own.commits[-2:] == [first, own.head]
    assert own.pull.body.count("- " + own.head[:12]) == 1


async def test_a_question_without_a_proven_answer_outlives_a_crash_in_each_kind_of_step(scene: Scene) -> None:
    """What a search finds is shown, once."""
    scene.play(INVENTS)
    crashes = CrashEverywhere(Moment.AFTER_WORK, is_by_kind=True)
    ending = await crash_and_go_on(scene, crashes, lambda: scene.comment("@yantra explain What does add do?"))
    assert ending.phase is Phase.ESCALATED, ending.reason
    assert "search" in kinds(crashes.died)
    assert len(scene.said()) == 1


async def test_a_head_start_is_chosen_and_left_once_whatever_dies(scene: Scene) -> None:
    """The quick model is chosen again and is the same; what the refinement came to is left again, and merged once."""
    scene.work_in(SHELL_FILES, script=SCRIPT)
    for step in ("choose quick model#1", "beside/leave refined plan#1"):
        await die_in(scene, step, "@yantra implement --head-start")
    ending = await go_on(scene)
    assert ending.phase is Phase.COMPLETE, ending.reason
    check(scene)
    assert len(scene.pull_requests()) == 1


async def test_a_race_is_chosen_once_and_how_its_answer_fared_is_kept_once(scene: Scene) -> None:
    """Both deaths repeat what they cut short, and no answer is paid for twice."""
    scene.values |= {"model_racing": True, "model_fast": test_racing.QUICK, "model_premium": test_racing.STRONG}
    scene.work_in(SHELL_FILES)
    async with FakeModels() as models:
        given = {**scene.values, **claude(models)}
        scene.values = {key: value for key, value in given.items() if value is not None}
        models.by_model = {test_racing.QUICK: [test_racing.PLAN], test_racing.STRONG: [Silence()]}
        models.will(*test_racing.WORK)
        await die_in(scene, "choose racers#1", "@yantra plan")
        async with holding(scene, Moment.AFTER_WORK, "race fared#1") as server:
            await waiting(scene)
            await scene.comment("@yantra approve")
            await scene.until(lambda: is_held(scene, server, "race fared#1"))
            there = server.family
            os.kill(server.process.pid, signal.SIGKILL)
            await server.process.wait()
        assert processes.remaining(there) == []
        ending = await go_on(scene)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert ending.spent.model_calls == 2 + len(test_racing.WORK)
    assert {step.name: step.starts for step in scene.steps()}.items() >= {"race#1": 1, "race fared#1": 2}.items()


async def test_a_repositorys_own_conventions_are_read_again_after_a_kill(scene: Scene) -> None:
    """They are shown to the model, and the run ends once."""
    scene.work_in(
        {**SHELL_FILES, "sums.py": "ONE = 1\n", f"{FOLDER}/shell.md": "---\nalways: true\n---\nQuote every variable.\n"}
    )
    await die_in(scene, "read conventions#1", "@yantra implement")
    ending = await go_on(scene)
    assert ending.phase is Phase.COMPLETE, ending.reason
    asked = next(step.request for step in scene.steps() if step.name == "model#1")
    assert "Quote every variable." in asked
    assert_done_once(scene, model_calls=2)
