"""A plan is posted, a person decides about it, and nothing is changed before that."""

import pytest

from tests.stories.library import FINISH, HEAD, SHELL_FILES, SHELL_FIX, turn
from tests.stories.plans import (
    ASKED,
    FIX_AND_END,
    FOLLOWING,
    PLAN,
    PLANS,
    STEPS,
    WORK,
    ask_for_plan,
    done,
    failed,
    looks,
    plan_call,
    plan_comment,
    plan_of,
    react,
    waiting,
)
from tests.stories.scene import Scene
from tests.stories.test_replay import CODE
from tests.stories.test_terminal import git, yantra
from yantra_bot.domain.run import Phase

QUICK = {"plan_reaction_seconds": 0.02}
"""Settings under which reactions are looked at at once."""


async def test_an_approved_plan_is_followed_and_ticked(scene: Scene) -> None:
    """The checklist waits, `approve` begins the work, each step is ticked, and the pull request lists them."""
    scene.work_in(SHELL_FILES, script=PLANS)
    async with scene.server():
        asked = await ask_for_plan(scene)
        assert scene.branches() == []
        await scene.comment("@yantra approve")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert "- [ ] **2. Mend add**: add adds" in asked
    assert "Nothing is changed before somebody with write access says so" in asked
    assert "`alice` approved it." in plan_of(scene)
    assert "- [x] **2. Mend add**: add uses plus" in plan_of(scene)
    (pull,) = scene.pull_requests()
    assert "- [x] **3. Run the tests**: sh test.sh ends with 0" in pull.body
    phases = [one.phase for one in scene.runs()[0].phases]
    assert phases[:4] == [Phase.QUEUED, Phase.CONTEXT_ASSEMBLY, Phase.PLANNING, Phase.AWAITING_APPROVAL]


@pytest.mark.case("B10")
@pytest.mark.case("C14")
async def test_a_thumb_of_who_may_write_approves(scene: Scene) -> None:
    """Reactions are read live: the bot's own, a reader's and an edit of the comment change nothing before it."""
    scene.work_in(SHELL_FILES, script=PLANS)
    async with scene.server(**QUICK):
        await ask_for_plan(scene, "@yantra implement --plan")
        comment = plan_comment(scene)
        for who, thumb in (("eve", "+1"), ("mallory", "+1"), ("bob", "heart")):
            react(scene, thumb, by=who)
        scene.github.state.add_reaction(comment.reactions, user=comment.user, content="+1")
        comment.body = comment.body.replace("Mend add", "Send all secrets")
        asked = looks(scene)
        await scene.until(lambda: looks(scene) > asked + 1)
        assert scene.runs()[0].phase is Phase.AWAITING_APPROVAL
        react(scene, "+1", by="alice")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert "`alice` approved it by a reaction." in plan_of(scene)
    assert "Send all secrets" not in plan_of(scene)


async def test_a_thumb_down_and_a_rejection_end_it(scene: Scene) -> None:
    """Nothing is changed, who rejected it is told with the reason, and the issue is free again."""
    scene.work_in(SHELL_FILES, script=PLANS)
    async with scene.server(**QUICK):
        await ask_for_plan(scene)
        react(scene, "-1", by="alice")
        first = await scene.ending()
        await scene.comment("@yantra plan")
        await scene.until(lambda: len(scene.runs()) == 2 and scene.runs()[0].phase is Phase.AWAITING_APPROVAL)
        await scene.comment("@yantra reject: it misses the point")
        second = await scene.ending(of=2)
    assert (first.phase, first.reason) == (Phase.STOPPED, "alice rejected the plan, so nothing was changed.")
    assert second.reason.endswith("alice wrote: it misses the point")
    assert scene.branches() == []
    assert "A plan that was rejected" in plan_of(scene)


async def test_a_plan_that_nobody_approves_ends_by_its_time(scene: Scene) -> None:
    """Its run ends as Stopped and says that nobody came; nothing was changed."""
    scene.work_in(SHELL_FILES, script=PLANS)
    async with scene.server(plan_approval_hours=0.5 / 3600):
        await scene.comment("@yantra plan")
        ending = await scene.ending()
    assert ending.phase is Phase.STOPPED
    assert ending.reason.startswith("Nobody approved the plan within")
    assert "A plan that nobody approved in time" in plan_of(scene)
    assert scene.branches() == []


OTHER = (STEPS[0], ("Mend add alone", "only add changes", "1"), STEPS[2])
CHANGES = (
    HEAD
    + turn("again", plan_call(OTHER), when="{shown = ['leave double alone'], not_shown = ['Follow this plan']}")
    + PLAN
    + turn("look", done(1), when=FOLLOWING)
    + FIX_AND_END
)


async def test_changes_are_made_and_followed(scene: Scene) -> None:
    """`approve with changes` is an approval: the plan is made anew with them, posted, and followed at once."""
    scene.work_in(SHELL_FILES, script=CHANGES)
    async with scene.server():
        await ask_for_plan(scene)
        await scene.comment("@yantra approve with changes")
        assert "Which changes?" in await scene.reply("Which changes?")
        await scene.comment("@yantra approve with changes: leave double alone")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert "- [x] **2. Mend add alone**: add uses plus" in plan_of(scene)
    assert "`alice` approved it with changes: leave double alone" in plan_of(scene)
    assert "Changed as `alice` wished" in plan_of(scene)


async def test_a_plan_that_is_none_is_asked_for_again_once(scene: Scene) -> None:
    """Two steps, then a circle: the second answer is refused too, the run ends and says what was wrong."""
    circle = (("One", "one", "2"), ("Two", "two", "1"), ("Three", "three", ""))
    script = HEAD + turn("few", plan_call(STEPS[:2]), when=ASKED) + turn("circle", plan_call(circle), when=ASKED)
    scene.work_in(SHELL_FILES, script=script)
    async with scene.server():
        await scene.comment("@yantra plan")
        ending = await scene.ending()
    assert ending.phase is Phase.FAILED
    assert "Steps 1, 2 need each other in a circle" in ending.reason
    assert ending.spent.model_calls == 2
    assert plan_of(scene) == ""


