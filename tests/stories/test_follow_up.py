"""A check fails on the bot's own pull request: the bot goes on with it, on the same branch, within limits."""

import pytest

from tests.stories import processes
from tests.stories.library import call, turn
from tests.stories.own_pulls import MENDED, OWN, OwnPull, script
from tests.stories.process import serving
from tests.stories.scene import Scene
from tests.stories.test_kill import answered, at_request, at_step
from tests.stories.test_replay import CODE
from tests.stories.test_terminal import yantra
from yantra_bot.domain.run import Phase

ANNOTATION = {
    "path": "calc.sh", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "say what add does",
}  # fmt: skip
LOG = "2026-01-02T03:04:05.0000000Z \x1b[31m##[error]calc.sh has no comment\x1b[0m\n2026-01-02T03:04:06Z Cleaning up\n"


@pytest.fixture
def own(scene: Scene) -> OwnPull:
    return OwnPull(scene)


async def test_a_failing_check_is_mended_on_the_same_branch(own: OwnPull) -> None:
    """Output, annotation and log are shown; a commit is added on top, with a check; the text says so; it replays."""
    own.play("lint", "one problem", "calc.sh:1: failure: say what add does", r"calc.sh has no comment\nCleaning up")
    async with own.scene.server():
        await own.open()
        first, said = own.head, own.pull.body
        output = {"title": "Lint", "summary": "one problem", "text": None}
        await own.fail(output=output, annotations=[ANNOTATION], log=LOG)
        ending = await own.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert own.commits[-2:] == [first, own.head] != [first, first]
    assert own.git("show", "--no-patch", "--format=%s", own.head) == "docs: say what add does"
    assert f"Fixes #{own.pull.number}" not in own.git("log", "-1", "--format=%B", own.head)
    assert own.pull.body.startswith(said)
    assert f"- {own.head[:12]} docs: say what add does, for failing `lint` on `{first[:12]}`" in own.pull.body
    checks = [one for one in own.repository.check_runs if not one.app_slug]
    assert [one.head_sha for one in checks] == [first, own.head]
    (told,) = own.scene.said(own.pull)
    assert "Done" in told
    assert "Followed up failing `lint`" in told
    assert len(own.scene.pull_requests()) == 1
    run_id = own.scene.runs()[0].order.run_id
    again = await yantra(own.scene, "runs", "replay", run_id, PYTHONPATH=str(CODE))
    assert (again.code, again.out.split(":")[0]) == (0, "Identical"), again


async def test_several_failing_checks_of_one_head_are_one_run(own: OwnPull) -> None:
    """A check, its suite, its workflow and a commit status; one that still runs is waited for."""
    own.play("Check .lint.", "Check .types. ended with failure", "Check .old-ci. ended with error. it broke")
    async with own.scene.server():
        await own.open()
        run = own.github.add_check(own.repository, own.head, "types", None)
        await own.fail()
        await own.github.set_status(own.repository, own.head, "old-ci", "error", description="it broke")
        await own.github.end_suite(own.repository, own.repository.check_runs[-1])
        await own.scene.quiet()
        assert len(own.scene.runs()) == 1
        run.status, run.conclusion, run.completed_at = "completed", "failure", run.started_at
        await own.github.announce_check(own.repository, run)
        ending = await own.ending()
        await own.scene.quiet()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert len(own.scene.runs()) == 2


async def test_what_fails_on_the_base_too_is_said_and_left(own: OwnPull) -> None:
    """No model is asked for what is not of this change."""
    async with own.scene.server():
        await own.open()
        base = own.scene.branch_head("main")
        assert base is not None
        own.github.add_check(own.repository, base, "lint", "failure")
        await own.fail()
        ending = await own.ending()
    assert (ending.phase, ending.spent.model_calls) == (Phase.COMPLETE, 0)
    (told,) = own.scene.said(own.pull)
    assert "Nothing was done: `lint` failed on `main` as well" in told


@pytest.mark.case("K07")
async def test_a_persons_push_is_never_overwritten(own: OwnPull) -> None:
    """Somebody pushes while the bot works: theirs stands, and what the bot did is kept beside it."""
    async with own.scene.server():
        await own.open()
        fault = own.github.faults.hang("POST", "*/git-receive-pack", after_effect=False)
        await own.fail()
        await own.scene.until(lambda: fault.hits)
        theirs = await own.github.push_again(own.pull, {"NOTES.md": "x\n"}, by="alice")
        fault.release()
        ending = await own.ending()
    assert ending.phase is Phase.STOPPED, ending.reason
    assert own.head == theirs == own.commits[-1]
    assert "Theirs stands" in own.scene.said(own.pull)[-1]


async def test_a_head_that_moved_before_anything_began_is_left(own: OwnPull) -> None:
    """The wish is of a head, and nothing is done for an old one."""
    async with own.scene.server():
        await own.open()
        old = own.head
        await own.github.push_again(own.pull, {"NOTES.md": "x\n"}, by="alice")
        await own.fail(sha=old)
        await own.scene.quiet()
        await own.scene.until(lambda: not own.wishes)
    assert len(own.scene.runs()) == 1


