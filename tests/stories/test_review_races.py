"""Reviews while the pull request changes under them, and while the server dies."""

import pytest

from tests.stories import processes
from tests.stories.process import serving
from tests.stories.pulls import BREAKS, FIXED, Pulls
from tests.stories.scene import Scene
from tests.stories.test_crash import CrashEverywhere
from yantra_bot.domain.run import Phase
from yantra_bot.runs.steps import Moment

WRITES = {
    "reacting": ("POST", "*/reactions", True),
    "showing the check": ("POST", "*/check-runs", True),
    "fetching": ("POST", "*/git-upload-pack", False),
    "posting the remarks": ("POST", "*/reviews", True),
    "about to post the remarks": ("POST", "*/reviews", False),
    "ending the check": ("PATCH", "*/check-runs/*", True),
    "writing the summary": ("POST", "*/issues/*/comments", True),
}


@pytest.fixture
def pulls(scene: Scene) -> Pulls:
    scene.values["review_pull_requests"] = True
    return Pulls(scene)


@pytest.mark.case("K07")
@pytest.mark.parametrize("path", ["*/compare/*", "*/pulls/*/comments"])
async def test_a_push_while_reviewing_leaves_nothing_of_the_old_head(pulls: Pulls, path: str) -> None:
    """The older review is stopped, before it looked or before it posts; the newer one posts for the new head alone."""
    fault = pulls.github.faults.hang("GET", path)
    async with pulls.scene.server():
        await pulls.open()
        old = pulls.head
        await pulls.scene.until(lambda: fault.hits)
        await pulls.github.push_again(pulls.pull, {"scan.py": BREAKS, "b.md": "x\n"}, by="alice", is_forced=True)
        await pulls.scene.quiet()
        fault.release()
        await pulls.ending(of=2)
    newer, older = pulls.scene.runs()
    assert newer.ending is not None
    assert older.ending is not None
    assert (newer.ending.phase, older.ending.phase) == (Phase.COMPLETE, Phase.STOPPED)
    assert "A newer push" in older.ending.reason
    assert {one.commit_id for one in pulls.remarks} == {pulls.head}
    assert len(pulls.summaries) == len(pulls.remarks) == 1
    assert pulls.head[:12] in pulls.summaries[0]
    assert {one.conclusion for one in pulls.checks if one.head_sha == old} <= {"cancelled"}
    assert pulls.check.conclusion == "failure"