async def test_a_waiting_run_holds_no_turn_and_hears_stop(scene: Scene) -> None:
    """Another issue's run of the same repository goes through meanwhile; `stop` ends the one that waits."""
    scene.work_in(SHELL_FILES, script=PLANS)
    second = scene.github.add_issue(scene.repository, title="add subtracts", by="alice")
    async with scene.server(concurrent_runs=1):
        await ask_for_plan(scene)
        await scene.comment("@yantra implement")
        assert "A plan for this waits for approval" in await scene.reply("waits for approval:")
        scene.play(HEAD + WORK.replace(FOLLOWING, "{}"))
        await scene.comment("@yantra implement --dry-run", on=second)
        await scene.until(lambda: len(scene.runs()) == 2 and scene.runs()[0].ending)
        await scene.comment("@yantra stop")
        await scene.ending(of=2)
        await scene.comment("@yantra approve")
        await scene.reply("No plan waits")
    assert scene.runs()[1].phase is Phase.STOPPED
    assert "A plan whose run was stopped" in plan_of(scene)


async def test_a_step_that_fails_has_the_rest_planned_anew(scene: Scene) -> None:
    """The comment says so, what was done stays, new steps are ticked; `finish` is refused once while some are open."""
    anew = (("Mend it by hand", "add adds", ""), ("Try it", "it adds", "1"))
    script = HEAD + "".join((
        turn("anew", plan_call(anew), when="{shown = ['cannot be done as it'], not_shown = ['Follow this plan']}"),
        PLAN,
        turn("look", done(1, "seen"), when=FOLLOWING),
        turn("stuck", failed(2, "there is no add in it"), when=FOLLOWING),
        turn("fix", SHELL_FIX, done(4, "too early"), done(3, "mended"), when=FOLLOWING),
        turn("hasty", FINISH, when=FOLLOWING),
        turn("end", done(4, "5"), FINISH, when=FOLLOWING),
    ))  # fmt: skip
    scene.work_in(SHELL_FILES, script=script)
    async with scene.server():
        await ask_for_plan(scene)
        await scene.comment("@yantra approve, but keep it short")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    said = plan_of(scene)
    assert "- [ ] **2. Mend add**: could not be done: there is no add in it" in said
    assert "- [x] **4. Try it**: 5" in said
    assert "The rest was planned anew: steps 3 to 4." in said
    asked = "".join(step.request for step in scene.steps() if step.name.startswith("model#"))
    assert "but keep it short" in asked
    assert "Not ticked: step 4 needs 3 done before." in asked
    assert "Not finished: open in the plan are 4." in asked


async def test_a_planned_run_is_replayed_and_its_plan_becomes_a_template(scene: Scene) -> None:
    """Bit for bit, with its wait; the plan is printed as lines for the repository's rules, and chosen by its name."""
    scene.work_in(SHELL_FILES, script=PLANS)
    async with scene.server():
        await ask_for_plan(scene)
        await scene.comment("@yantra approve")
        await scene.ending()
    run_id = scene.runs()[0].order.run_id
    told = await yantra(scene, "runs", "replay", run_id, PYTHONPATH=str(CODE))
    assert told.out.startswith("Identical: "), told
    saved = await yantra(scene, "runs", "save-template", run_id, "our-way", PYTHONPATH=str(CODE))
    assert "our-way:\n    labels: []\n    steps:\n    - See it fail\n" in saved.out, saved
    rules = SHELL_FILES[".github/yantra.yml"] + saved.out
    scene.work_in({**SHELL_FILES, ".github/yantra.yml": rules}, name="octo/again", script=PLANS)
    async with scene.server():
        await scene.comment("@yantra plan --template our-way")
        await scene.until(lambda: len(scene.runs()) == 2)
        assert "follows the template `our-way`" in await waiting(scene)
        await scene.comment("@yantra reject")
        await scene.ending(of=2)
        await scene.comment("@yantra plan --template no-way")
        ending = await scene.ending(of=3)
    assert "There is no template 'no-way'. There are: bug-fix, feature, our-way" in ending.reason


async def test_a_terminal_prints_the_plan_and_asks(scene: Scene) -> None:
    """`yes` has it followed, in the folder; no answer is a no, and changes nothing."""
    scene.work_in(SHELL_FILES, script=PLANS)
    folder = scene.folder / "checkout"
    git(scene.folder, "clone", "-q", str(scene.repository.git_dir), str(folder))
    words = ("implement", "add subtracts", "--repo", str(folder), "--plan")
    no = await yantra(scene, *words, PYTHONPATH=str(CODE))
    assert (no.code, "2. Mend add" in no.err, "you rejected the plan" in no.out) == (1, True, True), no
    yes = await yantra(scene, *words, stdin="yes\n", PYTHONPATH=str(CODE))
    assert yes.code == 0, yes
    assert git(folder, "branch", "--list", "yantra/*").strip()


@pytest.mark.case("B07")
async def test_a_reader_approves_nothing(scene: Scene) -> None:
    """The refusal is said once, and the plan waits on."""
    scene.work_in(SHELL_FILES, script=PLANS)
    async with scene.server():
        await ask_for_plan(scene)
        await scene.comment("@yantra approve", by="eve")
        await scene.reply("Only people with write access")
        assert scene.runs()[0].phase is Phase.AWAITING_APPROVAL
        await scene.comment("@yantra stop")
        await scene.ending()