async def test_only_a_failing_check_of_another_on_an_own_open_pull_request_counts(own: OwnPull) -> None:
    """Not the bot's own check, not one that was cancelled, not a person's or a fork's pull request."""
    fork = own.github.fork(own.repository, "eve")
    async with own.scene.server():
        await own.open()
        await own.fail("Yantra", app="yantra")
        await own.github.end_check(own.repository, own.head, "lint", "cancelled")
        theirs = await own.github.open_pull_request(own.repository, {"x": "y\n"}, branch="change", by="alice")
        forked = await own.github.open_pull_request(
            own.repository, {"x": "z\n"}, branch="yantra/1-x", by="eve", from_fork=fork
        )
        for pull in (theirs, forked):
            assert pull.pull is not None
            await own.fail(sha=pull.pull.head_sha)
        await own.github.close_issue(own.pull, by="alice")
        await own.fail()
        await own.scene.quiet()
        await own.scene.until(lambda: not own.wishes)
    assert len(own.scene.runs()) == 1


@pytest.mark.parametrize("rules", ["follow_up:\n  ci: false\n", "enabled: false\n"])
async def test_a_repository_can_switch_it_off(own: OwnPull, rules: str) -> None:
    """`.github/yantra.yml` of the default branch."""
    async with own.scene.server():
        await own.open()
        own.github.commit(own.repository, {".github/yantra.yml": f"tests:\n  command: [sh, test.sh]\n{rules}"})
        await own.fail()
        await own.scene.quiet()
        await own.scene.until(lambda: not own.wishes)
    assert len(own.scene.runs()) == 1


async def test_the_operator_can_switch_it_off(own: OwnPull) -> None:
    """Nothing is even kept."""
    async with own.scene.server(follow_up_checks=False):
        await own.open()
        await own.fail()
        await own.scene.quiet()
        assert own.wishes == 0
    assert len(own.scene.runs()) == 1


async def test_what_is_tried_in_vain_is_kept_beside_the_pull_request(own: OwnPull) -> None:
    """Three attempts that break a test: the pull request stays as it was, and a person is shown what was tried."""
    breaks = call("edit_file", '{path = "calc.sh", search = "$1 +", replace = "7 +"}')
    again = "".join(turn(f"sure-{number}", MENDED, when=f"{{shown = ['{OWN}']}}") for number in range(2))
    own.scene.play(script(mend=breaks) + again)
    async with own.scene.server():
        await own.open()
        first = own.head
        await own.fail()
        ending = await own.ending()
    assert ending.phase is Phase.ESCALATED, ending.reason
    assert own.head == first
    assert ending.branch is not None
    assert ending.branch != own.pull.pull.head_ref
    assert own.scene.branch_head(ending.branch) is not None
    assert "Nothing was pushed to the pull request" in own.scene.said(own.pull)[-1]


async def test_a_failure_that_is_not_in_the_code_is_said_and_left(own: OwnPull) -> None:
    """The model changes nothing and says why: a person is shown its words."""
    why = call("finish", '{title = "chore: nothing", summary = "The registry was down.", confidence = 0.9}')
    own.play(mend=why)
    async with own.scene.server():
        await own.open()
        first = own.head
        await own.fail()
        ending = await own.ending()
    assert (ending.phase, own.head) == (Phase.ESCALATED, first)
    assert "The registry was down." in own.scene.said(own.pull)[-1]


@pytest.mark.case("K09")
async def test_closing_the_pull_request_ends_what_follows_it_up(own: OwnPull) -> None:
    """Nothing more is pushed, and it is not opened again."""
    async with own.scene.server():
        await own.open()
        first = own.head
        fault = own.github.faults.hang("GET", "*/contents/AGENTS.md", after_effect=False)
        await own.fail()
        await own.scene.until(lambda: fault.hits)
        await own.github.close_issue(own.pull, by="alice")
        ending = await own.ending()
    assert ending.phase is Phase.STOPPED, ending.reason
    assert (own.head, own.pull.state) == (first, "closed")


async def test_who_lost_the_right_to_write_has_nothing_pushed(own: OwnPull) -> None:
    """The person who ordered the pull request is asked for right before the push."""
    async with own.scene.server():
        await own.open()
        first = own.head
        own.github.permit(own.repository, "alice", "read")
        await own.fail()
        ending = await own.ending()
    assert (ending.phase, own.head) == (Phase.FAILED, first)
    assert "may not write to this repository any more" in ending.reason


MOMENTS = {
    "reading what fails": at_request("GET", "*/commits/*/check-runs", after_effect=False),
    "the model has answered": at_step("tools#1"),
    "pushed, not recorded": at_request("POST", "*/git-receive-pack", after_effect=True),
    "check shown, not recorded": at_request("POST", "*/check-runs", after_effect=True),
    "text changed, not recorded": at_request("PATCH", "*/pulls/*", after_effect=True),
}


@pytest.mark.case("L01")
@pytest.mark.parametrize("name", MOMENTS)
async def test_a_kill_ends_in_one_commit_and_one_line(own: OwnPull, name: str) -> None:
    """Whenever the server dies, one run follows up, and each of its writes is there once."""
    scene = own.scene
    async with serving(scene) as server:
        await own.open()
        first = own.head
        has_come = MOMENTS[name](scene)
        await own.fail()
        await scene.until(lambda: len(scene.runs()) == 2 and has_come())
        paid = answered(scene)
        there = await server.kill()
        assert processes.remaining(there) == []
    async with serving(scene):
        ending = await own.ending()
        assert ending.phase is Phase.COMPLETE, ending.reason
        await scene.until(lambda: "Done" in "".join(scene.said(own.pull)))
    assert own.commits[-2:] == [first, own.head]
    assert own.pull.body.count("- " + own.head[:12]) == 1
    assert len(scene.said(own.pull)) == 1
    assert [one.head_sha for one in own.repository.check_runs if not one.app_slug] == [first, own.head]
    assert ending.spent.model_calls == 2
    assert paid.items() <= answered(scene).items()