async def test_a_push_that_nobody_hears_of_is_reviewed_all_the_same(pulls: Pulls) -> None:
    """While quiet is wanted no review begins by itself: the one that was asked for begins again with the new head."""
    async with pulls.scene.server():
        await pulls.open({"NOTES.md": "x\n"})
        await pulls.ending()
        fault = pulls.github.faults.hang("GET", "*/compare/*")
        pulls.github.send_webhooks_to(None)
        comment = pulls.github.add_comment(pulls.pull, "@yantra review", by="alice")
        pulls.scene.listen(pulls.scene.port)
        pulls.github.world.emit_comment(pulls.pull, comment, action="created", sender=comment.user)
        await pulls.github.settle()
        await pulls.scene.until(lambda: fault.hits)
        pulls.github.send_webhooks_to(None)
        await pulls.github.push_again(pulls.pull, {"scan.py": BREAKS}, by="alice")
        pulls.scene.listen(pulls.scene.port)
        fault.release()
        ending = await pulls.ending(of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert [one.commit_id for one in pulls.remarks] == [pulls.head]
    assert pulls.head[:12] in pulls.summaries[0]


@pytest.mark.case("K09")
async def test_closing_while_reviewing_posts_nothing_more(pulls: Pulls) -> None:
    """The review ends as stopped, and no check is left open."""
    fault = pulls.github.faults.hang("GET", "*/pulls/*/comments")
    async with pulls.scene.server():
        await pulls.open()
        await pulls.scene.until(lambda: fault.hits)
        await pulls.github.close_issue(pulls.pull, by="alice")
        await pulls.scene.quiet()
        fault.release()
        ending = await pulls.ending()
    assert ending.phase is Phase.STOPPED
    assert (pulls.remarks, pulls.summaries) == ([], [])
    assert [one.conclusion for one in pulls.checks] == ["cancelled"]


async def test_stop_ends_a_review(pulls: Pulls) -> None:
    """Nothing is posted but the word that it stops."""
    fault = pulls.github.faults.hang("GET", "*/compare/*")
    async with pulls.scene.server():
        await pulls.open()
        await pulls.scene.until(lambda: fault.hits)
        await pulls.scene.comment("@yantra stop")
        await pulls.scene.reply("Stopping")
        fault.release()
        ending = await pulls.ending()
    assert ending.phase is Phase.STOPPED
    assert "alice" in ending.reason
    assert pulls.remarks == []
    assert [one.conclusion for one in pulls.checks] == ["cancelled"]


async def test_two_pull_requests_are_reviewed_side_by_side(pulls: Pulls) -> None:
    """One that hangs holds up no other."""
    fault = pulls.github.faults.hang("GET", "*/compare/*")
    async with pulls.scene.server():
        await pulls.open()
        await pulls.scene.until(lambda: fault.hits)
        second = await pulls.github.open_pull_request(pulls.repository, {"scan.py": BREAKS}, by="alice", branch="two")
        await pulls.scene.until(lambda: pulls.scene.said(second))
        fault.release()
        await pulls.ending(of=2)
    assert len(pulls.summaries) == 1


@pytest.mark.case("L01")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("moment", [Moment.AFTER_WORK, Moment.AFTER_RECORD])
async def test_a_review_that_crashes_at_every_step_posts_once(pulls: Pulls, moment: Moment) -> None:
    """Whether a result was recorded or not, each restart goes on, and everything stands once."""
    crashes = CrashEverywhere(moment)
    async with pulls.scene.server(probe=crashes):
        await pulls.open()
        await pulls.scene.until(lambda: crashes.died)
    while not pulls.scene.runs()[0].ending:
        before = len(crashes.died)
        async with pulls.scene.server(probe=crashes):
            await pulls.scene.until(lambda count=before: len(crashes.died) > count or pulls.scene.runs()[0].ending)
    assert_posted_once(pulls)


def assert_posted_once(pulls: Pulls) -> None:
    (run,) = pulls.scene.runs()
    assert run.ending is not None
    assert run.ending.phase is Phase.COMPLETE, run.ending.reason
    assert len(pulls.scene.said(pulls.pull)) == len(pulls.summaries) == 1
    assert len(pulls.remarks) == len(pulls.github.talk_of(pulls.pull).reviews) == 1
    (check,) = pulls.checks
    assert check.conclusion == "failure"
    assert len(check.annotations) == 1


@pytest.mark.case("L01")
@pytest.mark.parametrize("name", WRITES)
async def test_a_kill_at_each_outside_write_posts_once(pulls: Pulls, name: str) -> None:
    """The server dies with -9 while GitHub has the request and has not answered; the next start ends the review."""
    method, path, after_effect = WRITES[name]
    pulls.scene.values["review_pull_requests"] = name != "reacting"
    async with serving(pulls.scene) as server:
        fault = pulls.github.faults.hang(method, path, after_effect=after_effect)
        await pulls.open()
        if name == "reacting":
            await pulls.scene.comment("@yantra review")
        await pulls.scene.until(lambda: fault.hits)
        there = await server.kill()
        assert processes.remaining(there) == []
    async with serving(pulls.scene):
        await pulls.ending()
    assert_posted_once(pulls)


@pytest.mark.case("L01")
async def test_a_kill_while_threads_are_resolved_resolves_them_once(pulls: Pulls) -> None:
    """The second review of a fix goes on after the kill, and adds nothing."""
    async with serving(pulls.scene) as server:
        await pulls.open()
        await pulls.ending()
        fault = pulls.github.faults.hang("POST", "/graphql", after_effect=True)
        await pulls.github.push_again(pulls.pull, {"use.py": FIXED}, by="alice")
        await pulls.scene.until(lambda: fault.hits)
        await server.kill()
    async with serving(pulls.scene):
        ending = await pulls.ending(of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert pulls.is_resolved(pulls.remarks[0])
    assert (len(pulls.remarks), pulls.replies, len(pulls.summaries)) == (1, [], 1)
